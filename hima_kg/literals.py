"""Literals: whether they are of their datatype, and whether the embedded engine keeps them as they are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox

from .dates import CLOCK, DATATYPES, EDTF, ZONE, Period, between, by_months
from .errors import nearest
from .tables import grouped
from .terms import COMMON, XSD

_LEXICAL = {
    XSD + "integer": r"[+-]?\d+",
    XSD + "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
    XSD + "double": r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN",
    XSD + "boolean": r"true|false|1|0",
    XSD + "float": r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN",
    XSD + "anyURI": r"\S*",
    XSD + "time": rf"({CLOCK})({ZONE})?",
    XSD + "dateTimeStamp": rf"\d{{4}}-\d\d-\d\dT({CLOCK})({ZONE})",
    XSD + "duration": r"-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?",
    XSD + "dayTimeDuration": r"-?P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?",
    XSD + "yearMonthDuration": r"-?P(?=.)(\d+Y)?(\d+M)?",
    XSD + "gMonth": rf"--(0[1-9]|1[0-2])({ZONE})?",
    XSD + "gDay": rf"---(0[1-9]|[12]\d|3[01])({ZONE})?",
    XSD + "hexBinary": r"([0-9A-Fa-f]{2})*",
    XSD + "base64Binary": r"(\s*([A-Za-z0-9+/]\s*){4})*(([A-Za-z0-9+/]\s*){2}=\s*=|([A-Za-z0-9+/]\s*){3}=)?\s*",
    XSD + "language": r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*",
}
_TEXTS = {
    XSD + "string": r"(?s:.*)",
    XSD + "normalizedString": r"[^\t\n\r]*",
    XSD + "token": r"([^ \t\n\r]+( [^ \t\n\r]+)*)?",
    XSD + "Name": r"[^\W\d][\w.:-]*|:[\w.:-]*",
    XSD + "NCName": r"[^\W\d][\w.-]*",
    XSD + "NMTOKEN": r"[\w.:-]+",
}
_USUAL = {
    XSD + "integer": r"0|-?[1-9]\d{0,14}",
    XSD + "decimal": r"0|-?[1-9]\d{0,9}(\.\d{0,4}[1-9])?|-?0\.\d{0,4}[1-9]",
    XSD + "boolean": "true|false",
    XSD + "date": r"\d{4}-\d\d-\d\d",
    XSD + "gYearMonth": r"\d{4}-\d\d",
    XSD + "gYear": r"\d{4}",
}
"""What most literals look like, and the engine keeps; the others are tried."""
_PLAIN = re.compile(
    "|".join(rf'"({form})"\^\^<{re.escape(kind)}>' for kind, form in _USUAL.items() if kind not in DATATYPES).encode()
)
_NARROW = {
    XSD + name
    for name in (
        *("byte", "short", "int", "long", "unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
    )
}
"""Kinds of whole numbers that the embedded engine stores as xsd:integer."""


def legible(text: str, datatype: str) -> str:
    """Return a literal as people read it: digits in groups, but for what may be a year, and a part of a year by its months.

    >>> legible("4232", XSD + "integer"), legible("2024", XSD + "integer"), legible("2025-40", EDTF)
    ('4,232', '2024', '2025-01..2025-06')
    """
    if datatype == EDTF:
        return by_months(text)
    return grouped(text) if datatype in (XSD + "integer", XSD + "decimal") else text


def arithmetic(line: str, name: Callable[[str], str]) -> str:
    """Return what a rule worked out for a conflict as people read it: things by their names, days by months, digits in groups.

    What stands in quotation marks is a text, and stays as it is.

    >>> arithmetic('<urn:reed> or <urn:finch>: 12000, 2023-01-01 – 2023-03-31, "12000"', lambda iri: iri[4:].title())
    'Reed or Finch: 12,000, 2023-01 – 2023-03, "12000"'
    """
    return named(_around_texts(line, lambda part: _DAYS.sub(_by_months, grouped(part))), name)


def named(line: str, name: Callable[[str], str]) -> str:
    """Return arithmetic with the IRIs in angle brackets, but for those in texts, written as a function of the IRI."""
    return _around_texts(line, lambda part: _THING.sub(lambda found: name(found[1]), part))


def _around_texts(line: str, change: Callable[[str], str]) -> str:
    return "".join(part if number % 2 else change(part) for number, part in enumerate(_TEXT.split(line)))


_TEXT = re.compile(r'("[^"]*")')
"""A text in arithmetic, or a part of one: a quotation mark in it is written twice."""
_THING = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]*:[^<>\s]+)>")
_DAYS = re.compile(r"\b(\d{4}-\d\d-\d\d) – (\d{4}-\d\d-\d\d)\b")


def _by_months(found: re.Match[str]) -> str:
    try:
        return between(found[1], found[2]).replace("..", " – ")
    except ValueError:  # it only looks like days
        return found[0]


def notable(typed: Iterable[bytes]) -> set[ox.Literal]:
    """Return those of some literals, given as N-Triples write them, that are dates, or not of the usual form of their kind.

    >>> notable([b'"7"^^<http://www.w3.org/2001/XMLSchema#integer>', b'"07"^^<http://www.w3.org/2001/XMLSchema#integer>'])
    {<Literal value=07 datatype=<NamedNode value=http://www.w3.org/2001/XMLSchema#integer>>}
    """
    lines = b"".join(b"<urn:x> <urn:x> %b .\n" % literal for literal in typed if not _PLAIN.fullmatch(literal))
    found = (triple.object for triple in ox.parse(lines, ox.RdfFormat.N_TRIPLES, lenient=True))
    return {literal for literal in found if isinstance(literal, ox.Literal)}


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
    usual = _USUAL.get(literal.datatype.value)
    return bool(usual and re.fullmatch(usual, literal.value, re.ASCII))


def ill_typed(text: str, datatype: str) -> str:
    """Return why a text is not of a datatype; nothing if it is."""
    if datatype in DATATYPES:
        try:
            Period.parse(text, datatype)
        except ValueError as error:
            return str(error)
    if datatype.startswith(XSD) and datatype not in {*_LEXICAL, *DATATYPES, *_NARROW, *_TEXTS}:
        close = nearest(datatype.removeprefix(XSD), [kind.removeprefix(XSD) for kind in (*_LEXICAL, *DATATYPES, *_TEXTS)])
        return "XML Schema has no such datatype for RDF" + (f": is xsd:{close} meant?" if close else "")
    if datatype in _NARROW:
        return "the store keeps whole numbers as xsd:integer; write that, and say the range in a shape"
    if not _is_written_so(text, datatype):
        is_grouped = "," in text and datatype in (XSD + "integer", XSD + "decimal", XSD + "double", XSD + "float")
        name = datatype.removeprefix(XSD)
        return f"a {name} has only digits, without separators" if is_grouped else "it is not written as such a value is"
    return _beyond(text, datatype)


def _refused(constant: str) -> None:
    raise ValueError(f"JSON has no {constant}")


def _is_written_so(text: str, datatype: str) -> bool:
    if datatype == COMMON["rdf"] + "JSON":
        import json  # hardly any literal is of these kinds

        try:
            json.loads(text, parse_constant=_refused)
        except (ValueError, RecursionError):
            return False
    if datatype == COMMON["rdf"] + "XMLLiteral":
        from xml.parsers import expat

        try:
            expat.ParserCreate().Parse(f"<x>{text}</x>", True)
        except expat.ExpatError:
            return False
    if datatype in _TEXTS:
        return bool(re.fullmatch(_TEXTS[datatype], text))
    return datatype not in _LEXICAL or bool(re.fullmatch(_LEXICAL[datatype], text, re.ASCII))


_WHOLE, _PLACES, _LARGE = 2**63, 18, 2**127
"""The numbers that the embedded engine reckons with: whole ones of 64 bits, others of 128 bits, 18 digits after the point."""


def _beyond(text: str, datatype: str) -> str:
    """Return why the engine cannot reckon with a number, which would fall out of sums and comparisons without a word."""
    if datatype not in (XSD + "integer", XSD + "decimal"):
        return ""
    sign, (whole, _, part) = text.startswith("-"), text.lstrip("+-").partition(".")
    if len(part) > _PLACES:
        return f"it has {len(part)} digits after the point, and sums are reckoned with {_PLACES}: round it"
    if datatype == XSD + "integer":
        is_large = len(whole.lstrip("0")) > len(str(_WHOLE)) or int(whole) - sign >= _WHOLE
    else:
        is_large = len(whole.lstrip("0")) > len(str(_LARGE)) or int(whole + part.ljust(_PLACES, "0")) >= _LARGE
    return "it is larger than sums are reckoned with: if it is a sign and no number, write it as a text" if is_large else ""
