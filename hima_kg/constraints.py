"""SHACL's tests of one value by itself, as SPARQL expressions that are true where the value is fine."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from .shacl import SH, Node, NotCompiled, ShapesGraph, Term, sh
from .terms import COMMON


def pattern(shapes: ShapesGraph, node: Node, parameter: Term, value: str) -> str:
    """Return the test that a value's text fits a pattern; raises NotCompiled for one that the engine does not have."""
    flags = shapes.one(node, sh("flags"))
    options = f", {flags}" if flags is not None else ""
    tried = f"ASK {{ BIND(REGEX('', {parameter}{options}) AS ?tried) FILTER(BOUND(?tried)) }}"
    if not ox.Store().query(tried):
        raise NotCompiled(f"the engine has no such pattern: {parameter}")
    return f"(!isBlank({value}) && REGEX(STR({value}), {parameter}{options}))"


def node_kind(parameter: Term) -> Callable[[str], str]:
    """Return the test that a value is of a kind of node."""
    tests = {"IRI": "isIRI({0})", "BlankNode": "isBlank({0})", "Literal": "isLiteral({0})"}
    kinds = [tests[kind] for kind in str(parameter).strip("<>").removeprefix(SH).replace("Or", " ").split() if kind in tests]
    return lambda value: "(" + " || ".join(kind.format(value) for kind in kinds) + ")"


def datatype(parameter: Term, value: str) -> str:
    """Return the test that a value is a well-formed literal of a datatype."""
    cast = str(parameter)
    well_formed = f" && BOUND({value})"
    if cast.strip("<>").removeprefix(COMMON["xsd"]) in (
        "integer",
        "decimal",
        "double",
        "float",
        "boolean",
        "dateTime",
        "date",
    ):
        well_formed = f" && COALESCE(datatype({cast}(STR({value}))) = {cast}, false)"
    return f"(isLiteral({value}) && datatype({value}) = {cast}{well_formed})"


def language_in(shapes: ShapesGraph, parameter: Term, value: str) -> str:
    """Return the test that a literal's language is one of some."""
    ranges = [f"langMatches(lang({value}), {tag})" for tag in shapes.members(parameter)]
    return f"(isLiteral({value}) && ({' || '.join(ranges) or 'false'}))"


def any_of(shapes: ShapesGraph, parameter: Term, value: str) -> str:
    """Return the test that a value is one of a list."""
    return "(" + (" || ".join(f"sameTerm({value}, {shapes.constant(m)})" for m in shapes.members(parameter)) or "false") + ")"


VALUE_TESTS: dict[str, Callable[[ShapesGraph, Node, Term, str], str]] = {
    "datatype": lambda s, n, p, v: datatype(p, v),
    "nodeKind": lambda s, n, p, v: node_kind(p)(v),
    "minExclusive": lambda s, n, p, v: f"({v} > {p})",
    "minInclusive": lambda s, n, p, v: f"({v} >= {p})",
    "maxExclusive": lambda s, n, p, v: f"({v} < {p})",
    "maxInclusive": lambda s, n, p, v: f"({v} <= {p})",
    "minLength": lambda s, n, p, v: f"(!isBlank({v}) && STRLEN(STR({v})) >= {p})",
    "maxLength": lambda s, n, p, v: f"(!isBlank({v}) && STRLEN(STR({v})) <= {p})",
    "pattern": pattern,
    "languageIn": lambda s, n, p, v: language_in(s, p, v),
    "in": lambda s, n, p, v: any_of(s, p, v),
}
