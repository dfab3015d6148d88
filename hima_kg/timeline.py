"""What happened when: events in the order of their bounds, plans beside their outcomes, and states that hold for a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from . import sparql
from .dates import NO_DAY, Period
from .entities import Citation, State, citations, cited_states
from .states import Timed
from .store import Store
from .terms import CLAIMS, DERIVED, KG, NOT_DONE, TYPE

_STANDING = ("Occurred", "Announced", "Expected", "Planned")
"""Where claims differ on an event's status, the first of these counts."""
_EVENTS = """
SELECT DISTINCT ?event ?p ?o ?said WHERE {
  { SELECT DISTINCT ?event WHERE { SOME } }
  GRAPH ?said { ?event ?p ?o }
}"""
_ALL = """GRAPH ?typing { ?event a ?class } GRAPH graph:ontology { ?class rdfs:subClassOf* kg:Event }"""
_INVOLVING = """{ SELECT DISTINCT ?event WHERE {
        { GRAPH ?here { ?event ?role ?entity } }
        UNION { GRAPH ?here { ?entity a ?kind } BIND(?entity AS ?event) }
        UNION { GRAPH ?here { ?plan ?role ?entity } GRAPH ?there { ?event kg:fulfils ?plan } }
        UNION { GRAPH ?here { ?outcome ?role ?entity } GRAPH ?there { ?outcome kg:fulfils ?event } }
        UNION { GRAPH ?here { ?undone ?role ?entity } GRAPH ?there { ?event kg:reverses ?undone } }
      } }
      FILTER EXISTS { GRAPH ?typing { ?event a ?class } GRAPH graph:ontology { ?class rdfs:subClassOf* kg:Event } }"""
_BOUNDS = """
SELECT ?event ?earliest ?latest WHERE {
  { SELECT DISTINCT ?event WHERE { SOME } }
  OPTIONAL { ?event kg:earliest ?earliest }
  OPTIONAL { ?event kg:latest ?latest }
}"""
_OVERDUE = "SELECT DISTINCT ?plan WHERE { GRAPH ?graph { ?conflict kg:kind kg:OutdatedStatement ; kg:about ?plan } }"
_STATE = "?state a kg:State ; kg:basis ?any"
_OF = """
    { ?state rdf:subject ?entity } UNION { ?state rdf:object ?entity } UNION { ?state kg:event ?entity }
    FILTER EXISTS { ?state a kg:State }"""


@dataclass(frozen=True)
class Event:
    """Something that occurred, was announced or is planned: its bounds, who and what takes part, and who says so.

    `roles` are the properties that lead to other things, with those; `fulfils` are the plans that it is the outcome of,
    and `reversed_by` are the events that took it back.
    """

    iri: str
    status: str
    earliest: str | None = None
    latest: str | None = None
    written: tuple[str, ...] = ()
    roles: tuple[tuple[str, str], ...] = ()
    after: tuple[str, ...] = ()
    fulfils: tuple[Event, ...] = ()
    reversed_by: tuple[str, ...] = ()
    overdue: bool = False
    claims: tuple[Citation, ...] = ()

    @property
    def is_dated(self) -> bool:
        """Whether anything is known of when it happened."""
        return bool(self.earliest or self.latest)

    @property
    def is_open(self) -> bool:
        """Whether it is planned or expected, and nothing more."""
        return self.status in NOT_DONE

    @property
    def is_done(self) -> bool:
        """Whether it occurred, by a claim that counts or a rule."""
        return self.status == KG + "Occurred" and (not self.claims or any(claim.counts for claim in self.claims))

    @property
    def about(self) -> set[str]:
        """The things that it is about."""
        return {thing for role, thing in self.roles if role == KG + "about"}


@dataclass(frozen=True)
class Timeline:
    """Events and states in order, of everything or of one thing; `undated` says how many events a window left out."""

    entity: str | None
    since: str | None
    until: str | None
    newest: str | None
    """The day of which the newest document speaks."""
    events: tuple[Event, ...]
    states: tuple[State, ...]
    undated: int = 0


def timeline(store: Store, entity: str | None = None, *, since: str | None = None, until: str | None = None) -> Timeline:
    """Return what happened and what held, in order: of everything, or of what leads to a thing, perhaps between two days."""
    newest = Timed.of(store).horizon
    events = _paired(_events(store, entity))
    states = cited_states(store, sparql.bind(_OF, {"entity": f"<{entity}>"}) if entity else _STATE)
    inside = [e for e in events if e.is_dated and overlaps(e.earliest, e.latest, since, until)]
    undated = [e for e in events if not e.is_dated]
    windowed = bool(since or until)
    return Timeline(
        entity,
        since,
        until,
        newest,
        tuple(sorted(inside, key=_order) + ([] if windowed else sorted(undated, key=_undated_order))),
        tuple(s for s in states if overlaps(s.start_earliest, s.end_latest, since, until) and not (windowed and not s.days)),
        len(undated) if windowed else 0,
    )


def overlaps(earliest: str | None, latest: str | None, since: str | None, until: str | None) -> bool:
    """Whether days between two bounds can lie in a window; None is an open side.

    >>> overlaps("2024-07-01", None, None, "2024-06-30"), overlaps(None, "2024-12-31", "2024-06-01", None)
    (False, True)
    >>> overlaps("2024-01-01", None, "9999-06-01", None)
    True
    """
    return not ((until and (earliest or "") > until) or (since and (latest or NO_DAY) < since))


