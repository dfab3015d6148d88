"""SPARQL text: its tokens, and what is done to it as text: binding parameters.

Parameters are put in token by token as serialised terms, never into strings or comments, so a value cannot change the
query's shape. Engine-side substitution was measured and left: it is missing from the SPARQL protocol, and the embedded
engine refuses it for variables that are not selected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from .errors import QueryError
from .terms import Prefixes, resolved

_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
      | (?P<iri><(?![?$])[^<>"{}|^`\\\x00-\x20]*>)
      | (?P<string>\"{3}(?:"{0,2}(?:[^"\\]|\\.))*\"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
                 | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*')
      | (?P<variable>[?$]\w+)
      | (?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
      | (?P<name>(?:[^\W\d_][\w.-]*)?:(?:[\w:-]|%[0-9A-Fa-f]{2}|\\[^\w\s]|\.(?=[\w:%\\.-]))*|_:\w[\w.-]*)
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<word>\w+)
      | (?P<sign>\^\^|&&|\|\||[!<>]=|.)""",
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A piece of a query, its kind (space, iri, string, variable, name, word, sign …) and where it starts."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)

    @property
    def upper(self) -> str:
        """The text as keywords are compared."""
        return self.text.upper()


def tokens(text: str) -> Sequence[Token]:
    """Return the tokens of a query; white space and comments are tokens too, so that joining them gives it back.

    >>> [t.text for t in tokens("ASK { ?s a :B }") if t.kind != "space"]
    ['ASK', '{', '?s', 'a', ':B', '}']
    """
    return _known(text) if len(text) < _SHORT else [*_read(text)]


@lru_cache(maxsize=128)  # a rule is read for what it writes, what it asks, and what it reads
def _known(text: str) -> tuple[Token, ...]:
    return tuple(_read(text))


_SHORT = 8_192
"""How long a text is, in characters, of which the tokens are not kept."""


def _read(text: str) -> Iterator[Token]:
    brackets, at = _Brackets(), 0
    while found := _TOKEN.match(text, at):
        kind = found.lastgroup or "sign"
        if kind == "iri" and brackets.compares():
            found = _SIGN.match(text, at) or found
            kind = "sign"
        token = Token(kind, found.group(), at)
        at = found.end()
        if kind != "space":
            brackets.pass_by(token)
        yield token


class _Brackets:
    """What is open where a query has been read to: an expression in parentheses, a part of clauses, or a pattern.

    Only there it shows whether a `<` compares, or begins an IRI: in `FILTER(?x<5&&?y>3)` it does the one, and the
    pattern `?x<urn:p>?y` the other. The grammar takes the longest token, and the engine what makes sense of the text.
    """

    def __init__(self) -> None:
        self.open = ["pattern"]
        self.last = self.former = Token("word", "", 0)

    def compares(self) -> bool:
        """Whether a `<` that comes next compares: it stands in an expression, after something that has a value."""
        last = self.last
        has_value = last.kind not in ("sign", "word") or last.text == ")" or last.upper in ("TRUE", "FALSE")
        return self.open[-1] == "expression" and has_value

    def pass_by(self, token: Token) -> None:
        """Take notice of the next token that is no space."""
        kind, text = token.kind, token.text
        if kind == "word":
            if self.open[-1] != "expression" and (part := _PARTS.get(text.upper())):
                self.open[-1] = part
        elif kind == "sign":
            if text == "(":
                self.open.append("expression" if self._begins_expression() else "list")
            elif text in "{[":
                self.open.append("pattern")
            elif text in "}])" and len(self.open) > 1:
                self.open.pop()
        self.former, self.last = self.last, token

    def _begins_expression(self) -> bool:
        """Whether an expression stands in parentheses that open now, and no list of terms or part of a path."""
        if self.open[-1] in ("expression", "modifiers"):
            return True
        if self.last.kind == "word":  # FILTER, BIND, a function
            return self.last.upper not in ("A", "VALUES")
        return self.last.kind in ("name", "iri") and self.former.upper == "FILTER"


