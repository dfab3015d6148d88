"""The store as a network: entities and events as nodes, statements between them as edges, each with its citations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import networkx as nx

from .dates import span
from .prominence import prominent
from .states import NEVER, Day, standing, statements, surest
from .store import Store
from .terms import KG, Prefixes, Shortener

_DRAWN = """
SELECT ?class ?super ?property ?value (COUNT(DISTINCT ?between) AS ?steps) WHERE {
  GRAPH graph:ontology { ?class rdfs:subClassOf* ?between . ?between rdfs:subClassOf* ?super . ?super ?property ?value }
  VALUES ?property { kg:shape kg:color kg:lane kg:importance }
} GROUP BY ?class ?super ?property ?value"""
_TYPES = "SELECT ?thing ?class WHERE { GRAPH graph:claims { ?claim a kg:Claim } GRAPH ?claim { ?thing a ?class } }"
_EVENTS = """
SELECT ?event ?earliest ?latest ?status WHERE {
  ?event a kg:Event ; kg:status ?status OPTIONAL { ?event kg:earliest ?earliest } OPTIONAL { ?event kg:latest ?latest }
}"""
_PLANS = """
SELECT ?event ?earliest ?latest ?status WHERE {
  GRAPH graph:claims { ?claim a kg:Claim }
  GRAPH ?claim { ?event kg:status ?status }
  FILTER(?status IN (kg:Planned, kg:Expected))
  OPTIONAL { GRAPH ?claim { ?event kg:date ?date } ?from kg:written ?date ; kg:earliest ?earliest }
  OPTIONAL { GRAPH ?claim { ?event kg:date ?due } ?to kg:written ?due ; kg:latest ?latest }
}"""
_CONCEPTS = "SELECT ?term ?name WHERE { GRAPH graph:ontology { ?term a skos:Concept ; skos:prefLabel ?name } }"
_LINKS = """
SELECT ?s ?p ?o ?claim WHERE {
  GRAPH graph:claims { ?claim a kg:Claim }
  GRAPH ?claim { ?s ?p ?o }
  FILTER(isIRI(?o) && ?p != rdf:type)
}"""
_LABELS = """
SELECT ?s ?name WHERE { GRAPH graph:claims { ?claim a kg:Claim } GRAPH ?claim { ?s skos:prefLabel ?name } }"""
_STATES = """
SELECT ?s ?p ?o ?rule ?basis ?startEarliest ?startLatest ?endEarliest ?endLatest ?disputedFrom ?claim ?state WHERE {
  ?state a kg:State ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; kg:rule ?rule ; kg:basis ?basis .
  FILTER(isIRI(?o))
  OPTIONAL { ?state kg:startEarliest ?startEarliest }
  OPTIONAL { ?state kg:startLatest ?startLatest }
  OPTIONAL { ?state kg:endEarliest ?endEarliest }
  OPTIONAL { ?state kg:endLatest ?endLatest }
  OPTIONAL { ?state kg:disputedFrom ?disputedFrom }
  OPTIONAL {
    { ?state kg:event ?event } UNION { ?state kg:basis kg:Stated BIND(?state AS ?event) }
    GRAPH graph:claims { ?claim a kg:Claim }
    GRAPH ?claim { ?event a ?type }
  }
}"""
PLAIN = {"shape": "dot", "color": "#777777", "lane": 3, "importance": 1}
"""How a class is drawn of which no ontology says so."""

_NO_EVENT = {"event": False, "earliest": None, "latest": None, "status": None, "status_id": None}

Link = tuple[str, str]
"""A property and a thing, by CURIE."""


@dataclass
class Said:
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
    day: Day | None = None,
) -> nx.MultiDiGraph:
    """Return the graph as networkx has it: a node per entity and event, an edge per statement between two of them.

    Nodes carry IRI, names by language, class, status and dates; edges are keyed by property, and carry the claims that
    say so, or the rule, and the times for which they hold. What is planned or expected is there too, with its status.
    Things whose class is drawn in lane 0 are left out. With `only`, no other things are there than those IRIs; with
    `most`, only so many, the most important and of those the most connected; `graph["total"]` says how many there would
    be. With a day, what does not hold then is left out, and what holds for a time says how surely.
    """
    builder = _Builder(store, prefixes, most, only, day)
    graph = nx.MultiDiGraph(title=title, digest=digest, languages=list(languages), total=builder.total)
    graph.add_nodes_from(builder.nodes())
    graph.add_edges_from(builder.edges(graph))
    return graph


class _Builder:
    def __init__(
        self, store: Store, prefixes: Prefixes, most: int | None, only: Collection[str] | None, day: Day | None
    ) -> None:
        self.store = store
        self.holding = standing(store, day) if day else None
        """The states that may hold on the day that is asked about, and how surely; None for all, on any day."""
        self.levels = statements(store, day) if day else {}
        self.short = Shortener(prefixes)
        self.drawing = drawings(store, self.short)
        self.concepts = names(store, _CONCEPTS, self.short)
        cls = classes_of(store, self.short, self.drawing)
        drawn = {iri: c for iri, c in cls.items() if self.drawing.get(c, PLAIN).get("lane", 3)}
        self.total = len(drawn)
        if only is not None:
            drawn = {iri: c for iri, c in drawn.items() if iri in only}
        if most is not None and len(drawn) > most:
            importance = {c: drawing["importance"] for c, drawing in self.drawing.items()}
            kept = prominent(store, drawn, importance, most, self.short.back)
            drawn = {iri: c for iri, c in drawn.items() if iri in kept}
        self.asked = {*drawn} if only is not None or len(drawn) < self.total else None
        """The things that are asked about, by IRI; None for all."""
        self.cls = {self.short[iri]: c for iri, c in drawn.items()}

    def nodes(self) -> list[tuple[str, dict[str, Any]]]:
        events, labels = self._events(), self._labels()
        return [(thing, self._node(thing, labels, events.get(thing, _NO_EVENT))) for thing in sorted(self.cls)]

    def edges(self, graph: nx.MultiDiGraph) -> list[tuple[str, str, str, dict[str, Any]]]:
        return [
            (s, o, p, {**vars(said), "status_id": None})
            for s, rows in sorted(self._links().items())
            if s in graph
            for (p, o), said in sorted(rows.items())
            if o in graph
        ]

    def _node(self, thing: str, labels: Mapping[str, dict[str, str]], event: dict[str, Any]) -> dict[str, Any]:
        return {"iri": self.short.back[thing], "label": labels.get(thing) or {"en": thing}, "cls": self.cls[thing], **event}

    def _asking(self, query: str, variable: str, anchor: str) -> Iterator[Any]:
        return asking(self.store, query, variable, anchor, self.asked)

    # Reading the store, a query a kind

    def _events(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        anchor = "GRAPH ?said { ?event a ?class }"
        rows = [*self._asking(_EVENTS, "event", anchor), *self._asking(_PLANS, "event", anchor)]
        for s in sorted(rows, key=lambda s: [str(term) for term in s]):
            status = self.short[s["status"].value]
            event = found.setdefault(
                self.short[s["event"].value],
                {**_NO_EVENT, "event": True, "status": self.concepts.get(status), "status_id": status},
            )
            for side, choose in (("earliest", min), ("latest", max)):
                days = [day for day in (event[side], s[side].value if s[side] else None) if day]
                event[side] = choose(days, default=None)
        return found

    def _labels(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for s in self._asking(_LABELS, "s", "GRAPH ?claim { ?s skos:prefLabel ?name }"):
            names, lang, name = found.setdefault(self.short[s["s"].value], {}), s["name"].language or "", s["name"].value
            names[lang] = min(name, names.get(lang, name))
        return {thing: dict(sorted(names.items())) for thing, names in found.items()}

    def _links(self) -> dict[str, dict[Link, Said]]:
        found: dict[str, dict[Link, Said]] = {}
        for subject, predicate, value, claim in self._asking(_LINKS, "s", "GRAPH ?claim { ?s ?p ?o }"):
            level = self.levels.get((str(subject), predicate.value, str(value))) if self.levels else None
            if level != NEVER:
                link = self.short[predicate.value], self.short[value.value]
                said = found.setdefault(self.short[subject.value], {}).setdefault(link, Said(certainty=level))
                said.claims.append(self.short[claim.value])
        for s, link, timed in self._states():
            said = found.setdefault(s, {}).setdefault(link, timed)
            said.validity, said.certainty = timed.validity, timed.certainty
            said.claims = said.claims + timed.claims
        for rows in found.values():
            for said in rows.values():
                said.claims = sorted(set(said.claims))
        return found

    def _states(self) -> list[tuple[str, Link, Said]]:
        """Return the links that hold for a time: the rule, the times in words, the claims behind their bounds."""
        held: dict[tuple[str, Link], dict[str, set[str]]] = {}
        for row in self._asking(_STATES, "s", "?state rdf:subject ?s"):
            if self.holding is not None and row["state"].value not in self.holding:
                continue
            bounds = [term.value if term else None for term in tuple(row)[5:9]]
            end = span(*bounds[2:]) if any(bounds[2:]) else "…"
            doubt = f", disputed from {row['disputedFrom'].value}" if row["disputedFrom"] else ""
            words = f"{span(*bounds[:2])} – {end} ({row['basis'].value.removeprefix(KG).lower()}{doubt})"
            key = self.short[row["s"].value], (self.short[row["p"].value], self.short[row["o"].value])
            about = held.setdefault(key, {"words": set(), "rules": set(), "claims": set(), "levels": set()})
            about["words"] |= {words} if any(bounds) else set()
            about["rules"].add(self.short[row["rule"].value])
            about["claims"] |= {self.short[row["claim"].value]} if row["claim"] else set()
            about["levels"] |= {self.holding[row["state"].value]} if self.holding else set()
        return [
            (s, key, Said(sorted(about["claims"]), min(about["rules"]), _in_order(about["words"]), surest(about["levels"])))
            for (s, key), about in sorted(held.items())
        ]


def asking(store: Store, query: str, variable: str, anchor: str, iris: Iterable[str] | None) -> Iterator[Any]:
    """Go through the solutions of a query: all, or those of a pattern, the anchor, in which a variable is one of some IRIs.

    The pattern stands in a sub-select, which the engine works out first; without it, it pairs every thing with every claim.
    """
    if iris is None:
        return store.select(query)
    named = " ".join(f"<{iri}>" for iri in sorted(iris))
    some = f"{{ SELECT * WHERE {{ VALUES ?{variable} {{ {named} }} {anchor} }} }}"
    return store.select(query.replace("WHERE {", f"WHERE {{ {some}", 1))


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


def classes_of(store: Store, short: Shortener, drawing: Mapping[str, Any]) -> dict[str, str]:
    """Return the class, by CURIE, of each thing, by IRI, that a claim types: one that says how it is drawn, if there is one."""
    found: dict[str, str] = {}
    for thing, cls in store.select(_TYPES):
        iri, named = thing.value, short[cls.value]
        other = found.setdefault(iri, named)
        if other != named:  # the last that is drawn, by name, or else the first of all
            drawn = [c for c in (named, other) if c in drawing]
            found[iri] = max(drawn) if drawn else min(named, other)
    return found


def _in_order(times: set[str]) -> str | None:
    """Return times in words, the earliest first; None where nothing is known of any."""
    return "; ".join(sorted(times, key=lambda words: words.replace("?", "0"))) or None
