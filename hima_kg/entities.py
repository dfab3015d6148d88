"""Things by name: finding them in any script, and telling all that is known about one, with its sources."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pyoxigraph as ox

from . import sparql
from .dates import Edge
from .errors import ProjectError, meant, nearest
from .spellings import fold, search_keys
from .states import NEVER, Bounds, Day, level, standing, statements
from .store import Store
from .terms import COMMON, DERIVED, KG, NOT_BELIEVED, ONTOLOGY, Prefixes, label

_NAMES = """
SELECT DISTINCT ?thing ?name ?best WHERE {
  VALUES (?property ?best) {
    (skos:prefLabel true) (rdfs:label true) (dct:title true) (skos:altLabel false) (skos:hiddenLabel false)
  }
  GRAPH ?graph { ?thing ?property ?name }
  FILTER(?graph != graph:ontology)
}"""
_OF_CLASS = "ASK { GRAPH ?g { ?thing a ?type } GRAPH graph:ontology { ?type rdfs:subClassOf* ?class } }"
_CLASS = """
SELECT ?type WHERE {
  GRAPH ?graph { ?thing a ?type }
  FILTER(?graph NOT IN (graph:derived, graph:ontology))
} LIMIT 1"""
_ABOUT = """
SELECT ?subject ?property ?object ?graph WHERE {
  { GRAPH ?graph { ?entity ?property ?object } BIND(?entity AS ?subject) }
  UNION
  { GRAPH ?graph { ?subject ?property ?entity } BIND(?entity AS ?object) }
  UNION
  { GRAPH ?entity { ?subject ?property ?object } BIND(?entity AS ?graph) }
  FILTER(?graph != graph:ontology)
}"""
_VOCABULARY = """
SELECT ?subject ?property ?object WHERE {
  GRAPH graph:ontology {
    { ?entity ?property ?object BIND(?entity AS ?subject) } UNION { ?subject ?property ?entity BIND(?entity AS ?object) }
  }
}"""
_TERMS = """
SELECT DISTINCT ?term WHERE {
  { GRAPH graph:ontology { ?term a ?kind } } UNION { GRAPH ?g { ?term a ?kind } FILTER(?g != graph:ontology) }
}"""
_FEW = 4_000
"""Up to so many claims are asked for by name; above that, reading all of them is quicker."""
_CITATIONS = """
SELECT ?claim ?title ?locator ?modality ?rank ?speaker WHERE {
  { SELECT * WHERE {
      SOME GRAPH graph:claims { ?claim kg:document ?document ; kg:locator ?locator ; kg:modality ?modality ; kg:rank ?rank }
  } }
  OPTIONAL { GRAPH graph:claims { ?claim kg:speaker ?speaker } }
  OPTIONAL { GRAPH graph:claims { ?document dct:title ?title } }
}"""

_DISCOUNTED = """
SELECT ?claim WHERE {
  { GRAPH graph:claims { ?claim kg:rank kg:Deprecated } } UNION { GRAPH graph:claims { ?claim kg:modality kg:Opinion } }
}"""
_OF = """
    { ?state rdf:subject ?entity } UNION { ?state rdf:object ?entity }
    FILTER EXISTS { ?state a kg:State }"""
_STATES = """
SELECT ?state ?name ?known WHERE {
  { SELECT DISTINCT ?state WHERE { SOME } }
  ?state a kg:State ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; kg:basis ?basis ; ?name ?known
}"""
_STATE_CLAIMS = """
SELECT DISTINCT ?state ?claim WHERE {
  { SELECT DISTINCT ?state ?source ?value WHERE {
      { SELECT DISTINCT ?state WHERE { SOME } }
      { ?state kg:event ?source } UNION { ?state kg:basis kg:Stated BIND(?state AS ?source) }
      ?state rdf:object ?value .
  } }
  GRAPH ?claim { ?source ?said ?told }
  FILTER(
    (?told = ?value && EXISTS { GRAPH graph:ontology { ?any kg:yieldsObject/^rdfs:subPropertyOf* ?said } })
    || ?said IN (kg:date, kg:reverses) || (?said = rdf:type && ?value = kg:Nobody)
  )
  FILTER EXISTS {
    GRAPH graph:claims { ?claim kg:rank ?rank ; kg:modality ?modality }
    FILTER(?rank != kg:Deprecated && ?modality != kg:Opinion)
  }
}"""


_SAME = 4
"""How well a name fits that is the one sought."""


@dataclass(frozen=True)
class Found:
    """A thing that a search found, with the name that fits."""

    iri: str
    name: str
    fit: int
    """How well the name fits, from 1 for one that has all the words to 4 for the same."""
    is_preferred: bool
    """Whether the name is the one by which the thing is shown, and not another of its names."""

    @property
    def is_same(self) -> bool:
        """Whether the name is the one that was sought, and not only like it."""
        return self.fit == _SAME


@dataclass(frozen=True)
class Citation:
    """Where a statement stands: the claim, its document and passage, and how it is said."""

    claim: str
    document: str
    locator: str
    modality: str
    rank: str
    speakers: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the passage, and how it is said where that is not plainly."""
        notes = [word.removeprefix(KG).lower() for word in (self.modality, self.rank) if word not in UNREMARKABLE]
        return self.locator + (f" ({', '.join(notes)})" if notes else "")

    @property
    def counts(self) -> bool:
        """Whether what the claim says is believed: a deprecated claim and an opinion are kept and cited, and do not count."""
        return NOT_BELIEVED.isdisjoint((self.rank, self.modality))


