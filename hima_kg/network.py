"""The store as a network: entities and events as nodes, statements between them as edges, each with its citations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any

import networkx as nx

from .dates import disputed, lasting
from .entities import discounted
from .prominence import Cut, prominent
from .states import NEVER, Day, standing, statements, surest
from .store import Store
from .terms import CLAIMS, DERIVED, KG, Prefixes, Shortener

_DRAWN = """
SELECT ?class ?super ?property ?value (COUNT(DISTINCT ?between) AS ?steps) WHERE {
  GRAPH graph:ontology { ?class rdfs:subClassOf* ?between . ?between rdfs:subClassOf* ?super . ?super ?property ?value }
  VALUES ?property { kg:shape kg:color kg:lane kg:importance }
} GROUP BY ?class ?super ?property ?value"""
_TYPES = "SELECT ?thing ?class WHERE { GRAPH graph:claims { ?claim a kg:Claim } GRAPH ?claim { ?thing a ?class } }"
# A sub-select reads all that there is in one go, which is quicker than a lookup for each event or state; see `asking`.
_EVENTS = """
SELECT ?event ?earliest ?latest ?status WHERE {
  { SELECT * WHERE { ?event a kg:Event } }
  { SELECT * WHERE { ?event kg:status ?status } }
  OPTIONAL { SELECT * WHERE { ?event kg:earliest ?earliest } }
  OPTIONAL { SELECT * WHERE { ?event kg:latest ?latest } }
}"""
# Plans are few: the bounds of a date stand in an OPTIONAL of their own, or else the engine pairs all dates with theirs first.
_PLANS = """
SELECT ?event ?earliest ?latest ?status WHERE {
  VALUES ?status { kg:Planned kg:Expected }
  GRAPH ?claim { ?event kg:status ?status }
  GRAPH graph:claims { ?claim a kg:Claim }
  OPTIONAL {
    GRAPH ?claim { ?event kg:date ?date } OPTIONAL { ?from kg:written ?date ; kg:earliest ?earliest } FILTER(BOUND(?earliest))
  }
  OPTIONAL { GRAPH ?claim { ?event kg:date ?due } OPTIONAL { ?to kg:written ?due ; kg:latest ?latest } FILTER(BOUND(?latest)) }
}"""
CONCEPTS = "SELECT ?term ?name WHERE { GRAPH graph:ontology { ?term a skos:Concept ; skos:prefLabel ?name } }"
_LINKS = """
SELECT ?s ?p ?o ?claim WHERE {
  GRAPH graph:claims { ?claim a kg:Claim }
  GRAPH ?claim { ?s ?p ?o }
  FILTER(isIRI(?o) && ?p != rdf:type)
}"""
_ALL_LINKS = """
SELECT ?s ?p ?o ?claim WHERE {
  { SELECT DISTINCT ?s WHERE { VALUES ?class { CLASSES } GRAPH ?typing { ?s a ?class } } }
  { SELECT DISTINCT ?o WHERE { VALUES ?class { CLASSES } GRAPH ?typing { ?o a ?class } } }
  { SELECT * WHERE { GRAPH graph:claims { ?claim a kg:Claim } GRAPH ?claim { ?s ?p ?o } FILTER(?p != rdf:type) } }
}"""
"""Links from things of some classes to things of some classes: the engine reads no others' names, which is most of its work."""
_LABELS = """
SELECT ?s ?name WHERE {
  { SELECT * WHERE { GRAPH graph:claims { ?claim a kg:Claim } } }
  { SELECT * WHERE { GRAPH ?claim { ?s skos:prefLabel ?name } } }
}"""
STATES = """
  ?state a kg:State
  { SELECT * WHERE { ?state rdf:subject ?s } }
  { SELECT * WHERE { ?state rdf:predicate ?p } }
  { SELECT * WHERE { ?state rdf:object ?o } }
  { SELECT * WHERE { ?state kg:rule ?rule } }
  { SELECT * WHERE { ?state kg:basis ?basis } }
  OPTIONAL { SELECT * WHERE { ?state kg:startEarliest ?startEarliest } }
  OPTIONAL { SELECT * WHERE { ?state kg:startLatest ?startLatest } }
  OPTIONAL { SELECT * WHERE { ?state kg:endEarliest ?endEarliest } }
  OPTIONAL { SELECT * WHERE { ?state kg:endLatest ?endLatest } }
  OPTIONAL { SELECT * WHERE { ?state kg:disputedFrom ?disputedFrom } }
  OPTIONAL { SELECT * WHERE { ?state kg:disputedUntil ?disputedUntil } }"""