_SIGN = re.compile("<=?")
_PARTS = {
    **dict.fromkeys(("SELECT", "GROUP", "HAVING", "ORDER"), "modifiers"),
    **dict.fromkeys(("WHERE", "FROM", "VALUES", "LIMIT", "OFFSET"), "pattern"),
}
"""What follows these words: expressions, which stand in parentheses, or a pattern."""


def spelt_out(text: str) -> str:
    r"""Return a query with the signs in its IRIs that are written by their numbers.

    >>> spelt_out(r"ASK { ?s <http://example.org/\u006d> ?o }")
    'ASK { ?s <http://example.org/m> ?o }'
    """
    if "\\u" not in text.lower():
        return text
    return _NUMBERED.sub(lambda iri: _NUMBER.sub(lambda found: chr(int(found[1] or found[2], 16)), iri[0]), text)


_NUMBER = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_NUMBERED = re.compile(r'<[^<>"{}|^`\x00-\x20]*>')


def dotted(text: str) -> str:
    r"""Return a query as the engine reads it, which fails on names with two dots unless these are escaped.

    >>> dotted("ASK { GRAPH wp:BR.p2.s2 { ?s ?p 'a:b.c.d' } }")
    "ASK { GRAPH wp:BR\\.p2\\.s2 { ?s ?p 'a:b.c.d' } }"
    """
    if not _DOTTED.search(text):
        return text
    return "".join(_escaped(token) if token.kind == "name" else token.text for token in tokens(text))


def _escaped(name: Token) -> str:
    prefix, _, local = name.text.partition(":")
    if prefix == "_" or local.count(".") < 2:
        return name.text
    return prefix + ":" + _DOT.sub(r"\.", local)


_DOTTED = re.compile(r":[^\s:/.]+\.[^\s:/.]+\.")
_DOT = re.compile(r"(?<!\\)\.")


def bind(text: str, values: Mapping[str, str]) -> str:
    """Return the query with variables replaced by terms in N-Triples syntax.

    Where a variable is selected it stays a column; where it is ordered or grouped by, a constant takes its place.

    >>> bind("SELECT ?s ?o WHERE { ?s ?p ?o }", {"o": "<http://example.org/x>"})
    'SELECT ?s (<http://example.org/x> AS ?o) WHERE { ?s ?p <http://example.org/x> }'
    """
    if not values:
        return text
    out: list[str] = []
    clause, parentheses, braces, previous = "", 0, 0, ""
    for token in _settled(tokens(text), values):
        parentheses += {"(": 1, ")": -1}.get(token.text, 0)
        braces += {"{": 1, "}": -1}.get(token.text, 0)
        if token.kind == "word" and token.upper in _CLAUSES:
            clause = token.upper
        elif token.text in "{}":
            clause = ""
        if token.kind == "variable" and token.text[1:] in values:
            out.append(
                _bound(token, values, clause if parentheses == 0 else "", previous, inner=f"_{token.start}" if braces else "")
            )
        else:
            out.append(token.text)
        if token.kind != "space":
            previous = token.upper
    return "".join(out)


_CLAUSES = {"SELECT", "WHERE", "BY", "HAVING", "LIMIT", "OFFSET", "VALUES", "CONSTRUCT", "FROM"}


def _settled(pieces: Sequence[Token], values: Mapping[str, str]) -> Iterator[Token]:
    """Go through tokens, with `true` in the place of BOUND(?x) where the variable has a value."""
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        if piece.kind == "word" and piece.upper == "BOUND":
            ahead = [*islice((n for n in range(at + 1, len(pieces)) if pieces[n].kind != "space"), 3)]
            if len(ahead) == 3 and pieces[ahead[1]].kind == "variable" and pieces[ahead[1]].text[1:] in values:
                yield Token("word", "true", piece.start)
                at = ahead[2] + 1
                continue
        yield piece
        at += 1


