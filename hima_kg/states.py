"""States: statements that hold for a time, and how surely they do on a day.

A state has four bounds: it began on a day from `kg:startEarliest` to `kg:startLatest`, and ended on one from
`kg:endEarliest` to `kg:endLatest`. What lies between two bounds is possible, and never rounded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import IntEnum
from functools import cached_property, lru_cache
from itertools import chain
from operator import le, lt
from typing import NamedTuple, TypeAlias
from weakref import WeakKeyDictionary, ref

import pyoxigraph as ox

from .dates import NO_DAY, Period, days
from .sparql import bind
from .store import Store, Subject
from .terms import CLAIMS, COMMON, DERIVED, KG, NOT_BELIEVED


class Certainty(IntEnum):
    """How surely a statement holds on a day, the surest first, as numbers that queries can compare.

    Implied: no passage says it, and another makes sense only if it was so. Disputed: it held by the last report, and a change
    away from it was announced. Possible: the day lies between two bounds. Unknown: no passage says when it began.
    """

    DATELESS = 0
    """It bears no date, so that a day tells nothing of it."""
    CERTAIN = 1
    IMPLIED = 2
    DISPUTED = 3
    POSSIBLE = 4
    UNKNOWN = 5
    NEVER = 6
    """It holds on other days only."""

    @property
    def word(self) -> str | None:
        """The one of LEVELS that it is; None for what bears no date."""
        return _WORDS[self] if self else None


_WORDS = [one.name.lower() for one in Certainty]
LEVELS = tuple(_WORDS[Certainty.CERTAIN : Certainty.NEVER])
"""How surely a statement that holds on a day does, in words: see Certainty."""
NEVER = _WORDS[Certainty.NEVER]
_CERTAINTIES = dict(zip(_WORDS, Certainty, strict=True))
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_NOBODY = ox.NamedNode(KG + "Nobody")
_CLAIMS, _AS_OF, _DOCUMENT = ox.NamedNode(CLAIMS), ox.NamedNode(KG + "asOf"), ox.NamedNode(KG + "document")

_BOUNDS = """
SELECT ?state ?name ?known WHERE {{ {some} ?state a kg:State ; ?name ?known FILTER(?name IN ({names})) }}"""
_REIFIED = "?state a kg:State ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o"
_OF = "{{ SELECT DISTINCT ?state WHERE {{ {{ ?state rdf:subject <{0}> }} UNION {{ ?state rdf:object <{0}> }} }} }}"
_YIELDED = "SELECT DISTINCT ?p WHERE { GRAPH graph:ontology { ?class kg:yields ?p } }"
_LEADS = """
SELECT DISTINCT ?p ?q ?turned WHERE {
  GRAPH graph:ontology {
    { ?p rdfs:subPropertyOf ?q BIND(false AS ?turned) }
    UNION { ?p owl:inverseOf|^owl:inverseOf ?q BIND(true AS ?turned) }
    UNION { ?p a owl:SymmetricProperty BIND(?p AS ?q) BIND(true AS ?turned) }
  }
}"""
_UNTIMED_RULES = "SELECT DISTINCT ?p WHERE { GRAPH graph:ontology { ?p kg:untimedRule ?rule } }"
_CLASSES = "SELECT DISTINCT ?class WHERE { GRAPH graph:ontology { ?class rdfs:subClassOf* kg:State } }"
_ABOVE = """
SELECT DISTINCT ?class WHERE {
  GRAPH graph:ontology { ?state rdfs:subClassOf* kg:State ; rdfs:subClassOf+ ?class }
}"""
_KNOWN = """
SELECT ?state ?s ?o ?name ?known {dataset} WHERE {{
  {which} ?state rdf:subject {s} ; rdf:object {o} ; ?name ?known FILTER(?name IN ({names}))
}}"""
_KEPT = 50_000
"""For how many statements a graph keeps in mind how surely they hold on a day."""
_DAWN = "SELECT (MIN(?day) AS ?oldest) WHERE { ?period kg:written ?date ; kg:earliest ?day }"
_HORIZON = """
SELECT (MAX(?day) AS ?newest) WHERE {
  GRAPH graph:claims { ?document a kg:Document ; kg:asOf ?date }
  ?period kg:written ?date .
  OPTIONAL { ?period kg:latest ?latest }
  OPTIONAL { ?period kg:earliest ?earliest }
  BIND(COALESCE(?latest, ?earliest) AS ?day)
}"""


class Day(NamedTuple):
    """The day, month, year or range that is asked about: its first and its last day.

    >>> Day.parse("2024-02")
    Day(first='2024-02-01', last='2024-02-29')
    """

    first: str
    last: str

    @classmethod
    @lru_cache(maxsize=64)  # who asks as of a day asks several times, and what held then is kept in mind by the day
    def parse(cls, text: object) -> Day:
        """Return the days that a date given by hand means; `..` is any. Raises UsageError if it is no date."""
        return cls(*days(str(text)))


def level(state: Bounds, day: Day) -> str | None:
    """Return how surely a state holds on a day, one of LEVELS, by its bounds; None if it does not.

    What a change ends holds no more on the day of the change; a date with two ends has its last day in it, as in EDTF.
    """
    is_over = lt if state.basis == KG + "Stated" else le
    if (state.start_earliest or "") > day.last or is_over(state.end_latest or NO_DAY, day.first):
        return None
    implied = state.basis == KG + "Implied"
    if not (state.start_latest <= day.first if state.start_latest else implied):
        is_dated = state.start_earliest or (state.start_latest and state.basis != KG + "Stated")
        return "possible" if is_dated else "unknown"
    if is_over(state.end_earliest or ("" if state.end_latest else NO_DAY), day.last):
        return "possible"  # without a first day on which it can have ended, it can have done so on any
    if (state.disputed_from or NO_DAY) <= day.last and day.first <= (state.disputed_until or NO_DAY):
        return "disputed"
    return "implied" if implied else "certain"


class Bounds(NamedTuple):
    """What a state rests on, and from when to when it holds, days as text: None where nothing is known."""

    basis: str
    start_earliest: str | None
    start_latest: str | None
    end_earliest: str | None
    end_latest: str | None
    disputed_from: str | None
    disputed_until: str | None

    @classmethod
    def of(cls, said: Mapping[str, Collection[str]]) -> Bounds:
        """Return them by what is said of a state, values by property: of several, those that leave least room, and most doubt.

        >>> Bounds.of({KG + "basis": [KG + "Stated"], KG + "endLatest": ["2024-07-31", "2024-06-30"]}).end_latest
        '2024-06-30'
        """
        bases = said.get(KG + "basis", ())
        basis = next((one for one in _BASES if one in bases), min(bases, default=""))
        sure, ending, end, disputed = (min(said.get(KG + name, ()), default=None) for name in _EARLIEST)
        start, until = (max(said.get(KG + name, ()), default=None) for name in _LATEST)
        return cls(basis, start, sure, ending, end, disputed, until)


class _State(NamedTuple):
    """A state as it is stored."""

    iri: str
    properties: frozenset[str]
    bounds: Bounds

    @classmethod
    def of(cls, iri: str, said: Mapping[str, Collection[str]]) -> _State:
        """Return a state by what is said of it: values by property."""
        return cls(iri, frozenset(said.get(_PREDICATE, ())), Bounds.of(said))


_BASES = [KG + name for name in ("Implied", "Stated", "Occurred")]
_EARLIEST = ("startLatest", "endEarliest", "endLatest", "disputedFrom")
_LATEST = ("startEarliest", "disputedUntil")
_PREDICATE = COMMON["rdf"] + "predicate"
_NAMES = ", ".join(f"<{iri}>" for iri in (_PREDICATE, *(KG + name for name in ("basis", *_LATEST, *_EARLIEST))))


class Timed:
    """What holds for a time in a store, read once: properties that states give, classes of states, and how surely each is."""

    def __init__(self, store: Store) -> None:
        """Read a store."""
        self._store = ref(store)
        self.statement_level = lru_cache(_KEPT)(self._statement)
        self.state_level = lru_cache(_KEPT)(self._state)
        self.overruled = lru_cache(_KEPT)(self._overruled)
        self._given = lru_cache(1_000)(self._giving)
        self._all = lru_cache(1)(self._states)

    @classmethod
    def of(cls, store: Store) -> Timed:
        """Return what holds for a time in a store, read once."""
        if store not in _READ:
            _READ[store] = cls(store)
        return _READ[store]

    @cached_property
    def properties(self) -> dict[str, list[tuple[str, bool]]]:
        """Properties, by IRI, with those that states have in their place, and whether subject and object are turned round.

        A property that only rules without time give has none.
        """
        found: dict[str, set[tuple[str, bool]]] = {}
        for row in self._asked.select(_YIELDED):
            for property, turned in self._reached(row["p"].value):
                found.setdefault(property, set()).add((row["p"].value, turned))
        for row in self._asked.select(_UNTIMED_RULES):
            for property, _ in self._reached(row["p"].value):
                found.setdefault(property, set())
        return {iri: sorted(yielded) for iri, yielded in sorted(found.items())}

    @cached_property
    def undated(self) -> dict[str, list[str]]:
        """Patterns of `?s` and `?o`, by the IRI of a property, for those of its statements that bear no date.

        They follow from a property that holds for no time in particular, or claims make them and only rules date the others.
        """
        found: dict[str, list[str]] = {}
        held = {p for yielded in self.properties.values() for p, _ in yielded}
        for r in self._leads.keys() - self.properties.keys():
            reached = self._reached(r)
            for q, turned in () if held & {q for q, _ in reached} else reached:  # what is kept by a chief is kept
                if q in self.properties:
                    found.setdefault(q, []).append(f"{{ ?o <{r}> ?s }}" if turned else f"{{ ?s <{r}> ?o }}")
        for q in (q for q, yielded in self.properties.items() if not yielded):
            found.setdefault(q, []).append(f"{{ GRAPH ?claim {{ ?s <{q}> ?o }} GRAPH graph:claims {{ ?claim a kg:Claim }} }}")
        return found

    @cached_property
    def _leads(self) -> dict[str, list[tuple[str, bool]]]:
        """The properties that follow from each at once, and whether turned round."""
        leads: dict[str, list[tuple[str, bool]]] = {}
        for row in self._asked.select(_LEADS):
            leads.setdefault(row["p"].value, []).append((row["q"].value, row["turned"].value == "true"))
        return leads

    def _reached(self, property: str) -> set[tuple[str, bool]]:
        """Return a property and all that follow from it, and whether turned round."""
        reached = {(property, False)}
        edge = list(reached)
        while edge:
            at, turned = edge.pop()
            new = {(q, turned != turns) for q, turns in self._leads.get(at, ())} - reached
            reached |= new
            edge += new
        return reached

    @property
    def _asked(self) -> Store:
        store = self._store()
        assert store is not None, "who asks has the store"
        return store

    def given_by(self, iri: str) -> list[tuple[str, bool]]:
        """Return the properties whose statements a state of a property gives, and whether they are turned round."""
        return [(q, turned) for q, yielded in self.properties.items() for p, turned in yielded if p == iri]

    @cached_property
    def classes(self) -> set[str]:
        """The classes of states, by IRI."""
        return {row["class"].value for row in self._asked.select(_CLASSES)}

    @cached_property
    def above(self) -> set[str]:
        """The classes, by IRI, of which states are, and other things can be."""
        return {row["class"].value for row in self._asked.select(_ABOVE)}

    @cached_property
    def horizon(self) -> str | None:
        """The last day of which a document is known to speak; None where no document says of when it speaks."""
        row = next(iter(self._asked.select(_HORIZON)))
        return row["newest"].value if row["newest"] else None

    @cached_property
    def dawn(self) -> str | None:
        """The first day that a date in the documents can mean; None where there is no date."""
        row = next(iter(self._asked.select(_DAWN)))
        return row["oldest"].value if row["oldest"] else None

    def _statement(
        self, day: Day, dataset: str, subject: Term, property: ox.NamedNode, value: Term, state: ox.NamedNode | None = None
    ) -> Certainty:
        """Return how surely a statement holds on a day.

        A statement is met at each state that gives it, and where it stands by itself: it holds at the first of the states,
        and by itself, since unknown when, only if there are none. `dataset` is the `FROM` of the query that asks.
        """
        levels = self._levels(day, dataset, subject, property, value)
        if min(levels, default=None) != (state.value if state else None):
            return Certainty.NEVER
        if not levels and self._is_undated(subject, property, value):
            return Certainty.DATELESS
        return min(map(_CERTAINTIES.__getitem__, levels.values()), default=Certainty.UNKNOWN)

    def _is_undated(self, subject: Term, property: ox.NamedNode, value: Term) -> bool:
        ways = " UNION ".join(self.undated.get(property.value, ()))
        return bool(ways) and self._asked.ask(bind(f"ASK {{ {ways} }}", {"s": str(subject), "o": str(value)}))

    def _levels(self, day: Day, dataset: str, subject: Term, property: ox.NamedNode, value: Term) -> dict[str, str]:
        """Return how surely each state that gives a statement holds on a day, by IRI: one of LEVELS, or `never`."""
        levels: dict[str, str] = {}
        for iri, turned in self.properties[property.value]:
            ends = (value, subject) if turned else (subject, value)
            found = (one for one in self._given(dataset, *ends) if iri in one.properties)
            levels |= {one.iri: NEVER if ends[1] == _NOBODY else level(one.bounds, day) or NEVER for one in found}
        return levels

    def _overruled(self, day: Day, subject: Subject, property: ox.NamedNode, value: Subject | ox.Literal) -> list[str]:
        """Return the claims, by IRI, that make a statement, or one that gives it, for whose states it is too early or late.

        Those that do not count are left out, and those of a day on which it may hold: they say nothing of this one.
        """

        def is_never(day: Day) -> bool:
            return {*self._levels(day, "", subject, property, value).values()} == {NEVER}

        if not is_never(day):
            return []
        graphs = (quad.graph_name for quad in self._saying(subject, property, value))
        claims = (graph for graph in graphs if isinstance(graph, ox.NamedNode) and graph.value != DERIVED)
        return sorted(claim.value for claim in claims if self._counts(claim) and all(map(is_never, self._spoken(claim))))

    def _saying(self, subject: Subject, property: ox.NamedNode, value: Subject | ox.Literal) -> Iterator[ox.Quad]:
        """Go through the quads that make a statement, by its property, its inverse, or one below them."""
        for said, turned in self._led_by.get(property.value, {(property.value, False)}):
            if not turned:
                yield from self._asked.matching(subject, ox.NamedNode(said), value)
            elif not isinstance(value, ox.Literal):
                yield from self._asked.matching(value, ox.NamedNode(said), subject)

    @cached_property
    def _led_by(self) -> dict[str, set[tuple[str, bool]]]:
        """The properties from which each follows, itself among them, and whether turned round."""
        led: dict[str, set[tuple[str, bool]]] = {}
        for p in self._leads:
            for q, turned in self._reached(p):
                led.setdefault(q, {(q, False)}).add((p, turned))
        return led

    def _counts(self, claim: ox.NamedNode) -> bool:
        told = self._asked.matching(claim, graph=_CLAIMS)
        return NOT_BELIEVED.isdisjoint(quad.object.value for quad in told if isinstance(quad.object, ox.NamedNode))

    def _spoken(self, claim: ox.NamedNode) -> Iterator[Day]:
        """Go through the days as of which a claim is known to speak, or else its document."""
        documents = [quad.object for quad in self._asked.matching(claim, _DOCUMENT, graph=_CLAIMS)]
        for who in (claim, *(one for one in documents if isinstance(one, ox.NamedNode))):
            dates = [quad.object for quad in self._asked.matching(who, _AS_OF, graph=_CLAIMS)]
            if dates:
                periods = (Period.parse(date.value, date.datatype.value) for date in dates if isinstance(date, ox.Literal))
                yield from (Day(str(p.earliest), str(p.latest)) for p in periods if p.earliest and p.latest)
                return

    def _state(self, day: Day, dataset: str, state: ox.NamedNode) -> Certainty:
        """Return how surely a state holds on a day."""
        found = chain.from_iterable(self._states(dataset, f"VALUES ?state {{ {state} }}").values())
        return min((_CERTAINTIES[level(one.bounds, day) or NEVER] for one in found), default=Certainty.NEVER)

    def _giving(self, dataset: str, subject: Term, value: Term) -> list[_State]:
        """Return the states of a subject and an object; to who asks for many, all that there are have been read at once."""
        if self._given.cache_info().misses > _MANY:
            return self._all(dataset).get((subject, value), [])
        return self._states(dataset, s=str(subject), o=str(value)).get((None, None), [])

    def _states(self, dataset: str, which: str = "", *, s: str = "?s", o: str = "?o") -> dict[_Ends, list[_State]]:
        """Return states by the variables that are their subjects and objects."""
        said: dict[_Ends, dict[str, dict[str, set[str]]]] = {}
        text = _KNOWN.format(dataset=dataset, which=which, s=s, o=o, names=_NAMES)
        for state, subject, value, name, known in self._asked.select(text):
            of = said.setdefault((subject, value), {}).setdefault(state.value, {})
            of.setdefault(name.value, set()).add(known.value)
        return {ends: [_State.of(*one) for one in states.items()] for ends, states in said.items()}


_Ends: TypeAlias = "tuple[Term | None, Term | None]"
_MANY = 100
_READ: WeakKeyDictionary[Store, Timed] = WeakKeyDictionary()


def surest(levels: Iterable[str]) -> str | None:
    """Return the surest of some levels; None if there are none.

    >>> surest({"possible", "disputed"})
    'disputed'
    """
    return min(levels, key=_CERTAINTIES.__getitem__, default=None)


def _some(about: str | None) -> str:
    return _OF.format(about) if about else ""


def standing(store: Store, day: Day, *, about: str | None = None) -> dict[str, str]:
    """Return the states that hold on a day, by IRI, and how surely: one of LEVELS; with an IRI, only those of that thing."""
    said: dict[str, dict[str, set[str]]] = {}
    for state, name, known in store.select(_BOUNDS.format(some=_some(about), names=_NAMES)):
        said.setdefault(state.value, {}).setdefault(name.value, set()).add(known.value)
    return {iri: how for iri, of in said.items() if (how := level(Bounds.of(of), day))}


def statements(store: Store, day: Day, *, about: str | None = None) -> dict[tuple[str, str, str], str]:
    """Return how surely each statement of a property that holds for a time holds on a day: one of LEVELS, or `never`.

    With an IRI, only those that have it as subject or object.

    Statements are given by subject, property and object in N-Triples syntax. Never is what holds on other days only;
    unknown is also what is said, or follows from what is dated, without a date.
    """
    timed, holding = Timed.of(store), standing(store, day, about=about)
    found: dict[tuple[str, str, str], str] = {}
    for row in store.select(f"SELECT * WHERE {{ {_some(about)} {_REIFIED} }}"):
        s, p, o = str(row["s"]), row["p"].value, str(row["o"])
        level = holding.get(row["state"].value, NEVER)
        for key in {(o, q, s) if turned else (s, q, o) for q, turned in timed.given_by(p)}:
            found[key] = surest({level, found.get(key, NEVER)}) or NEVER
    for q in timed.properties:
        ways = timed.undated.get(q)
        dated = f"FILTER NOT EXISTS {{ {' UNION '.join(ways)} }}" if ways else ""
        plain = f"SELECT ?s ?o WHERE {{ ?s <{q}> ?o {dated} }}"
        asked = [bind(plain, {end: f"<{about}>"}) for end in ("s", "o")] if about else [plain]
        for row in (row for text in asked for row in store.select(text)):
            found.setdefault((str(row["s"]), q, str(row["o"])), _WORDS[Certainty.UNKNOWN])
    return found
