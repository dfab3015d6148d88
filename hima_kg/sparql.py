"""SPARQL text: its tokens, and what is done to it as text: binding parameters, turning a rule into an update.

Parameters are put in token by token as serialised terms, never into strings or comments, so a value cannot change the
query's shape. Engine-side substitution was measured and left: it is missing from the SPARQL protocol, and the embedded
engine refuses it for variables that are not selected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .errors import QueryError

_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
      | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
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
    clause, depth, previous = "", 0, ""
    for token in tokens(text):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.kind == "word" and token.upper in _CLAUSES:
            clause = token.upper
        elif token.text in "{}":
            clause = ""
        out.append(_bound(token, values, clause if depth == 0 else "", previous))
        if token.kind != "space":
            previous = token.upper
    return "".join(out)


_CLAUSES = {"SELECT", "WHERE", "BY", "HAVING", "LIMIT", "OFFSET", "VALUES", "CONSTRUCT", "FROM"}


def _bound(token: Token, values: Mapping[str, str], clause: str, previous: str) -> str:
    name = token.text[1:]
    if token.kind != "variable" or name not in values:
        return token.text
    if previous == "AS" or clause == "VALUES":
        raise QueryError(f"the query assigns ?{name} itself, so it cannot be a parameter")
    if clause == "SELECT":
        return f"({values[name]} AS ?{name})"
    return f"({values[name]})" if clause == "BY" else values[name]


def as_update(rule: str, *, into: tuple[str | None, ...]) -> str:
    """Return a CONSTRUCT query as an INSERT into graphs, named by IRI; None is the default graph.

    A rule that gives a single triple gives it only where the default graph does not have it yet.

    >>> as_update("CONSTRUCT { ?o :q ?s } WHERE { ?s :p ?o }", into=("urn:g", None))
    'INSERT { GRAPH <urn:g> { ?o :q ?s } ?o :q ?s } WHERE { ?s :p ?o FILTER NOT EXISTS { ?o :q ?s } }'
    """
    start = next((t.start for t in tokens(rule) if t.upper == "CONSTRUCT"), None)
    if start is None:
        raise QueryError("a rule is a CONSTRUCT query")
    opening = rule.index("{", start)
    depth = 0
    for token in tokens(rule):
        if token.start >= opening and token.text in "{}":
            depth += 1 if token.text == "{" else -1
            if depth == 0:
                break
    template = rule[opening + 1 : token.start].strip()
    graphs = " ".join(template if graph is None else f"GRAPH <{graph}> {{ {template} }}" for graph in into)
    return f"{rule[:start]}INSERT {{ {graphs} }}{_unless_known(rule[token.start + 1 :], template)}"


def _unless_known(where: str, template: str) -> str:
    """Return a WHERE clause that does not give again what the default graph has, for rules that give one triple."""
    signs = [t.text for t in tokens(template) if t.kind == "sign"]
    end = where.rfind("}")
    if signs or where[end + 1 :].strip():
        return where
    return f"{where[:end].rstrip()} FILTER NOT EXISTS {{ {template} }} }}"


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
