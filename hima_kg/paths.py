"""How two things are connected: the shortest chains of statements, states and events between them, each with its claims.

The search asks the store for neighbours, frontier by frontier and from both ends, and never for the whole network. An
event, or a state that a document reports, is no station but a link between those that take part in it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain as joined
from itertools import islice, pairwise
from typing import Any

from .clauses import Triple
from .entities import Citation, State, citations, cited_states, discounted
from .proofs import Proofs
from .states import Day, standing, surest
from .store import Store
from .terms import CLAIMS, DERIVED, KG, ONTOLOGY, VOCABULARIES

_OUT = """
SELECT ?v ?p ?other ?said WHERE {
  { SELECT ?v WHERE { VALUES ?v { SOME } } }
  GRAPH ?said { ?v ?p ?other }
  FILTER(isIRI(?other) && ?p != rdf:type)
  FILTER EXISTS { ?v ?p ?other }
}"""
_IN = _OUT.replace("?v ?p ?other }", "?other ?p ?v }").replace("isIRI(?other) && ", "")
_KINDS = """
SELECT ?v ?kind WHERE {
  { SELECT ?v WHERE { VALUES ?v { SOME } } }
  { ?v a kg:Event BIND("link" AS ?kind) }
  UNION { ?v a kg:State BIND("link" AS ?kind) }
  UNION { GRAPH graph:ontology { ?v a ?class } BIND("word" AS ?kind) }
  UNION { GRAPH graph:claims { ?v a ?class } BIND("word" AS ?kind) }
}"""
_EVENT = """
SELECT ?v ?status ?earliest ?latest WHERE {
  { SELECT ?v WHERE { VALUES ?v { SOME } } }
  OPTIONAL { ?v kg:status ?status }
  OPTIONAL { ?v kg:earliest ?earliest }
  OPTIONAL { ?v kg:latest ?latest }
}"""
_PROPERTIES = """
SELECT ?p ?inverse WHERE {
  GRAPH graph:ontology {
    { ?p a owl:TransitiveProperty } UNION { ?p owl:inverseOf ?inverse } UNION { ?inverse owl:inverseOf ?p }
  }
}"""
_THINGS = "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?class }"
_BATCH = 400
"""How many things a query asks about: with names of several hundred letters, a query is still no longer than one may be."""
_FEWEST, _SHARE, _ALIKE = 16, 0.01, 0.75
"""A hub has so many neighbours of one kind, or so large a share of all things, and they are so large a part of all its own."""
_CHAINS = 2_000
"""How many chains of one length are weighed."""

Holds = Callable[["Link"], "Link | None"]


@dataclass(frozen=True)
class Link:
    """What links two things: a statement, with the states that date it, or an event or state in which both take part.

    `roles` are the properties of that event with the things that they lead to. `stated` are the graphs that say so in so
    many words; what no claim says and no state dates follows by `rules`, given by IRI.
    """

    subject: str
    predicate: str
    object: str
    event: str | None = None
    roles: tuple[tuple[str, str], ...] = ()
    status: str | None = None
    earliest: str | None = None
    latest: str | None = None
    states: tuple[State, ...] = ()
    stated: tuple[str, ...] = ()
    claims: tuple[Citation, ...] = ()
    rules: tuple[str, ...] = ()
    certainty: str | None = None
    """How surely it holds on the day that was asked about, in a word."""

    @property
    def sources(self) -> list[str]:
        """The claims that it rests on: those that state it, and those that tell of its states."""
        return sorted({*self.stated, *(claim.claim for state in self.states for claim in state.claims)} - {DERIVED})


@dataclass(frozen=True)
class Hop:
    """Two things side by side in a chain, and all that links them."""

    start: str
    end: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Chain:
    """Steps that lead from one thing to another, and how many hubs they run over."""

    steps: tuple[Hop, ...]
    hubs: int = 0

    @property
    def things(self) -> tuple[str, ...]:
        """The things of the chain, in order."""
        return (self.steps[0].start, *(step.end for step in self.steps))


@dataclass(frozen=True)
class Paths:
    """The chains between two things, the shortest first, and what can be said of all of them."""

    start: str
    end: str
    chains: tuple[Chain, ...]
    longest: int
    through: tuple[str, ...] = ()
    """Things, other than the ends, without which no chain is left."""
    whole: bool = True
    """Whether longer chains were looked for too when that was found out, or when none was found."""
    around: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Where there is no chain: what each end is linked to."""


