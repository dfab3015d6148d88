"""What stands after a query's WHERE clause: by what its rows are ordered, and which of them are wanted (SPARQL 1.1, 15)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .sparql import Token, closing

_FIRST, _LAST = {"ASC", "DESC"}, {"LIMIT", "OFFSET", "VALUES", "HAVING", "GROUP"}


class Modifiers(NamedTuple):
    """The keys by which rows are ordered, each with whether it goes down, how many rows there may be, and from which on."""

    order: tuple[tuple[str, bool], ...] = ()
    limit: int | None = None
    offset: int = 0

    @classmethod
    def of(cls, text: str, seen: Sequence[Token]) -> Modifiers:
        """Return those of a query itself, by its tokens without spaces; those of a query within it stand in braces.

        >>> from hima_kg.sparql import tokens
        >>> text = "SELECT ?x { ?x ?p ?y } ORDER BY DESC(?y) ?x LIMIT 5"
        >>> Modifiers.of(text, [token for token in tokens(text) if token.kind != "space"])
        Modifiers(order=(('(?y)', True), ('?x', False)), limit=5, offset=0)
        """
        limit, offset = _number(seen, "LIMIT"), _number(seen, "OFFSET")
        return cls(tuple(_order(text, seen)), limit, offset or 0)

    @property
    def most(self) -> str:
        """The clause that gives all rows up to the last one wanted; nothing where there is none."""
        return "" if self.limit is None else f" LIMIT {self.limit + self.offset}"


def _outside(seen: Sequence[Token]) -> list[int]:
    """Return the places of the tokens that stand in no braces."""
    depth, found = 0, []
    for at, token in enumerate(seen):
        depth += {"{": 1, "}": -1}.get(token.text, 0) if token.kind == "sign" else 0
        if depth == 0:
            found.append(at)
    return found


def _number(seen: Sequence[Token], word: str) -> int | None:
    """Return the number after a keyword."""
    at = next((at for at in _outside(seen) if seen[at].kind == "word" and seen[at].upper == word), None)
    return None if at is None else int(seen[at + 1].text)


def _order(text: str, seen: Sequence[Token]) -> list[tuple[str, bool]]:
    at = next((at for at in _outside(seen) if seen[at].kind == "word" and seen[at].upper == "ORDER"), None)
    found: list[tuple[str, bool]] = []
    at = len(seen) if at is None else at + 2
    while at < len(seen) and not (seen[at].kind == "word" and seen[at].upper in _LAST):
        down, named = seen[at].upper == "DESC", seen[at].kind == "word" and seen[at].upper in _FIRST
        start = at + named
        end = start if seen[start].kind == "variable" or seen[start].text == "(" else start + 1  # or it is a function
        end = closing(seen, end) if seen[end].text == "(" else end
        found.append((text[seen[start].start : seen[end].end], down))
        at = end + 1
    return found
