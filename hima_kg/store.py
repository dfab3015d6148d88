"""The store: quads, SPARQL over them, and nothing else. The only module that opens the engine on a disk.

The default graph is the best graph; every claim is a named graph. Terms are pyoxigraph's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import pyoxigraph as ox

from .builds import AGAIN
from .errors import Problem, QueryError, StoreError
from .sparql import dotted, tokens
from .threads import at_once

if TYPE_CHECKING:
    from rdflib import Dataset


Functions: TypeAlias = "dict[ox.NamedNode, Callable[..., ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None]]"

Subject: TypeAlias = "ox.NamedNode | ox.BlankNode | ox.Triple"
"""What the engine's types let a subject be; in our stores it is always an IRI."""


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
            raise StoreError(f"the store {path} cannot be opened: {error}", hint=AGAIN) from error

    @staticmethod
    def write(path: Path, texts: Iterable[bytes]) -> None:
        """Put N-Quads into a new store on disk, a text of them at once (see `batches`), and leave it synced and closed."""
        try:
            engine = ox.Store(str(path))
            fill(engine, texts)
            engine.flush()
            engine.optimize()
        except (OSError, RuntimeError) as error:
            raise StoreError(f"the store {path} cannot be written: {error}", hint="is the disk full?") from error

    @classmethod
    def renew(cls, before: Path, path: Path, prefixes: Mapping[str, str]) -> Store:
        """Return a store on disk that begins as another and can be changed: they share tables, never written again."""
        try:
            path.mkdir()
            for file in before.iterdir():
                if file.suffix == ".sst":
                    _share(file, path / file.name)
                elif file.name not in ("LOCK", "LOG"):
                    _copy(file, path / file.name)
            return cls(ox.Store(str(path)), prefixes)
        except (OSError, RuntimeError) as error:
            raise StoreError(f"the store {path} cannot be written: {error}", hint="is the disk full?") from error

    def part(self, quads: Iterable[ox.Quad]) -> Store:
        """Return some quads in a store of their own, in memory."""
        part = Store.memory(self.prefixes)
        part.extend(quads)
        return part

    def change(self, gone: Iterable[ox.Quad], new: Iterable[ox.Quad]) -> None:
        """Take quads out and put others in."""
        try:
            for quad in gone:
                self._engine.remove(quad)
            self._engine.extend(new)
        except (OSError, RuntimeError) as error:
            raise StoreError(f"the store cannot be written: {error}", hint="is the disk full?") from error

    def close(self) -> None:
        """Leave a store on disk synced and closed; it is empty to whoever still holds it."""
        try:
            self._engine.flush()
        except (OSError, RuntimeError) as error:
            raise StoreError(f"the store cannot be written: {error}", hint="is the disk full?") from error
        self._engine = ox.Store()

    def matching(
        self,
        subject: Subject | None = None,
        predicate: ox.NamedNode | None = None,
        object: Subject | ox.Literal | None = None,
        graph: Subject | ox.DefaultGraph | None = None,
    ) -> Iterator[ox.Quad]:
        """Go through the quads that have some terms; None is any term, and any graph."""
        return guarded(self._engine.quads_for_pattern(subject, predicate, object, graph))  # type: ignore[arg-type]

    def __contains__(self, quad: ox.Quad) -> bool:
        """Whether a quad stands in the store."""
        return quad in self._engine

    def said(self, graph: str) -> bytes:
        """Return what one graph says, as lines of N-Triples in no order."""
        return self._engine.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph)) or b""

    def clear(self) -> None:
        """Forget every quad: the memory that they took is free again."""
        self._engine = ox.Store()
        trim()

    def extend(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads in bulk."""
        self._engine.bulk_extend(quads)

    def load(self, texts: Iterable[bytes]) -> None:
        """Add lines of N-Quads in bulk, many at once."""
        for text in texts:
            self._engine.bulk_load(text, ox.RdfFormat.N_QUADS, lenient=True)

    def update(self, text: str) -> None:
        """Run a SPARQL update; raises QueryError where it does not parse."""
        try:
            self._engine.update(dotted(text), prefixes=self.prefixes)
        except SyntaxError as error:
            raise _explained(text, error, self.prefixes) from error

    def query(
        self,
        text: str,
        *,
        bounded: bool = True,
        prefixes: dict[str, str] | None = None,
        functions: Functions | None = None,
    ) -> ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean:
        """Run a SPARQL query; raises QueryError where it does not parse, StoreError where the store is damaged.

        SERVICE is refused: a query makes no network request. So is, if bounded, what the engine may not survive.
        `prefixes` are those that the query uses, where that is known; `functions` are those that it may call, by name,
        besides SPARQL's own.
        """
        if bounded:
            _refuse(text)
        if "service" in text.lower():
            _refuse_service(text, self.prefixes)
        try:
            used = self.used(text) if prefixes is None else prefixes
            return self._engine.query(dotted(text), prefixes=used, custom_functions=functions)
        except SyntaxError as error:
            raise _explained(text, error, self.prefixes) from error
        except (OSError, RuntimeError) as error:
            raise failed(error) from error

    def used(self, text: str) -> dict[str, str]:
        """Return the prefixes that a query may use: the engine takes time for each that it is given."""
        return {prefix: namespace for prefix, namespace in self.prefixes.items() if prefix in text}

    def select(self, text: str) -> Iterator[Any]:
        """Go through the solutions of a SELECT query of our own, as long as what it asks about may be."""
        return self.rows(text, bounded=False)[1]

    def rows(self, text: str, *, bounded: bool = True) -> tuple[list[str], Iterator[Any]]:
        """Return the names of a SELECT query's columns, and its solutions; bounded is what somebody else has written."""
        solutions = self.query(text, bounded=bounded)
        assert isinstance(solutions, ox.QuerySolutions), "rows() takes a SELECT query"
        return [variable.value for variable in solutions.variables], guarded(solutions)

    def ask(self, text: str) -> bool:
        """Return the answer of an ASK query of our own, as long as what it asks about may be."""
        return bool(self.query(text, bounded=False))

    def flaw(self, text: str, shown: str) -> Problem | None:
        """Return what keeps a query, from a file shown under a name, from being parsed; None if nothing does."""
        try:
            Store(ox.Store(), self.prefixes).query(text)  # nothing is there to be evaluated
        except QueryError as error:
            return error.problem(shown)
        return None

    def lines(self) -> list[bytes]:
        """Return every quad as a line of N-Quads, in byte order: the canonical form, since there are no blank nodes."""
        dumped = self._engine.dump(format=ox.RdfFormat.N_QUADS)
        assert dumped is not None, "a dump without an output gives bytes"
        return sorted(dumped.splitlines(keepends=True))

    def size(self) -> int:
        """Return how many quads there are; it looks at each of them, which takes long on a disk."""
        return len(self._engine)

    def dataset(self) -> Dataset:
        """Return an rdflib Dataset over the same quads, by oxrdflib; it is read only where the store is."""
        from oxrdflib import OxigraphStore  # heavy, and only for those who ask
        from rdflib import Dataset

        class Quads(OxigraphStore):
            def query(self, query: Any, initNs: Any, *rest: Any, **options: Any) -> Any:  # noqa: N803
                """Ask the engine, but for what would reach out or take it down."""
                if isinstance(query, str):
                    refuse(query, {**self._namespace_for_prefix, **initNs})
                    query = dotted(query)
                return super().query(query, initNs, *rest, **options)

            def add_graph(self, graph: object) -> None:
                """Leave the graph be: rdflib announces every graph that it hands out, and a read-only store refuses that."""

        dataset = Dataset(store=Quads(store=self._engine), default_union=False)
        for prefix, namespace in self.prefixes.items():
            dataset.bind(prefix, namespace)
        return dataset


def _share(file: Path, path: Path) -> None:
    """Let a file stand under a second path, or copy it where the disk has no means for that."""
    try:
        path.hardlink_to(file)
    except OSError:
        _copy(file, path)


def _copy(file: Path, path: Path) -> None:
    from shutil import copyfile  # a query copies nothing, and should not wait for it

    copyfile(file, path)


_BATCH = 114_688
"""How many quads a thread puts on disk at once: seven eighths of 2**17, beyond which the engine's tables double in size."""
_LENGTH = 262_144
_DEPTH = 500
_STEPS = 200
_CHAIN = 2_000
_OPERATORS = {"/", "|", "||", "&&", "^", "+", "-", "*", "=", "!=", "<", ">", "<=", ">=", "!", "UNION", "OPTIONAL", "MINUS"}
Result = TypeVar("Result")


def guarded(results: Iterable[Result]) -> Iterator[Result]:
    """Go through results of a query; raises StoreError where the engine finds the store damaged on the way."""
    try:
        yield from results
    except (OSError, RuntimeError) as error:
        raise failed(error) from error


def failed(error: Exception) -> StoreError:
    """Return what to say of an error with which the engine gives a query up: it finds the store damaged."""
    return StoreError(f"the query failed: {error}", hint=f"is the store damaged? {AGAIN}")


def batches(lines: Sequence[bytes]) -> list[int]:
    """Return how many bytes of some lines are best put on disk at once, one number for each time."""
    return [sum(map(len, lines[at : at + _BATCH])) for at in range(0, len(lines), _BATCH)]


def fill(engine: ox.Store, texts: Iterable[bytes]) -> None:
    """Put N-Quads into an engine on disk, in bulk; it sorts a text in one thread, so that two are given to it at once."""

    def load(text: bytes) -> None:
        engine.bulk_load(text, ox.RdfFormat.N_QUADS, lenient=True)

    at_once(load, texts, threads=2)


def trim() -> None:
    """Give memory that is no longer in use back to the system, where the C library has a way to."""
    import ctypes

    getattr(ctypes.CDLL(None), "malloc_trim", lambda _: None)(0)


_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "WITH"}


