"""What a rule must not find: the patterns, and the rule without them."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import replace

from .clauses import Clause, Filter, Group, Optional, Select, Triple, Without, matched


def absent(group: Group) -> Iterator[tuple[Optional | Without, Triple]]:
    """Go through what a group must not find, where it is as simple as one pattern."""
    denied = set(map(_denied, group.inner)) - {""}
    for part in group.inner:
        if isinstance(part, Without) or (isinstance(part, Optional) and matched(part) & denied):
            inside = list(part.group.inner)
            if len(inside) == 1 and isinstance(inside[0], Triple):
                yield part, inside[0]


def denials(group: Group) -> Iterator[tuple[Optional | Without, Triple]]:
    """Go through what a group and the sub-selects in it must not find."""
    yield from absent(group)
    for part in group.inner:
        if isinstance(part, Select):
            yield from denials(part.group)


def without(group: Group, gone: Container[Clause]) -> Group:
    """Return a group without some clauses, here and in sub-selects, and without the conditions that they were not found."""
    unbound = frozenset[str]().union(*(matched(part) for part in group.inner if part in gone))
    text, parts = group.text, list[Clause]()
    for part in group.inner:
        if isinstance(part, Select):
            part = replace(part, group=without(part.group, gone))
            text = put(text, part.group.start - group.start, part.group.text)
        elif isinstance(part, (Optional, Without, Filter)) and (part in gone or _denied(part) in unbound):
            text = put(text, part.start - group.start, " " * (part.end - part.start))
            continue
        parts.append(part)
    return replace(group, text=text, parts=tuple(parts))


def put(text: str, start: int, piece: str) -> str:
    """Return a text with a piece of the same length put over what is there."""
    return text[:start] + piece + text[start + len(piece) :]


def _denied(condition: Clause) -> str:
    """Return the variable of which a condition says that it must not be bound, and nothing else; else nothing."""
    found = _NOT_BOUND.fullmatch(condition.text) if isinstance(condition, Filter) else None
    return "?" + found[1] if found else ""


_NOT_BOUND = re.compile(r"FILTER\s*\(\s*!\s*BOUND\s*\(\s*[?$](\w+)\s*\)\s*\)", re.IGNORECASE)
