"""What an ontology says that cannot be meant: a text where a term has to stand, or a thing where a name has to."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from . import places
from .errors import Place, Problem
from .places import Source
from .project import Project
from .store import Store
from .terms import Prefixes

_TEXTS = "rdfs:label, rdfs:comment, skos:prefLabel, skos:altLabel, skos:hiddenLabel, dct:title, kg:locator"
_MISUSED = f"""
SELECT ?term ?property ?value WHERE {{
  GRAPH graph:ontology {{ ?term ?property ?value }}
  FILTER(isLiteral(?value) != (?property IN ({_TEXTS})))
  FILTER(?property IN ({_TEXTS},
    rdf:type, rdfs:subClassOf, rdfs:subPropertyOf, rdfs:domain, rdfs:range, owl:inverseOf, owl:disjointWith,
    owl:equivalentClass, owl:equivalentProperty, kg:yields, kg:yieldsSubject, kg:yieldsObject, kg:yieldsFormer,
    kg:ofClass, kg:ofProperty, kg:figureOf, kg:figureKind, kg:figurePeriod, kg:figureValue, kg:figureShare,
    kg:sumOf, kg:shareOf, kg:over, kg:begins))
}} ORDER BY ?term ?property ?value"""


def misused(store: Store, project: Project) -> Iterator[Problem]:
    """Go through the texts in an ontology that stand where a term has to, and terms in the place of texts, with places."""
    files, prefixes = [Source(path, project.shown(path)) for path in project.vocabulary], Prefixes(store.prefixes)
    for s in store.select(_MISUSED):
        term, name, value = s["term"].value, s["property"].value, s["value"].value
        spot = places.find(files, subject=term, predicate=name, object=value) or Place("ontology")
        of = f"{prefixes.compact(name)} of {prefixes.compact(term)}"
        if isinstance(s["value"], ox.Literal):
            message, hint = f"{of} is the text {value!r}, and it takes a term", "write its name, like ex:Thing, without quotes"
        else:
            message, hint = f"{of} is {prefixes.compact(value)}, and it takes a text", "write a text, in quotes"
        yield Problem(spot, "error", "vocabulary", message, hint)