"""The pattern of a state, with the days between which it began and ended; to be asked by `asking`."""
_STATES = f"""
SELECT ?s ?p ?o ?state ?rule ?basis ?startEarliest ?startLatest ?endEarliest ?endLatest ?disputedFrom ?disputedUntil
WHERE {{{STATES}
  FILTER(isIRI(?o))
}}"""
_STATE_CLAIMS = """
SELECT DISTINCT ?state ?claim WHERE {
  {
    { SELECT * WHERE { { ?state kg:event ?source } UNION { ?state kg:basis kg:Stated BIND(?state AS ?source) } } }
    { SELECT ?source ?claim WHERE {
        { GRAPH ?claim { ?source kg:date ?day } } UNION { GRAPH ?claim { ?source kg:reverses ?other } }
    } }
  } UNION {
    { SELECT DISTINCT ?gives WHERE { GRAPH graph:ontology { ?any kg:yieldsObject/^rdfs:subPropertyOf* ?gives } } }
    GRAPH ?claim { ?source ?gives ?value }
    ?state rdf:object ?value ; kg:event ?source .
  } UNION {
    { SELECT DISTINCT ?gives WHERE { GRAPH graph:ontology { ?any kg:yieldsObject/^rdfs:subPropertyOf* ?gives } } }
    GRAPH ?claim { ?state ?gives ?value }
    ?state rdf:object ?value ; kg:basis kg:Stated .
  } UNION {
    ?state rdf:object kg:Nobody ; kg:event ?source .
    GRAPH ?claim { ?source a ?class }
  }
}"""
PLAIN = {"shape": "dot", "color": "#777777", "lane": 3, "importance": 1}
"""How a class is drawn where the ontology does not say how."""

_NO_EVENT = {"event": False, "earliest": None, "latest": None, "status": None, "status_id": None}


@dataclass(frozen=True)
class Choice:
    """Which things are drawn, by IRI, out of how many, and where the others begin; both None where all are."""

    total: int
    kept: frozenset[str] | None = None
    cut: Cut | None = None

    def after(self, before: Store, now: Store, prefixes: Prefixes, changed: Collection[str], most: int) -> Choice | None:
        """Return the choice after a change of what is said of some IRIs; None where it is to be made anew."""
        was, becomes = _Classes(before, prefixes, changed).drawn, _Classes(now, prefixes, changed)
        total = self.total + len(becomes.drawn) - len(was)
        if self.cut is None or self.kept is None:
            return Choice(total) if total <= most else None
        still = self.cut.keeps(now, becomes.drawn, becomes.importance)
        return replace(self, total=total) if still == {*self.kept} & {*changed} else None


def choose(store: Store, prefixes: Prefixes, most: int) -> Choice:
    """Return which things to draw where that may be at most so many: the most important, and of those the most connected."""
    found = _Classes(store, prefixes)
    if len(found.drawn) <= most:
        return Choice(len(found.drawn))
    kept, cut = prominent(store, found.drawn, found.importance, most)
    return Choice(len(found.drawn), frozenset(kept), cut)


