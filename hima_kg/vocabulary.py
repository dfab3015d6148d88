"""What an ontology says that cannot be meant: a text where a term has to stand, which rules would stumble over."""

from __future__ import annotations

from collections.abc import Iterator

from . import places
from .errors import Place, Problem
from .places import Source
from .project import Project
from .store import Store
from .terms import Prefixes

_MISUSED = """
SELECT ?term ?property ?value WHERE {
  GRAPH graph:ontology { ?term ?property ?value }
  FILTER(isLiteral(?value))
  FILTER(?property IN (
    rdf:type, rdfs:subClassOf, rdfs:subPropertyOf, rdfs:domain, rdfs:range, owl:inverseOf, owl:disjointWith,
    owl:equivalentClass, owl:equivalentProperty, kg:yields, kg:yieldsSubject, kg:yieldsObject, kg:yieldsFormer,
    kg:ofClass, kg:ofProperty, kg:figureOf, kg:figureKind, kg:figurePeriod, kg:figureValue, kg:figureShare,
    kg:sumOf, kg:shareOf, kg:over, kg:begins))
} ORDER BY ?term ?property ?value"""


def misused(store: Store, project: Project) -> Iterator[Problem]:
    """Go through the texts in an ontology that stand where a class or a property has to, each with its place."""
    files, prefixes = [Source(path, project.shown(path)) for path in project.vocabulary], Prefixes(store.prefixes)
    for s in store.select(_MISUSED):
        term, name, value = s["term"].value, s["property"].value, s["value"].value
        spot = places.find(files, subject=term, predicate=name, object=value) or Place("ontology")
        message = f"{prefixes.compact(name)} of {prefixes.compact(term)} is the text {value!r}, and it takes a term"
        yield Problem(spot, "error", "vocabulary", message, "write its name, like ex:Thing, without quotes")
