"""Where in a project's files a statement stands, in which line and column: found only when a problem, or a person, asks."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from .errors import Place
from .project import Project
from .terms import TYPE, local
from .trig import Outline, Statement, Term, datatype_of, expanded, statements

_OPENING = re.compile(
    r"""(?:\s|\#[^\n]*(?:\n|\Z)|(?i:@?(?:prefix|base))\b[^\n]*\n)*(?:(?i:GRAPH)\s+)?
        (?:(?P<iri><[^<>"{}|^`\x00-\x20]*>) | (?P<name>[^\s<>"{}\#;,]*:[^\s<>"{}\#;,]*)) (?:\s|\#[^\n]*\n)* \{""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Source:
    """A file to look in: its path, and the path that messages show."""

    path: Path
    shown: str


def sources(project: Project, files: Iterable[Path]) -> list[Source]:
    """Return files of a project to look in."""
    return [Source(file, project.shown(file)) for file in files]


class Written(NamedTuple):
    """A statement in a file: its graph, which is the empty text for the default graph, and its terms, as texts."""

    graph: str
    subject: str
    predicate: str
    object: str


FEW = 200


def find(
    files: Iterable[Source],
    *,
    graph: str | None = None,
    subject: str | None = None,
    predicate: str | None = None,
    object: str | None = None,
) -> Place | None:
    """Return the place of the written statement that fits best, at the most telling of its terms; None if none fits.

    The subject must fit, or without one the predicate and object, or the graph alone; the rest makes one fit better. The
    default graph is the empty text.
    """
    files = list(files)
    wanted = _Wanted({"graph": graph, "subject": subject, "predicate": predicate, "object": object})
    if graph and (fitting := _within(files, graph, wanted)):
        return fitting
    disguised = set[str]()  # no name at all finds names that are written in another way
    return _found(files, wanted, [wanted.names(wanted.asked), wanted.names(wanted.must), disguised])


def exact(files: Iterable[Source], *, graph: str, subject: str, predicate: str, object: str) -> Place | None:
    """Return the place of a written statement, at its object; None where it is not written, or not in the usual way."""
    terms = (graph, subject, predicate, object)
    wanted = _Wanted({"graph": None, "subject": subject, "predicate": predicate, "object": object})
    names = wanted.names(wanted.asked)
    for source in files:
        file = _file(source.path)
        for written in file.of_graph(graph) if graph else file.having(names):
            if (written.graph, written.subject.value, written.predicate.value, written.object.value) == terms:
                start = written.object.start
                return Place.of(source.shown, file.text, start, written.object.end, line=file.above(start) + 1)
    return None


def literal(files: Iterable[Source], value: str, datatype: str) -> Place | None:
    """Return the place of the first literal that is written so, with its datatype; None where none is."""
    for source in files:
        file = _file(source.path)
        for written in file.having({local(value)} - {""}):
            at = written.object
            if at.value == value and datatype_of(at, file.text, file.prefixes(at.start)) == datatype:
                return Place.of(source.shown, file.text, at.start, at.end)
    return None


def _within(files: list[Source], graph: str, wanted: _Wanted) -> Place | None:
    """Return the place of a statement that fits in all that is asked, in the graph; None if none does."""
    for source in files:
        file = _file(source.path)
        for written in file.of_graph(graph):
            score, term = wanted.fit(written)
            if score == wanted.most:
                return Place.of(source.shown, file.text, term.start, term.end, line=file.above(term.start) + 1)
    return None


def _found(files: list[Source], wanted: _Wanted, tries: Iterable[set[str]]) -> Place | None:
    best: tuple[int, Place] | None = None
    for names in tries:
        for source in files:
            file = _file(source.path)
            for written in file.having(names):
                score, term = wanted.fit(written)
                if score > (best[0] if best else 0):
                    best = (score, Place.of(source.shown, file.text, term.start, term.end))
                if score == wanted.most:
                    return best[1] if best else None
        if best:
            return best[1]
    return None


def among(files: Iterable[Source], wanted: Iterable[Written]) -> dict[Written, Place]:
    """Return where some statements stand: a few are looked for one by one, for many all files are followed once."""
    files, left = list(files), set(wanted)
    if len(left) <= FEW:
        spots = {each: exact(files, **each._asdict()) for each in left}
        return {each: spot for each, spot in spots.items() if spot}
    found: dict[Written, Place] = {}
    for source in files:
        text, line, at = _file(source.path).text, 1, 0
        for said in statements(text):
            written = Written(said.graph, said.subject.value, said.predicate.value, said.object.value)
            if written in left:
                left.remove(written)
                line, at = line + text.count("\n", at, said.object.start), said.object.start
                found[written] = Place.of(source.shown, text, at, said.object.end, line=line)
    return found


_WEIGHTS = {"graph": 4, "object": 3, "predicate": 2, "subject": 1}


@dataclass(frozen=True)
class _Wanted:
    """The terms of a statement that is looked for, by what they are in it; None is any."""

    terms: dict[str, str | None]

    @property
    def asked(self) -> set[str]:
        return {name for name, value in self.terms.items() if value is not None}

    @property
    def must(self) -> set[str]:
        if self.terms["subject"]:
            return {"subject"}
        return self.asked & {"predicate", "object"} or {"graph"}

    @property
    def most(self) -> int:
        return sum(_WEIGHTS[name] for name in self.asked)

    def names(self, parts: set[str]) -> set[str]:
        """Return what the text has where these parts stand, but for other ways to write a name: the ends of their IRIs."""
        values = {self.terms[part] or "" for part in parts}
        return {local(value) for value in values - {TYPE}} - {""}

    def fit(self, written: Statement) -> tuple[int, Term]:
        has = {"graph": written.graph, **{name: getattr(written, name).value for name in ("subject", "predicate", "object")}}
        same = {name for name in self.asked if self.terms[name] == has[name]}
        if not self.must <= same:
            return 0, written.subject
        score = sum(_WEIGHTS[name] for name in same)
        if "object" in same and ("predicate" in same or not self.terms["predicate"]):
            return score, written.object
        if "predicate" in same and self.terms["predicate"] != TYPE:  # where a thing is introduced, the thing tells most
            return score, written.predicate
        return score, written.subject


@dataclass(frozen=True)
class _File:
    """A file as it was at some time, and what has been found out about it."""

    path: Path
    changed: int

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8-sig", errors="replace").replace("\x00", "\ufffd")

    @cached_property
    def outline(self) -> Outline:
        return Outline.of(self.text)

    @cached_property
    def lines(self) -> list[int]:
        """How many lines are above each stretch."""
        counts = (self.text.count("\n", start, start + _STRETCH) for start in range(0, len(self.text), _STRETCH))
        return list(accumulate(counts, initial=0))

    @cached_property
    def graphs(self) -> dict[str, list[tuple[int, int]]]:
        """Where the statements of each graph stand."""
        graphs: dict[str, list[tuple[int, int]]] = {}
        for start, end in zip([0, *self.outline.ends], self.outline.ends, strict=False):
            if found := _OPENING.match(self.text, start):
                graphs.setdefault(expanded(found["iri"] or found["name"], self.prefixes(start)), []).append((start, end))
        return graphs

    def prefixes(self, before: int) -> dict[str, str]:
        """Return the prefixes that are declared above an offset."""
        return _declared(self, bisect_left(self.outline.directives, (before,)))

    def above(self, at: int) -> int:
        """Return how many lines are above an offset."""
        return self.lines[at // _STRETCH] + self.text.count("\n", at - at % _STRETCH, at)

    def having(self, names: set[str]) -> Iterator[Statement]:
        """Go through the statements in the blocks that have all of some names in them."""
        for start, end in self.outline.having(self.text, names):
            yield from statements(self.text, start, end, prefixes=self.prefixes(start))

    def of_graph(self, graph: str) -> Iterator[Statement]:
        """Go through the statements of a graph."""
        for start, end in self.graphs.get(graph, ()):
            yield from statements(self.text, start, end, prefixes=self.prefixes(start))


_STRETCH = 65_536


def _file(path: Path) -> _File:
    return _file_at(path, path.stat().st_mtime_ns)


_file_at = lru_cache(maxsize=16)(_File)


@lru_cache(maxsize=16)
def _declared(file: _File, count: int) -> dict[str, str]:
    """Return the prefixes that the first directives of a file declare."""
    known: dict[str, str] = {}
    for _, name, namespace in file.outline.directives[:count]:
        known[name] = expanded(f"<{namespace}>", known)
    return known


def forget() -> None:
    """Let go of what is kept of the files that were looked at."""
    _file_at.cache_clear()
    _declared.cache_clear()
