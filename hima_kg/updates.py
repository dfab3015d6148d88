"""A rule, which is a CONSTRUCT query, as a SPARQL update that puts what follows into graphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .errors import Place, QueryError
from .sparql import Token, block, tokens


@dataclass(frozen=True)
class Construct:
    """A CONSTRUCT query in its parts: its prologue, what it gives, and where."""

    prologue: str
    template: str
    where: str

    @classmethod
    def parse(cls, rule: str) -> Construct:
        """Return the parts of a rule's text.

        Raises QueryError for a query of another form, with clauses that an update does not have, or one that gives
        something else each time.
        """
        seen = [token for token in tokens(rule) if token.kind != "space"]
        start = next((i for i, token in enumerate(seen) if token.upper == "CONSTRUCT"), None)
        if start is None:
            raise _error(rule, seen[:1], "a rule is a CONSTRUCT query", "it says what follows: CONSTRUCT { … } WHERE { … }")
        template, where = _template_and_where(rule, seen, start + 1)
        ahead = rule.index(template, seen[start].end)
        nameless = [token._replace(start=ahead + token.start) for token in tokens(template) if _is_nameless(token)]
        nameless += [token for token in seen if token.kind == "word" and token.upper == "BNODE"]
        if nameless:
            message = f"a rule makes no blank nodes, and this one has {nameless[0].text}"
            raise _error(rule, nameless, message, "make a name: BIND(IRI(…) AS ?name)")
        if fickle := [token for token in seen if token.kind == "word" and token.upper in _FICKLE]:
            message = f"a rule gives the same each time, and this one has {fickle[0].text}"
            raise _error(rule, fickle, message, "name what it makes by what it is of")
        return cls(rule[: seen[start].start], template, where)

    def into(self, *graphs: str | None) -> str:
        """Return the update that puts what follows into graphs, by IRI; None is the default graph.

        >>> Construct.parse("CONSTRUCT { ?o :q 1 } WHERE { ?s :p ?o }").into("urn:g")
        'INSERT { GRAPH <urn:g> { ?o :q 1 } } WHERE { { ?s :p ?o } FILTER(!isLiteral(?o)) FILTER NOT EXISTS { ?o :q 1 } }'
        """
        given = " ".join(self.template if graph is None else f"GRAPH <{graph}> {{ {self.template} }}" for graph in graphs)
        return f"{self.prologue}INSERT {{ {given} }} WHERE {{ {self._unknown.strip()} }}"

    @property
    def news(self) -> str:
        """A question whether it gives anything new; empty where it gives several triples at once, which cannot be asked."""
        return f"{self.prologue}ASK {{ {self._unknown.strip()} }}" if self._is_single else ""

    @property
    def _is_single(self) -> bool:
        return not any(token.kind == "sign" for token in tokens(self.template))

    @property
    def _unknown(self) -> str:
        """Where it holds, and, if it gives a single triple, where the default graph does not have that yet."""
        if not self._is_single:
            return _lined(self.where)
        return f"{{{_lined(self.where)}}} {_insertable(self.template)}FILTER NOT EXISTS {{ {self.template} }} "


_FICKLE = {"NOW", "RAND", "UUID", "STRUUID"}
"""Functions that give something else in each build."""


def _error(rule: str, at: Sequence[Token], message: str, hint: str) -> QueryError:
    """Return what is wrong with a rule, at the first of some tokens of it."""
    return QueryError(message, hint=hint, place=Place.of("rule", rule, at[0].start, at[0].end) if at else None)


def _is_nameless(token: Token) -> bool:
    return token.text in ("[", "(") or token.text.startswith("_:")


def _insertable(template: str) -> str:
    """Return the filters that keep what no graph can hold, a literal that has properties, from being asked for ever."""
    subject, predicate, *_ = (token for token in tokens(template) if token.kind != "space")
    filters = f"FILTER(!isLiteral({subject.text})) " if subject.kind == "variable" else ""
    return filters + (f"FILTER(isIRI({predicate.text})) " if predicate.kind == "variable" else "")


def _template_and_where(rule: str, seen: Sequence[Token], at: int) -> tuple[str, str]:
    template = ""
    if seen[at : at + 1] and seen[at].text == "{":
        template, at = block(rule, seen, at)
    at += bool(seen[at : at + 1] and seen[at].upper == "WHERE")
    if not (seen[at : at + 1] and seen[at].text == "{"):
        odd = seen[at].text if seen[at : at + 1] else "the end"
        raise _error(
            rule, seen[at : at + 1], f"a rule is CONSTRUCT {{ … }} WHERE {{ … }}, and this one has {odd}", "take it out"
        )
    where, at = block(rule, seen, at)
    if seen[at:]:
        message = f"a rule ends with its WHERE clause, and this one goes on with {seen[at].text}"
        raise _error(rule, seen[at:], message, "take it out")
    return (template or where).strip().removesuffix(".").strip(), where


def _lined(where: str) -> str:
    """Return a clause's inside so that a comment at its end does not swallow what comes after."""
    return where + "\n" if "#" in where.rpartition("\n")[2] else where