def holding(store: Store, day: Day) -> Holds:
    """Return what gives a link as it holds on a day, with the states that stand then, and None for one that does not hold."""
    levels = standing(store, day)

    def certainty(link: Link) -> str | None:
        if link.event and link.status is None:
            return levels.get(link.event)  # a state that a document reports
        if link.event:
            if (link.earliest or "") > day.last:
                return None
            if link.status != KG + "Occurred":
                return "possible"
            if not (link.earliest or link.latest):
                return "undated"
            return "certain" if link.latest and link.latest <= day.first else "possible"
        return surest(levels[state.iri] for state in link.states if state.iri in levels) if link.states else "undated"

    def holds(link: Link) -> Link | None:
        states = tuple(state for state in link.states if state.iri in levels)
        return replace(link, certainty=sure, states=states) if (sure := certainty(link)) else None

    return holds


def paths(store: Store, start: str, end: str, *, most: int = 3, longest: int = 5, holds: Holds | None = None) -> Paths:
    """Return the shortest chains between two things, at most so many, each of at most so many steps.

    Chains that run over a hub are looked for only where there is no other. `holds` gives a link as it holds, or None
    where it does not, and is then left out.
    """
    world = _World(store, {start, end}, holds)
    for hubs in (False, True):
        search = _Search(world, start, end, hubs=hubs)
        if found := search.chains(most, longest):
            break
    else:
        whole = search.exhausted
        return Paths(start, end, (), longest, whole=whole, around=(world.beside(start), world.beside(end)))
    common = [thing for thing in found[0][1:-1] if all(thing in things for things in found)]
    needed, whole = [], True
    for thing in common:
        without = _Search(world, start, end, hubs=True, barred=thing)
        if without.length(longest) is None:
            needed.append(thing)
            whole = whole and without.exhausted
    return Paths(start, end, tuple(world.told(found)), longest, tuple(needed), whole=whole)


