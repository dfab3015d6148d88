"""Looks that spare queries: whether anything of a kind is told at all, and whether any value of a property can be wrong.

What violates a shape is rare. Most queries of single checks would find nothing, and one look tells that of several.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .constraints import language_in
from .errors import QueryError
from .shacl import Node, one_step, sh
from .terms import COMMON

if TYPE_CHECKING:
    from .shapes import Check, Shapes
    from .store import Store

_TYPE = ox.NamedNode(COMMON["rdf"] + "type")
_MORE = "COUNT(*) - COUNT(DISTINCT ?this)"
Sign = tuple[ox.NamedNode, "ox.NamedNode | None"]
"""A property with its value, which is None if it may be any."""
Signs = tuple[frozenset[Sign], ...]
"""What must be told if something is there to be found: one sign of each set."""


def suspects(store: Store, checks: Iterable[Check]) -> Iterator[Check]:
    """Go through the checks that may find something in a store; the others find nothing there."""
    told = cache(lambda sign: any(True for _ in store.matching(None, *sign)))
    found = cache(lambda look: _finds(store, look))
    for check in checks:
        if all(any(map(told, signs)) for signs in check.signs) and (not check.look or found(check.look)):
            yield check


def _finds(store: Store, look: str) -> bool:
    try:
        return any(True for _ in store.rows(look)[1])
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
    each, most = [test for several in others.values() for test in several], _most(shapes, node)
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
    grouped = f"{reach} GROUP BY {within}(LCASE(lang(?value)) AS ?kg_language)"
    return dict.fromkeys(wrong, f"SELECT ?kg_language {grouped} HAVING({' || '.join(wrong.values())}) LIMIT 1")


def _failed(tests: Iterable[str]) -> str:
    return f"!({' && '.join(f'COALESCE({test}, false)' for test in tests)})"
