"""Literals: whether they are of their datatype, and whether the embedded engine keeps them as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from .dates import DATATYPES, XSD, Period

_LEXICAL = {
    XSD + "integer": r"[+-]?\d+",
    XSD + "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
    XSD + "double": r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN",
    XSD + "boolean": r"true|false|1|0",
    XSD + "anyURI": r"\S*",
}
_CANONICAL = {
    XSD + name: re.compile(pattern, re.ASCII).fullmatch
    for name, pattern in (
        ("integer", r"0|-?[1-9]\d{0,14}"),
        ("decimal", r"0|-?[1-9]\d{0,9}(\.\d{0,4}[1-9])?|-?0\.\d{0,4}[1-9]"),
        ("boolean", "true|false"),
        ("date", r"\d{4}-\d\d-\d\d"),
        ("gYearMonth", r"\d{4}-\d\d"),
        ("gYear", r"\d{4}"),
    )
}
"""What most literals look like, and the engine keeps; the others are tried."""
_NARROW = {
    XSD + name
    for name in (
        *("byte", "short", "int", "long", "unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
    )
}
"""Kinds of whole numbers that the embedded engine stores as xsd:integer."""


def changed(literals: Iterable[ox.Literal]) -> Iterator[tuple[ox.Literal, ox.Literal]]:
    """Go through the literals that the embedded engine would write in another way, with what it would write."""
    odd = sorted((literal for literal in literals if not is_canonical(literal)), key=str)
    store, said = ox.Store(), ox.NamedNode("urn:x")
    store.bulk_extend(ox.Quad(ox.NamedNode(f"urn:x:{number}"), said, literal) for number, literal in enumerate(odd))
    for quad in store:
        literal = odd[int(str(quad.subject)[7:-1])]
        if quad.object != literal and isinstance(quad.object, ox.Literal):
            yield literal, quad.object


def is_canonical(literal: ox.Literal) -> bool:
    """Whether a literal has the usual form of its datatype, which the engine keeps."""
    fits = _CANONICAL.get(literal.datatype.value)
    return bool(fits and fits(literal.value))


def ill_typed(text: str, datatype: str) -> str:
    """Return why a text is not of a datatype; nothing if it is."""
    if datatype in DATATYPES:
        try:
            Period.parse(text, datatype)
        except ValueError as error:
            return str(error)
    if datatype in _NARROW:
        return "the store keeps whole numbers as xsd:integer; write that, and say the range in a shape"
    pattern = _LEXICAL.get(datatype)
    if pattern and not re.fullmatch(pattern, text, re.ASCII):
        return (
            f"a {datatype.removeprefix(XSD)} has only digits, without separators"
            if "," in text
            else "it is not written as such a value is"
        )
    return ""