def _order(event: Event) -> tuple[str, str, str]:
    """By the first day, or the last where there is no first: what ended before another began always comes before it."""
    return event.earliest or event.latest or "", event.latest or NO_DAY, event.iri


def _undated_order(event: Event) -> tuple[bool, tuple[str, ...], int, str]:
    return not event.after, event.after, _standing(event.status), event.iri


def _standing(status: str) -> int:
    name = status.removeprefix(KG)
    return _STANDING.index(name) if name in _STANDING else len(_STANDING)


def _scoped(query: str, entity: str | None) -> str:
    text = query.replace("SOME", _INVOLVING if entity else _ALL)
    return sparql.bind(text, {"entity": f"<{entity}>"} if entity else {})


def _events(store: Store, entity: str | None) -> list[Event]:
    said: dict[str, dict[str, list[tuple[str, Any]]]] = {}
    for event, p, o, graph in store.select(_scoped(_EVENTS, entity)):
        said.setdefault(event.value, {}).setdefault(graph.value, []).append((p.value, o))
    graphs = {graph for by_graph in said.values() for graph in by_graph} - {CLAIMS, DERIVED}
    cited = citations(store, graphs)
    bounds = {
        s["event"].value: (s["earliest"] and s["earliest"].value, s["latest"] and s["latest"].value)
        for s in store.select(_scoped(_BOUNDS, entity))
        if s["earliest"] or s["latest"]  # what is planned is not in the best graph, and has the bounds of its own dates
    }
    overdue = {s["plan"].value for s in store.select(_OVERDUE)}
    found: list[Event] = []
    for iri, by_graph in said.items():
        if event := _event(iri, by_graph, cited):
            earliest, latest = bounds.get(iri, (event.earliest, event.latest))
            found.append(replace(event, earliest=earliest, latest=latest, overdue=iri in overdue and event.is_open))
    return found


def _event(iri: str, said: Mapping[str, list[tuple[str, Any]]], cited: Mapping[str, Citation]) -> Event | None:
    """Return an event as the claims that count have it; where none does, as opinions have it, or the rule that derived it."""
    known = [cited[graph] for graph in sorted(said) if graph in cited and cited[graph].rank != KG + "Deprecated"]
    claims = [c for c in known if c.modality != KG + "Opinion"] or known
    rows = {row for graph in [c.claim for c in claims] or [DERIVED] for row in said.get(graph, ())}
    if not rows:
        return None
    links = sorted({(p, o.value) for p, o in rows if not hasattr(o, "datatype")})
    named: dict[str, list[str]] = {}
    for p, thing in links:
        named.setdefault(p, []).append(thing)
    dates = [o for p, o in rows if p == KG + "date" and hasattr(o, "datatype")]
    return Event(
        iri,
        min(named.get(KG + "status", [KG + "Occurred"]), key=_standing),
        *_bounds(dates),
        written=tuple(sorted(date.value for date in dates)),
        roles=tuple((p, thing) for p, thing in links if p not in _NO_ROLES),
        after=tuple(named.get(KG + "after", ())),
        fulfils=tuple(Event(plan, "") for plan in named.get(KG + "fulfils", ())),
        claims=tuple(claims),
    )


_REVERSES = KG + "reverses"
_NO_ROLES = {TYPE, *(KG + name for name in ("status", "after", "fulfils", "rule", "premise"))}


def _bounds(dates: Iterable[Any]) -> tuple[str | None, str | None]:
    """Return the days that all of some dates allow, or, where they contradict each other, those that any allows."""
    periods = [period for date in dates if (period := _period(date))]
    firsts = [p.earliest.isoformat() for p in periods if p.earliest]
    lasts = [p.latest.isoformat() for p in periods if p.latest]
    agree = not firsts or not lasts or max(firsts) <= min(lasts)
    first, last = (max, min) if agree else (min, max)
    return first(firsts, default=None), last(lasts, default=None)


def _period(date: Any) -> Period | None:
    try:
        return Period.parse(date.value, date.datatype.value)
    except ValueError:
        return None


def _paired(events: list[Event]) -> list[Event]:
    """Return events with the plans that they fulfil in them, and not beside them, unless a plan was for more than was done.

    What was taken back stays, and tells by what.
    """
    backs: dict[str, list[str]] = {}
    for event in events:
        for undone in (thing for role, thing in event.roles if role == _REVERSES and event.is_done):
            backs.setdefault(undone, []).append(event.iri)
    events = [replace(event, reversed_by=tuple(sorted(backs.get(event.iri, ())))) for event in events]
    known = {event.iri: event for event in events}
    paired = []
    left = {event.iri: {*event.about} for event in events}
    done: set[str] = set()
    for event in events:
        plans = tuple(known[p.iri] for p in event.fulfils if p.iri in known and event.is_done)
        for plan in plans:
            left[plan.iri] -= event.about
        done |= {plan.iri for plan in plans if not event.about or not left[plan.iri]}
        paired.append(replace(event, fulfils=plans))
    return [event for event in paired if event.iri not in done]
