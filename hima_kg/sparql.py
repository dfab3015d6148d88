"""SPARQL text: its tokens, and what is done to it as text: binding parameters, turning a rule into an update.

Parameters are put in token by token as serialised terms, never into strings or comments, so a value cannot change the
query's shape. Engine-side substitution was measured and left: it is missing from the SPARQL protocol, and the embedded
engine refuses it for variables that are not selected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .errors import QueryError

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


@dataclass(frozen=True)
class Token:
    """A piece of a query, its kind (space, iri, string, variable, name, word, sign …) and where it starts."""

    kind: str
    text: str
    start: int

    @property
    def upper(self) -> str:
        """The text as keywords are compared."""
        return self.text.upper()


def tokens(text: str) -> Iterator[Token]:
    """Go through the tokens of a query; white space and comments are tokens too, so that joining them gives it back.

    >>> [t.text for t in tokens("ASK { ?s a :B }") if t.kind != "space"]
    ['ASK', '{', '?s', 'a', ':B', '}']
    """
    for found in _TOKEN.finditer(text):
        yield Token(found.lastgroup or "sign", found.group(), found.start())


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
    for token in tokens(_BOUND.sub(lambda m: "true" if m[1] in values else m[0], text)):
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
_BOUND = re.compile(r"\bBOUND\s*\(\s*[?$](\w+)\s*\)", re.IGNORECASE)


def _bound(token: Token, values: Mapping[str, str], clause: str, previous: str, *, inner: str) -> str:
    name = token.text[1:]
    if previous == "AS" or clause == "VALUES":
        raise QueryError(f"the query assigns ?{name} itself, so it cannot be a parameter")
    if clause == "SELECT":
        return f"({values[name]} AS ?{name}{inner})"
    return f"({values[name]})" if clause == "BY" else values[name]


@dataclass(frozen=True)
class Update:
    """A CONSTRUCT query as an update: its text, the parts that it is made of, and a question whether it would add anything.

    The question is empty where it cannot be asked: of rules that give several triples at once.
    """

    text: str
    news: str
    prologue: str
    template: str
    where: str


def as_update(rule: str, *, into: tuple[str | None, ...]) -> Update:
    """Return a CONSTRUCT query as an INSERT into graphs, named by IRI; None is the default graph.

    A rule that gives a single triple gives it only where the default graph does not have it yet. Raises QueryError for a
    query of another form, or with clauses that an update does not have.

    >>> as_update("CONSTRUCT { ?o :q ?s } WHERE { ?s :p ?o }", into=("urn:g", None)).text
    'INSERT { GRAPH <urn:g> { ?o :q ?s } ?o :q ?s } WHERE { { ?s :p ?o } FILTER NOT EXISTS { ?o :q ?s } }'
    """
    seen = [token for token in tokens(rule) if token.kind != "space"]
    start = next((i for i, token in enumerate(seen) if token.upper == "CONSTRUCT"), None)
    if start is None:
        raise QueryError("a rule is a CONSTRUCT query", hint="it says what follows: CONSTRUCT { … } WHERE { … }")
    template, where = _template_and_where(rule, seen, start + 1)
    prologue = rule[: seen[start].start]
    graphs = " ".join(template if graph is None else f"GRAPH <{graph}> {{ {template} }}" for graph in into)
    single = not any(token.kind == "sign" for token in tokens(template))
    known = f"{{{_lined(where)}}} FILTER NOT EXISTS {{ {template} }} " if single else _lined(where)
    text = f"{prologue}INSERT {{ {graphs} }} WHERE {{ {known.strip()} }}"
    return Update(text, f"{prologue}ASK {{ {known.strip()} }}" if single else "", prologue, template, where)


def _template_and_where(rule: str, seen: Sequence[Token], at: int) -> tuple[str, str]:
    template = ""
    if seen[at : at + 1] and seen[at].text == "{":
        template, at = block(rule, seen, at)
    at += bool(seen[at : at + 1] and seen[at].upper == "WHERE")
    if not (seen[at : at + 1] and seen[at].text == "{"):
        odd = seen[at].text if seen[at : at + 1] else "the end"
        raise QueryError(f"a rule is CONSTRUCT {{ … }} WHERE {{ … }}, and this one has {odd}", hint="take it out")
    where, at = block(rule, seen, at)
    if seen[at:]:
        raise QueryError(f"a rule ends with its WHERE clause, and this one goes on with {seen[at].text}", hint="take it out")
    return (template or where).strip().removesuffix(".").strip(), where


def block(text: str, seen: Sequence[Token], at: int) -> tuple[str, int]:
    """Return what stands in the braces that open at a token, and the number of the token after them."""
    depth = 0
    for number in range(at, len(seen)):
        if seen[number].text in "{}" and seen[number].kind == "sign":
            depth += 1 if seen[number].text == "{" else -1
            if depth == 0:
                return text[seen[at].start + 1 : seen[number].start], number + 1
    raise QueryError("a brace is never closed", hint="close it")


def _lined(where: str) -> str:
    """Return a clause's inside so that a comment at its end does not swallow what comes after."""
    return where + "\n" if "#" in where.rpartition("\n")[2] else where


def form(text: str) -> str:
    """Return the query's form: SELECT, ASK, CONSTRUCT or DESCRIBE, or an empty word.

    >>> form("PREFIX select: <urn:x> ASK {}")
    'ASK'
    """
    forms = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
    return next((t.upper for t in tokens(text) if t.kind == "word" and t.upper in forms), "")


def position(text: str, offset: int) -> tuple[int, int]:
    """Return the line and column, counted from 1, of an offset in a text."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
