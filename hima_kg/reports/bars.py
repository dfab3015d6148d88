"""Bars on an axis of time, made of characters: as sure as the days beneath them, and never surer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from ..entities import State
from ..states import LEVELS
from .pen import Signs

_STEPS = (1, 2, 3, 4, 6, 12, 24, 60, 120, 600, 1200, 12000)
"""How many months a column may stand for, where it stands for more than one."""
_WEAKEST = tuple(reversed(LEVELS))


@dataclass(frozen=True)
class Axis:
    """Columns side by side, each some days: column n is from `edges[n]` to the day before `edges[n + 1]`, as ordinals."""

    edges: tuple[int, ...]

    @classmethod
    def over(cls, first: str, last: str, width: int) -> Axis:
        """Return an axis that has both days, of at most so many columns, which stand for whole months where that can be.

        >>> Axis.over("2023-02-01", "2024-01-01", 12).edges[1] == date(2023, 3, 1).toordinal()
        True
        """
        start, end = (int(day[:4]) * 12 + int(day[5:7]) - 1 for day in (first, last))
        months = end - start + 1
        if months <= width:
            parts = min(width // months, 28)
            bounds = [_month(month) for month in range(start, end + 2)]
            return cls(tuple(_split(bounds, parts)))
        step = next(step for step in _STEPS if (end // step - start // step) < width)
        return cls(tuple(_month(n * step) for n in range(start // step, end // step + 2)))

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.edges) - 1

    def bar(self, state: State, signs: Signs) -> str:
        """Return a state as a bar, with an arrow at a side on which it goes on beyond the axis."""
        cells = [_weakest(state, first, end - 1) for first, end in pairwise(self.edges)]
        body = "".join(getattr(signs, cell) if cell else " " for cell in cells)
        before, after = state.on(_iso(self.edges[0] - 1)), state.on(_iso(self.edges[-1]))
        return (signs.back if before and before != "unknown" else " ") + body + (signs.on if after else "")

    def ticks(self, signs: Signs) -> tuple[str, str]:
        """Return the line of years, or of months or days where years are too few, and the line beneath it."""
        days = [(n, date.fromordinal(min(max(edge, 1), _LAST))) for n, edge in enumerate(self.edges[:-1])]
        for length in (4, 7, 10):
            marks = _labels(days, length, self.width)
            if len(marks) > 1:
                break
        labels = rule = ""
        for column, text in marks:
            labels = labels.ljust(column) + text
            rule = rule.ljust(column, signs.line) + signs.tick
        return " " + labels, " " + rule.ljust(self.width, signs.line)


_LAST = date.max.toordinal()


def _month(number: int) -> int:
    """Return the first day of a month, counted from the year 0, as an ordinal; one too many days where the calendar ends."""
    year, month = divmod(number, 12)
    if year > date.max.year:
        return _LAST + 1
    return date(year, month + 1, 1).toordinal() if year else 0


def _split(bounds: list[int], parts: int) -> Iterator[int]:
    for first, end in pairwise(bounds):
        yield from (first + (end - first) * part // parts for part in range(parts))
    yield bounds[-1]


def _labels(days: Iterable[tuple[int, date]], length: int, width: int) -> list[tuple[int, str]]:
    """Return the columns in which a year, month or day begins, with its name, where there is room for it."""
    marks: list[tuple[int, str]] = []
    seen, free = "", 0
    for column, day in days:
        name = day.isoformat()[:length]
        if name != seen and column >= free and column + length <= width:
            marks.append((column, name))
            free = column + length + 1
        seen = name
    return marks


def _iso(ordinal: int) -> str:
    return date.fromordinal(min(max(ordinal, 1), _LAST)).isoformat()


def _weakest(state: State, first: int, last: int) -> str | None:
    """Return how surely a state holds all through some days; where it holds on some of them only, that it may."""
    told = {date.fromisoformat(day).toordinal() for day in state.days}  # it changes on such a day, or after it
    days = {_iso(day) for day in ({first} | told | {day + 1 for day in told}) if first <= day <= last}
    held = {state.on(day) for day in days}
    if held == {None}:
        return None
    return next(level for level in _WEAKEST if level in held or (level == "possible" and None in held))