UNREMARKABLE = {KG + "Stated", KG + "Normal"}
"""How a claim is said, and what it is worth, where nothing else is told of it."""


@dataclass(frozen=True)
class Fact:
    """A statement about an entity, with the citations of the claims that make it, or the fact that a rule derived it."""

    subject: str
    predicate: str
    object: Any
    citations: tuple[Citation, ...]
    derived: bool = False
    certainty: str | None = None
    """How surely it holds on the day that was asked about; None where no day was, or it holds for no time in particular."""


@dataclass(frozen=True)
class State:
    """A statement that holds for a time, with the earliest and latest day of its start and of its end, and who says so.

    Days are text, None where nothing is known. `events` are what began or ended it.
    """

    iri: str
    subject: str
    predicate: str
    object: str
    basis: str
    start_earliest: str | None = None
    start_latest: str | None = None
    end_earliest: str | None = None
    end_latest: str | None = None
    disputed_from: str | None = None
    disputed_until: str | None = None
    rule: str | None = None
    events: tuple[str, ...] = ()
    claims: tuple[Citation, ...] = ()
    datatype: str | None = None
    """The datatype of its object, where that is a literal; None where it is a thing."""
    language: str | None = None
    """The language of its object, where that is a text in one."""
    certainty: str | None = None
    """How surely it holds on the day that was asked about; None where no day was."""

    @classmethod
    def of(cls, iri: str, said: Mapping[str, Collection[str]], value: Any, claims: Iterable[Citation] = ()) -> State:
        """Return a state by what is said of it, values by property, by its object, and by whom."""
        subject, predicate = min(said[COMMON["rdf"] + "subject"]), min(said[COMMON["rdf"] + "predicate"])
        rule, events = min(said.get(KG + "rule", ()), default=None), tuple(sorted(said.get(KG + "event", ())))
        kind = value.datatype.value if isinstance(value, ox.Literal) else None
        language = value.language if isinstance(value, ox.Literal) else None
        text = str(getattr(value, "value", value))
        return cls(iri, subject, predicate, text, *Bounds.of(said), rule, events, tuple(claims), kind, language)

    @property
    def is_link(self) -> bool:
        """Whether its object is a thing, and not a literal."""
        return self.datatype is None

    @property
    def start(self) -> Edge:
        """The earliest and the latest day on which it can have begun."""
        return self.start_earliest, self.start_latest

    @property
    def end(self) -> Edge:
        """The earliest and the latest day on which it can have ended."""
        return self.end_earliest, self.end_latest

    @property
    def days(self) -> list[str]:
        """The days on which something is known to change, in order."""
        return sorted({day for day in (*self.start, *self.end, self.disputed_from, self.disputed_until) if day})

    def on(self, day: str) -> str | None:
        """Return how surely it holds on a day, which is written YYYY-MM-DD, as one of states.LEVELS; None if it does not.

        >>> july = State("s", "mark", "owner", "amber", KG + "Occurred", "2023-06-01", "2023-06-30", "2024-07-01", "2024-07-31")
        >>> [july.on(day) for day in ("2023-05-31", "2023-06-15", "2024-01-01", "2024-07-15", "2024-07-31")]
        [None, 'possible', 'certain', 'possible', None]
        """
        return level(Bounds(self.basis, *self.start, *self.end, self.disputed_from, self.disputed_until), Day(day, day))


