"""The store: quads, SPARQL over them, and nothing else. The only module that knows how the embedded engine is opened.

The default graph is the best graph; every claim is a named graph. Terms are pyoxigraph's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from .errors import Place, Problem, QueryError, StoreError

if TYPE_CHECKING:
    from rdflib import Dataset

_POSITION = re.compile(r"error at (\d+):(\d+): ", re.DOTALL)


class Store:
    """Quads in the embedded engine, with the prefixes that its queries may use."""

    def __init__(self, engine: ox.Store, prefixes: Mapping[str, str]) -> None:
        """Wrap an engine; use `memory` or `open` to get one."""
        self._engine = engine
        self.prefixes = dict(prefixes)

    @classmethod
    def memory(cls, prefixes: Mapping[str, str]) -> Store:
        """Return an empty store that lives in memory."""
        return cls(ox.Store(), prefixes)

    @classmethod
    def open(cls, path: Path, prefixes: Mapping[str, str]) -> Store:
        """Return a store on disk, read only; raises StoreError if it is missing, damaged, or from another version."""
        try:
            return cls(ox.Store.read_only(str(path)), prefixes)
        except (OSError, RuntimeError) as error:
            raise StoreError(
                f"the store {path} cannot be opened: {error}", hint="make it anew: hima-kg build --force"
            ) from error

    @staticmethod
    def write(path: Path, nquads: bytes) -> None:
        """Put N-Quads into a new store on disk, in bulk, and leave it synced and closed."""
        engine = ox.Store(str(path))
        engine.bulk_load(nquads, ox.RdfFormat.N_QUADS, lenient=True)
        engine.flush()
        engine.optimize()
        del engine

    def extend(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads in bulk."""
        self._engine.bulk_extend(quads)

    def update(self, text: str) -> None:
        """Run a SPARQL update; raises QueryError where it does not parse."""
        try:
            self._engine.update(text, prefixes=self.prefixes)
        except SyntaxError as error:
            raise _query_error(text, error) from error

    def query(self, text: str) -> ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean:
        """Run a SPARQL query; raises QueryError where it does not parse, StoreError where the store is damaged."""
        try:
            return self._engine.query(text, prefixes=self.prefixes)
        except SyntaxError as error:
            raise _query_error(text, error) from error
        except (OSError, RuntimeError) as error:
            raise StoreError(f"the query failed: {error}", hint="is the store damaged? hima-kg doctor tells") from error

    def select(self, text: str) -> Iterator[Any]:
        """Go through the solutions of a SELECT query."""
        return self.rows(text)[1]

    def rows(self, text: str) -> tuple[list[str], Iterator[Any]]:
        """Return the names of a SELECT query's columns, and its solutions."""
        solutions = self.query(text)
        assert isinstance(solutions, ox.QuerySolutions), "rows() takes a SELECT query"
        return [variable.value for variable in solutions.variables], iter(solutions)

    def ask(self, text: str) -> bool:
        """Return the answer of an ASK query."""
        return bool(self.query(text))

    def flaw(self, text: str, shown: str) -> Problem | None:
        """Return what keeps a query, from a file shown under a name, from being parsed; None if nothing does."""
        error = None
        for attempt in (text + "\nLIMIT 0", text):  # the first does no work, the second has the text's own places
            try:
                self.query(attempt)
                return None
            except QueryError as found:
                error = found
        assert error is not None, "both attempts failed"
        spot = error.place or Place(shown)
        return Problem(replace(spot, path=shown), "error", "syntax", error.message, error.hint)

    def lines(self) -> list[bytes]:
        """Return every quad as a line of N-Quads, in byte order: the canonical form, since there are no blank nodes."""
        dumped = self._engine.dump(format=ox.RdfFormat.N_QUADS)
        assert dumped is not None, "a dump without an output gives bytes"
        return sorted(dumped.splitlines(keepends=True))

    def __len__(self) -> int:
        """Return how many quads there are."""
        return len(self._engine)

    def dataset(self) -> Dataset:
        """Return an rdflib Dataset over the same quads, by oxrdflib."""
        from oxrdflib import OxigraphStore  # heavy, and only for those who ask
        from rdflib import Dataset

        dataset = Dataset(store=OxigraphStore(store=self._engine), default_union=False)
        for prefix, namespace in self.prefixes.items():
            dataset.bind(prefix, namespace)
        return dataset


def _query_error(text: str, error: SyntaxError) -> QueryError:
    message = str(error)
    found = _POSITION.search(message)
    if not found:
        return QueryError(f"the query does not parse: {message}")
    line, column = int(found[1]), int(found[2])
    lines = text.rstrip().splitlines() or [""]
    if line > len(lines):
        end = Place("query", len(lines), len(lines[-1]) + 1, 1, lines[-1] + " ")
        return QueryError("the query ends too soon", hint="is a brace, a parenthesis or a string left open?", place=end)
    shown = lines[line - 1]
    place = Place("query", line, column, 1, shown)
    word = re.match(r"[\w:.-]+", shown[column - 1 :])
    if "Prefix not found" in message:
        start = len(shown[:column].rstrip()) - len(re.split(r"[\s({\[,;^/|!]", shown[:column].rstrip())[-1])
        name = re.match(r"[\w.-]*:", shown[start:])
        prefix = name.group() if name else "a prefix"
        return QueryError(
            f"the prefix {prefix} is not declared",
            hint="declare it with PREFIX, or use one of those that `hima-kg stats` lists",
            place=Place("query", line, start + 1, len(prefix), shown),
        )
    return QueryError(f"unexpected {word.group()!r}" if word else "unexpected text here", hint=_expected(message), place=place)


def _expected(message: str) -> str:
    words = re.findall(r"\b[A-Z]{2,}\b", message.partition("expected one of")[2])
    signs = re.findall(r'"(.)"', message)
    wanted = sorted({*words, *signs})[:8]
    return f"expected one of {', '.join(wanted)} …" if wanted else "look before this spot for something left open"
