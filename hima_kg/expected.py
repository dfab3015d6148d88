"""Queries as tests: the rows that a query must give stand in a `.csv` file beside it.

Columns named like parameters are what the query is asked with; every distinct set of them is one question. A question
that must have no answer is a row whose other cells are empty.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

from .answers import ask
from .errors import FactError, KgError, Place, Problem, QueryError, read
from .queries import NamedQuery
from .store import Store
from .terms import Prefixes
from .threads import timed

Row = tuple[str, ...]

_ACCEPT = "if the answer is right as it is now, `hima-kg test --accept` writes it into the file"


def failures(store: Store, query: NamedQuery, path: Path, shown: str, prefixes: Prefixes) -> list[Problem]:
    """Return what a query gives and should not, and what it should give and does not, each at its line."""
    try:
        header, rows, lines = _read(path, shown)
    except QueryError as error:
        return [error.problem(shown)]
    if not header:
        hint = "its first line names columns; `hima-kg test --accept` writes what the query gives now"
        return [_difference(Place(shown, 1, 1), "the file is empty", hint)]
    problems: list[Problem] = []
    questions = _questions(query, header, rows)
    if not questions:
        named = " and ".join(name for name in header if name in _asked_with(query))
        hint = "write a row with its parameters, and `hima-kg test --accept` writes what the query gives then"
        return [_difference(Place(shown, 1, 1), f"no row says with which {named} {query.name} is asked, so nothing is", hint)]
    for values, wanted in questions.items():
        try:
            with timed(query.shown):
                got = _given(store, query, dict(values), header, prefixes)
        except KgError as error:
            problems.append(_difference(Place(shown, 1, 1), f"{query.name}: {error.message}", error.hint))
            continue
        asked = f"{query.name} ({', '.join(f'{name}={value}' for name, value in values) or 'no parameters'})"
        given = {name for name, _ in values}
        wanted = _alike(wanted, {*got}, [name not in given for name in header], prefixes)
        for row in sorted(set(wanted) - set(got)):
            problems.append(_difference(Place(shown, lines[row], 1), f"{asked} does not give {_told(header, row, given)}"))
        for row in sorted(set(got) - set(wanted)):
            told = _told(header, row, given)
            problems.append(_difference(Place(shown, 1, 1), f"{asked} gives {told}, which is not expected"))
        if sorted(got) != sorted(wanted) and set(got) == set(wanted):
            problems.append(_difference(Place(shown, 1, 1), f"{asked} gives some rows more or fewer times"))
    return _hinted(problems)


def _alike(wanted: list[Row], got: set[Row], answered: list[bool], prefixes: Prefixes) -> list[Row]:
    """Return expected rows as a query gives them, where they are the same but for IRIs written out in what is answered."""
    shorter = {
        row: tuple(_shorter(cell, prefixes) if of_answer else cell for cell, of_answer in zip(row, answered, strict=True))
        for row in wanted
        if row not in got
    }
    return [shorter[row] if shorter.get(row) in got else row for row in wanted]


def _shorter(cell: str, prefixes: Prefixes) -> str:
    iri = cell[1:-1] if cell.startswith("<") and cell.endswith(">") else cell
    return prefixes.compact(iri) if "://" in iri or iri.startswith("urn:") else cell


def _difference(place: Place, message: str, hint: str = "") -> Problem:
    return Problem(place, "error", "test", message, hint)


def _hinted(problems: list[Problem]) -> list[Problem]:
    """Return the differences in order, with what to do about them told once, after the last."""
    ordered = sorted(problems)
    return [*ordered[:-1], *(last._replace(hint=_ACCEPT) for last in ordered[-1:])]


def _told(header: list[str], row: Row, given: set[str]) -> str:
    """Return a row in words, without what was asked with; a row of nothing else is no answer."""
    cells = [cell for name, cell in zip(header, row, strict=False) if name not in given]
    return ", ".join(cell or "–" for cell in cells) if any(cells) else "no answer"


def questions(query: NamedQuery, path: Path, shown: str) -> list[dict[str, str]]:
    """Return what a query is asked with, by the `.csv` file of the rows that it must give: the parameters of each question."""
    header, rows, _ = _read(path, shown)
    return [dict(values) for values in _questions(query, header, rows)]


def accept(store: Store, query: NamedQuery, path: Path, shown: str, prefixes: Prefixes) -> bytes:
    """Return the `.csv` that expects what the query gives now, for the questions that the file at `path` asks.

    Raises FactError where the query cannot be asked them, or has no such columns.
    """
    header, rows, _ = _read(path, shown)
    questions = _questions(query, header, rows) or {(): []}
    try:
        header = header or ask(store, query, {}, prefixes=prefixes).columns
        answers = [_in_place(_given(store, query, dict(values), header, prefixes), rows) for values, rows in questions.items()]
    except KgError as error:
        raise FactError([_difference(Place(shown, 1, 1), f"{query.name}: {error.message}", error.hint)]) from error
    return "".join(map(_line, chain([header], *answers))).encode()


def _line(row: Sequence[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(row)  # which puts a carriage return in quotes only where lines end with one
    return out.getvalue().removesuffix("\r\n") + "\n"


def _in_place(rows: list[Row], expected: list[Row]) -> list[Row]:
    """Return rows as a file should have them: those that it has already where they are, and then the others in order."""
    left = Counter(rows)
    kept = []
    for row in expected:
        if left[row]:
            left[row] -= 1
            kept.append(row)
    return kept + sorted(left.elements())


def _read(path: Path, shown: str) -> tuple[list[str], list[Row], dict[Row, int]]:
    text = read(path, shown, newline="")
    if "\n" not in text.replace("\r\n", ""):  # the file was saved with the line ends of Windows, in cells as between them
        text = text.replace("\r\n", "\n")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    limit = csv.field_size_limit(max(len(text), 1))
    try:
        header = next(reader, [])
        rows = [(tuple(row), reader.line_num) for row in reader if row]
    except csv.Error as error:
        place, hint = Place(shown, reader.line_num), "write it as CSV, with commas and quotes"
        raise QueryError(str(error), hint=hint, place=place) from error
    finally:
        csv.field_size_limit(limit)
    for row, line in rows:
        if len(row) != len(header):
            message = f"the row has {len(row)} cells, and there are {len(header)} columns"
            raise QueryError(message, hint="what has a comma in it stands in quotes", place=Place(shown, line))
    return header, [row for row, _ in rows], dict(rows)


def _asked_with(query: NamedQuery) -> set[str]:
    """Return the names of what a query can be asked with: its parameters, and a day, as of which any query can be asked."""
    return {parameter.name for parameter in query.parameters} | {"on"}


def _questions(query: NamedQuery, header: list[str], rows: list[Row]) -> dict[tuple[tuple[str, str], ...], list[Row]]:
    names = _asked_with(query)
    asked: dict[tuple[tuple[str, str], ...], list[Row]] = {} if names & set(header) else {(): []}
    for row in rows:
        cells = dict(zip(header, row, strict=False))
        values = tuple((name, cells[name]) for name in header if name in names and cells.get(name))
        asked.setdefault(values, []).append(row)
    return asked


def _given(store: Store, query: NamedQuery, values: Mapping[str, str], header: list[str], prefixes: Prefixes) -> list[Row]:
    answer = ask(store, query, values, prefixes=prefixes)
    missing = [name for name in header if name not in answer.columns and name not in _asked_with(query)]
    if missing:
        raise QueryError(f"there is no column {missing[0]}", hint=f"the columns are {', '.join(answer.columns)}")
    empty = [tuple(values.get(name, "") for name in header)]
    rows = [dict(zip(answer.columns, row, strict=True)) | dict(values) for row in answer.cells()]
    return [tuple(row.get(name, "") for name in header) for row in rows] or (empty if values else [])
