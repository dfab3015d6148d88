"""SHACL's constraint components as SPARQL expressions that are true where nothing is violated.

Some test one value by itself, some what all values of a focus node are together.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .shacl import SH, Node, NotCompiled, ShapesGraph, Term, sh
from .terms import COMMON

if TYPE_CHECKING:
    from .shapes import Shapes


def pattern(shapes: ShapesGraph, node: Node, parameter: Term, value: str) -> str:
    """Return the test that a value's text fits a pattern; raises NotCompiled for one that the engine does not have."""
    flags = shapes.one(node, sh("flags"))
    wanted = f"{parameter}, {flags}" if flags is not None else str(parameter)
    if not _is_pattern(wanted):
        raise NotCompiled(f"the engine has no such pattern: {parameter}")
    return f"(!isBlank({value}) && REGEX(STR({value}), {wanted}))"


@cache
def _is_pattern(wanted: str) -> bool:
    return bool(ox.Store().query(f"ASK {{ BIND(REGEX('', {wanted}) AS ?tried) FILTER(BOUND(?tried)) }}"))


def node_kind(parameter: Term) -> Callable[[str], str]:
    """Return the test that a value is of a kind of node."""
    tests = {"IRI": "isIRI({0})", "BlankNode": "isBlank({0})", "Literal": "isLiteral({0})"}
    kinds = [tests[kind] for kind in str(parameter).strip("<>").removeprefix(SH).replace("Or", " ").split() if kind in tests]
    return lambda value: "(" + " || ".join(kind.format(value) for kind in kinds) + ")"


def datatype(parameter: Term, value: str) -> str:
    """Return the test that a value is a well-formed literal of a datatype."""
    cast = str(parameter)
    name = cast.strip("<>").removeprefix(COMMON["xsd"])
    well_formed = ""
    if name in ("integer", "decimal", "double", "float"):
        well_formed = f" && isNumeric({value})"
    elif name in ("boolean", "dateTime", "date"):
        well_formed = f" && COALESCE(datatype({cast}(STR({value}))) = {cast}, false)"
    return f"(isLiteral({value}) && datatype({value}) = {cast}{well_formed})"


def language_in(shapes: ShapesGraph, parameter: Term, language: str) -> str:
    """Return the test that a language is one of some; of several, most are the very tag, which is quickly seen.

    What is no literal has no language: the test fails as an error, which is as good as false wherever tests stand.
    """
    tags = [str(tag) for tag in shapes.members(parameter)]
    ranges = [f"langMatches({language}, {tag})" for tag in tags]
    same = f"{language} IN ({', '.join(tag.lower() for tag in tags)}) || " if len(tags) > 1 and '""' not in tags else ""
    return f"({same}{' || '.join(ranges) or 'false'})"


def any_of(shapes: ShapesGraph, parameter: Term, value: str) -> str:
    """Return the test that a value is one of a list."""
    return "(" + (" || ".join(f"sameTerm({value}, {shapes.constant(m)})" for m in shapes.members(parameter)) or "false") + ")"


_VALUE_TESTS: dict[str, Callable[[ShapesGraph, Node, Term, str], str]] = {
    "datatype": lambda s, n, p, v: datatype(p, v),
    "nodeKind": lambda s, n, p, v: node_kind(p)(v),
    "minExclusive": lambda s, n, p, v: f"({v} > {p})",
    "minInclusive": lambda s, n, p, v: f"({v} >= {p})",
    "maxExclusive": lambda s, n, p, v: f"({v} < {p})",
    "maxInclusive": lambda s, n, p, v: f"({v} <= {p})",
    "minLength": lambda s, n, p, v: f"(!isBlank({v}) && STRLEN(STR({v})) >= {p})",
    "maxLength": lambda s, n, p, v: f"(!isBlank({v}) && STRLEN(STR({v})) <= {p})",
    "pattern": pattern,
    "languageIn": lambda s, n, p, v: language_in(s, p, f"lang({v})"),
    "in": lambda s, n, p, v: any_of(s, p, v),
}


def _exactly_one(shapes: Shapes, parameter: Term, value: str) -> str:
    parts = [shapes.conforms(member, value) for member in shapes.members(parameter)]
    if len(parts) == 2:  # as most are, and two booleans are quickly compared
        return f"({parts[0]} != {parts[1]})"
    counted = " + ".join(f"IF({part}, 1, 0)" for part in parts)
    return f"(({counted or 0}) = 1)"


def _joined(shapes: Shapes, parameter: Term, value: str, sign: str) -> str:
    parts = [shapes.conforms(member, value) for member in shapes.members(parameter)]
    return f"({f' {sign} '.join(parts)})" if parts else ("true" if sign == "&&" else "false")