def refuse(text: str, prefixes: Mapping[str, str]) -> None:
    """Refuse what a query may not do, and what would take the engine down or never end; raises QueryError.

    The engine overruns its stack on deep nesting and long chains of operators, and takes quadratic time for long paths.
    """
    _refuse(text)
    if "service" in text.lower():
        _refuse_service(text, prefixes)


def _refuse_service(text: str, prefixes: Mapping[str, str]) -> None:
    """Refuse a query that has the keyword SERVICE, as the engine reads it: `SERVICEx:y {}`, `true SERVICE<x>{}` and the like.

    One that has the word in names only still parses when it is another word everywhere; what does not is never evaluated.
    """
    renamed = {_SERVICE.sub(_INSTEAD, prefix): namespace for prefix, namespace in prefixes.items()}
    try:
        ox.Store().query(dotted(_SERVICE.sub(_INSTEAD, text)), prefixes=renamed)
        return
    except SyntaxError:
        pass
    try:
        ox.Store().query(f"{dotted(text)}\n{_NOWHERE}", prefixes=dict(prefixes))
    except SyntaxError as error:
        if f"error at {text.count(chr(10)) + 2}:" not in str(error):
            raise _explained(text, error, prefixes) from error
    raise QueryError(
        "SERVICE would ask the network, which a query may not", hint="take it out, and load what you need as facts"
    )


