"""Questions that do not mention time, asked as of a day.

A query is asked in worlds, one inside the other: the first holds only the statements that are certain on the day, each
next one takes in a weaker kind. A row is as sure as the narrowest world from which on it is always there, so that what
speaks of absence, or counts, is not called certain where a statement that is merely possible would change it.
"""

from __future__ import annotations

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
Row = TypeVar("Row")


def worlds(ask: Callable[[int], Sequence[Row]]) -> list[tuple[Row, str]]:
    """Return rows with how sure each is, given what a query answers in the world of a level: 1 is the narrowest.

    >>> worlds(lambda level: ["always"] if level < 4 else ["always", "perhaps"])
    [('always', 'certain'), ('perhaps', 'possible')]
    """
    answers = {len(LEVELS): ask(len(LEVELS))}
    answers[1] = ask(1)
    if Counter(answers[1]) == Counter(answers[len(LEVELS)]):
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


def rewritten(text: str, day: Day, level: int, timed: Timed, expand: Callable[[str], str]) -> str:
    """Return a query as it is asked in the world of a level, 1 for the narrowest, on a day.

    What is said in `GRAPH` is left as it is: a claim says what it says. `expand` gives the IRI of a term as written.
    Raises QueryError for what cannot be asked as of a day: paths of any length over what holds for a time.
    """
    return _Rewriter(text, day, level, timed, expand).rewrite()


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