@dataclass(frozen=True)
class Entity:
    """All that is known about a thing: its names by language, statements with their citations, and states in time."""

    iri: str
    names: Mapping[str, list[str]]
    facts: list[Fact] = field(default_factory=list)
    states: list[State] = field(default_factory=list)

    @property
    def mentioned(self) -> set[str]:
        """The IRIs of all things and properties in what is known."""
        links = (f.object.value for f in self.facts if not hasattr(f.object, "datatype"))
        said = {part for f in self.facts for part in (f.subject, f.predicate)}.union(links)
        held = {part for s in self.states for part in (s.subject, s.predicate, s.is_link and s.object, *s.events) if part}
        return {self.iri} | said | held


def find(store: Store, words: str) -> list[Found]:
    """Return the things whose names fit some words, best first.

    First comes the same name, then names that start so, then those that contain it, then those with all words in any order.
    Names are compared without case, width and tones, in pinyin, by the initials of pinyin, and in romanised Hangul.
    """
    wanted, parts = {fold(words), *search_keys([(words, "")])} - {""}, fold(words).split()
    best: dict[str, Found] = {}
    for thing, name, preferred in ((s["thing"], s["name"], s["best"]) for s in store.select(_NAMES)):
        fit = _fit(wanted, parts, search_keys([(name.value, name.language or "")]))
        found = Found(thing.value, name.value, fit, preferred.value == "true")
        if fit and (thing.value not in best or _quality(found) > _quality(best[thing.value])):
            best[thing.value] = found
    return sorted(best.values(), key=lambda f: (-f.fit, not f.is_preferred, len(f.name), f.iri))


def _quality(found: Found) -> tuple[int, bool]:
    return found.fit, found.is_preferred


def _fit(wanted: set[str], parts: list[str], keys: list[str]) -> int:
    if any(key in wanted for key in keys):
        return _SAME
    if any(key.startswith(word) for key in keys for word in wanted):
        return 3
    if any(word in key for key in keys for word in wanted):
        return 2
    return int(len(parts) > 1 and any(all(part in key for part in parts) for key in keys))


def resolve(store: Store, name: str, prefixes: Prefixes, *, of_class: str = "") -> str:
    """Return the IRI that a CURIE, an IRI, or a name in any script stands for.

    Of several things with that name, it is the only one that is shown by it. Raises ProjectError where nothing has that name,
    or none of several is meant rather than the others.
    """
    if (":" in name or name.startswith("<")) and (iri := _written(store, name, prefixes)):
        if of_class and occurs(store, iri) and not is_of(store, iri, prefixes.expand(of_class)):
            raise ProjectError(f"{name} is not of the class {of_class}", hint=f"it is a {kind(store, iri, prefixes)}")
        return iri
    local = prefixes.expand(":" + name) if "" in prefixes and name.isascii() and name.isidentifier() else ""
    if local and occurs(store, local) and (not of_class or is_of(store, local, prefixes.expand(of_class))):
        return local
    called = [f for f in find(store, name) if f.is_same]
    exact = [f for f in called if not of_class or is_of(store, f.iri, prefixes.expand(of_class))]
    for fitting in (exact, [f for f in exact if f.is_preferred]):
        if len(fitting) == 1:
            return fitting[0].iri
    if exact:
        listed = ", ".join(f"{prefixes.compact(f.iri)} ({kind(store, f.iri, prefixes)})" for f in exact)
        raise ProjectError(f"{name!r} is the name of {len(exact)} things", hint=f"say which: {listed}")
    if called:
        listed = ", ".join(f"{prefixes.compact(f.iri)} ({kind(store, f.iri, prefixes)})" for f in called)
        raise ProjectError(f"nothing of the class {of_class} is called {name!r}", hint=f"it is the name of {listed}")
    raise ProjectError(f"nothing is called {name!r}", hint=_suggestion(store, name, prefixes))


