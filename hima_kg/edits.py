"""What an edit changes in the files of facts: the statements that they no longer make, and those that they make now.

Files are cut into statements, and only those whose text differs are parsed, by themselves, with the prefixes of their file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple

import pyoxigraph as ox

from . import reader
from .characters import strange
from .errors import TooFarError
from .trig import ends, pieces, too_deep

MOST = 1_000_000
"""Up to how many characters of statements are parsed: less than the least limit of a text, and quick."""
NESTING = 100
_GAP = r"(?:\s|\#[^\n]*(?:\n|\Z))*"
_HEAD = re.compile(rf"{_GAP}(?:(?i:GRAPH)(?=[\s<\#]){_GAP})?(<[^>]*>|[^\s{{<\#]+|\{{|\Z)")
_DIRECTIVES = {"@prefix", "@base", "prefix", "base"}
Quads = set[ox.Quad]


@dataclass(frozen=True)
class FactsFile:
    """A file of facts: the path that messages show, its format by its suffix, and what is written in it."""

    shown: str
    suffix: str
    text: str

    @classmethod
    def of(cls, shown: str, suffix: str, data: bytes) -> FactsFile:
        """Return a file by what it holds; raises TooFarError where that is no text."""
        try:
            return cls(shown, suffix, data.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise TooFarError(f"{shown} is no text") from error

    @cached_property
    def statements(self) -> list[str]:
        """The file cut at the ends of its statements."""
        return [self.text[start:end] for start, end in zip([0, *self.ends], self.ends, strict=False)]

    @cached_property
    def ends(self) -> list[int]:
        """Where the statements of the file end, and last where the file does."""
        return ends(self.text)

    @cached_property
    def directives(self) -> list[str]:
        """The statements at its head that declare prefixes."""
        return list(takewhile(_is_directive, self.statements))

    @cached_property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes that it declares; raises TooFarError unless each is declared once, before everything else."""
        directives, head = self.directives, "".join(self.directives)
        if any(map(_is_directive, self.statements[len(directives) :])):
            raise TooFarError(f"{self.shown} does not begin with all its prefixes")
        parser = ox.parse(head.encode(), reader.FORMATS[self.suffix])
        try:
            has_facts = any(True for _ in parser)
        except SyntaxError as error:
            raise TooFarError(f"{self.shown} does not parse") from error
        if has_facts or parser.base_iri or len(parser.prefixes) != len(directives):
            raise TooFarError(f"{self.shown} has more than prefixes at its head")
        return parser.prefixes

    def quads(self, statements: Iterable[str]) -> list[ox.Quad]:
        """Return what some statements of the file say; raises TooFarError where that is for a whole build to tell."""
        statements = list(statements)
        text = "".join(statements)
        is_odd = len(text) > MOST or too_deep(text, NESTING) is not None or any(strange("", text))
        if is_odd or any(map(_is_directive, statements)):
            raise TooFarError(f"{self.shown} has more than a few facts in it")
        head = "".join(f"@prefix {name}: <{namespace}> .\n" for name, namespace in self.prefixes.items())
        try:
            return list(reader.plain(f"{head}{text}".encode(), self.suffix))
        except SyntaxError as error:
            raise TooFarError(f"{self.shown} does not parse") from error

    def of_claims(self, names: Set[str]) -> list[str]:
        """Return the statements that may state something in, or of, claims of some names, given as IRIs."""
        spaces = [(prefix, space, name) for prefix, space in self.prefixes.items() for name in names if name.startswith(space)]
        written = {"{", *(f"<{name}>" for name in names), *(f"{p}:{name.removeprefix(space)}" for p, space, name in spaces)}
        if self.suffix == ".nq":  # the claim stands last
            return [text for text in self.statements if "\\" in text or any(form in text for form in written)]
        heads = ((text, _head(text)) for text in self.statements)
        return [text for text, head in heads if head in written or "\\" in head]


def difference(before: Sequence[FactsFile], now: Sequence[FactsFile]) -> tuple[Quads, Quads]:
    """Return the facts that files no longer state, and those that they state now; the files are the same, in the same order.

    Raises TooFarError where files differ in more than facts.
    """
    gone, new = Quads(), Quads()
    for was, becomes in zip(before, now, strict=True):
        if was.text == becomes.text:
            continue
        old, fresh = (Counter(pieces(stretch)) for stretch in stretches(was, becomes))
        gone |= {*becomes.quads(old - fresh)}
        new |= {*becomes.quads(fresh - old)}
    claims = {_claim(quad) for quad in gone - new}
    still = {quad for text in now for quad in text.quads(text.of_claims(claims))} if claims else Quads()
    return gone - new - still, new - gone


def stretches(was: FactsFile, becomes: FactsFile) -> tuple[str, str]:
    """Return from where to where a file differs, cut at the ends of statements, as it was and as it becomes."""
    before, after = same(was.text, becomes.text)
    start = max((end for end in becomes.ends if end <= before), default=0)
    stop = min(end for end in becomes.ends if end >= len(becomes.text) - after)
    if start < sum(map(len, becomes.directives)) and was.prefixes != becomes.prefixes:
        raise TooFarError(f"{was.shown} declares other prefixes")
    return was.text[start : stop + len(was.text) - len(becomes.text)], becomes.text[start:stop]


class Shift(NamedTuple):
    """Where the lines of a file stand after an edit: those before the first that differs stay, those after the last move."""

    first: int
    last: int
    by: int

    @classmethod
    def between(cls, was: FactsFile, becomes: FactsFile) -> Shift:
        """Return how an edit moves the lines of a file."""
        before, after = same(was.text, becomes.text)
        last = was.text.count("\n", 0, len(was.text) - after) + 1
        return cls(was.text.count("\n", 0, before) + 1, last, becomes.text.count("\n") - was.text.count("\n"))

    def of(self, line: int) -> int | None:
        """Return where a line stands; None if it is one of those that differ."""
        return line if line < self.first else line + self.by if line > self.last else None


def same(one: str, other: str) -> tuple[int, int]:
    """Return how many characters two texts have in common at their beginning, and how many of the others at their end.

    >>> same("abcabd", "abd")
    (2, 1)
    """
    least = min(len(one), len(other))
    before = _common(one, other, least)
    return before, _common(one[::-1], other[::-1], least - before)


def _common(one: str, other: str, most: int) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def _claim(quad: ox.Quad) -> str:
    """Return the name of the claim that states a fact, or of the claim, or document, of which it is stated."""
    named = quad.subject if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name
    return str(named)[1:-1]


def _head(statement: str) -> str:
    """Return what a statement begins with: the name of a graph or a subject, a directive, or a brace."""
    found = _HEAD.match(statement)
    return found[1] if found else ""


def _is_directive(statement: str) -> bool:
    return _head(statement).lower() in _DIRECTIVES