class _World:
    """The network as far as it has been asked about."""

    def __init__(self, store: Store, ends: set[str], holds: Holds | None) -> None:
        self.store = store
        self.ends = ends
        self.holds = holds
        self.near: dict[str, dict[str, tuple[Link, ...]]] = {}
        self.hubs: dict[str, bool] = {}
        self._kinds: dict[str, str] = {}
        self._discounted = discounted(store)
        self._inverse: dict[str, str] = {}
        self._transitive: set[str] = set()
        for s in store.select(_PROPERTIES):
            if s["inverse"]:
                self._inverse[s["p"].value] = s["inverse"].value
            else:
                self._transitive.add(s["p"].value)

    @cached_property
    def _many(self) -> int:
        """How many neighbours a hub has at least; to count all things takes a while, and few graphs need it."""
        return max(_FEWEST, int(int(next(iter(self.store.select(_THINGS)))["n"].value) * _SHARE))

    def learn(self, things: Iterable[str]) -> None:
        """Ask for the neighbours of things that have not been asked about."""
        new = sorted(set(things) - self.near.keys())
        for at in range(0, len(new), _BATCH):
            self._learn(new[at : at + _BATCH])

    def beside(self, thing: str) -> tuple[str, ...]:
        """Return what a thing is linked to."""
        self.learn([thing])
        return tuple(sorted(self.near[thing]))

    def told(self, found: Iterable[tuple[str, ...]]) -> Iterator[Chain]:
        """Go through chains of things with what links them, cited."""
        chains = [
            Chain(
                tuple(Hop(a, b, self._between(a, b)) for a, b in pairwise(things)),
                sum(self.hubs[thing] for thing in things[1:-1]),
            )
            for things in found
        ]
        links = [link for chain in chains for step in chain.steps for link in step.links]
        cited = citations(self.store, {source for link in links for source in link.sources})
        proofs = Proofs(self.store)
        for chain in chains:
            steps = (replace(step, links=tuple(_grounded(link, cited, proofs) for link in step.links)) for step in chain.steps)
            yield replace(chain, steps=tuple(steps))

    def _between(self, a: str, b: str) -> tuple[Link, ...]:
        return self.near[a][b] if b in self.near.get(a, {}) else self.near[b][a]

    def _learn(self, new: list[str]) -> None:
        rows = [row for row in self._statements(new) if self._counts(row)]
        self._classify({thing for s, _, o, _ in rows for thing in (s, o)})
        states = _by_pair(cited_states(self.store, _some(_DATED, new)))
        links: dict[str, dict[str, list[Link]]] = {thing: {} for thing in new}
        known = links.keys()
        for link in self._plain(rows, states):
            for one, other in ((link.subject, link.object), (link.object, link.subject)):
                if one in known and one != other and self._is_station(other):
                    links[one].setdefault(other, []).append(link)
        for one, other, link in self._shared(rows, known):
            links[one].setdefault(other, []).append(link)
        for thing, by_other in links.items():
            kept = {other: tuple(self._kept(some)) for other, some in by_other.items()}
            self.near[thing] = {other: some for other, some in sorted(kept.items()) if some}
            self.hubs[thing] = self._is_hub(thing)

    def _statements(self, things: Collection[str]) -> Iterator[tuple[str, str, str, str]]:
        """Go through subject, property, object and graph of what is said of things, and counts."""
        for query, turned in ((_OUT, False), (_IN, True)):
            for v, p, other, said in self.store.select(_some(query, things)):
                s, o = (other, v) if turned else (v, other)
                yield s.value, p.value, o.value, said.value

    def _counts(self, row: tuple[str, str, str, str]) -> bool:
        _, predicate, value, graph = row
        if graph in (CLAIMS, ONTOLOGY) or graph in self._discounted or value.startswith(KG):
            return False
        return graph != DERIVED or not (predicate.startswith(VOCABULARIES) or predicate in self._transitive)

    def _classify(self, things: set[str]) -> None:
        new = sorted(things - self._kinds.keys())
        self._kinds.update(dict.fromkeys(new, "thing"))
        for at in range(0, len(new), _BATCH):
            for s in self.store.select(_some(_KINDS, new[at : at + _BATCH])):
                self._kinds[s["v"].value] = s["kind"].value

    def _is_station(self, thing: str) -> bool:
        return thing in self.ends or self._kinds.get(thing, "thing") == "thing"

    def _plain(self, rows: list[tuple[str, str, str, str]], states: dict[tuple[str, str, str], list[State]]) -> Iterator[Link]:
        """Go through statements, each once, with those who make it and the states that date it."""
        said: dict[tuple[str, str, str], set[str]] = {key: set() for key in states}
        for s, p, o, graph in rows:
            said.setdefault((s, p, o), set()).add(graph)
        for (s, p, o), graphs in sorted(said.items()):
            yield Link(s, p, o, states=tuple(states.get((s, p, o), ())), stated=tuple(sorted(graphs)))

    def _shared(self, rows: list[tuple[str, str, str, str]], known: Collection[str]) -> Iterator[tuple[str, str, Link]]:
        """Go through pairs that take part in one event or reported state, with that as their link."""
        pairs = ((s, o) for s, _, o, _ in rows)
        events = sorted({e for e in joined.from_iterable(pairs) if self._kinds[e] == "link" and e not in self.ends})
        for at in range(0, len(events), _BATCH):
            some = events[at : at + _BATCH]
            about = {s["v"].value: s for s in sorted(self.store.select(_some(_EVENT, some)), key=str)}
            roles = [row for row in self._statements(some) if self._counts(row) and row[3] != DERIVED]
            self._classify({thing for s, _, o, _ in roles for thing in (s, o)})
            parts: dict[str, dict[str, list[tuple[str, str]]]] = {}
            for s, p, o, graph in roles:
                for event, thing in ((s, o), (o, s)):
                    if event in about and self._is_station(thing):
                        parts.setdefault(event, {}).setdefault(thing, []).append((p, graph))
            for event, by_thing in sorted(parts.items()):
                for one in sorted(by_thing.keys() & known):
                    yield from (
                        (one, two, _event_link(about[event], one, two, by_thing)) for two in sorted(by_thing) if two != one
                    )

    def _kept(self, links: list[Link]) -> Iterator[Link]:
        """Go through links that hold and say something of their own: no inverses, and no event behind a state."""
        asserted = [link for link in links if link.sources] or links
        known = {(link.subject, link.predicate, link.object) for link in asserted if not link.event}
        behind = {name for link in asserted for state in link.states for name in (state.iri, *state.events)}
        for link in sorted(set(asserted), key=_link_order):
            turned = (link.object, self._inverse.get(link.predicate, ""), link.subject)
            if (turned in known and turned[1] < link.predicate) or link.event in behind:
                continue
            if held := self.holds(link) if self.holds else link:
                yield held

    def _is_hub(self, thing: str) -> bool:
        """Whether most that a thing is linked to is linked to it in one and the same way, and that is much."""
        ways: dict[tuple[str, bool], int] = {}
        for links in self.near[thing].values():
            for way in {(link.predicate, link.subject == thing) for link in links}:
                ways[way] = ways.get(way, 0) + 1
        most = max(ways.values(), default=0)
        return most >= max(_FEWEST, _ALIKE * len(self.near[thing])) and most >= self._many