class _Classes:
    """The classes of all things that can be drawn, or of those among some IRIs, and what things of a class weigh, by IRI."""

    def __init__(self, store: Store, prefixes: Prefixes, only: Collection[str] | None = None) -> None:
        short = Shortener(prefixes)
        drawing = drawings(store, short)
        found = classes_of(store, short, drawing, only)
        self.drawn = {iri: short.back[cls] for iri, cls in found.items() if is_drawn(drawing, cls)}
        self.importance = {short.back[cls]: about["importance"] for cls, about in drawing.items()}


Link = tuple[str, str, str]
"""Subject, property and value, by CURIE."""


@dataclass
class Backing:
    """Who says a link: claims, the rule that derived it if no claim does, and the times for which it holds, in words."""

    claims: list[str] = field(default_factory=list)
    rule: str | None = None
    validity: str | None = None
    certainty: str | None = None


def network(
    store: Store,
    prefixes: Prefixes,
    *,
    title: str,
    languages: Sequence[str],
    digest: str = "",
    most: int | None = None,
    only: Collection[str] | None = None,
    choice: Choice | None = None,
    day: Day | None = None,
    linked: bool = True,
) -> nx.MultiDiGraph:
    """Return the graph as networkx has it: a node per entity and event, an edge per statement between two of them.

    Nodes carry IRI, names by language, class, status and dates; edges are keyed by property, and carry the claims that
    say so, or the rule, and the times for which they hold. What is planned or expected is there too, with its status.
    Things whose class is drawn in lane 0 are left out. With `only`, no other things are there than those IRIs; with
    `most`, only so many, the most important and of those the most connected, or those of a choice that was made before;
    `graph["total"]` says how many there would be. With a day, what does not hold then is left out, and what holds for a
    time says how surely. Edges can be left out, if nodes are all that is wanted.
    """
    if most is not None and only is None:
        choice = choice or choose(store, prefixes, most)
    builder = _Builder(store, prefixes, choice, only, day)
    graph = nx.MultiDiGraph(title=title, digest=digest, languages=list(languages), total=builder.total)
    for thing, about in builder.nodes():
        graph.add_node(thing, **about)
    for (s, p, o), said in builder.links() if linked else ():
        if s in graph and o in graph:
            graph.add_edge(s, o, p, **vars(said), status_id=None)
    return graph


