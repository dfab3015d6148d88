"""Rows on paper: a terminal table whose columns line up in any script, Markdown, HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from itertools import zip_longest

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


def grouped(line: str) -> str:
    """Return a line with the digits of its numbers in groups, but for what may be a year, dates, IRIs and parts of names.

    >>> grouped("386907 + 4232 = 391139; -4139; lamp-38690 in 1850 and 2024-07; <urn:x#38690>")
    '386,907 + 4,232 = 391,139; -4,139; lamp-38690 in 1850 and 2024-07; <urn:x#38690>'
    """
    return _MANY_DIGITS.sub(lambda found: f"{int(found[0]):,}" if found[0].isdecimal() else found[0], line)


_MANY_DIGITS = re.compile(r"<[^<>\s]+>|(?<![\w.,:/])(?<!\w-)(?!(?:1\d|20)\d\d\b)[1-9]\d{3,}(?![\w/-])", re.ASCII)


def lined_up(rows: Sequence[Sequence[str]], limit: int = LIMIT) -> list[str]:
    """Return rows of as many cells as lines whose cells stand under each other, long ones cut short.

    >>> lined_up([["+ name", "琥珀"], ["- n", "1"]])
    ['+ name  琥珀', '- n     1']
    """
    shown = [[cut(cell, limit) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*shown, strict=True)]
    padded = ([_padded(cell, wanted, right=False) for cell, wanted in zip(row, widths, strict=True)] for row in shown)
    return ["  ".join(row).rstrip() for row in padded]


def described(listed: Sequence[tuple[str, Sequence[str]]], limit: int) -> str:
    """Return names with what there is to say of each beside it, in lines of at most so many columns; nothing is cut short.

    >>> print(described([("seals", ["Who keeps which seals?", "-p on: date"]), ("琥珀", ["Who?"])], 24))
    seals  Who keeps which
           seals?
           -p on: date
    琥珀   Who?
    """
    names = max((width(name) for name, _ in listed), default=0)
    lines: list[str] = []
    for name, said in listed:
        beside = [line for text in said for line in wrapped(text, max(limit - names - 2, 16))]
        lines += [f"{_padded(name, names, False)}  {beside[0]}".rstrip(), *(f"{'':{names}}  {line}" for line in beside[1:])]
    return "\n".join(lines)


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


def beside(left: str, right: str, limit: int) -> str:
    r"""Return two texts side by side, each wrapped into half of so many columns.

    >>> print(beside("the moth seal", "琥珀 owns it\nsince 2018", 23))
    the moth   │ 琥珀 owns
    seal       │ it
               │ since 2018
    """
    half = (limit - 3) // 2
    rows = zip_longest(wrapped(left, half), wrapped(right, half), fillvalue="")
    return "\n".join(f"{_padded(one, half, False)} │ {other}".rstrip() for one, other in rows)


def wrapped(text: str, limit: int) -> list[str]:
    """Return a text in lines of at most so many columns, broken at spaces; what has none is broken where it must be.

    >>> wrapped("琥珀工坊 sells lamps", 6)
    ['琥珀工', '坊', 'sells', 'lamps']
    """
    lines: list[str] = []
    for line in printable(text).split("\n"):
        lines.append("")
        for word in line.split(" "):
            if width(lines[-1]) + width(word) + bool(lines[-1]) <= limit:
                lines[-1] += f" {word}" if lines[-1] else word
                continue
            lines[-1:] = [lines[-1], *_chopped(word, limit)] if lines[-1] else _chopped(word, limit)
    return lines


def folded(text: str, limit: int) -> str:
    r"""Return a text with every line that has more columns broken at spaces, and indented a little more than it begins.

    For terminals: in a pipe a line is better left whole.

    >>> folded("    amber sells many lamps", 20)
    '    amber sells many\n        lamps'
    """
    lines: list[str] = []
    for line in printable(text).split("\n"):
        indent = line[: len(line) - len(line.lstrip(" "))]
        if width(line) <= limit or width(indent) + 8 >= limit:
            lines.append(line)
            continue
        first, *_ = wrapped(line.lstrip(" "), limit - len(indent))
        lines.append(indent + first)
        rest = line.lstrip(" ")[len(first) :].lstrip(" ")
        lines += [f"{indent}    {more}" for more in wrapped(rest, limit - len(indent) - 4)] if rest else []
    return "\n".join(lines)


def _chopped(word: str, limit: int) -> list[str]:
    pieces = [""]
    for char in word:
        if width(pieces[-1]) + width(char) > limit:
            pieces.append("")
        pieces[-1] += char
    return pieces


_MARKUP = re.compile(r"(?=\||<(?![A-Za-z][A-Za-z0-9+.-]+:[^\s<>]*>)[A-Za-z/!?])")
"""Before what a backslash stands in Markdown: the edge of a cell, and HTML, but for an IRI in angle brackets."""


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    r"""Return a Markdown table.

    >>> print(markdown(["a"], [["x|y <b> <urn:z>"]]))
    | a |
    | --- |
    | x\|y \<b> <urn:z> |
    """
    cells = [[_MARKUP.sub(r"\\", printable(cell)).replace("\n", " ") for cell in row] for row in (header, *rows)]
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
