"""Quick looks which show that a shape cannot be violated, so that its exact query need not run.

They ask whether anything of a kind is told at all, and whether any value of a property can be wrong. What violates a shape
is rare: most queries of single checks would find nothing, and one look often tells that of several.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import pyoxigraph as ox

from .constraints import language_in
from .errors import QueryError
from .shacl import Node, one_step, sh
from .terms import TYPE
from .threads import several

if TYPE_CHECKING:
    from .shapes import Check, Shapes
    from .store import Store

_TYPE = ox.NamedNode(TYPE)
_MORE = "COUNT(*) - COUNT(DISTINCT ?this)"
Sign = tuple[ox.NamedNode, "ox.NamedNode | None"]
"""A property with its value, which is None if it may be any."""
Signs = tuple[frozenset[Sign], ...]
"""What must be told if something is there to be found: one sign of each set."""


class Finding(NamedTuple):
    """What a check finds: the names of its query's columns, the first rows, and how many there are; or why it cannot run."""

    check: Check
    names: list[str]
    rows: list[Any]
    number: int
    error: QueryError | None = None


def findings(store: Store, checks: Iterable[Check], most: int | None = None) -> list[Finding]:
    """Return what those checks find that may find something, each with so many rows at most."""
    return several(lambda check: _finding(store, check, most), suspects(store, checks))


def _finding(store: Store, check: Check, most: int | None) -> Finding:
    try:
        names, rows = store.rows(check.query, bounded=check.component == "sparql")
    except QueryError as error:
        return Finding(check, [], [], 0, error)
    first = [*islice(rows, most)]
    return Finding(check, names, first, len(first) + sum(1 for _ in rows))


def suspects(store: Store, checks: Iterable[Check]) -> list[Check]:
    """Return the checks that may find something in a store; the others find nothing there."""
    known = cache(lambda signs: are_told(store, signs))
    due = [check for check in checks if known(check.signs)]
    looks = [*dict.fromkeys(check.look for check in due if check.look)]
    found = dict(zip(looks, several(lambda look: _finds(store, look), looks), strict=True))
    return [check for check in due if not check.look or found[check.look]]


def are_told(store: Store, signs: Signs) -> bool:
    """Whether a store has one sign of each set."""
    return all(any(True for sign in some for _ in store.matching(None, *sign)) for some in signs)


def _finds(store: Store, look: str) -> bool:
    try:
        return any(True for _ in store.rows(look, bounded=False)[1])
    except QueryError:
        return True  # what is wrong with it, the query of the check says


def signs(classes: Collection[str] = (), properties: Collection[str] = ()) -> Signs:
    """Return what must be told if there is a thing of some class or with some property, as they stand in SPARQL."""
    if not all(map(one_step, [*classes, *properties])):
        return ()
    of_class = ((_TYPE, ox.NamedNode(cls[1:-1])) for cls in classes)
    return (frozenset({*of_class, *((ox.NamedNode(name[1:-1]), None) for name in properties)}),)


def looks(shapes: Shapes, node: Node, tests: Mapping[str, list[str]]) -> dict[str, str]:
    """Return a look for the constraints of a property shape that have one, given the tests of a value.

    It is a query that finds something wherever the query of the constraint does, and is quicker or serves several.
    """
    path = shapes.path(node)
    if not one_step(path):
        return {}
    reach = f"WHERE {{ {shapes.scope.wrap(f'?this {path} ?value')} }}"
    found, others = dict[str, str](), dict(tests)
    if of_class := others.pop("class", None):  # many values are the same thing, of which the class is asked once
        found["class"] = f"SELECT ?value {reach} GROUP BY ?value HAVING({_failed(of_class)}) LIMIT 1"
    if shapes.flag(node, "uniqueLang"):
        found |= _by_language(shapes, node, reach, others.pop("languageIn", None) is not None)
    each, most = [test for alike in others.values() for test in alike], _most(shapes, node)
    wrong = [f"SUM(IF({_failed(each)}, 1, 0)) > 0"] if each else []
    if most > 0:
        wrong.append(f"{_MORE} >= {most}")
    if most > 0 or len(each) > 1:
        look = f"SELECT (COUNT(*) AS ?kg_values) {reach} HAVING({' || '.join(wrong)})"
        found |= dict.fromkeys([*others, *(["maxCount"] if most > 0 else [])], look)
    return found


def _most(shapes: Shapes, node: Node) -> int:
    """Return how many values there may be, if that can be looked at: values in several claims are not counted together."""
    told = shapes.columns() == "?this" and shapes.values(node, sh("maxCount"))
    return shapes.integer(node, "maxCount") if told else 0


def _by_language(shapes: Shapes, node: Node, reach: str, tested: bool) -> dict[str, str]:
    """Return the look at the languages of values: whether one is spoken twice, or, if that is tested, is none of some."""
    wrong = {"uniqueLang": f"?kg_language != '' && {_MORE} > 0"}
    if tested:
        wrong["languageIn"] = _failed(language_in(shapes, p, "?kg_language") for p in shapes.values(node, sh("languageIn")))
    within = shapes.columns().removesuffix("?this")
    grouped = f"{reach} GROUP BY {within}(lang(?value) AS ?kg_language)"
    return dict.fromkeys(wrong, f"SELECT ?kg_language {grouped} HAVING({' || '.join(wrong.values())}) LIMIT 1")


def _failed(tests: Iterable[str]) -> str:
    return f"!({' && '.join(f'COALESCE({test}, false)' for test in tests)})"