_SERVICE, _INSTEAD = re.compile("service", re.IGNORECASE | re.ASCII), "servixe"
_NOWHERE = "§"
"""A sign that no query goes on with, so that the text before it is parsed, and never evaluated."""


@lru_cache(maxsize=64)  # a named query is the same text each time it is asked
def _refuse(text: str) -> None:
    first = next((t.upper for t in tokens(text) if t.kind == "word" and t.upper not in ("PREFIX", "BASE")), "")
    if first in _UPDATES:
        raise QueryError(f"{first} changes a graph, and queries only read", hint="write facts into facts/ and build")
    if len(text) > _LENGTH:
        raise QueryError(f"the query is longer than {_LENGTH:,} characters", hint="ask in smaller steps")
    if sum(map(text.count, "{([")) > _DEPTH:
        depth = 0
        for token in (token for token in tokens(text) if token.kind in ("sign", "iri")):
            opened, closed = (sum(map(token.text.count, brackets)) for brackets in ("{([", "})]"))
            if depth + opened > _DEPTH:
                raise QueryError(f"brackets are nested more than {_DEPTH} deep", hint="ask in smaller steps")
            depth += opened - closed if token.kind == "sign" else max(opened - closed, 0)
    if sum(map(text.count, "/|&^+-*=<>!")) + text.upper().count("UNION") > _STEPS:
        seen = [token for token in tokens(text) if token.kind in ("sign", "word")]
        if sum(token.text == "/" for token in seen) > _STEPS:
            raise QueryError(f"paths and divisions have more than {_STEPS} steps", hint="ask in smaller steps")
        if sum(token.text in _OPERATORS or token.upper in _OPERATORS for token in seen) > _CHAIN:
            raise QueryError(f"the query has more than {_CHAIN:,} operators", hint="VALUES and IN take long lists")


def _explained(text: str, error: SyntaxError, prefixes: Mapping[str, str]) -> QueryError:
    from .suspects import explain  # only a query that does not parse needs it

    return explain(text, str(error), prefixes)
