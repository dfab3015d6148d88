"""Where in a file a statement stands: found only when a problem, or a person, asks.

The files have been parsed by then, so this reads on trust: it knows just enough of Turtle and TriG to follow graphs,
subjects, predicates and objects, and to say in which line and column each begins.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from .errors import Place
from .project import Project
from .terms import TYPE, XSD, local, resolved

_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
      | (?P<quote><<)
      | (?P<iri><[^<>"{}|^`\x00-\x20]*>)
      | (?P<string>\"{3}(?:"{0,2}(?:[^"\\]|\\.))*\"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
                 | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*')
      | (?P<directive>@(?:prefix|base)\b|(?i:PREFIX|BASE|GRAPH)\b(?=\s))
      | (?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
      | (?P<caret>\^\^)
      | (?P<name>(?:[^\W\d_][\w.-]*)?:(?:[\w:-]|%[0-9A-Fa-f]{2}|\\[^\w\s]|\.(?=[\w:%\\.-]))*|_:[\w.-]*\w)
      | (?P<word>[+-]?[\d.]*\d\.?[eE][+-]?\d+|[+-]?[\w.]*\w)
      | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_OPENING = re.compile(
    r"""(?:\s|\#[^\n]*(?:\n|\Z)|(?i:@?(?:prefix|base))\b[^\n]*\n)*(?:(?i:GRAPH)\s+)?
        (?:(?P<iri><[^<>"{}|^`\x00-\x20]*>) | (?P<name>[^\s<>"{}\#;,]*:[^\s<>"{}\#;,]*)) (?:\s|\#[^\n]*\n)* \{""",
    re.VERBOSE,
)
_NO_BRACKETS = bytes({*range(256)} - {*b"()[]{}"})
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_CONTROL = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


@dataclass(frozen=True)
class Term:
    """A term as written: its value (an IRI, or a literal's text) and the offsets between which it stands."""

    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Statement:
    """A triple as written, in the graph (an empty text is the default graph) in which it is written."""

    graph: str
    subject: Term
    predicate: Term
    object: Term


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
            if at.value == value and file.datatype(at) == datatype:
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


def unquoted(text: str, signs: Iterable[str]) -> int:
    r"""Return where one of some signs first stands outside strings, comments and IRIs; 0 where none does.

    >>> unquoted('# [\n"[" []', ["["])
    8
    """
    found = (piece.start() for piece in _TOKEN.finditer(text) if piece.lastgroup in ("sign", "name", "quote"))
    return next((start for start in found if any(text.startswith(sign, start) for sign in signs)), 0)


def bare(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Go through where a pattern matches in a Turtle or TriG text, outside strings, comments and IRIs.

    >>> list(bare(":a :p '1,2', 1,2 . # 1,2", re.compile("1,2")))
    [(13, 16)]
    """
    if not pattern.search(text):
        return
    kinds = ("string", "iri", "space")
    covered = [piece.span() for piece in _TOKEN.finditer(text) if piece.lastgroup in kinds]
    starts = [start for start, _ in covered]
    for found in pattern.finditer(text):
        before = bisect_right(starts, found.start()) - 1
        if before < 0 or covered[before][1] <= found.start():
            yield found.span()


def comments(text: str) -> list[tuple[int, int]]:
    """Return where the comments of a Turtle or TriG text start and end."""
    return [piece.span("comment") for piece in _OUTLINE.finditer(text) if piece["comment"]]


def pieces(text: str) -> list[str]:
    """Return a text cut where its statements and graphs end; the last piece is what stands behind them all.

    >>> pieces(":a :p 'x. y' . :g { :a :p 1.5 . } # end")
    [":a :p 'x. y' .", ' :g { :a :p 1.5 . }', ' # end']
    """
    cuts = ends(text)
    return [text[start:end] for start, end in zip([0, *cuts], cuts, strict=False)]


def ends(text: str) -> list[int]:
    """Return where the statements and graphs of a text end, and last where the text does."""
    return _Outline.of(text).ends


def too_deep(text: str, most: int) -> int | None:
    """Return where brackets are first nested more than so many deep; None where they never are."""
    signs, passes = text.encode(errors="replace").translate(None, _NO_BRACKETS), 0
    while passes < most and (left := signs.replace(b"{}", b"").replace(b"[]", b"").replace(b"()", b"")) != signs:
        signs, passes = left, passes + 1  # without its innermost pairs, little is left after a pass or two
    if passes + len(signs) <= most:
        return None
    depth = 0
    for piece in _TOKEN.finditer(text):
        if piece.lastgroup == "sign":
            depth += {**dict.fromkeys("([{", 1), **dict.fromkeys(")]}", -1)}.get(piece.group(), 0)
            if depth > most:
                return piece.start()
    return None


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
    def outline(self) -> _Outline:
        return _Outline.of(self.text)

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
                graphs.setdefault(_iri(found["iri"] or found["name"], self.prefixes(start)), []).append((start, end))
        return graphs

    def prefixes(self, before: int) -> dict[str, str]:
        """Return the prefixes that are declared above an offset."""
        return _declared(self, bisect_left(self.outline.directives, (before,)))

    def datatype(self, term: Term) -> str | None:
        """Return the datatype of a literal, which stands behind it, or shows in a number; None where it has none."""
        if found := _DATATYPE.match(self.text, term.end):
            return _iri(found[1], self.prefixes(term.start))
        number = None if self.text[term.start] in "\"'" else _NUMBER.fullmatch(term.value)
        return number and XSD + ("double" if number["power"] else "decimal" if number["point"] else "integer")

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
_DATATYPE = re.compile(r"\s*\^\^\s*(<[^>]*>|[\w.-]*:[\w.-]*\w)")
_NUMBER = re.compile(r"[+-]?\d*(?P<point>\.\d*)?(?P<power>[eE][+-]?\d+)?")


def _file(path: Path) -> _File:
    return _file_at(path, path.stat().st_mtime_ns)


_file_at = lru_cache(maxsize=16)(_File)


@lru_cache(maxsize=16)
def _declared(file: _File, count: int) -> dict[str, str]:
    """Return the prefixes that the first directives of a file declare."""
    known: dict[str, str] = {}
    for _, name, namespace in file.outline.directives[:count]:
        known[name] = _iri(f"<{namespace}>", known)
    return known


def forget() -> None:
    """Let go of what is kept of the files that were looked at."""
    _file_at.cache_clear()
    _declared.cache_clear()


_OUTLINE = re.compile(
    r"""[^"'<\#{}.]* (?:
          \"{3}(?:"{0,2}(?:[^"\\]|\\.))*\"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
        | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' | <[^<>"{}|^`\x00-\x20]*> | (?P<comment>\#[^\n]*)
        | (?P<stop>\.(?=[\s\#]|\Z)) | (?P<brace>[{}]) | . | \Z)""",
    re.VERBOSE | re.DOTALL,
)
_SAMPLE = 100_000
"""How many characters of a text tell which of some names is rare in it."""
_DIRECTIVE = re.compile(r"\b(?:PREFIX\s+([^\s:]*):|BASE)\s*<([^>]*)>", re.IGNORECASE)
_SCHEME = re.compile("[A-Za-z][A-Za-z0-9+.-]*:")
_BASE = "<"
"""Under what the base of relative IRIs is kept among the prefixes: no prefix is called so."""


@dataclass(frozen=True)
class _Outline:
    """Where the statements and graphs of a text end, and where it declares which prefixes."""

    ends: list[int]
    directives: list[tuple[int, str, str]]

    @classmethod
    def of(cls, text: str) -> _Outline:
        ends, depth, remarks = [], 0, list[int]()
        for piece in _OUTLINE.finditer(text):
            kind = piece.lastgroup
            if kind == "comment":
                remarks += piece.span("comment")
            if kind == "brace":
                depth += 1 if piece["brace"] == "{" else -1
            if depth == 0 and (kind == "stop" or (kind == "brace" and piece["brace"] == "}")):
                ends.append(piece.end())
        ends.append(len(text))
        words = ("prefix", "PREFIX", "Prefix", "base", "BASE", "Base")
        at = (found.start() for word in words for found in re.finditer(word, text))
        directives = (_DIRECTIVE.match(text, start) for start in sorted(at) if not bisect_right(remarks, start) % 2)
        return cls(ends, [(found.start(), _BASE if found[1] is None else found[1], found[2]) for found in directives if found])

    def having(self, text: str, names: set[str]) -> Iterator[tuple[int, int]]:
        """Go through the blocks that have all names in them, as where they start and end."""
        if not names:
            yield 0, len(text)
            return
        rarest, at = min(names, key=lambda name: (text.count(name, 0, _SAMPLE), -len(name), name)), 0
        while (found := text.find(rarest, at)) >= 0:
            number = bisect_right(self.ends, found)
            start, at = self.ends[number - 1] if number else 0, self.ends[min(number, len(self.ends) - 1)]
            if all(text.find(name, start, at) >= 0 for name in names):
                yield start, at
            at = max(at, found + 1)


def statements(
    text: str, start: int = 0, end: int | None = None, *, prefixes: Mapping[str, str] | None = None
) -> Iterator[Statement]:
    """Go through the triples of a Turtle or TriG text, or of a stretch of it that starts and ends between statements.

    They come as written; what stands in brackets belongs to no subject by name.

    >>> [s.object.value for s in statements("@prefix : <urn:x:> . :a :p :b , 'c'@en ; :q 4 .")]
    ['urn:x:b', 'c', '4']
    """
    prefixes = dict(prefixes or {})
    graph = ""
    terms: list[Term] = []
    stack: list[list[Term]] = []
    pieces = (m for m in _TOKEN.finditer(text, start, len(text) if end is None else end) if m.lastgroup != "space")
    for piece in pieces:
        kind, word = piece.lastgroup, piece.group()
        if kind == "directive":
            if word.lower().lstrip("@") == "prefix":
                name, iri = next(pieces, None), next(pieces, None)
                if name and iri:  # else the file ends here: somebody is writing it
                    prefixes[name.group()[:-1]] = _iri(iri.group(), prefixes)
            elif word.lower().lstrip("@") == "base" and (iri := next(pieces, None)):
                prefixes[_BASE] = _iri(iri.group(), prefixes)
        elif word == "{":
            graph, terms = (terms[0].value if terms else ""), []
        elif word == "}":
            graph, terms = "", []
        elif word in "[(":
            stack.append(terms)
            terms = [Term("", piece.start(), piece.end())] * (1 if word == "[" else 2)
        elif word in "])":
            terms = [*(stack.pop() if stack else []), Term("", piece.start(), piece.end())]
        elif word == ".":
            terms = []
        elif word == ";":
            terms = terms[:1]
        elif word == ",":
            terms = terms[:2]
        elif kind == "caret":
            next(pieces, None)
            continue
        elif kind not in ("lang",):
            terms = [*terms, _term(piece, prefixes)]
        if len(terms) == 3:
            yield Statement(graph, *terms)
            terms = terms[:2]


def _term(piece: re.Match[str], prefixes: dict[str, str]) -> Term:
    kind, word = piece.lastgroup, piece.group()
    if kind == "iri":
        word = _iri(word, prefixes)
    elif kind == "string":
        quotes = 3 if word[:3] in ('"""', "'''") and len(word) >= 6 else 1
        word = _unescape(word[quotes:-quotes])
    elif kind == "name" and not word.startswith("_:"):
        word = _iri(word, prefixes)
    elif word == "a":
        word = TYPE
    return Term(word, piece.start(), piece.end())


def _iri(word: str, prefixes: Mapping[str, str]) -> str:
    """Return the IRI that a word in angle brackets, or with a prefix, stands for."""
    if word.startswith("<"):
        iri = _unescape(word[1:-1])
        return resolved(prefixes[_BASE], iri) if _BASE in prefixes and not _SCHEME.match(iri) else iri
    prefix, _, local = word.partition(":")
    return prefixes.get(prefix, prefix + ":") + (re.sub(r"\\(.)", r"\1", local) if "\\" in local else local)


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(_unescaped, text)


def _unescaped(escape: re.Match[str]) -> str:
    if not (digits := escape[1] or escape[2]):
        return _CONTROL.get(escape[3], escape[3])
    return chr(code) if (code := int(digits, 16)) <= sys.maxunicode else escape[0]
