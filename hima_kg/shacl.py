"""A shapes graph as it is written: nodes, lists, flags and paths, without what they mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property

import pyoxigraph as ox

from .terms import COMMON, Prefixes

SH = COMMON["sh"]
_FIRST, _REST, _NIL = (ox.NamedNode(COMMON["rdf"] + name) for name in ("first", "rest", "nil"))

_IRI_ALONE = re.compile("<[^>]*>")
Node = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.BlankNode | ox.Literal


class NotCompiled(Exception):  # noqa: N818 - it is a fact about a shape, not a mistake of anybody's
    """A shape uses something that is not compiled; says what, and whether it is final, so that pySHACL is not asked either."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


@cache
def sh(name: str) -> ox.NamedNode:
    """Return a term of SHACL's vocabulary."""
    return ox.NamedNode(SH + name)


def one_step(path: str) -> bool:
    """Whether a path in SPARQL is one step along a property."""
    return bool(_IRI_ALONE.fullmatch(path))


@dataclass
class ShapesGraph:
    """A store that holds shapes and nothing else."""

    graph: ox.Store
    prefixes: Prefixes

    def values(self, node: Term, predicate: ox.NamedNode) -> list[Term]:
        """Return the objects of a predicate, sorted."""
        return self.told.get(node, {}).get(predicate, [])

    @cached_property
    def told(self) -> dict[object, dict[ox.NamedNode, list[Term]]]:
        """What is said of each node: objects by predicate, sorted."""
        told: dict[object, dict[ox.NamedNode, list[Term]]] = {}
        for s, p, o, _ in self.graph:
            told.setdefault(s, {}).setdefault(p, []).append(o)
        for several in (objects for said in told.values() for objects in said.values() if len(objects) > 1):
            several.sort(key=str)
        return told

    def one(self, node: Term, predicate: ox.NamedNode) -> Term | None:
        """Return the object of a predicate, or None if there is none."""
        return next(iter(self.values(node, predicate)), None)

    def flag(self, node: Term, name: str) -> bool:
        """Whether a shape says `sh:name true`."""
        value = self.one(node, sh(name))
        return isinstance(value, ox.Literal) and value.value in ("true", "1")

    def members(self, head: Term) -> list[Term]:
        """Return the members of an RDF list."""
        found: list[Term] = []
        seen: set[Term] = set()
        while head != _NIL:
            if head in seen or isinstance(head, ox.Literal):
                raise NotCompiled("a list is broken", final=True)
            seen.add(head)
            first, rest = self.one(head, _FIRST), self.one(head, _REST)
            if first is None or rest is None:
                raise NotCompiled("a list is broken")
            found.append(first)
            head = rest
        return found

    def path(self, node: Node) -> str:
        """Return the path of a property shape in SPARQL, or an empty text for a node shape."""
        if node not in self._paths:
            head = self.one(node, sh("path"))
            self._paths[node] = self.path_from(head) if head is not None else ""
        return self._paths[node]

    @cached_property
    def _paths(self) -> dict[Node, str]:
        return {}  # filled as paths are asked for, each of them often

    def constant(self, term: Term) -> str:
        """Return a term as a constant of a query; a blank node is none."""
        if isinstance(term, ox.BlankNode):
            raise NotCompiled("a blank node is used as a value", final=True)
        return str(term)

    def path_from(self, head: Term, above: tuple[Term, ...] = ()) -> str:
        """Return what stands for a path in SPARQL; raises NotCompiled where it is none."""
        if isinstance(head, ox.NamedNode):
            return str(head)
        if isinstance(head, ox.Literal) or head in above:
            raise NotCompiled("a path is not one of SHACL's", final=True)
        above = (*above, head)
        if self.one(head, _FIRST) is not None:
            return "(" + "/".join(self.path_from(part, above) for part in self.members(head)) + ")"
        for name, before, after in (
            ("inversePath", "^", ""),
            ("zeroOrMorePath", "", "*"),
            ("oneOrMorePath", "", "+"),
            ("zeroOrOnePath", "", "?"),
        ):
            if (inner := self.one(head, sh(name))) is not None:
                return f"({before}{self.path_from(inner, above)}{after})"
        if (choice := self.one(head, sh("alternativePath"))) is not None:
            return "(" + "|".join(self.path_from(part, above) for part in self.members(choice)) + ")"
        raise NotCompiled("a path is not one of SHACL's")

    def shown(self, node: Term) -> str:
        """Return a node as messages print it."""
        if isinstance(node, ox.NamedNode):
            return self.prefixes.compact(node.value)
        return node.value if isinstance(node, ox.Literal) else str(node)

    def told_of(self, value: Term, deep: int = 2) -> str:
        """Return a value as messages tell of it: what has no name by what it is, as Turtle would, but not too deep."""
        if not isinstance(value, ox.BlankNode):
            return self.shown(value)
        if self.one(value, _FIRST) is not None:
            return f"({' '.join(self.told_of(member, deep) for member in self.members(value))})"
        if not deep:
            return "[…]"
        said = ((self.shown(p), self.told_of(o, deep - 1)) for p, of in self.told.get(value, {}).items() for o in of)
        return f"[{' ; '.join(' '.join(one) for one in sorted(said))}]"

    def integer(self, node: Node, name: str) -> int:
        """Return the integer that a shape gives for `sh:name`; raises NotCompiled where it gives none."""
        value = self.one(node, sh(name))
        if not isinstance(value, ox.Literal) or not value.value.lstrip("+-").isdigit():
            raise NotCompiled(f"sh:{name} is not an integer")
        return int(value.value)
