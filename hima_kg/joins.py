"""Patterns matched together in a store, the one that fits least first: a join whose work is bounded by what it meets.

The engine orders a join by the shapes of its patterns. Of twenty patterns that are to be matched around a few known things
it may begin with one that fits half the graph, and never end; here each step asks which pattern has least to offer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import TypeAlias

import pyoxigraph as ox

from .clauses import Reach, Row, Triple
from .errors import TooFarError
from .store import Store

MOST = 2_000
"""How many solutions are looked at before a question counts as one about everything."""
_GLANCE = 16
"""How many matches of a pattern are looked at to tell whether it fits less than others; so many times more if all have them."""
_BEST = ox.DefaultGraph()

Term: TypeAlias = "ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | ox.DefaultGraph"
_Bound: TypeAlias = dict[str, Term]


@dataclass
class Join:
    """Joins in one store, which together look at no more quads than a limit; a look at a quad takes some microseconds."""

    store: Store
    limit: int
    met: int = 0
    """How many quads were looked at."""
    _reached: dict[str, list[_Bound]] = field(default_factory=dict)
    """What paths join, by their text, in the join that goes on."""

    def rows(self, triples: Iterable[Triple], paths: Iterable[Reach], known: Iterable[Row]) -> Iterator[Row]:
        """Go through the solutions of patterns and paths taken together, each once, that agree with one of some rows.

        Raises TooFarError where there are too many, or too much has to be looked at.
        """
        patterns: list[Triple | Reach] = [*triples, *paths]
        self._reached, seen = {}, set[tuple[tuple[str, str], ...]]()
        for row in known:
            for bound in self._solutions(patterns, {name: _term(term) for name, term in row.items()}):
                found = {name: str(term) for name, term in bound.items()}
                key = tuple(sorted(found.items()))
                if key not in seen:
                    seen.add(key)
                    yield found
                if len(seen) > MOST:
                    raise TooFarError("too much fits")

    def _solutions(self, patterns: list[Triple | Reach], bound: _Bound) -> Iterator[_Bound]:
        """Go through the solutions of patterns where some variables are bound, with all that is bound then."""
        if not patterns:
            yield bound
            return
        first = self._rarest(patterns, bound)
        left = [pattern for pattern in patterns if pattern is not first]
        for found in self._matches(first, bound):
            yield from self._solutions(left, bound | found)

    def _rarest(self, patterns: list[Triple | Reach], bound: Mapping[str, Term]) -> Triple | Reach:
        """Return the most selective pattern, estimated by samples that grow until some pattern does not fill one."""
        at_hand = [pattern for pattern in patterns if not _is_adrift(pattern, bound)] or patterns
        at_hand = sorted(at_hand, key=lambda pattern: len(_variables(pattern) - bound.keys()))
        glance, rarest = _GLANCE, None
        while rarest is None:
            least = glance
            for pattern in at_hand:
                found = self._along(pattern, bound) if isinstance(pattern, Reach) else self._quads(pattern, bound)
                fits = sum(1 for _ in islice(found, least))
                if fits < least:
                    rarest, least = pattern, fits
                if least <= 1:
                    break
            glance *= _GLANCE
        return rarest

    def _matches(self, pattern: Triple | Reach, bound: Mapping[str, Term]) -> Iterator[_Bound]:
        """Go through what the variables of a pattern that are not bound can stand for."""
        if isinstance(pattern, Reach):
            yield from self._along(pattern, bound)
            return
        terms = (pattern.subject, pattern.predicate, pattern.object, pattern.graph)
        free = [(name, at) for at, name in enumerate(terms) if name[:1] == "?" and name not in bound]
        for quad in self._quads(pattern, bound):
            parts, found = (quad.subject, quad.predicate, quad.object, quad.graph_name), _Bound()
            is_same = all(found.setdefault(name, parts[at]) == parts[at] for name, at in free)
            if is_same and found.get(pattern.graph) != _BEST:  # a variable stands for named graphs only
                yield found

    def _quads(self, pattern: Triple, bound: Mapping[str, Term]) -> Iterator[ox.Quad]:
        """Go through the quads that have what is given and what is bound of a pattern."""
        names = (pattern.subject, pattern.predicate, pattern.object, pattern.graph)
        subject, predicate, value, graph = (bound.get(name) if name[:1] == "?" else _term(name) for name in names)
        if any(isinstance(term, ox.Literal) for term in (subject, predicate, graph)):
            return  # a text is only ever an object
        for quad in self.store.matching(subject, predicate, value, graph):  # type: ignore[arg-type]
            self._look()
            yield quad

    def _along(self, reach: Reach, bound: Mapping[str, Term]) -> Iterator[_Bound]:
        """Go through what the ends of a path that are not bound can stand for."""
        asked = reach.statement.filled({name: str(bound[name]) for name in _variables(reach) & bound.keys()})
        if asked.text not in self._reached:
            self._reached[asked.text] = list(self._ends(asked))
        for number, found in enumerate(self._reached[asked.text]):
            if number == MOST:
                raise TooFarError("a path leads too far")
            self._look()
            yield found

    def _ends(self, asked: Triple) -> Iterator[_Bound]:
        if asked.subject[0] == '"':
            return  # as above
        if not (free := asked.variables()):
            if self.store.ask(f"ASK {{ {asked.text} }}"):
                yield {}
            return
        for row in self.store.select(f"SELECT DISTINCT * WHERE {{ {asked.text} }} LIMIT {MOST + 1}"):
            yield {name: row[name[1:]] for name in free}

    def _look(self) -> None:
        self.met += 1
        if self.met > self.limit:
            raise TooFarError("too much has to be looked at")


def _variables(pattern: Triple | Reach) -> set[str]:
    return pattern.statement.variables() if isinstance(pattern, Reach) else pattern.variables()


def _is_adrift(pattern: Triple | Reach, bound: Mapping[str, Term]) -> bool:
    """Whether a pattern is a path of which nothing is known: it waits for others, since it may join everything.

    One within a claim that is known joins little.
    """
    if not isinstance(pattern, Reach):
        return False
    return all(end[:1] == "?" and end not in bound for end in (pattern.subject, pattern.object)) and (
        pattern.statement.graph[:1] != "?" or pattern.statement.graph not in bound
    )


@lru_cache(maxsize=4096)
def _term(text: str) -> Term:
    """Return a term that is written as in N-Triples; no text is the best graph."""
    if not text:
        return _BEST
    if text[0] == "<":
        return ox.NamedNode(text[1:-1])
    quad: ox.Quad = next(iter(ox.parse(f"<x:s> <x:p> {text} .", format=ox.RdfFormat.N_TRIPLES)))
    return quad.object
