"""What happened when, on paper: a line an event, a bar a state, on one axis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from ..dates import between, disputed
from ..entities import State
from ..errors import columns
from ..terms import KG, Prefixes
from ..timeline import Event, Timeline
from .bars import Axis
from .entity import citation_table, state_table
from .pen import Pen, Signs, cited, cut

_LABEL = 0.36
"""How much of the width the names of states take at most."""
_NARROW = 12
"""How many columns an axis has at least."""


def timeline(found: Timeline, names: Mapping[str, str], prefixes: Prefixes, *, width: int = 80, encoding: str = "utf-8") -> str:
    """Return what happened and what held, as text of a width, in the signs that an encoding has."""
    pen = _Pen(names, prefixes, width, Signs.of(encoding), encoding)
    return "\n".join([*pen.heading(found), *pen.events(found), *pen.states(found)]).strip("\n")


class _Pen(Pen):
    def heading(self, found: Timeline) -> Iterator[str]:
        if found.entity:
            yield f"{self.name(found.entity)}  {self.prefixes.compact(found.entity)}"
        if not found.events and not found.states:
            window = " in this time" if found.since or found.until else ""
            yield f"nothing is known that happened{window}, and nothing that held for a time"

    def events(self, found: Timeline) -> Iterator[str]:
        dates = max((len(between(e.earliest, e.latest)) for e in found.events if e.is_dated), default=0)
        statuses = max((columns(self.status(e)) for e in found.events), default=0)
        for heading, same in groupby(found.events, key=self._group):
            yield ""
            if heading:
                yield heading
            for event in same:
                yield from self._event(event, dates, statuses)
        if found.undated:
            yield f"\n{found.undated} without a date are left out"

    def _group(self, event: Event) -> str:
        if event.is_dated:
            return ""
        return "undated" + "".join(f", after {self.name(other)}" for other in event.after)

    def _event(self, event: Event, dates: int, statuses: int) -> Iterator[str]:
        day = between(event.earliest, event.latest) if event.is_dated else ""
        status = self.status(event)
        lead = f"{day:<{dates}}  {status}{' ' * (statuses - columns(status))}  "
        yield from self.wrapped(lead, [self.name(event.iri)])
        about = [*self._outcome(event), *self._roles(event)]
        yield from self.wrapped(" " * columns(lead), about, cited(event.claims, self.prefixes))

    def status(self, event: Event) -> str:
        return "overdue" if event.overdue else self.name(event.status)

    def _outcome(self, event: Event) -> Iterator[str]:
        done = between(event.earliest, event.latest)
        for plan in event.fulfils:
            yield f"{self.name(plan.status)}{due(plan)} {self.to} {f'done {done}' if event.is_dated else 'done'}"
        if event.overdue:
            yield f"{self.name(event.status)}{due(event)}, no outcome reported"
        yield from (f"taken back by {self.name(other)}" for other in event.reversed_by)
        if event.is_dated:
            yield from (f"after {self.name(other)}" for other in event.after)

    @property
    def to(self) -> str:
        return "->" if self.signs.on == ">" else "→"

    def _roles(self, event: Event) -> Iterator[str]:
        first = (KG + "agent", KG + "about")
        order = sorted(event.roles, key=lambda role: (first.index(role[0]) if role[0] in first else 2, role))
        for prop, same in groupby(order, key=lambda role: role[0]):
            word = {"agent": "by"}.get(self.name(prop), self.name(prop))
            yield f"{word} {', '.join(self.name(thing) for _, thing in same)}"

    def states(self, found: Timeline) -> Iterator[str]:
        dated = [state for state in found.states if state.days]
        if dated:
            room = min(max(columns(self._value(state)) for state in dated) + 2, int(self.width * _LABEL))
            axis = Axis.over(*_edges(found, dated), max(self.width - room - 3, _NARROW))
            yield ""
            for line in axis.ticks(self.signs):
                yield " " * (room + 1) + line
            for heading, same in groupby(dated, key=lambda state: self._statement(state, found.entity)):
                yield heading
                for state in same:
                    label = cut(f"  {self._value(state)}", room, self.signs.more)
                    yield f"{label}{' ' * (room - columns(label))} {axis.bar(state, self.signs)}".rstrip()
                    yield from self.wrapped("    ", self._bounds(state), cited(state.claims, self.prefixes))
            yield ""
            yield from self._legend(dated, axis)
        if left := len(found.states) - len(dated):
            yield f"\n{left} more {'state has' if left == 1 else 'states have'} no dates; `hima-kg show THING` tells them"

    def _statement(self, state: State, entity: str | None) -> str:
        subject = "" if state.subject == entity else f"{self.name(state.subject)}: "
        return f"{subject}{self.name(state.predicate)}"

    def _value(self, state: State) -> str:
        return self.name(state.object) if state.is_link else self.safe(state.object)

    def _bounds(self, state: State) -> Iterator[str]:
        yield self.times(state)
        if state.basis != KG + "Occurred":
            yield self.name(state.basis)
        if state.disputed_from:
            yield disputed(state.disputed_from, state.disputed_until)

    def _legend(self, dated: Iterable[State], axis: Axis) -> Iterator[str]:
        s = self.signs
        words = ["certain", "possible", "disputed", "implied"]
        if any(s.unknown in axis.bar(state, s) for state in dated):
            words.append("unknown")
        line, *rest = [*(f"{getattr(s, word)} {word}" for word in words), f"{s.back} {s.on} goes on"]
        for part in rest:
            longer = f"{line}   {part}"
            if columns(longer) > self.width:
                yield line
                longer = part
            line = longer
        yield line


def due(plan: Event) -> str:
    """Return when a plan is due, with a space before it: for some days, from one on, by one, or by the end of a month or year.

    >>> [due(Event("p", "", *days)) for days in (("2019-01-01", "2019-12-31"), ("2019-01-01", None), (None, "2024-03-31"))]
    [' for 2019', ' from 2019', ' by end of 2024-03']
    >>> due(Event("p", "", None, "2024-03-30")), due(Event("p", ""))
    (' by 2024-03-30', '')
    """
    if plan.latest and plan.earliest:
        return f" for {between(plan.earliest, plan.latest)}"
    if plan.latest:
        last = between(None, plan.latest).lstrip(".")
        return f" by {last}" if last == plan.latest else f" by end of {last}"
    return f" from {between(plan.earliest, None).rstrip('.')}" if plan.earliest else ""


def _edges(found: Timeline, dated: Sequence[State]) -> tuple[str, str]:
    """Return the first and the last day of the axis: the window's, or whole years about all that is known."""
    days = [day for state in dated for day in state.days]
    days += [day for event in found.events for day in (event.earliest, event.latest) if day]
    days += [found.newest] if found.newest else []
    first, last = min(days), max(days)
    began = any(not state.start_earliest for state in dated)
    year = max(int(first[:4]) - (began and first[5:7] < "04"), 1)  # room for what had begun before
    return found.since or min(f"{year:04}-01-01", found.until or first), found.until or max(
        f"{last[:4]}-12-31", found.since or ""
    )