class _Builder:
    def __init__(
        self, store: Store, prefixes: Prefixes, choice: Choice | None, only: Collection[str] | None, day: Day | None
    ) -> None:
        self.store = store
        self.holding = standing(store, day) if day else None
        """The states that may hold on the day that is asked about, and how surely; None for all, on any day."""
        self.levels = statements(store, day) if day else {}
        self.short = Shortener(prefixes)
        self.drawing = drawings(store, self.short)
        self.concepts = names(store, CONCEPTS, self.short)
        kept = choice.kept if choice else None
        cls = classes_of(store, self.short, self.drawing, kept)
        drawn = {iri: c for iri, c in cls.items() if is_drawn(self.drawing, c)}
        self.total = choice.total if choice else len(drawn)
        if only is not None:
            drawn = {iri: c for iri, c in drawn.items() if iri in only}
        self.asked = {*drawn} if only is not None or len(drawn) < self.total else None
        """The things that are asked about, by IRI; None for all."""
        self.cls = {self.short[iri]: c for iri, c in drawn.items()}

    def nodes(self) -> list[tuple[str, dict[str, Any]]]:
        events, labels = self._events(), self._labels()
        return [(thing, self._node(thing, labels, events.get(thing, _NO_EVENT))) for thing in sorted(self.cls)]

    def links(self) -> list[tuple[Link, Backing]]:
        found = self._cited()
        for link, timed in self._states():
            said = found.setdefault(link, timed)
            said.validity, said.certainty = timed.validity, timed.certainty
            said.claims = said.claims + timed.claims
        for said in found.values():
            said.claims = sorted(set(said.claims))
        return sorted(found.items(), key=itemgetter(0))

    def _node(self, thing: str, labels: Mapping[str, dict[str, str]], event: dict[str, Any]) -> dict[str, Any]:
        return {"iri": self.short.back[thing], "label": labels.get(thing) or {"en": thing}, "cls": self.cls[thing], **event}

    def _asking(self, query: str, variable: str, anchor: str) -> Iterator[Any]:
        return asking(self.store, query, variable, anchor, self.asked)

    # Reading the store, a query a kind

    def _events(self) -> dict[str, dict[str, Any]]:
        told: dict[str, list[Any]] = {}
        anchor = "GRAPH ?said { ?event a ?class }"
        for row in (*self._asking(_EVENTS, "event", anchor), *self._asking(_PLANS, "event", anchor)):
            told.setdefault(row["event"].value, []).append(row)
        return {self.short[iri]: self._event(rows) for iri, rows in told.items()}

    def _event(self, rows: list[Any]) -> dict[str, Any]:
        """Return when an event was or is due, and whether it is planned, by all that is told of it."""
        first = min(rows, key=lambda row: [str(term) for term in row]) if len(rows) > 1 else rows[0]
        status = self.short[first["status"].value]
        earliest, latest = ([row[side].value for row in rows if row[side]] for side in ("earliest", "latest"))
        return {
            "event": True,
            "earliest": min(earliest, default=None),
            "latest": max(latest, default=None),
            "status": self.concepts.get(status),
            "status_id": status,
        }

    def _labels(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for thing, name in self._asking(_LABELS, "s", "GRAPH ?claim { ?s skos:prefLabel ?name }"):
            names, lang, text = found.setdefault(thing.value, {}), name.language or "", name.value
            names[lang] = min(text, names.get(lang, text))
        return {self.short[iri]: dict(sorted(names.items())) for iri, names in found.items()}

    def _cited(self) -> dict[Link, Backing]:
        """Return the links that claims say."""
        found: dict[Link, Backing] = {}
        short = self.short
        for subject, predicate, value, claim in self._links():
            level = self.levels.get((str(subject), predicate.value, str(value))) if self.levels else None
            if level != NEVER:
                link = short[subject.value], short[predicate.value], short[value.value]
                if link not in found:
                    found[link] = Backing(certainty=level)
                found[link].claims.append(short[claim.value])
        return found

    def _links(self) -> Iterator[Any]:
        if self.asked is not None:
            return self._asking(_LINKS, "s", "GRAPH ?claim { ?s ?p ?o }")
        classes = " ".join(f"<{self.short.back[cls]}>" for cls in sorted({*self.cls.values()}))
        return self.store.select(_ALL_LINKS.replace("CLASSES", classes))

    def _states(self) -> list[tuple[Link, Backing]]:
        """Return the links that hold for a time: the rule, the times in words, the claims behind their bounds."""
        held: dict[Link, dict[str, set[str]]] = {}
        claims = state_claims(self.store)
        for s, p, o, state, rule, basis, *times in self._asking(_STATES, "s", "?state rdf:subject ?s"):
            if self.holding is not None and state.value not in self.holding:
                continue
            link = self.short[s.value], self.short[p.value], self.short[o.value]
            about = held.setdefault(link, {"words": set(), "rules": set(), "claims": set(), "levels": set()})
            about["words"] |= _words(basis.value.removeprefix(KG).lower(), *(day.value if day else None for day in times))
            about["rules"].add(self.short[rule.value])
            about["claims"] |= {self.short[claim] for claim in claims.get(state.value, ())}
            about["levels"] |= {self.holding[state.value]} if self.holding else set()
        return [
            (link, Backing(sorted(about["claims"]), min(about["rules"]), _in_order(about["words"]), surest(about["levels"])))
            for link, about in sorted(held.items())
        ]


def asking(store: Store, query: str, variable: str, anchor: str, iris: Iterable[str] | None) -> Iterator[Any]:
    """Go through the solutions of a query: all, or those of a pattern, the anchor, in which a variable is one of some IRIs.

    The pattern stands in a sub-select, which the engine works out first; without it, it pairs every thing with every claim.
    What else stands in a sub-select is read in one go, which is quickest for all; of some things it is looked up instead.
    """
    if iris is None:
        return store.select(query)
    named = " ".join(f"<{iri}>" for iri in sorted(iris))
    some = f"{{ SELECT * WHERE {{ VALUES ?{variable} {{ {named} }} {anchor} }} }}"
    return store.select(query.replace("SELECT * WHERE ", "").replace("WHERE {", f"WHERE {{ {some}", 1))


def state_claims(store: Store) -> dict[str, set[str]]:
    """Return the claims, by IRI, on which each state rests: those that count, and give its value or its date."""
    unbelieved = discounted(store) | {CLAIMS, DERIVED}
    claims: dict[str, set[str]] = {}
    for state, claim in store.select(_STATE_CLAIMS):
        if claim.value not in unbelieved:
            claims.setdefault(state.value, set()).add(claim.value)
    return claims


def _words(basis: str, *bounds: str | None) -> set[str]:
    """Return the times of a state in words, by its four bounds and the days of dispute; nothing where it has no bounds."""
    start_earliest, start_latest, end_earliest, end_latest, since, until = bounds
    if not any(bounds[:4]):
        return set()
    doubt = f", {disputed(since, until)}" if since else ""
    return {f"{lasting((start_earliest, start_latest), (end_earliest, end_latest))} ({basis}{doubt})"}


def names(store: Store, query: str, short: Shortener) -> dict[str, dict[str, str]]:
    """Return the names by language of each ?term that a query gives with its ?name, by CURIE."""
    found: dict[str, dict[str, str]] = {}
    for s in store.select(query):
        found.setdefault(short[s["term"].value], {})[getattr(s["name"], "language", None) or ""] = s["name"].value
    return {term: dict(sorted(by_lang.items())) for term, by_lang in sorted(found.items())}


def drawings(store: Store, short: Shortener) -> dict[str, dict[str, Any]]:
    """Return how each class is drawn, by CURIE: what it says itself, else what the nearest super-class says."""
    drawn: dict[str, dict[str, Any]] = {}
    rows = sorted(
        (s["class"].value, int(s["steps"].value), s["super"].value, s["property"].value, s["value"].value)
        for s in store.select(_DRAWN)
    )
    for cls, _, _, prop, value in rows:  # the nearest super-class comes first, and its drawing is kept
        name = prop.removeprefix(KG)
        drawn.setdefault(short[cls], {}).setdefault(name, int(value) if name in ("lane", "importance") else value)
    return {cls: {**PLAIN, **d} for cls, d in drawn.items()}


def is_drawn(drawing: Mapping[str, Any], cls: str) -> bool:
    """Whether things of a class have a place in a picture."""
    return bool(drawing.get(cls, PLAIN)["lane"])


def classes_of(
    store: Store, short: Shortener, drawing: Mapping[str, Any], only: Collection[str] | None = None
) -> dict[str, str]:
    """Return the class, by CURIE, of each thing, by IRI, that a claim types: one that says how it is drawn, if there is one."""
    found: dict[str, str] = {}
    for thing, cls in asking(store, _TYPES, "thing", "GRAPH ?claim { ?thing a ?class }", only):
        iri, named = thing.value, short[cls.value]
        other = found.setdefault(iri, named)
        if other != named:  # the last that is drawn, by name, or else the first of all
            drawn = [c for c in (named, other) if c in drawing]
            found[iri] = max(drawn) if drawn else min(named, other)
    return found


def _in_order(times: set[str]) -> str | None:
    """Return times in words, the earliest first; None where nothing is known of any."""
    return "; ".join(sorted(times, key=lambda words: words.replace("…", ""))) or None