def _written(store: Store, name: str, prefixes: Prefixes) -> str | None:
    """Return the IRI of a CURIE or an IRI; None for a name, which may have a colon too."""
    try:
        return iri_of(name, prefixes)
    except ProjectError:
        if any(found.is_same for found in find(store, name)):
            return None
        raise


def iri_of(name: str, prefixes: Prefixes) -> str | None:
    """Return the IRI of a CURIE or an IRI, None for a name that is neither; raises ProjectError for an unknown prefix."""
    try:
        return prefixes.expand(name)
    except ProjectError:
        if name.partition(":")[0].isidentifier():
            raise
        return None


def _suggestion(store: Store, name: str, prefixes: Prefixes) -> str:
    near = find(store, name)[:3]
    if near:
        return "near it: " + ", ".join(f"{prefixes.compact(f.iri)} ({f.name})" for f in near)
    names = {fold(s["name"].value): s["name"].value for s in store.select(_NAMES)}
    close = nearest(fold(name), names)
    return f"did you mean {names[close]}?" if close else "`hima-kg find WORDS` searches all names"


def known(store: Store, name: str, prefixes: Prefixes) -> str:
    """Return the IRI of something in the store, by CURIE, IRI or name; raises ProjectError if there is no such thing."""
    iri = resolve(store, name, prefixes)
    if not occurs(store, iri):
        raise unknown(store, name, prefixes)
    return iri


def unknown(store: Store, name: str, prefixes: Prefixes) -> ProjectError:
    """Return the error for a CURIE or an IRI that stands for nothing, with what was perhaps meant."""
    hint = meant(name, map(prefixes.compact, labels(store, "en")), "`hima-kg find WORDS` searches all names")
    return ProjectError(f"nothing is said about {name}", hint=hint)


def occurs(store: Store, iri: str) -> bool:
    """Whether an IRI stands anywhere in the store."""
    try:
        term = ox.NamedNode(iri)
    except ValueError:  # it is none
        return False
    roles = (store.matching(**{role: term}) for role in ("subject", "predicate", "object", "graph"))
    return any(True for role in roles for _ in role)


def terms(store: Store, prefixes: Prefixes) -> dict[str, str]:
    """Return whatever has a class, in the facts or in the ontology, its IRI by its CURIE: what a name may have meant."""
    return {prefixes.compact(row["term"].value): row["term"].value for row in store.select(_TERMS)}


def is_of(store: Store, iri: str, cls: str) -> bool:
    """Whether a thing is of a class or of one below it, in any claim."""
    return store.ask(sparql.bind(_OF_CLASS, {"thing": f"<{iri}>", "class": f"<{cls}>"}))


def kind(store: Store, iri: str, prefixes: Prefixes) -> str:
    """Return the class that a claim gives to a thing, as a CURIE; a dash where there is none."""
    row = next(iter(store.select(sparql.bind(_CLASS, {"thing": f"<{iri}>"}))), None)
    return prefixes.compact(row["type"].value) if row else "–"


def citations(store: Store, of: Collection[str] | None = None) -> dict[str, Citation]:
    """Return the citation of every claim, or of some, by the claim's IRI."""
    found: dict[str, Citation] = {}
    few = of is not None and len(of) <= _FEW
    some = _these("claim", of if few else None)
    for s in store.select(_CITATIONS.replace("SOME", some, 1)):
        claim, speaker = s["claim"].value, s["speaker"]
        said_by = {*(found[claim].speakers if claim in found else ()), *([speaker.value] if speaker else ())}
        found[claim] = Citation(
            claim=claim,
            document=s["title"].value if s["title"] else "untitled",
            locator=s["locator"].value,
            modality=s["modality"].value,
            rank=s["rank"].value,
            speakers=tuple(sorted(said_by)),
        )
    return found


def _these(variable: str, iris: Iterable[str] | None) -> str:
    return "" if iris is None else f"VALUES ?{variable} {{ {' '.join(str(ox.NamedNode(iri)) for iri in sorted(iris))} }}"


