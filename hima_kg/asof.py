"""Questions that do not mention time, asked as of a day.

A query is asked in worlds, one inside the other: the first holds only the statements that are certain on the day, each
next one takes in a weaker kind. A row is as sure as the narrowest world from which on it is always there, so that what
speaks of absence, or counts, is not called certain where a statement that is merely possible would change it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from .errors import KgError, QueryError
from .sparql import Token, tokens
from .states import LEVELS, Day, Timed
from .terms import COMMON, KG

_RDF = COMMON["rdf"]
_TYPE = _RDF + "type"
_MODIFIERS = {"GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET"}
_TURNING = _MODIFIERS - {"ORDER"} | {
    "OPTIONAL", "MINUS", "NOT", "EXISTS", "COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT",
}  # fmt: skip
"""Words with which a query can give less where more is so."""
Row = TypeVar("Row")


def worlds(ask: Callable[[int], Sequence[Row]], *, growing: bool = False) -> list[tuple[Row, str]]:
    """Return rows with how sure each is, given what a query answers in the world of a level: 1 is the narrowest.

    Of a query that is `growing`, which gives no row less where more is so, fewer worlds need to be asked.

    >>> worlds(lambda level: ["always"] if level < 4 else ["always", "perhaps"])
    [('always', 'certain'), ('perhaps', 'possible')]
    """
    answers = {len(LEVELS): ask(len(LEVELS))}
    answers[1] = ask(1) if answers[len(LEVELS)] or not growing else []
    if growing and Counter(answers[1]) == Counter(answers[len(LEVELS)]):
        return [(row, LEVELS[0]) for row in answers[1]]
    counts = [Counter(answers[level] if level in answers else ask(level)) for level in range(1, len(LEVELS) + 1)]
    found: list[tuple[Row, str]] = []
    met: Counter[Row] = Counter()
    for row in answers[len(LEVELS)]:
        met[row] += 1
        missing = [level for level, count in enumerate(counts) if count[row] < met[row]]
        found.append((row, LEVELS[max(missing, default=-1) + 1]))
    narrow = max(counts[:-1], key=lambda count: sum((count - counts[-1]).values()))
    return found + [(row, "possible") for row in (narrow - counts[-1]).elements()]


def is_growing(text: str) -> bool:
    """Whether a query gives every row that it gives where more statements are so.

    >>> is_growing("SELECT ?s { ?s ?p ?o }"), is_growing("SELECT ?s { ?s ?p ?o MINUS { ?s a ?c } }")
    (True, False)
    """
    return not any(token.kind == "word" and token.upper in _TURNING for token in tokens(text))


def rewritten(text: str, day: Day, level: int, timed: Timed, expand: Callable[[str], str], columns: Sequence[str] = ()) -> str:
    """Return a query as it is asked in the world of a level, 1 for the narrowest, on a day.

    What is said in `GRAPH` is left as it is: a claim says what it says. So is a query that names nothing that holds for a
    time. `expand` gives the IRI of a term as written,
    `columns` are what `SELECT *` selects. Raises QueryError for what cannot be asked as of a day: paths of any length, or
    of any other property, where something of them holds for a time.
    """
    return _Rewriter(text, day, level, timed, expand, columns).rewrite()


@dataclass(frozen=True)
class _Path:
    """A property path: its sign (a term, or / | ^ or what repeats), and its parts, or its text if it is a term."""

    sign: str
    text: str
    parts: tuple[_Path, ...] = ()

    def leaves(self) -> Iterator[str]:
        """Go through the terms of the path."""
        if self.sign == "term":
            yield self.text
        for part in self.parts:
            yield from part.leaves()


_Said = tuple[str, _Path, str]
"""Subject, path and object of a pattern."""


class _Rewriter:
    def __init__(
        self, text: str, day: Day, level: int, timed: Timed, expand: Callable[[str], str], columns: Sequence[str]
    ) -> None:
        self.text = text
        self.seen = [token for token in tokens(text) if token.kind != "space"]
        self.day, self.level, self.timed, self.expand, self.columns = day, level, timed, expand, columns
        self.at = self.done = self.fresh = 0
        self.out: list[str] = []
        self.blank: dict[str, str] = {}
        self.is_timed = False
        self.mark = "asOf"
        while self.mark in text:
            self.mark += "_"

    def rewrite(self) -> str:
        if not self.timed.properties:
            return self.text
        while self.at < len(self.seen):
            word = self._word()
            if word == "DESCRIBE":
                raise QueryError("DESCRIBE tells all that is said, at any time", hint="hima-kg show --on tells what held then")
            if word == "CONSTRUCT":
                self._template()
            elif word == "VALUES":
                while self._sign() not in ("{", ""):
                    self._copy()
                self._block()
            elif self._sign() == "{":
                self._group()
            elif self._sign() == "*" and self._before() in ("SELECT", "DISTINCT", "REDUCED"):
                shown = " ".join(f"?{column}" for column in self.columns)
                self._replace(shown or f"(true AS {self._variable('met')})")
            else:
                self._copy()
        return "".join(self.out) + self.text[self.done :] if self.is_timed else self.text

    # Going through the text

    def _template(self) -> None:
        """Copy the template of CONSTRUCT; of the short form, which has none, what stands in WHERE is one."""
        self._copy()
        if self._sign() == "{":
            self._block()
        elif self._word() == "WHERE":
            start, self.at = self.at + 1, self.at + 1
            depth = 0
            while self.at < len(self.seen):
                depth += {"{": 1, "}": -1}.get(self._sign(), 0)
                self.at += 1
                if depth == 0:
                    break
            self.out.append(f" {self._since(start)}")
            self.at = start - 1

    def _group(self) -> None:
        self._copy()
        while self._sign() != "}":
            word, sign = self._word(), self._sign()
            if sign == "":
                return
            if sign == "{":
                self._group()
            elif word == "GRAPH":
                self._copy(2)
                self._block()
            elif word == "VALUES":
                while self._sign() not in ("{", ""):
                    self._copy()
                self._block()
            elif word in _MODIFIERS:
                while self._sign() not in ("}", ""):
                    self._inside() if self._sign() == "(" else self._copy()
            elif word == "SELECT":
                while self._sign() not in ("{", ""):
                    self._inside() if self._sign() == "(" else self._copy()
            elif word == "FILTER":
                self._copy(1 + (self._kind(1) in ("name", "iri")))
            elif sign == "(" and self._before_is_word():
                self._inside()
            elif sign == "." or self._is_keyword():
                self._copy()
            else:
                self._triples()
        self._copy()

    def _inside(self) -> None:
        """Copy what stands in parentheses; groups within, which EXISTS has, are rewritten."""
        depth = 0
        while self.at < len(self.seen):
            sign = self._sign()
            depth += {"(": 1, ")": -1}.get(sign, 0)
            self._group() if sign == "{" else self._copy()
            if depth == 0:
                return

    def _block(self) -> None:
        depth = 0
        while self.at < len(self.seen):
            depth += {"{": 1, "}": -1}.get(self._sign(), 0)
            self._copy()
            if depth == 0:
                return

    def _triples(self) -> None:
        """Rewrite what is said of a subject; where nothing of it holds for a time, it stays as it is."""
        start = self.at
        said: list[_Said] = []
        self._statements(self._term(said), said)
        if any(self._is_timed(path, value) for _, path, value in said):
            self.is_timed = True
            self._flush(start)
            self.out.append(" ".join(self._said(*pattern) for pattern in said))
            self.at += self._sign() == "."
            self.done = self._end(self.at - 1)
        else:
            self._flush(self.at)

    def _statements(self, subject: str, said: list[_Said]) -> None:
        """Read what is said of a subject: properties, objects, and more of both after ; and , signs."""
        while self._sign() not in (".", "}", "]", "{", "") and not self._is_keyword():
            path = self._path()
            said.append((subject, path, self._term(said)))
            while self._sign() == ",":
                self.at += 1
                said.append((subject, path, self._term(said)))
            while self._sign() == ";":
                self.at += 1
        if self._sign() == "{" and self._sign(1) == "|":
            raise QueryError("what is said of a statement cannot be asked as of a day", hint="ask for kg:State nodes instead")

    def _term(self, said: list[_Said]) -> str:
        """Read a term; what has no name, in brackets or as _:x, is a variable that nobody sees."""
        if self._sign() == "[":
            self.at += 1
            nameless = self._variable("thing")
            self._statements(nameless, said)
            self.at += 1
            return nameless
        if self._sign() in ("(", "<"):
            raise QueryError("lists and quoted triples cannot be asked as of a day", hint="facts have none")
        first = self.at
        self.at += 1 + (self._sign() in ("+", "-"))
        while self.at < len(self.seen) and (self.seen[self.at].kind == "lang" or self._sign() == "^^"):
            self.at += 2 if self._sign() == "^^" else 1
        text = self._since(first)
        if text.startswith("_:"):
            return self.blank.setdefault(text, self._variable("thing"))
        return text

    def _path(self) -> _Path:
        start = self.at
        parts = [self._sequence()]
        while self._sign() == "|":
            self.at += 1
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else _Path("|", self._since(start), tuple(parts))

    def _sequence(self) -> _Path:
        start = self.at
        parts = [self._step()]
        while self._sign() == "/":
            self.at += 1
            parts.append(self._step())
        return parts[0] if len(parts) == 1 else _Path("/", self._since(start), tuple(parts))

    def _step(self) -> _Path:
        start = self.at
        sign = self._sign()
        if sign in ("^", "!"):
            self.at += 1
            inner = self._step()
            return _Path("^" if sign == "^" else "!", self._since(start), (inner,))
        if sign == "(":
            self.at += 1
            inner = self._path()
            self.at += 1
            step = _Path(inner.sign, self._since(start), inner.parts) if inner.parts else inner
        else:
            self.at += 1
            step = _Path("term", self._since(start))
        if self._sign() in ("*", "+", "?"):
            self.at += 1
            return _Path("repeated", self._since(start), (step,))
        return step

    # What stands in the place of a pattern

    def _is_timed(self, path: _Path, value: str) -> bool:
        """Whether something of a path holds for a time: a property, a class of states, or what may be either."""
        leaves = [self._iri(leaf) for leaf in path.leaves()]
        if path.sign == "term" and leaves == [_TYPE]:
            return self._iri(value) in (None, *self.timed.classes)
        return "!" in (path.sign, *path.text[:1]) or any(
            leaf in (None, _TYPE) or leaf in self.timed.properties for leaf in leaves
        )

    def _said(self, subject: str, path: _Path, value: str) -> str:
        """Return the patterns for a path between two terms."""
        if not self._is_timed(path, value):
            return f"{subject} {path.text} {value} ."
        if path.sign == "^":
            return self._said(value, path.parts[0], subject)
        if path.sign == "|":
            each = " UNION ".join(f"{{ {self._said(subject, part, value)} }}" for part in path.parts)
            return self._once(subject, value, each)
        if path.sign == "/":
            between = [self._variable("step") for _ in path.parts[1:]]
            ends = zip([subject, *between], path.parts, [*between, value], strict=True)
            return " ".join(self._said(*end) for end in ends)
        if path.sign in ("repeated", "!"):
            raise QueryError(
                f"{path.text} cannot be followed as of a day: something of it holds for a time",
                hint="write the steps one by one, or ?s ?p ?o with a FILTER on ?p",
            )
        iri = self._iri(path.text)
        if iri is None:
            return self._any(subject, path.text, value)
        if iri == _TYPE:
            return f"{subject} {path.text} {value} . FILTER({self._may_be(subject)})"
        return self._timed(subject, path.text, value, self.timed.properties[iri])

    def _may_be(self, subject: str) -> str:
        """Return the condition that a thing is no state, or one that holds in the world."""
        basis = f"EXISTS {{ {subject} <{KG}basis> {self._variable('basis')} }}"
        return f"!{basis} || ({self._holds(subject)})"

    def _holds(self, state: str) -> str:
        return self.day.holds(state, self.level, self._variable("day"))

    def _once(self, subject: str, value: str, patterns: str) -> str:
        """Return patterns of which each pair of a subject and a value matches once."""
        shown = " ".join(dict.fromkeys(term for term in (subject, value) if term[0] in "?$"))
        shown = shown or f"(1 AS {self._variable('one')})"
        return f"{{ SELECT DISTINCT {shown} WHERE {{ {patterns} }} }}"

    def _timed(self, subject: str, written: str, value: str, yielded: list[tuple[str, bool]]) -> str:
        """Return the patterns for a statement that a state gives and that holds in the world; each statement matches once."""
        if len(yielded) > 1:
            found = self._once(subject, value, " UNION ".join(f"{{ {self._stated(subject, value, *one)} }}" for one in yielded))
        else:
            found = self._stated(subject, value, *yielded[0])
        if self.level < len(LEVELS):
            return found
        known = (self._stating(self._variable("any"), subject, value, *one) for one in yielded)
        untimed = " ".join(f"FILTER NOT EXISTS {{ {pattern} }}" for pattern in known)
        return f"{{ {found} }} UNION {{ {subject} {written} {value} . {untimed} }}"

    def _stated(self, subject: str, value: str, iri: str, turned: bool) -> str:
        state, other = self._variable("state"), self._variable("other")
        somebody = f"FILTER({subject if turned else value} != <{KG}Nobody>)"
        first = f"FILTER(STR({other}) < STR({state}) && {self._holds(other)})"
        return (
            f"{self._stating(state, subject, value, iri, turned)} {somebody} FILTER({self._holds(state)}) "
            f"FILTER NOT EXISTS {{ {self._stating(other, subject, value, iri, turned)} {first} }}"
        )

    @staticmethod
    def _stating(state: str, subject: str, value: str, iri: str, turned: bool) -> str:
        """Return the pattern for a state of a statement; its property is no part of the join, which would start from it."""
        s, o = (value, subject) if turned else (subject, value)
        return f"{state} <{_RDF}subject> {s} ; <{_RDF}object> {o} . FILTER EXISTS {{ {state} <{_RDF}predicate> <{iri}> }}"

    def _any(self, subject: str, written: str, value: str) -> str:
        """Return the patterns for a property that is not given: what holds for no time in particular, and what holds."""
        listed = ", ".join(f"<{iri}>" for iri in self.timed.properties)
        known = f"FILTER({written} NOT IN ({listed}) && ({written} != <{_TYPE}> || {self._may_be(subject)}))"
        each = [f"{{ {subject} {written} {value} . {known} }}"]
        for iri, yielded in self.timed.properties.items():
            each.append(f"{{ {self._timed(subject, f'<{iri}>', value, yielded)} VALUES {written} {{ <{iri}> }} }}")
        return " UNION ".join(each)

    # Small things

    def _iri(self, term: str) -> str | None:
        """Return the IRI that a term stands for; None for a variable, nothing for a literal."""
        if term[0] in "?$":
            return None
        if term == "a":
            return _TYPE
        try:
            return self.expand(re.sub(r"\\(.)", r"\1", term) if term[0] != "<" else term)  # :a\-b is :a-b
        except KgError:
            return ""

    def _variable(self, name: str) -> str:
        self.fresh += 1
        return f"?{name}{self.mark}{self.fresh}"

    def _token(self, ahead: int = 0) -> Token | None:
        return self.seen[self.at + ahead] if 0 <= self.at + ahead < len(self.seen) else None

    def _sign(self, ahead: int = 0) -> str:
        token = self._token(ahead)
        return "" if token is None else token.text if token.kind == "sign" else " "

    def _kind(self, ahead: int = 0) -> str:
        token = self._token(ahead)
        return token.kind if token else ""

    def _word(self) -> str:
        token = self._token()
        return token.upper if token and token.kind == "word" else ""

    def _before(self) -> str:
        token = self._token(-1)
        return token.upper if token else ""

    def _before_is_word(self) -> bool:
        return self._kind(-1) in ("word", "name", "iri")

    def _is_keyword(self) -> bool:
        return self._kind() == "word" and self._word() not in ("A", "TRUE", "FALSE")

    def _end(self, at: int) -> int:
        token = self.seen[at]
        return token.start + len(token.text)

    def _since(self, start: int) -> str:
        return self.text[self.seen[start].start : self._end(self.at - 1)]

    def _copy(self, count: int = 1) -> None:
        self.at = min(self.at + count, len(self.seen))
        self._flush(self.at)

    def _replace(self, text: str) -> None:
        """Write a text in the place of a token."""
        self._flush(self.at)
        self.out.append(f" {text} ")
        self.done = self._end(self.at)
        self.at += 1

    def _flush(self, at: int) -> None:
        """Write out the text up to the end of the token before one."""
        end = self._end(at - 1) if at else 0
        self.out.append(self.text[self.done : end])
        self.done = end
