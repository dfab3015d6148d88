"""What cannot be meant, by the vocabulary: unknown terms, texts for things and the reverse, `kg:yields` and colours in vain."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

import pyoxigraph as ox

from . import places
from .errors import Place, Problem, meant
from .project import Project
from .store import Store
from .terms import COMMON, KG, Prefixes, space
from .weighing import Scan

_TEXTS = "rdfs:label, rdfs:comment, skos:prefLabel, skos:altLabel, skos:hiddenLabel, dct:title, kg:locator"
_MISUSED = f"""
SELECT ?term ?property ?value WHERE {{
  GRAPH graph:ontology {{ ?term ?property ?value }}
  FILTER(isLiteral(?value) != (?property IN ({_TEXTS})))
  FILTER(?property IN ({_TEXTS},
    rdf:type, rdfs:subClassOf, rdfs:subPropertyOf, rdfs:domain, rdfs:range, owl:inverseOf, owl:disjointWith,
    owl:equivalentClass, owl:equivalentProperty, kg:yields, kg:yieldsSubject, kg:yieldsObject, kg:yieldsFormer,
    kg:ofClass, kg:ofProperty, kg:figureOf, kg:figureKind, kg:figurePeriod, kg:figureValue, kg:figureShare, kg:figureHedge,
    kg:sumOf, kg:shareOf, kg:over, kg:begins))
}} ORDER BY ?term ?property ?value"""
_USED = """
SELECT DISTINCT ?used ?at ?by WHERE {
  {
    { SELECT ?used (MIN(STR(?any)) AS ?at) WHERE { GRAPH graph:ontology { ?any ?used ?value } } GROUP BY ?used }
    BIND(?used AS ?by)
  }
  UNION { GRAPH graph:ontology { ?at ?by ?used FILTER(isIRI(?used) && ?by NOT IN (rdfs:seeAlso, rdfs:isDefinedBy)) } }
  FILTER NOT EXISTS { GRAPH ?anywhere { ?used ?says ?something } }
} ORDER BY ?used ?at ?by"""
_SPACES = """
SELECT DISTINCT ?term WHERE {
  VALUES ?kind { owl:Class rdfs:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty rdf:Property }
  GRAPH graph:ontology { ?term a ?kind }
}"""
_W3C = {
    "rdf": "Alt Bag HTML JSON List PlainLiteral Property Seq Statement XMLLiteral first langString nil object predicate rest "
    "subject type value",
    "rdfs": "Class Container ContainerMembershipProperty Datatype Literal Resource comment domain isDefinedBy label member "
    "range seeAlso subClassOf subPropertyOf",
    "owl": "AllDifferent AllDisjointClasses AllDisjointProperties Annotation AnnotationProperty AsymmetricProperty Axiom Class "
    "DataRange DatatypeProperty DeprecatedClass DeprecatedProperty FunctionalProperty InverseFunctionalProperty "
    "IrreflexiveProperty NamedIndividual NegativePropertyAssertion Nothing ObjectProperty Ontology OntologyProperty "
    "ReflexiveProperty Restriction SymmetricProperty Thing TransitiveProperty allValuesFrom annotatedProperty annotatedSource "
    "annotatedTarget assertionProperty backwardCompatibleWith bottomDataProperty bottomObjectProperty cardinality "
    "complementOf datatypeComplementOf deprecated differentFrom disjointUnionOf disjointWith distinctMembers equivalentClass "
    "equivalentProperty hasKey hasSelf hasValue imports incompatibleWith intersectionOf inverseOf maxCardinality "
    "maxQualifiedCardinality members minCardinality minQualifiedCardinality onClass onDataRange onDatatype onProperties "
    "onProperty oneOf priorVersion propertyChainAxiom propertyDisjointWith qualifiedCardinality rational real sameAs "
    "someValuesFrom sourceIndividual targetIndividual targetValue topDataProperty topObjectProperty unionOf versionIRI "
    "versionInfo withRestrictions",
}
"""All terms of RDF 1.1, RDF Schema 1.1 and OWL 2."""
_INCOMPLETE = """
SELECT ?class ?has ?lacks WHERE {
  {
    VALUES (?has ?lacks) { (kg:yields kg:yieldsSubject) (kg:yields kg:yieldsObject) (kg:needsFormer kg:yieldsFormer) }
    GRAPH graph:ontology { ?class ?has ?any }
  } UNION {
    VALUES (?has ?lacks) {
      (kg:yieldsSubject kg:yields) (kg:yieldsObject kg:yields) (kg:yieldsFormer kg:yields) (kg:needsFormer kg:yields)
    }
    GRAPH graph:ontology { ?class ?has ?any }
  }
  FILTER NOT EXISTS { GRAPH graph:ontology { ?class ?lacks ?other } }
} ORDER BY ?class ?has ?lacks"""
_AMBIGUOUS = """
SELECT DISTINCT ?class ?has WHERE {
  VALUES ?has { kg:yieldsSubject kg:yieldsObject kg:yieldsFormer }
  GRAPH graph:ontology { ?class ?has ?one, ?other }
  FILTER(?one != ?other)
} ORDER BY ?class ?has"""
_TIMELESS = """
SELECT DISTINCT ?class WHERE {
  GRAPH graph:ontology { ?class kg:yields ?property }
  FILTER NOT EXISTS { GRAPH graph:ontology { ?class rdfs:subClassOf+ kg:Event } }
  FILTER NOT EXISTS { GRAPH graph:ontology { ?class rdfs:subClassOf+ kg:State } }
} ORDER BY ?class"""
_DRAWN = {
    "color": "#[0-9A-Fa-f]{6}",
    "lane": "[0-9]",
    "importance": "[1-4]",
    "line": "thick|normal|thin|dotted|none",
    "shape": "box|ellipse|dot|diamond|square|triangle|triangleDown|star|hexagon",
}
_DRAWING = """
SELECT ?term ?property ?value WHERE {
  VALUES ?property { kg:color kg:lane kg:importance kg:line kg:shape }
  GRAPH graph:ontology { ?term ?property ?value }
} ORDER BY ?term ?property"""
_INSTANCES = """
SELECT DISTINCT ?thing ?class WHERE {
  GRAPH graph:ontology { ?thing a ?class . ?class a ?kind }
  FILTER(?kind IN (owl:Class, rdfs:Class))
} ORDER BY ?thing ?class"""
_BOUNDS = """
SELECT ?range ?property ?value WHERE {
  VALUES ?property { kg:least kg:most }
  GRAPH graph:ontology { ?range ?property ?value }
  FILTER(!isNumeric(?value))
} ORDER BY ?range ?property"""
_UNTOLD = """
SELECT ?lacks ?class (MIN(STR(?found)) AS ?one) WHERE {
  { VALUES (?class ?lacks) {
      (kg:Conflict kg:kind) (kg:Conflict kg:about) (kg:Conflict kg:rule)
      (kg:Variation kg:kind) (kg:Variation kg:about) (kg:Variation kg:rule)
    }
    GRAPH graph:derived { ?found a ?class }
    FILTER NOT EXISTS { GRAPH graph:derived { ?found ?lacks ?any } }
  } UNION {
    VALUES (?class ?lacks) { (kg:Conflict kg:between) }
    GRAPH graph:derived { ?found a ?class ; kg:kind ?kind }
    FILTER(?kind NOT IN (kg:MissingValue, kg:OpenList))
    FILTER NOT EXISTS { GRAPH graph:derived { ?found ?lacks ?any } }
  }
} GROUP BY ?lacks ?class ORDER BY ?lacks ?class"""
_DECLARED = """
SELECT DISTINCT ?property WHERE {{
  VALUES ?property {{ {used} }}
  GRAPH graph:ontology {{ ?property a owl:{kind}Property }}
  FILTER NOT EXISTS {{ GRAPH graph:ontology {{ ?property a owl:{other}Property }} }}
}} ORDER BY ?property"""
_VALUES = """
SELECT DISTINCT ?thing ?value WHERE {{
  GRAPH ?graph {{ ?thing {property} ?value FILTER({test}(?value)) }}
  FILTER(?graph NOT IN (graph:ontology, graph:derived))
}} ORDER BY ?thing ?value LIMIT {most}"""
_MOST = 50


class Slip(NamedTuple):
    """A value of the wrong kind: a text of an object property, or a thing of a datatype property (OWL 2, section 5)."""

    subject: str
    predicate: str
    value: ox.NamedNode | ox.Literal

    def message(self, prefixes: Prefixes) -> str:
        """Return what is wrong, in a sentence."""
        of = f"{prefixes.compact(self.predicate)} of {prefixes.compact(self.subject)}"
        if isinstance(self.value, ox.Literal):
            return f"{of} is the text {self.value.value!r}, and it takes a thing"
        return f"{of} is {prefixes.compact(self.value.value)}, and it takes a text, a number or a date"

    @property
    def hint(self) -> str:
        """What to do about it."""
        if isinstance(self.value, ox.Literal):
            return "name the thing, as in :this, and give it the text as a name; or declare an owl:DatatypeProperty"
        return "write it in quotes; or declare an owl:ObjectProperty"


def slips(store: Store, seen: Scan) -> Iterator[Slip]:
    """Go through the values in the facts that are texts and should be things, or the other way round."""
    yield from _slips(store, seen.of_texts, "isLiteral", kind="Object", other="Datatype")
    yield from _slips(store, seen.of_things, "isIRI", kind="Datatype", other="Object")


def _slips(store: Store, used: Collection[bytes], test: str, *, kind: str, other: str) -> Iterator[Slip]:
    listed = " ".join(sorted(term.decode() for term in used))
    for row in store.select(_DECLARED.format(used=listed, kind=kind, other=other)):
        property = row["property"]
        for found in store.select(_VALUES.format(property=property, test=test, most=_MOST)):
            yield Slip(found["thing"].value, property.value, found["value"])


def terms(store: Store) -> Iterator[str]:
    """Go through the terms that an ontology declares, and those of RDF, RDF Schema and OWL."""
    yield from (row["term"].value for row in store.select(_SPACES))
    yield from (COMMON[prefix] + name for prefix, names in _W3C.items() for name in names.split())


def _unknown(store: Store) -> Iterator[tuple[str, str, str]]:
    """Go through the terms of its own, of the core's, and of RDF's that an ontology uses and nobody declares.

    Each comes with what it is said of, and by which property.
    """
    known = {*terms(store)}
    spaces = _spaces(known)
    for row in store.select(_USED):
        used, at, by = (row[name].value for name in ("used", "at", "by"))
        if used not in known and space(used) in spaces:
            yield used, at, by


def undeclared(store: Store, named: Iterable[str]) -> set[str]:
    """Return those of some IRIs that nobody declares or describes, though their namespaces are those of declared terms."""
    known = {*terms(store)}
    spaces = _spaces(known)
    strange = {iri for iri in named if iri not in known and space(iri) in spaces}
    return {iri for iri in strange if not any(True for _ in store.matching(ox.NamedNode(iri)))}


def _spaces(known: Iterable[str]) -> set[str]:
    """Return the namespaces whose terms have to be declared: the ontology's own, the core's, and those of RDF."""
    return {*map(space, known)} - {*COMMON.values()} | {KG, *(COMMON[prefix] for prefix in _W3C)}


def misused(store: Store, project: Project) -> Iterator[Problem]:
    """Go through what an ontology says in vain, with places: texts for terms, terms for texts, and `kg:yields` in vain."""
    files, prefixes = places.sources(project, project.vocabulary), Prefixes(store.prefixes)

    def problem(message: str, hint: str, **where: str) -> Problem:
        return Problem(places.find(files, **where) or Place("ontology"), "error", "vocabulary", message, hint)

    for unknown, at, by in _unknown(store):
        message = f"{prefixes.compact(unknown)} is not in the ontology"
        hint = meant(prefixes.compact(unknown), map(prefixes.compact, terms(store)), "declare it in ontology/, or take it out")
        yield problem(message, hint, subject=at, predicate=by, **({} if by == unknown else {"object": unknown}))
    for s in store.select(_MISUSED):
        term, name, value = s["term"].value, s["property"].value, s["value"].value
        of = f"{prefixes.compact(name)} of {prefixes.compact(term)}"
        if isinstance(s["value"], ox.Literal):
            message, hint = f"{of} is the text {value!r}, and it takes a term", "write its name, like ex:Thing, without quotes"
        else:
            message, hint = f"{of} is {prefixes.compact(value)}, and it takes a text", "write a text, in quotes"
        yield problem(message, hint, subject=term, predicate=name, object=value)
    for cls, has, *lacks in store.select(_INCOMPLETE):
        one, other = (prefixes.compact(term.value) for term in (has, *lacks))
        message = f"{prefixes.compact(cls.value)} has {one} and no {other}, so nothing follows from it"
        yield problem(message, f"add {other}, or take {one} out", subject=cls.value, predicate=has.value)
    for bounded, bound, value in store.select(_BOUNDS):
        message = (
            f"{prefixes.compact(bound.value)} of {prefixes.compact(bounded.value)} is {value.value!r}, and it takes a number"
        )
        yield problem(message, "write it without quotes", subject=bounded.value, predicate=bound.value)
    for cls, has in store.select(_AMBIGUOUS):
        message = (
            f"{prefixes.compact(has.value)} of {prefixes.compact(cls.value)} leads two ways, and which goes with what is open"
        )
        hint = "declare a class for each: an event can be of both"
        yield problem(message, hint, subject=cls.value, predicate=has.value)
    for (cls,) in store.select(_TIMELESS):
        message = f"{prefixes.compact(cls.value)} is no class of events or of states, so what it yields holds at no time"
        hint = "say that it is: rdfs:subClassOf kg:Event, or kg:State"
        yield problem(message, hint, subject=cls.value, predicate=KG + "yields")


def uncited(store: Store, project: Project) -> Iterator[Problem]:
    """Go through the things that an ontology describes, which are of classes of its own: facts, and they cite nothing."""
    prefixes, files = Prefixes(store.prefixes), places.sources(project, project.vocabulary)
    for thing, cls in store.select(_INSTANCES):
        if space(cls.value) not in COMMON.values():
            message = f"a fact about {prefixes.compact(thing.value)}, a {prefixes.compact(cls.value)}, cites no passage"
            place = places.find(files, subject=thing.value, object=cls.value) or Place("ontology")
            yield Problem(place, "error", "uncited", message, "move it to facts/, into the graph of a claim")


def undrawable(store: Store, project: Project) -> Iterator[Problem]:
    """Go through what is said in the ontology about drawing and cannot be drawn."""
    prefixes, files = Prefixes(store.prefixes), places.sources(project, project.vocabulary)
    for term, property, said in store.select(_DRAWING):
        name, value = property.value.removeprefix(KG), said.value
        if not re.fullmatch(_DRAWN[name], value):
            message = f"kg:{name} {value!r} of {prefixes.compact(term.value)} cannot be drawn"
            place = places.find(files, subject=term.value, predicate=property.value)
            yield Problem(place or Place("ontology"), "error", "drawing", message, f"it is one of {_DRAWN[name]}")


def half_told(store: Store, project: Project) -> Iterator[Problem]:
    """Go through what rules leave out of the conflicts and variations that they build, which nobody could make sense of."""
    prefixes = Prefixes(store.prefixes)
    for lacks, cls, found in store.select(_UNTOLD):
        name, of = prefixes.compact(lacks.value), prefixes.compact(cls.value)
        message = f"a rule builds {prefixes.compact(found.value)}, a {of}, without {name}"
        yield Problem(_building(project, of, name), "error", "rule", message, _LACKING[name])


_LACKING = {
    "kg:kind": "say what sort of conflict it is: one of kg:conflictKinds, or a term of your own with a skos:prefLabel",
    "kg:about": "say which things it is about",
    "kg:rule": "say kg:rule rule:NAME, where NAME is that of the rule's file",
    "kg:between": "say which claims contradict each other",
}


def _building(project: Project, cls: str, without: str) -> Place:
    """Return where a rule of the project says that it builds something, the first that does not speak of a property."""
    for path in (path for path in project.rules if path.is_relative_to(project.root)):
        text = path.read_text("utf-8")
        if cls in text and without not in text:
            before = text[: text.index(cls)]
            line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
            return Place(project.shown(path), line, column)
    return Place("ontology/rules")