_DATED = """
    { SELECT ?v WHERE { VALUES ?v { SOME } } }
    { ?state rdf:subject ?v } UNION { ?state rdf:object ?v }
    FILTER EXISTS { ?state a kg:State }"""


class _Search:
    """A search from both ends, level by level, in which a thing may be barred, and hubs may be no stations."""

    def __init__(self, world: _World, start: str, end: str, *, hubs: bool, barred: str | None = None) -> None:
        self.world = world
        self.ends = (start, end)
        self.hubs = hubs
        self.barred = barred
        self.far: tuple[dict[str, int], dict[str, int]] = ({start: 0}, {end: 0})
        """How far things are from each end."""
        self.edge: list[list[str]] = [[start], [end]]
        self.depth = [0, 0]

    @property
    def exhausted(self) -> bool:
        """Whether all that hangs together with one end has been seen."""
        return not all(self.edge)

    def length(self, longest: int) -> int | None:
        """Return how many steps the shortest chain has; None if there is none, or none of at most so many steps."""
        while sum(self.depth) < longest and all(self.edge):
            self._widen()
            if met := self.far[0].keys() & self.far[1].keys():
                return min(self.far[0][thing] + self.far[1][thing] for thing in met)
        return None

    def chains(self, most: int, longest: int) -> list[tuple[str, ...]]:
        """Return the shortest chains, as the things on them; where they are too few, those of one step more too."""
        shortest = self.length(longest)
        if shortest is None:
            return []
        found: list[tuple[str, ...]] = []
        for length in range(shortest, min(shortest + 1, longest) + 1):
            while sum(self.depth) < length and all(self.edge):
                self._widen()
            found += self._weighed(length)
            if len(found) >= most:
                break
        return found[:most]

    def _widen(self) -> None:
        """Take the next step outwards, on the side where there is less to ask."""
        side = int(len(self.edge[1]) < len(self.edge[0]))
        self.world.learn(self.edge[side])
        self.depth[side] += 1
        far, new = self.far[side], []
        for thing in self.edge[side]:
            if self._is_passable(thing):
                for other in self.world.near[thing]:
                    if other not in far and other != self.barred:
                        far[other] = self.depth[side]
                        new.append(other)
        self.edge[side] = sorted(new)

    def _is_passable(self, thing: str) -> bool:
        return thing in self.ends or self.hubs or not self.world.hubs[thing]

    def _weighed(self, length: int) -> list[tuple[str, ...]]:
        """Return the chains of a length, those over fewer hubs and over things with fewer neighbours first."""
        back: dict[str, list[str]] = {}
        for thing in sorted(self.far[1].keys() & self.world.near.keys()):
            for other in self.world.near[thing]:
                back.setdefault(other, []).append(thing)
        found = list(islice(self._walks((self.ends[0],), length, back), _CHAINS))
        self.world.learn({thing for things in found for thing in things[1:-1]})
        passable = [things for things in found if all(map(self._is_passable, things[1:-1]))]
        return sorted(filter(self._is_straight, passable), key=self._weight)

    def _is_straight(self, things: tuple[str, ...]) -> bool:
        """Whether no two things of a chain are linked past the others: such a chain only walks around a shorter one."""
        near = self.world.near
        return not any(b in near.get(a, {}) or a in near.get(b, {}) for n, a in enumerate(things) for b in things[n + 2 :])

    def _weight(self, things: tuple[str, ...]) -> tuple[int, int, tuple[str, ...]]:
        middle = things[1:-1]
        hubs = sum(self.world.hubs[thing] for thing in middle)
        return hubs, sum(len(self.world.near[thing]) for thing in middle), min(things, things[::-1])

    def _walks(self, walked: tuple[str, ...], left: int, back: Mapping[str, list[str]]) -> Iterator[tuple[str, ...]]:
        """Go through the ways on from what has been walked to the other end, in so many steps, without coming by twice.

        `back` has the neighbours, on the side of the other end, of what has not been asked about itself.
        """
        here, goal = walked[-1], self.ends[1]
        if not left:
            if here == goal:
                yield walked
            return
        for other in self.world.near[here] if here in self.world.near else back.get(here, ()):
            away = self.far[1].get(other, self.depth[1] + 1)
            if away < left and other not in walked and (other != goal or left == 1) and other != self.barred:
                yield from self._walks((*walked, other), left - 1, back)