def table(found: Timeline, names: Mapping[str, str], prefixes: Prefixes) -> dict[str, Any]:
    """Return what happened and what held, for JSON."""
    return {
        "entity": found.entity and prefixes.compact(found.entity),
        "from": found.since,
        "to": found.until,
        "events": [_event_table(event, names, prefixes) for event in found.events],
        "states": [state_table(state, prefixes) for state in found.states],
        "undated": found.undated,
    }


def _event_table(event: Event, names: Mapping[str, str], prefixes: Prefixes) -> dict[str, Any]:
    roles: dict[str, list[str]] = {}
    for prop, thing in event.roles:
        roles.setdefault(prefixes.compact(prop), []).append(prefixes.compact(thing))
    return {
        "id": prefixes.compact(event.iri),
        "name": names.get(event.iri),
        "status": prefixes.compact(event.status),
        "earliest": event.earliest,
        "latest": event.latest,
        "written": list(event.written),
        "overdue": event.overdue,
        "after": [prefixes.compact(other) for other in event.after],
        "roles": roles,
        "reversedBy": [prefixes.compact(other) for other in event.reversed_by],
        "fulfils": [_event_table(plan, names, prefixes) for plan in event.fulfils],
        "claims": [citation_table(claim, prefixes) for claim in event.claims],
    }