def _bound(token: Token, values: Mapping[str, str], clause: str, previous: str, *, inner: str) -> str:
    name = token.text[1:]
    if previous == "AS" or clause == "VALUES":
        raise QueryError(f"the query assigns ?{name} itself, so it cannot be a parameter")
    if clause == "SELECT":
        return f"({values[name]} AS ?{name}{inner})"
    return f"({values[name]})" if clause == "BY" else values[name]


def closing(seen: Sequence[Token], at: int) -> int:
    """Return the number of the token that closes the bracket at a token, or how many there are where none does.

    >>> closing(list(tokens("(?a+(?b))+(?c)")), 0)
    6
    """
    opens, depth = seen[at].text, 0
    steps = {opens: 1, {"(": ")", "{": "}"}[opens]: -1}
    for number in range(at, len(seen)):
        depth += steps.get(seen[number].text, 0)
        if depth == 0:
            return number
    return len(seen)


def block(text: str, seen: Sequence[Token], at: int) -> tuple[str, int]:
    """Return what stands in the braces that open at a token, and the number of the token after them."""
    end = closing(seen, at)
    if end == len(seen):
        raise QueryError("a brace is never closed", hint="close it")
    return text[seen[at].start + 1 : seen[end].start], end + 1


def form(text: str) -> str:
    """Return the query's form: SELECT, ASK, CONSTRUCT or DESCRIBE, or an empty word.

    >>> form("PREFIX select: <urn:x> ASK {}")
    'ASK'
    """
    forms = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
    return next((t.upper for t in tokens(text) if t.kind == "word" and t.upper in forms), "")


def spelled_out(text: str, names: Callable[[], Iterable[str]]) -> str:
    """Return a query that selects everything with its variables in the order in which it names them; the engine sorts them.

    Which of them can be seen, the function tells; it is called for such a query only.

    >>> spelled_out("SELECT * { ?s ?p ?o }", lambda: ["o", "p", "s"]).split()
    ['SELECT', '?s', '?p', '?o', '{', '?s', '?p', '?o', '}']
    """
    if not _EVERYTHING.search(text) or form(text) != "SELECT":
        return text
    seen = [token for token in tokens(text) if token.kind != "space"]
    at = next(number for number, token in enumerate(seen) if token.kind == "word" and token.upper == "SELECT") + 1
    at += seen[at].upper in ("DISTINCT", "REDUCED")
    shown = {*names()} if seen[at].text == "*" else set()
    listed = dict.fromkeys(token.text[1:] for token in seen if token.kind == "variable" and token.text[1:] in shown)
    if not shown or shown != {*listed}:
        return text
    return " ".join([text[: seen[at].start], *(f"?{name}" for name in listed), text[seen[at].end :]])


_EVERYTHING = re.compile(r"(?i:SELECT)(?:\s|\#[^\n]*\n|(?i:DISTINCT|REDUCED))*\*")


def names(text: str, known: Mapping[str, str]) -> Prefixes:
    """Return the prefixes that a query may use, those known and its own, and with its base.

    >>> names("BASE <http://example.org/> PREFIX ex: <terms#> ASK { ?s a ex:Bike }", {}).expand("ex:Bike")
    'http://example.org/terms#Bike'
    """
    base, prefixes = "", dict(known)
    seen = [token for token in tokens(text) if token.kind != "space"]
    for at, token in enumerate(seen[:-1]):
        if token.upper == "BASE" and seen[at + 1].kind == "iri":
            base = resolved(base, seen[at + 1].text[1:-1])
        elif token.upper == "PREFIX" and seen[at + 1].kind == "name" and seen[at + 2 : at + 3]:
            prefixes[seen[at + 1].text[:-1]] = resolved(base, seen[at + 2].text[1:-1])
    return Prefixes(prefixes, base)
