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

import pyoxigraph as ox

from . import reader
from .characters import strange
from .errors import TooFarError
from .places import pieces, too_deep

MOST = 1_000_000
"""Up to how many characters of statements are parsed: less than the least limit of a text, and quick."""
NESTING = 100
_HEAD = re.compile(r"(?:\s|\#[^\n]*\n)*(?:(?i:GRAPH)\s+)?(<[^>]*>|[^\s{<]+|\{|\Z)")
_DIRECTIVE = re.compile(r"(?i)@?(?:prefix|base)\s")
_DIRECTIVES = {"@prefix", "@base", "prefix", "base"}
Quads = set[ox.Quad]


@dataclass(frozen=True)
class Text:
    """A file of facts: the path that messages show, its format by its suffix, and what is written in it."""

    shown: str
    suffix: str
    text: str

    @classmethod
    def of(cls, shown: str, suffix: str, data: bytes) -> Text:
        """Return a file by what it holds; raises TooFarError where that is no text."""
        try:
            return cls(shown, suffix, data.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise TooFarError(f"{shown} is no text") from error

    @cached_property
    def statements(self) -> list[str]:
        """The file cut at the ends of its statements."""
        return pieces(self.text)

    @cached_property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes that it declares; raises TooFarError unless each is declared once, before everything else."""
        directives = list(takewhile(_is_directive, self.statements))
        head = "".join(directives)
        if _DIRECTIVE.search(self.text, len(head)) and any(map(_is_directive, self.statements[len(directives) :])):
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
            return [text for text in self.statements if any(form in text for form in written)]
        heads = ((text, _head(text)) for text in self.statements)
        return [text for text, head in heads if head in written or "\\" in head]


def difference(before: Sequence[Text], now: Sequence[Text]) -> tuple[Quads, Quads]:
    """Return the facts that files no longer state, and those that they state now; the files are the same, in the same order.

    Raises TooFarError where files differ in more than facts.
    """
    gone, new = Quads(), Quads()
    for was, becomes in zip(before, now, strict=True):
        if was.text == becomes.text:
            continue
        if was.prefixes != becomes.prefixes:
            raise TooFarError(f"{was.shown} declares other prefixes")
        old, fresh = Counter(was.statements), Counter(becomes.statements)
        gone |= {*was.quads(old - fresh)}
        new |= {*becomes.quads(fresh - old)}
    claims = {_claim(quad) for quad in gone - new}
    still = {quad for text in now for quad in text.quads(text.of_claims(claims))} if claims else Quads()
    return gone - new - still, new - gone


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