def describe(store: Store, iri: str, *, day: Day | None = None) -> Entity:
    """Return all that is known about a thing: every statement with it as subject or object, once, with its citations.

    What the ontology says, of a class or a property, has none.

    With a day, what does not hold then is left out, and what does says how surely.
    """
    sources: dict[tuple[str, str, Any], set[str]] = {}
    for s in store.select(sparql.bind(_ABOUT, {"entity": f"<{iri}>"})):
        sources.setdefault((s["subject"].value, s["property"].value, s["object"]), set()).add(s["graph"].value)
    cited = citations(store, set().union(*sources.values()))
    levels = statements(store, day, about=iri) if day else {}
    for subject, property, value in store.select(sparql.bind(_VOCABULARY, {"entity": f"<{iri}>"})):
        sources.setdefault((subject.value, property.value, value), set()).add(ONTOLOGY)
    held, past = _states(store, iri, day)
    facts = [
        Fact(s, p, o, tuple(cited[g] for g in sorted(graphs) if g in cited), graphs == {DERIVED}, level)
        for (s, p, o), graphs in sources.items()
        if (level := levels.get((f"<{s}>", p, str(o)))) != NEVER and past.isdisjoint((s, getattr(o, "value", "")))
    ]
    names: dict[str, list[str]] = {}
    for fact in facts:
        if fact.subject == iri and fact.predicate in NAMING:
            names.setdefault(fact.object.language or "", []).append(fact.object.value)
    return Entity(
        iri,
        names,
        sorted(facts, key=lambda f: (f.subject != iri, f.predicate, str(f.object), f.subject)),
        held,
    )


def _states(store: Store, iri: str, day: Day | None) -> tuple[list[State], set[str]]:
    """Return the states of a thing, and those whose value it is, in the order in which they can have begun or ended.

    With a day, only those that hold then, with how surely they do; and the IRIs of all others.
    """
    found = cited_states(store, sparql.bind(_OF, {"entity": f"<{iri}>"}))
    if day is None:
        return found, set()
    holding = standing(store, day, about=iri)
    held = [replace(state, certainty=holding[state.iri]) for state in found if state.iri in holding]
    return held, {state.iri for state in found} - {iri, *holding}


def cited_states(store: Store, some: str) -> list[State]:
    """Return the states that a pattern of SPARQL gives in `?state`, cited, by statement and then in order of time."""
    claims: dict[str, set[str]] = {}
    for state, claim in store.select(_STATE_CLAIMS.replace("SOME", some)):
        claims.setdefault(state.value, set()).add(claim.value)
    cited = citations(store, set().union(*claims.values()))
    said: dict[str, dict[str, set[str]]] = {}
    objects: dict[str, set[Any]] = {}  # two claims may tell two of one state
    for state, name, term in store.select(_STATES.replace("SOME", some)):
        said.setdefault(state.value, {}).setdefault(name.value, set()).add(term.value)
        if name.value == _OBJECT:
            objects.setdefault(state.value, set()).add(term)
    found = [
        State.of(iri, of, value, (cited[c] for c in sorted(claims.get(iri, ())) if c in cited))
        for iri, of in said.items()
        for value in sorted(objects[iri], key=str)
    ]
    return sorted(found, key=lambda s: (s.predicate, s.subject, s.days[:1], s.start_earliest or "", s.object, s.iri))


def discounted(store: Store) -> set[str]:
    """Return the claims, by IRI, that are deprecated or opinion: kept and cited, and not believed."""
    return {row["claim"].value for row in store.select(_DISCOUNTED)}


_OBJECT = COMMON["rdf"] + "object"
NAMING = {COMMON["skos"] + "prefLabel", COMMON["skos"] + "altLabel", COMMON["rdfs"] + "label"}
"""The properties whose values are what a thing is called: they are told among its names, and not as facts."""


def labels(store: Store, lang: str, *, of: Iterable[str] | None = None) -> dict[str, str]:
    """Return the best name of everything that has one, or of some things, in a language or the next best, by IRI.

    Raises ProjectError for what is no IRI.
    """
    names: dict[str, dict[str, str]] = {}
    named = "GRAPH ?g { ?thing skos:prefLabel|rdfs:label|dct:title|kg:locator ?name }"
    try:
        query = f"SELECT ?thing ?name WHERE {{ {_these('thing', of)} {named} }}"
    except ValueError as error:
        raise ProjectError(f"names are given to IRIs, and this is none: {error}") from error
    for thing, name in sorted(((s["thing"].value, s["name"]) for s in store.select(query)), key=str):
        names.setdefault(thing, {}).setdefault(name.language or "", name.value)
    return {thing: text for thing, by_lang in names.items() if (text := label(by_lang, lang))}