def _compared(shapes: Shapes, parameter: Term, value: str, sign: str) -> str:
    other = f"?{shapes.fresh()}"
    pattern = shapes.scope.wrap(f"?this {parameter} {other}")
    return f"(NOT EXISTS {{ {pattern} FILTER(!COALESCE({value} {sign} {other}, false)) }})"


TESTS: dict[str, Callable[[Shapes, Node, Term, str], str]] = {
    "class": lambda s, n, p, v: f"(EXISTS {{ {s.scope.wrap_type(s.of_class(v, p))} }})",
    **_VALUE_TESTS,
    "node": lambda s, n, p, v: s.conforms(p, v),
    "not": lambda s, n, p, v: f"(!{s.conforms(p, v)})",
    "and": lambda s, n, p, v: _joined(s, p, v, "&&"),
    "or": lambda s, n, p, v: _joined(s, p, v, "||"),
    "xone": lambda s, n, p, v: _exactly_one(s, p, v),
    "disjoint": lambda s, n, p, v: f"(NOT EXISTS {{ {s.scope.wrap(f'?this {p} {v}')} }})",
    "lessThan": lambda s, n, p, v: _compared(s, p, v, "<"),
    "lessThanOrEquals": lambda s, n, p, v: _compared(s, p, v, "<="),
}


def _has_value(shapes: Shapes, node: Node, parameter: Term, path: str) -> str:
    return f"(EXISTS {{ {shapes.scope.wrap(f'?this {path} {parameter}')} }})" if path else f"sameTerm(?this, {parameter})"


def _equals(shapes: Shapes, node: Node, parameter: Term, path: str) -> str:
    if not path:
        other = f"?{shapes.fresh()}"
        itself = shapes.scope.wrap(f"?this {parameter} ?this")
        another = shapes.scope.wrap(f"?this {parameter} {other}")
        return f"(EXISTS {{ {itself} }} && NOT EXISTS {{ {another} FILTER(!sameTerm({other}, ?this)) }})"
    here, there = (shapes.fresh() for _ in "12")
    wrap = shapes.scope.wrap
    missing = [
        f"NOT EXISTS {{ {wrap(f'?this {a} ?{name}')} FILTER NOT EXISTS {{ {wrap(f'?this {b} ?{name}')} }} }}"
        for a, b, name in ((path, parameter, here), (parameter, path, there))
    ]
    return "(" + " && ".join(missing) + ")"


def _unique_lang(shapes: Shapes, node: Node, parameter: Term, path: str) -> str:
    if not shapes.flag(node, "uniqueLang"):
        return "true"
    a, b = f"?{shapes.fresh()}", f"?{shapes.fresh()}"
    both = shapes.scope.wrap(f"?this {path} {a} . ?this {path} {b}")
    return f"(NOT EXISTS {{ {both} FILTER(!sameTerm({a}, {b}) && lang({a}) != '' && LCASE(lang({a})) = LCASE(lang({b}))) }})"


def _closed(shapes: Shapes, node: Node, parameter: Term, path: str) -> str:
    if not shapes.flag(node, "closed"):
        return "true"
    allowed = {p for part in shapes.values(node, sh("property")) if (p := shapes.path(part)).startswith("<")}  # type: ignore[arg-type]
    ignored = shapes.one(node, sh("ignoredProperties"))
    allowed |= {str(term) for term in shapes.members(ignored)} if ignored is not None else set()
    predicate, value = f"?{shapes.fresh()}", f"?{shapes.fresh()}"
    listed = f"FILTER({predicate} NOT IN ({', '.join(sorted(allowed))}))" if allowed else ""
    return f"(NOT EXISTS {{ {shapes.scope.wrap(f'?this {predicate} {value}')} {listed} }})"


def _qualified(shapes: Shapes, node: Node, parameter: Term, path: str) -> str:
    if shapes.flag(node, "qualifiedValueShapesDisjoint"):
        raise NotCompiled("sh:qualifiedValueShapesDisjoint is not compiled")
    parts = []
    for name, negate in (("qualifiedMinCount", 0), ("qualifiedMaxCount", 1)):
        if shapes.one(node, sh(name)) is not None:
            wanted = shapes.integer(node, name) + negate
            enough = shapes.at_least("?this", path, wanted, lambda value: shapes.conforms(parameter, value))
            parts.append(f"(!{enough})" if negate else enough)
    return " && ".join(parts) or "true"


WHOLES: dict[str, Callable[[Shapes, Node, Term, str], str]] = {
    "hasValue": _has_value,
    "equals": _equals,
    "uniqueLang": _unique_lang,
    "closed": _closed,
    "qualifiedValueShape": _qualified,
}
