"""Reading a rule's text into clauses: patterns are read, expressions are kept as text.

Names that a sub-select keeps to itself are made unique first, so that a name means one thing in the whole of a rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import pyoxigraph as ox

from .clauses import IS_A, Assigned, Clause, Exists, Filter, Group, Optional, Path, Reach, Select, Triple, Union, Without
from .errors import KgError
from .sparql import Token, closing, tokens


class BeyondError(Exception):
    """The text has something that this reader does not follow."""


def read(text: str, expand: Callable[[str], str]) -> Group:
    """Return a group of patterns as clauses; `expand` makes an IRI of a CURIE.

    Raises BeyondError where the text has what proofs cannot follow: blank nodes, lists, negated paths, SERVICE.
    """
    reader = _Reader(distinct(text), expand)
    group = reader.group(0, "")
    if reader.at < len(reader.seen):
        raise BeyondError(reader.peek())
    return group


def term(text: str, expand: Callable[[str], str]) -> str:
    """Return a term, as SPARQL writes it, as N-Triples does; raises BeyondError if it is none."""
    reader = _Reader(text, expand)
    found = reader.term()
    if reader.peek():
        raise BeyondError(reader.peek())
    return found


def distinct(text: str) -> str:
    """Return the text with names that a sub-select keeps to itself made unique.

    >>> distinct("{ SELECT ?a WHERE { ?a :p ?b } } ?a :q ?b")
    '{ SELECT ?a WHERE { ?a :p ?b_1 } } ?a :q ?b'
    >>> distinct("{ SELECT ?a WHERE { ?a :p ?b } } ?a :q ?b_1")
    '{ SELECT ?a WHERE { ?a :p ?b_2 } } ?a :q ?b_1'
    """
    pieces = list(tokens(text))
    taken = {piece.text for piece in pieces if piece.kind == "variable"}
    numbers = (n for n in count(1) if not any(name.endswith(f"_{n}") for name in taken))
    for at, piece in enumerate(pieces):
        if piece.upper != "SELECT":
            continue
        end = _closing(pieces, at)
        shown, _, _ = _projection([piece for piece in pieces[at + 1 : end] if piece.kind != "space"])
        if shown is None:
            continue
        number = next(numbers)
        for i in range(at, end):
            if pieces[i].kind == "variable" and pieces[i].text[1:] not in shown:
                pieces[i] = pieces[i]._replace(text=f"{pieces[i].text}_{number}")
    return "".join(piece.text for piece in pieces)


def _closing(pieces: list[Token], at: int) -> int:
    """Return the number of the token that closes the braces around a token."""
    depth = 0
    for number in range(at, len(pieces)):
        depth += {"{": 1, "}": -1}.get(pieces[number].text, 0)
        if depth < 0:
            return number
    return len(pieces)


def _projection(pieces: list[Token]) -> tuple[set[str] | None, set[str], int]:
    """Return the names that a SELECT shows (None for all), those of them that it works out, and how many tokens say so."""
    shown: set[str] = set()
    computed: set[str] = set()
    everything, depth, previous, length = False, 0, "", 0
    while length < len(pieces) and pieces[length].text != "{" and (pieces[length].upper != "WHERE" or depth):
        piece = pieces[length]
        depth += {"(": 1, ")": -1}.get(piece.text, 0)
        everything |= piece.text == "*" and depth == 0
        if piece.kind == "variable" and (depth == 0 or previous == "AS"):
            shown.add(piece.text[1:])
            if depth:
                computed.add(piece.text[1:])
        previous, length = piece.upper, length + 1
    return None if everything else shown, computed, length


_OVER = {".", "}", ""}


@dataclass
class _Reader:
    text: str
    expand: Callable[[str], str]
    at: int = 0
    seen: list[Token] = field(init=False)

    def __post_init__(self) -> None:
        self.seen = [token for token in tokens(self.text) if token.kind != "space"]

    def peek(self, ahead: int = 0) -> str:
        """Return the text of the next token; nothing at the end."""
        return self.seen[self.at + ahead].text if self.at + ahead < len(self.seen) else ""

    def take(self, wanted: str = "") -> Token:
        if not self.peek() or (wanted and self.peek().upper() != wanted):
            raise BeyondError(self.peek())
        self.at += 1
        return self.seen[self.at - 1]

    def passed(self) -> int:
        """Return where the last token that was read ends."""
        return self.seen[self.at - 1].start + len(self.seen[self.at - 1].text)

    def group(self, start: int, graph: str) -> Group:
        """Read up to the closing brace, or the end."""
        parts: list[Clause] = []
        while self.peek() not in ("}", ""):
            parts += self.clause(graph)
        end = self.seen[self.at].start if self.peek() else len(self.text)
        return Group(self.text[start:end], start, graph, tuple(parts))

    def braces(self, graph: str) -> Group:
        opening = self.take("{")
        group = self.group(opening.start + 1, graph)
        self.take("}")
        return group

    def clause(self, graph: str) -> list[Clause]:
        token = self.seen[self.at]
        word = token.upper if token.kind == "word" else token.text
        readers = {"{": self.grouped, "FILTER": self.filter, "SELECT": self.select}
        if word in readers:
            return [readers[word](graph)]
        if word == ".":
            self.at += 1
            return []
        if word not in ("OPTIONAL", "MINUS", "GRAPH", "BIND", "VALUES"):
            return self.triples(graph)
        self.at += 1
        if word == "OPTIONAL":
            return [Optional(self.braces(graph), token.start, self.passed())]
        if word == "MINUS":
            return [Without(self.braces(graph), token.start, self.passed(), minus=True)]
        if word == "GRAPH":
            return [self.braces(self.term())]
        return [self.assignment(word)]

    def grouped(self, graph: str) -> Clause:
        branches = [self.braces(graph)]
        while self.peek().upper() == "UNION":
            self.at += 1
            branches.append(self.braces(graph))
        if len(branches) > 1:
            return Union(tuple(branches))
        only = branches[0]
        return only.parts[0] if len(only.parts) == 1 and isinstance(only.parts[0], Select) else only

    def filter(self, graph: str) -> Clause:
        start = self.take("FILTER").start
        if self.peek().upper() == "NOT" and self.peek(1).upper() == "EXISTS":
            self.at += 2
            return Without(self.braces(graph), start, self.passed())
        if self.peek().upper() == "EXISTS":
            self.at += 1
            return Exists(self.braces(graph))
        while self.peek() not in ("(", ""):
            self.at += 1
        self.parentheses()
        return Filter(self.text[start : self.passed()], start, self.passed())

    def parentheses(self) -> list[Token]:
        start, self.at = self.at, min(closing(self.seen, self.at) + 1, len(self.seen))
        return self.seen[start : self.at]

    def assignment(self, word: str) -> Clause:
        if word == "BIND":
            return Assigned(frozenset({"?" + self.parentheses()[-2].text[1:]}))
        start = self.at
        while self.peek() not in ("{", ""):
            self.at += 1
        names = frozenset("?" + token.text[1:] for token in self.seen[start : self.at] if token.kind == "variable")
        while self.take().text != "}":
            pass
        return Assigned(names)

    def select(self, graph: str) -> Clause:
        self.take("SELECT")
        inside = self.seen[self.at : _closing(self.seen, self.at)]
        shown, computed, length = _projection(inside)
        if graph[:1] == "?":
            raise BeyondError("SELECT in a graph that varies")
        self.at += length
        if self.peek().upper() == "WHERE":
            self.at += 1
        group = self.braces(graph)
        words = set()
        while self.peek() not in ("}", ""):
            words.add(self.take().upper)
        if shown is None:
            shown = {token.text[1:] for token in inside if token.kind == "variable"}
        return Select(
            plain=frozenset("?" + name for name in shown - computed),
            computed=frozenset("?" + name for name in computed),
            group=group,
            grouped="GROUP" in words or any(token.upper in _AGGREGATES for token in inside[:length]),
            limited=bool(words & {"LIMIT", "OFFSET"}),
        )

    def triples(self, graph: str) -> list[Clause]:
        """Read what is said of a subject: properties, objects, and more of both after ; and , signs."""
        subject, found = self.term(), list[Clause]()
        while True:
            path = self.path()
            while True:
                value = self.term()
                if path.sign:
                    found.append(Reach(subject, path, value, graph))
                else:
                    found.append(Triple(subject, path.name, value, graph))
                if self.peek() != ",":
                    break
                self.at += 1
            if self.peek() != ";":
                return found
            while self.peek() == ";":
                self.at += 1
            if self.peek() in _OVER or self.peek().upper() in _CLAUSES:
                return found

    def path(self) -> Path:
        """Read a property or a path: alternatives of sequences of steps."""
        alternatives = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            alternatives.append(self.sequence())
        return alternatives[0] if len(alternatives) == 1 else Path("|", tuple(alternatives))

    def sequence(self) -> Path:
        steps = [self.step()]
        while self.peek() == "/":
            self.at += 1
            steps.append(self.step())
        return steps[0] if len(steps) == 1 else Path("/", tuple(steps))

    def step(self) -> Path:
        if self.peek() == "^":
            self.at += 1
            return Path("^", (self.step(),))
        if self.peek() == "(":
            self.at += 1
            path = self.path()
            self.take(")")
        else:
            path = Path("", name=self.term(as_property=True))
        if self.peek() in ("+", "*", "?"):
            return Path(self.take().text, (path,))
        return path

    def term(self, *, as_property: bool = False) -> str:
        token = self.take()
        if token.kind == "variable":
            return "?" + token.text[1:]
        if token.kind == "iri" or (token.kind == "name" and not token.text.startswith("_:")):
            return self.named(token.text)
        if as_property:
            if token.text == "a":
                return IS_A
            raise BeyondError(token.text)
        return self.literal(token)

    def named(self, written: str) -> str:
        try:
            return f"<{self.expand(written)}>"
        except KgError as error:
            raise BeyondError(written) from error

    def literal(self, token: Token) -> str:
        written = token.text
        if written in ("+", "-"):
            written += self.take().text
        elif token.kind == "string":
            if self.peek() == "^^":
                self.at += 1
                written += "^^" + self.term()
            elif self.peek().startswith("@"):
                written += self.take().text
        elif token.kind != "number" and written not in ("true", "false"):
            raise BeyondError(written)
        return canonical(written)


_AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}
_CLAUSES = {"OPTIONAL", "MINUS", "GRAPH", "BIND", "VALUES", "FILTER", "{"}


def canonical(literal: str) -> str:
    """Return a literal, written as SPARQL and Turtle do, as N-Triples writes it; raises BeyondError if it is none.

    >>> canonical("5"), canonical("'x'@EN")
    ('"5"^^<http://www.w3.org/2001/XMLSchema#integer>', '"x"@en')
    """
    try:
        (triple,) = ox.parse(f"<a:a> <a:a> {literal} .", ox.RdfFormat.TURTLE)
    except (SyntaxError, ValueError) as error:
        raise BeyondError(literal) from error
    return str(triple.object)


def asks_within(text: str) -> bool:
    """Whether an expression in brackets asks whether a pattern matches: it is kept as text, and not laid open."""
    depth = 0
    for token in tokens(text):
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "sign" else 0
        if depth and token.upper == "EXISTS":
            return True
    return False
