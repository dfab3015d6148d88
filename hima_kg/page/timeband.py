"""The time band: events by date, as wide as their dates are uncertain, stacked so that none hides another."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from math import ceil
from typing import Any

import networkx as nx

ROW, GLYPH, GAP = 17.5, 12.0, 12.0
AXIS = 24.0  # room for the years beneath the rows
LABEL, LETTER, HAN = 140.0, 6.4, 12.0  # the widest label, and how wide a letter is
UNDATED, STACK = 168.0, 10  # an undated column's width and how many it holds
LULL = 2  # more empty years than this are drawn as one


@dataclass(frozen=True)
class Bar:
    """An event's place in the band: its middle, how long its date lasts, its row, and its label's room and side."""

    node: str
    x: float
    span: float
    room: float
    side: str = "right"
    row: int = 0

    @property
    def left(self) -> float:
        """Where the bar, or its label, begins."""
        return self.x - max(self.span, GLYPH) / 2 - (self.room if self.side == "left" else 0)

    @property
    def right(self) -> float:
        """Where the bar, or its label, ends."""
        return self.x + max(self.span, GLYPH) / 2 + (self.room if self.side == "right" else 0)


@dataclass(frozen=True)
class Axis:
    """Years side by side, each equally wide; a lull without events takes the width of one year."""

    slots: tuple[tuple[int, int], ...]
    width: float

    def at(self, day: date) -> float:
        """How far from the left a day is."""
        slot = max(0, bisect_right(self.slots, (day.year, 9999)) - 1)
        first, last = (date(year, 1, 1).toordinal() for year in self.slots[slot])
        days = last - first + 365.25
        return (slot + min(1.0, (day.toordinal() - first) / days)) * self.width / len(self.slots)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Where each year begins, and how it is written."""
        step = self.width / max(1, len(self.slots))
        years = (str(first) if first == last else f"{first}–{last}" for first, last in self.slots)
        return [(round(i * step, 1), year) for i, year in enumerate(years)]


@dataclass(frozen=True)
class Band:
    """Every event's bar, the years above them, and where the undated ones begin."""

    bars: tuple[Bar, ...]
    ticks: list[tuple[float, str]]
    undated: float | None
    height: float


def band(network: nx.MultiDiGraph, width: float) -> Band:
    """Place a network's events on a band of a width; the undated ones stand at its right end."""
    events = {node: about for node, about in sorted(network.nodes(data=True)) if about["event"]}
    if not events:
        return Band((), [], None, 0.0)
    undated = [node for node, about in events.items() if not (about["earliest"] or about["latest"])]
    dated = {node: about for node, about in events.items() if node not in undated}
    stacks = ceil(len(undated) / STACK)
    end = width - stacks * UNDATED
    axis = Axis(_slots(dated), end)
    bars = _stacked([_bar(node, about, axis) for node, about in dated.items()], end)
    rows = max([bar.row + 1 for bar in bars] + [min(len(undated), STACK)])
    bars += [
        Bar(node, end + (i // STACK) * UNDATED + GLYPH, 0.0, UNDATED - 2 * GLYPH, row=i % STACK)
        for i, node in enumerate(undated)
    ]
    return Band(tuple(bars), axis.ticks, end if undated else None, rows * ROW + AXIS)


def _slots(events: dict[str, Any]) -> tuple[tuple[int, int], ...]:
    years = sorted({day.year for about in events.values() for day in _days(about)})
    slots: list[tuple[int, int]] = []
    for year in years:
        start = slots[-1][1] + 1 if slots else year
        quiet = [(start, year - 1)] if year - start > LULL else [(y, y) for y in range(start, year)]
        slots += [*quiet, (year, year)]
    return tuple(slots)


def _days(about: dict[str, Any]) -> tuple[date, date]:
    first, last = about["earliest"] or about["latest"], about["latest"] or about["earliest"]
    return date.fromisoformat(first), date.fromisoformat(last)


def _bar(node: str, about: dict[str, Any], axis: Axis) -> Bar:
    first, last = (axis.at(day) for day in _days(about))
    room = min(LABEL, max((_breadth(text) for text in about["label"].values()), default=LABEL)) + GAP
    return Bar(node, (first + last) / 2, round(last - first, 1), room)


def _breadth(text: str) -> float:
    return sum(HAN if ord(letter) > 0x1100 else LETTER for letter in text)


def _stacked(bars: list[Bar], width: float) -> list[Bar]:
    """Each bar in the first row that has room for it, its label to the right or else to the left."""
    rows: dict[int, list[Bar]] = {}
    for bar in sorted(bars, key=lambda bar: (bar.x, bar.node)):
        tries = (replace(side, row=row) for row in count() for side in _sides(bar, width))
        placed = next(one for one in tries if _free(one, rows.get(one.row, ())))
        rows.setdefault(placed.row, []).append(placed)
    return [bar for row in rows.values() for bar in row]


def _sides(bar: Bar, width: float) -> list[Bar]:
    """Where a bar may stand: at its date, or, where that is taken, a glyph's width beside it."""
    left = replace(bar, side="left")
    beside = [replace(left, x=bar.x - GLYPH), replace(bar, x=bar.x + GLYPH)] if bar.span < GLYPH else []
    return [one for one in (bar, left, *beside) if one.left >= 0 and one.right <= width] or [bar]


def _free(bar: Bar, others: Iterable[Bar]) -> bool:
    return all(bar.right <= other.left or other.right <= bar.left for other in others)
