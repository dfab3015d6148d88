"""Why a query does not parse: the token to look at, for the mistakes that people make.

The engine says that a query is wrong and, often, only that it ends in the wrong place. This looks at the tokens for a
bracket left open, a misspelt keyword, or a triple with a term too many. It is asked only about queries that the engine
has refused, so that being wrong about a right query does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .errors import Place, QueryError, meant
from .sparql import Token, dotted, names, tokens

_POSITION = re.compile(r"error at (\d+):(\d+): ", re.DOTALL)
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_TERMS = {"iri", "name", "variable", "string", "number"}
_VALUES = {"A", "TRUE", "FALSE"}
_TRIPLE = "a triple has a subject, a property and an object"
_KEYWORDS = frozenset(
    """
    A ABS ADD ALL AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL CLEAR COALESCE CONCAT CONSTRUCT CONTAINS COPY COUNT CREATE
    DATA DATATYPE DAY DEFAULT DELETE DESC DESCRIBE DISTINCT DROP ENCODE_FOR_URI EXISTS FALSE FILTER FLOOR FROM GRAPH GROUP
    GROUP_CONCAT HAVING HOURS IF IN INSERT INTO IRI ISBLANK ISIRI ISLITERAL ISNUMERIC ISURI LANG LANGMATCHES LCASE LIMIT
    LOAD MAX MD5 MIN MINUS MINUTES MONTH MOVE NAMED NOT NOW OFFSET OPTIONAL ORDER PREFIX RAND REDUCED REGEX REPLACE ROUND
    SAMETERM SAMPLE SECONDS SELECT SEPARATOR SERVICE SHA1 SHA256 SHA384 SHA512 SILENT STR STRAFTER STRBEFORE STRDT STRENDS
    STRLANG STRLEN STRSTARTS STRUUID SUBSTR SUM TIMEZONE TO TRIPLE TRUE TZ UCASE UNDEF UNION URI USING UUID VALUES WHERE
    WITH YEAR
    """.split()
)


@dataclass(frozen=True)
class Suspect:
    """A token to look at, what is wrong with it, and what to do."""

    token: Token
    message: str
    hint: str


def _column(line: str, column: int) -> int:
    """Return the column of a line that the engine has read with the dots in its names escaped, each a character more."""
    read = dotted(line)
    at = 0
    for sign in read[: column - 1]:
        at += at < len(line) and line[at] == sign
    return at + 1 if read != line else column


def explain(text: str, message: str, prefixes: Mapping[str, str]) -> QueryError:
    """Return what is wrong with a query, at its place, from what the engine said of it and the prefixes that it may use."""
    if undeclared := _undeclared(text, prefixes):
        return undeclared
    found = _POSITION.search(message)
    if not found:
        return QueryError(f"the query does not parse: {message}")
    if likely := suspect(text):
        token = likely.token
        where = Place.of("query", text, token.start, token.end)
        return QueryError(likely.message, hint=likely.hint, place=where)
    lines = text.rstrip().splitlines() or [""]
    line = min(int(found[1]), len(lines))
    column = _column(lines[line - 1], int(found[2])) if line == int(found[1]) else len(lines[-1]) + 1
    where = Place("query", line, min(column, len(lines[line - 1]) + 1), 1, lines[line - 1] + " ")
    return QueryError("the query does not parse; the mistake is here or before", hint=_expected(message), place=where)


def _undeclared(text: str, prefixes: Mapping[str, str]) -> QueryError | None:
    """Return what to say of the first prefix that is not declared; the engine tells of others, if it tells of any."""
    known = names(text, prefixes)
    for token in tokens(text):
        prefix, colon, _ = token.text.partition(":")
        if token.kind == "name" and prefix not in ("_", *known):
            return QueryError(
                f"the prefix {prefix}{colon} is not declared",
                hint="declare it with PREFIX, or use one of those that `hima-kg stats` lists",
                place=Place.of("query", text, token.start, token.start + len(prefix) + 1),
            )
    return None


def _expected(message: str) -> str:
    named = {*re.findall(r"\b[A-Z]{2,}\b", message.partition("expected")[2])} - {"LATERAL", "SERVICE"}
    words = sorted(word for word in named if not re.fullmatch("[A-F]{4}", word))[:8]  # those are ranges of characters
    return f"expected {', '.join(words)} …" if words else ""


def suspect(text: str) -> Suspect | None:
    """Return what is likely to be wrong with a query that does not parse; None if nothing stands out.

    >>> suspect("SELECT ?x { ?x a :B FILER(?x > 1) }").hint
    'did you mean FILTER?'
    >>> suspect("SELECT ?x { ?x a :B ?x :p ?y }").message
    "'?x' is a term too many"
    """
    seen = [token for token in tokens(text) if token.kind != "space"]
    return _unknown_word(seen) or _unbalanced(seen) or _crowded(seen)


def _unknown_word(seen: Sequence[Token]) -> Suspect | None:
    for token in seen:
        if token.kind == "sign" and token.text in "\"'":
            return Suspect(token, "this text is never closed", f"close it with {token.text} on the same line")
        if token.kind == "word" and token.upper not in _KEYWORDS:
            hint = meant(token.upper, _KEYWORDS, "a variable starts with ?, a name has a prefix, a text stands in quotes")
            return Suspect(token, f"{token.text!r} is not a word of SPARQL", hint)
    return None


def _unbalanced(seen: Sequence[Token]) -> Suspect | None:
    opened: list[Token] = []
    for token in seen:
        if token.text in _CLOSERS.values() and token.kind == "sign":
            opened.append(token)
        elif token.text in _CLOSERS and token.kind == "sign":
            if not opened:
                return Suspect(token, f"{token.text!r} closes nothing", "take it out, or open it before")
            if opened.pop().text != _CLOSERS[token.text]:
                return Suspect(
                    token, f"{token.text!r} closes another bracket than the one that is open", "close that one first"
                )
    return Suspect(opened[-1], f"{opened[-1].text!r} is never closed", "close it") if opened else None


@dataclass
class _Frame:
    """A bracket that is open: how many terms of a triple stand since the last separator; None where triples do not stand."""

    opener: str
    terms: int | None
    constraint: bool = False
    joined: bool = False

    def take(self) -> bool:
        """Count a term; return whether it is one too many."""
        if self.terms is None or self.joined:
            self.joined = False
            return False
        self.terms += 1
        return self.terms > 3


def _crowded(seen: Sequence[Token]) -> Suspect | None:
    frames = [_Frame("", None)]
    listed = False
    for token in seen:
        frame = frames[-1]
        if token.text in _CLOSERS.values():
            triples = token.text == "[" or (token.text == "{" and not listed)
            frames.append(_Frame(token.text, (1 if token.text == "[" else 0) if triples else None))
            listed = False
        elif token.text in _CLOSERS and len(frames) > 1:
            closed, frame = frames.pop(), frames[-1]
            if closed.opener == "{" and closed.terms == 2:
                return Suspect(token, "the triple before this ends too soon", _TRIPLE)
            if closed.opener == "{" or frame.constraint:
                frame.terms, frame.constraint = (0 if frame.opener == "{" else None), False
            elif frame.take():
                return Suspect(token, "a term too many", "end the triple before it: . for a new one, ; for the same subject")
        elif token.text == "." and frame.terms == 2:
            return Suspect(token, "the triple before this ends too soon", _TRIPLE)
        elif token.text in (".", ";", ",") and frame.terms is not None:
            frame.terms = (".", ";", ",").index(token.text)
        elif token.text in ("^^", "/", "|"):
            frame.joined = frame.terms is not None
        elif token.kind == "word" and token.upper not in _VALUES:
            frame.terms, listed = None, token.upper == "VALUES"
            frame.constraint = token.upper in ("FILTER", "BIND")
        elif (token.kind in _TERMS or token.upper in _VALUES) and frame.take():
            hint = "end the triple before it: . for a new one, ; for the same subject"
            return Suspect(token, f"{token.text!r} is a term too many", hint)
    return None
