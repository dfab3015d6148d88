"""Rows on paper: a terminal table whose columns line up in any script, Markdown, HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from .errors import columns as width
from .errors import printable

LIMIT = 60


def text(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table for the terminal; wide characters take two columns, numbers stand right, long cells are cut short.

    >>> print(text(["name", "n"], [["琥珀", "1"], ["moth", "20"]]))
    name   n
    ────  ──
    琥珀   1
    moth  20
    """
    header = [*map(cut, header)]
    shown = [[cut(cell) for cell in row] for row in rows]
    columns = [[name, *cells] for name, *cells in zip(header, *shown, strict=True)]
    widths = [max(map(width, column)) for column in columns]
    right = [any(column[1:]) and all(_NUMBER.fullmatch(cell) for cell in column[1:]) for column in columns]
    lines = [header, ["─" * w for w in widths], *shown]
    return "\n".join("  ".join(map(_padded, line, widths, right)).rstrip() for line in lines)


_NUMBER = re.compile(r"(-?[\d,]*\d(\.\d+)?)?")


def _padded(cell: str, wanted: int, right: bool) -> str:
    space = " " * (wanted - width(cell))
    return space + cell if right else cell + space


def cut(cell: str, limit: int = LIMIT) -> str:
    """Return a text on a line, in so many columns of the terminal at most."""
    cell = printable(cell[: limit * 4]).replace("\n", "⏎").replace("\t", " ")
    if width(cell) <= limit:
        return cell
    taken = 0
    for at, char in enumerate(cell):
        taken += width(char)
        if taken > limit - 1:
            return cell[:at] + "…"
    return cell


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    r"""Return a Markdown table.

    >>> print(markdown(["a"], [["x|y"]]))
    | a |
    | --- |
    | x\|y |
    """
    cells = [[printable(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in (header, *rows)]
    lines = [cells[0], ["---"] * len(header), *cells[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def html(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return an HTML table, for notebooks.

    >>> html(["a"], [["<b>"]])
    '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>&lt;b&gt;</td></tr></tbody></table>'
    """
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