class _Rewriter:
    def __init__(self, text: str, day: Day, level: int, timed: Timed, expand: Callable[[str], str]) -> None:
        self.text = text
        self.seen = [token for token in tokens(text) if token.kind != "space"]
        self.day, self.level, self.timed, self.expand = day, level, timed, expand
        self.at = self.done = self.fresh = 0
        self.out: list[str] = []

    def rewrite(self) -> str:
        while self.at < len(self.seen):
            word = self._word()
            if word == "DESCRIBE":
                raise QueryError("DESCRIBE tells all that is said, at any time", hint="hima-kg show --on tells what held then")
            if word == "CONSTRUCT":
                self._copy()
                if self._sign() == "{":
                    self._block()
                elif self._word() == "WHERE":
                    raise QueryError(
                        "CONSTRUCT WHERE is short for a template that this cannot look into",
                        hint="write it out: CONSTRUCT { … } WHERE { … }",
                    )
            elif self._sign() == "{":
                self._group()
            else:
                self._copy()
        return "".join(self.out) + self.text[self.done :]

    # Going through the text

    def _group(self) -> None:
        self._copy()
        while self._sign() != "}":
            if self.at >= len(self.seen):
                return  # the engine tells what is wrong
            word, sign = self._word(), self._sign()
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
            elif sign == "(":
                self._inside()
            elif sign == "." or (self.seen[self.at].kind == "word" and word not in ("A", "TRUE", "FALSE")):
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
        subject = self._term()
        said: list[tuple[_Path, str]] = []
        while self._sign() not in (".", "}", "") and not self._is_keyword():
            path = self._path()
            said.append((path, self._term()))
            while self._sign() == ",":
                self.at += 1
                said.append((path, self._term()))
            while self._sign() == ";":
                self.at += 1
        if any(self._is_timed(path, value) for path, value in said):
            self._flush(start)
            self.out.append(" ".join(self._said(subject, path, value) for path, value in said))
            self.done = self._end(self.at - 1)
            if self._sign() == ".":
                self.at += 1
                self.done = self._end(self.at - 1)
        else:
            self._flush(self.at)

    def _term(self) -> str:
        """Read a term, or all that stands in brackets; with what is said in them nothing can be done."""
        first = self.at
        if self._sign() in ("[", "("):
            depth = 0
            while self.at < len(self.seen):
                depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(self._sign(), 0)
                self._refuse_timed(self.seen[self.at])
                self.at += 1
                if depth == 0:
                    break
        else:
            self.at += 1 + (self._sign() in ("+", "-"))
            while self.at < len(self.seen) and (self.seen[self.at].kind == "lang" or self._sign() == "^^"):
                self.at += 2 if self._sign() == "^^" else 1
        return self.text[self.seen[first].start : self._end(self.at - 1)]

    def _refuse_timed(self, token: Token) -> None:
        if token.kind in ("name", "iri") and self._iri(token.text) in self.timed.properties:
            raise QueryError(
                f"{token.text} holds for a time, and cannot be looked up inside brackets on a day",
                hint="give the thing in brackets a variable of its own",
            )

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
        if self._sign() in ("^", "!"):
            sign = self._sign()
            self.at += 1
            return _Path(sign, "", (self._step(),)) if sign == "^" else self._negated(start)
        if self._sign() == "(":
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

    def _negated(self, start: int) -> _Path:
        inner = self._step()
        return _Path("repeated", self._since(start), (inner,))

    # What stands in the place of a pattern

    def _is_timed(self, path: _Path, value: str) -> bool:
        if not self.timed.properties:
            return False
        leaves = [self._iri(leaf) for leaf in path.leaves()]
        if path.sign == "term" and leaves == [_TYPE]:
            return self._iri(value) in self.timed.classes
        return any(leaf is None or leaf in self.timed.properties for leaf in leaves)

    def _said(self, subject: str, path: _Path, value: str) -> str:
        """Return the patterns for a path between two terms."""
        if not self._is_timed(path, value):
            return f"{subject} {path.text or self._inverted(path)} {value} ."
        if path.sign == "^":
            return self._said(value, path.parts[0], subject)
        if path.sign == "|":
            return " UNION ".join(f"{{ {self._said(subject, part, value)} }}" for part in path.parts)
        if path.sign == "/":
            between = [self._variable("step") for _ in path.parts[1:]]
            ends = zip([subject, *between], path.parts, [*between, value], strict=True)
            return " ".join(self._said(*end) for end in ends)
        if path.sign == "repeated":
            raise QueryError(
                f"{path.text} cannot be followed as of a day: what it repeats holds for a time",
                hint="write the steps one by one",
            )
        iri = self._iri(path.text)
        if iri is None:
            return self._any(subject, path.text, value)
        if iri == _TYPE:
            return f"{subject} {path.text} {value} . FILTER({self.day.holds(subject, self.level)})"
        return self._timed(subject, path.text, value, self.timed.properties[iri], iri)

    def _inverted(self, path: _Path) -> str:
        return f"^{path.parts[0].text or self._inverted(path.parts[0])}"

    def _timed(self, subject: str, written: str, value: str, yielded: list[tuple[str, bool]], iri: str) -> str:
        """Return the patterns for a statement that a state gives and that holds in the world; each statement matches once."""
        if len(yielded) > 1:
            each = " UNION ".join(f"{{ {self._stated(subject, value, *one)} }}" for one in yielded)
            shown = " ".join(dict.fromkeys(term for term in (subject, value) if term[0] in "?$"))
            found = f"{{ SELECT DISTINCT {shown or '(1 AS ' + self._variable('one') + ')'} WHERE {{ {each} }} }}"
        else:
            found = self._stated(subject, value, *yielded[0])
        if self.level < len(LEVELS) or not self.timed.is_said_plainly(iri):
            return found
        untimed = " ".join(
            f"FILTER NOT EXISTS {{ {self._stating(self._variable('any'), subject, value, *one)} }}" for one in yielded
        )
        return f"{{ {found} }} UNION {{ {subject} {written} {value} . {untimed} }}"

    def _stated(self, subject: str, value: str, iri: str, turned: bool) -> str:
        state, other = self._variable("state"), self._variable("other")
        somebody = f"FILTER({subject if turned else value} != <{KG}Nobody>)"
        first = f"FILTER(STR({other}) < STR({state}) && {self.day.holds(other, self.level)})"
        return (
            f"{self._stating(state, subject, value, iri, turned)} {somebody} FILTER({self.day.holds(state, self.level)}) "
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
        each = [f"{{ {subject} {written} {value} . FILTER({written} NOT IN ({listed})) }}"]
        for iri, yielded in self.timed.properties.items():
            each.append(f"{{ {self._timed(subject, f'<{iri}>', value, yielded, iri)} BIND(<{iri}> AS {written}) }}")
        return " UNION ".join(each)

    # Small things

    def _iri(self, term: str) -> str | None:
        """Return the IRI that a term stands for; None for a variable, nothing for a literal."""
        if term[0] in "?$":
            return None
        if term == "a":
            return _TYPE
        try:
            return self.expand(term)
        except KgError:
            return ""

    def _variable(self, name: str) -> str:
        self.fresh += 1
        return f"?{name}AsOf{self.fresh}"

    def _sign(self) -> str:
        if self.at >= len(self.seen):
            return ""
        token = self.seen[self.at]
        return token.text if token.kind == "sign" else " "

    def _word(self) -> str:
        return self.seen[self.at].upper if self.at < len(self.seen) and self.seen[self.at].kind == "word" else ""

    def _is_keyword(self) -> bool:
        return self.seen[self.at].kind == "word" and self._word() not in ("A", "TRUE", "FALSE")

    def _end(self, at: int) -> int:
        token = self.seen[at]
        return token.start + len(token.text)

    def _since(self, start: int) -> str:
        return self.text[self.seen[start].start : self._end(self.at - 1)]

    def _copy(self, count: int = 1) -> None:
        self.at = min(self.at + count, len(self.seen))
        self._flush(self.at)

    def _flush(self, at: int) -> None:
        """Write out the text before a token."""
        end = self._end(at - 1) if at == self.at else self.seen[at].start
        self.out.append(self.text[self.done : end])
        self.done = end