def _some(query: str, things: Collection[str]) -> str:
    return query.replace("SOME", " ".join(f"<{thing}>" for thing in sorted(things)))


def _by_pair(states: Iterable[State]) -> dict[tuple[str, str, str], list[State]]:
    found: dict[tuple[str, str, str], list[State]] = {}
    for state in states:
        if state.is_link and not state.object.startswith(KG):
            found.setdefault((state.subject, state.predicate, state.object), []).append(state)
    return found


def _event_link(about: Any, one: str, two: str, parts: dict[str, list[tuple[str, str]]]) -> Link:
    taken = [(p, thing, graph) for thing in sorted((one, two)) for p, graph in parts[thing]]
    status, earliest, latest = (about[name] and about[name].value for name in ("status", "earliest", "latest"))
    return Link(
        one,
        min(p for p, _ in parts[one]),
        two,
        event=about["v"].value,
        roles=tuple(sorted({(p, thing) for p, thing, _ in taken})),
        status=status,
        earliest=earliest,
        latest=latest,
        stated=tuple(sorted({graph for _, _, graph in taken})),
    )


def _link_order(link: Link) -> tuple[bool, bool, str, str, str, str]:
    return bool(link.event), not link.sources, link.predicate, link.subject, link.object, link.event or ""


def _grounded(link: Link, cited: dict[str, Citation], proofs: Proofs) -> Link:
    """Return a link with the claims that it rests on, or else the rules that give it."""
    claims = tuple(cited[claim] for claim in link.sources if claim in cited)
    statement = Triple(f"<{link.subject}>", f"<{link.predicate}>", f"<{link.object}>")
    return replace(link, claims=claims, rules=() if claims or link.states else proofs.rules_of(statement))
