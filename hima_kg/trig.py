"""Turtle and TriG as text: where its statements, terms, comments and brackets stand.

What reads them here reads on trust, for the parser has passed the text, or is about to refuse it: it knows just enough to
follow graphs, subjects, predicates and objects, and where each begins.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .terms import TYPE, XSD, resolved

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
_TYPED = re.compile(r"\s*\^\^\s*(<[^>]*>|[\w.-]*:[\w.-]*\w)")
_NUMBER = re.compile(r"[+-]?\d*(?P<point>\.\d*)?(?P<power>[eE][+-]?\d+)?")
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
    return Outline.of(text).ends


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
class Outline:
    """Where the statements and graphs of a text end, and where it declares which prefixes."""

    ends: list[int]
    directives: list[tuple[int, str, str]]

    @classmethod
    def of(cls, text: str) -> Outline:
        """Look through a text."""
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
                    prefixes[name.group()[:-1]] = expanded(iri.group(), prefixes)
            elif word.lower().lstrip("@") == "base" and (iri := next(pieces, None)):
                prefixes[_BASE] = expanded(iri.group(), prefixes)
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
        word = expanded(word, prefixes)
    elif kind == "string":
        quotes = 3 if word[:3] in ('"""', "'''") and len(word) >= 6 else 1
        word = _unescape(word[quotes:-quotes])
    elif kind == "name" and not word.startswith("_:"):
        word = expanded(word, prefixes)
    elif word == "a":
        word = TYPE
    return Term(word, piece.start(), piece.end())


def datatype_of(term: Term, text: str, prefixes: Mapping[str, str]) -> str | None:
    """Return the datatype of a literal of a text, which stands behind it, or shows in a number; None where it has none."""
    if found := _TYPED.match(text, term.end):
        return expanded(found[1], prefixes)
    number = None if text[term.start] in "\"'" else _NUMBER.fullmatch(term.value)
    return number and XSD + ("double" if number["power"] else "decimal" if number["point"] else "integer")


def expanded(word: str, prefixes: Mapping[str, str]) -> str:
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
