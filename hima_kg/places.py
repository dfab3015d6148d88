"""Where in a file a statement stands: found only when a problem, or a person, asks.

The files have been parsed by then, so this reads on trust: it knows just enough of Turtle and TriG to follow graphs,
subjects, predicates and objects, and to say in which line and column each begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .errors import Place

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
      | (?P<word>[+-]?[\w.]*\w)
      | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
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
    best: tuple[int, Place] | None = None
    for source in files:
        text = _text(source.path)
        for written in _statements(source.path):
            score, term = _fit(written, graph, subject, predicate, object)
            if score > (best[0] if best else 0):
                best = (score, place(source.shown, text, term.start, term.end))
    return best[1] if best else None


def place(shown: str, text: str, start: int, end: int) -> Place:
    r"""Return the place of a stretch of a text.

    >>> place("a.ttl", "x\ny z", 4, 5)
    Place(path='a.ttl', line=2, column=3, width=1, text='y z')
    """
    opening = text.rfind("\n", 0, start) + 1
    closing = text.find("\n", start)
    closing = len(text) if closing < 0 else closing
    return Place(shown, text.count("\n", 0, start) + 1, start - opening + 1, min(end, closing) - start, text[opening:closing])


def unquoted(text: str, signs: Iterable[str]) -> int:
    r"""Return where one of some signs first stands outside strings, comments and IRIs; 0 where none does.

    >>> unquoted('# [\n"[" []', ["["])
    8
    """
    found = (piece.start() for piece in _TOKEN.finditer(text) if piece.lastgroup in ("sign", "name", "quote"))
    return next((start for start in found if any(text.startswith(sign, start) for sign in signs)), 0)


def _fit(
    written: Statement, graph: str | None, subject: str | None, predicate: str | None, object: str | None
) -> tuple[int, Term]:
    asked = {"graph": graph, "subject": subject, "predicate": predicate, "object": object}
    has = {"graph": written.graph, **{name: getattr(written, name).value for name in ("subject", "predicate", "object")}}
    same = {name for name, value in asked.items() if value is not None and value == has[name]}
    must = {"subject"} if subject else {n for n in ("predicate", "object") if asked[n] is not None} or {"graph"}
    if not must <= same:
        return 0, written.subject
    score = sum(weight for name, weight in _WEIGHTS.items() if name in same)
    if "object" in same and ("predicate" in same or not predicate):
        return score, written.object
    return score, written.predicate if "predicate" in same else written.subject


_WEIGHTS = {"graph": 4, "object": 3, "predicate": 2, "subject": 1}


def _text(path: Path) -> str:
    return _text_at(path, path.stat().st_mtime_ns)


def _statements(path: Path) -> tuple[Statement, ...]:
    return _statements_at(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _text_at(path: Path, changed: int) -> str:
    del changed  # it is there so that a file that changed is read anew
    return path.read_text("utf-8-sig", errors="replace").replace("\x00", "\ufffd")


@lru_cache(maxsize=16)
def _statements_at(path: Path, changed: int) -> tuple[Statement, ...]:
    return tuple(statements(_text_at(path, changed)))


def statements(text: str) -> Iterator[Statement]:
    """Go through the triples of a Turtle or TriG text, as written; what stands in brackets belongs to no subject by name.

    >>> [s.object.value for s in statements("@prefix : <urn:x:> . :a :p :b , 'c'@en ; :q 4 .")]
    ['urn:x:b', 'c', '4']
    """
    prefixes: dict[str, str] = {}
    graph = ""
    terms: list[Term] = []
    stack: list[list[Term]] = []
    pieces = (m for m in _TOKEN.finditer(text) if m.lastgroup != "space")
    for piece in pieces:
        kind, word = piece.lastgroup, piece.group()
        if kind == "directive":
            if word.lower().lstrip("@") == "prefix":
                name, iri = next(pieces), next(pieces)
                prefixes[name.group()[:-1]] = iri.group()[1:-1]
            elif word.lower().lstrip("@") == "base":
                next(pieces)
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
        word = _unescape(word[1:-1])
    elif kind == "string":
        quotes = 3 if word[:3] in ('"""', "'''") and len(word) >= 6 else 1
        word = _unescape(word[quotes:-quotes])
    elif kind == "name" and not word.startswith("_:"):
        prefix, _, local = word.partition(":")
        word = prefixes.get(prefix, prefix + ":") + re.sub(r"\\(.)", r"\1", local)
    elif word == "a":
        word = _RDF_TYPE
    return Term(word, piece.start(), piece.end())


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _CONTROL.get(m[3], m[3]), text)
