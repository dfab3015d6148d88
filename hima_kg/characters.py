"""Characters that cannot be seen, steer the direction of a text, or pass for others: they mislead readers and searches."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice
from unicodedata import name

import pyoxigraph as ox

from .errors import Place, Problem, ProjectError
from .terms import COMMON, local
from .trig import bare, comments

MOST = 50
"""How many findings in one file are listed."""

HIDDEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e007f"
)
"""What cannot be seen, or steers the direction of a text, as a set in a regular expression has it."""
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_STRANGE = re.compile(f"[{_CONTROL}{HIDDEN}]")
_NOT_IN_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_WRITTEN = re.compile(f"{_STRANGE.pattern}|(?<!\\\\)\\\\(?:u([0-9A-Fa-f]{{4}})|U([0-9A-Fa-f]{{8}})|[bf])")
_LOOKALIKES = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_WORD = re.compile("[A-Za-z]\\w*?([\u0370-\u03ff\u0400-\u052f])|([\u0370-\u03ff\u0400-\u052f])\\w*?[A-Za-z]")
_USUAL = b"\t\n\r" + bytes(range(0x20, 0x7F))
_ESCAPES = {"\\b": "\x08", "\\f": "\x0c"}


_RESERVED = {
    ox.NamedNode(COMMON["rdf"] + name)
    for name in (
        *("RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "Description", "li"),
        *("aboutEach", "aboutEachPrefix", "bagID"),
    )
}
"""The names that are not those of properties in RDF/XML (RDF 1.1 XML Syntax, section 5.1)."""


def rdf_xml(triples: Collection[ox.Triple], prefixes: dict[str, str]) -> bytes:
    """Return triples in RDF/XML.

    Raises ProjectError where one of them has a property whose name RDF/XML keeps for itself, or that readers of XML do not
    take, and where `for_xml` does.
    """
    for predicate in {triple.predicate for triple in triples}:
        if predicate in _RESERVED:
            raise ProjectError(f"RDF/XML cannot hold the property rdf:{local(predicate.value)}", hint="take another format")
        if not (_is_xml_name(predicate)):
            raise ProjectError(f"RDF/XML cannot hold the property <{predicate.value}>", hint="take another format")
    return for_xml(ox.serialize(triples, format=ox.RdfFormat.RDF_XML, prefixes=prefixes) or b"")


def _is_xml_name(predicate: ox.NamedNode) -> bool:
    """Whether expat, by which most programs read XML, takes the name of a property; it knows fewer letters than XML has now."""
    if predicate.value.isascii() and not predicate.value.startswith("http://www.w3.org/2000/xmlns/"):
        return True
    from xml.parsers import expat

    thing = ox.NamedNode("urn:x")
    try:
        data = ox.serialize([ox.Triple(thing, predicate, thing)], format=ox.RdfFormat.RDF_XML)
        expat.ParserCreate(namespace_separator=" ").Parse(data or b"", True)
    except expat.ExpatError:
        return b"<oxprefix: " in (data or b"")  # of which `for_xml` tells
    return True


def for_xml(data: bytes) -> bytes:
    """Return XML with its carriage returns kept.

    Raises ProjectError where a text has a character, or a property a name, that XML has not.
    """
    if odd := _NOT_IN_XML.search(data):
        message = f"XML cannot hold U+{ord(odd[0].decode()):04X}, which a text has"
    elif b"<oxprefix: " in data:
        message = "RDF/XML cannot hold a property whose IRI does not end with a name"
    else:
        return data.replace(b"\r", b"&#13;")  # which XML would read as the end of a line
    raise ProjectError(message, hint="take another format")


_GROUP = re.compile(r",\d{3}")
_GROUPED = re.compile(r"(?<![\w,.:+-])[1-9]\d{0,2}(?:,\d{3})+(?![\w,:])")
"""Digits in groups, as people write large numbers: Turtle takes each group for a number."""


def strange(shown: str, text: str) -> Iterator[Problem]:
    r"""Go through the strange characters of a file's text, raw or as escapes, each with its place.

    NUL is an error, since much software ends a text there. The others are warnings: a Persian name needs its joiners.

    >>> [str(problem.place) for problem in strange("a.ttl", ':x :y "b\u202ec" .')]
    ['a.ttl:1:9']
    """
    letters = "".join({*text.encode("utf-8", "replace").translate(None, _USUAL).decode()})  # few differ, and none is of these
    if _STRANGE.search(letters) or any(escape in text for escape in ("\\u", "\\U", *_ESCAPES)):
        yield from _hidden(shown, text)
    if _LOOKALIKES.search(letters):
        yield from _mixed(shown, text)
    if _GROUP.search(text):
        yield from islice(_grouped(shown, text), MOST)


def _grouped(shown: str, text: str) -> Iterator[Problem]:
    for start, end in bare(text, _GROUPED):
        said = text[start:end]
        numbers = f"{said.count(',') + 1} numbers"
        hint = f"write {said.replace(',', '')}; if {numbers} are meant, put spaces between them"
        yield Problem(Place.of(shown, text, start, end), "warning", "digits", f"{said} is {numbers}", hint)


def _hidden(shown: str, text: str) -> Iterator[Problem]:
    found = 0
    remarks: list[tuple[int, int]] | None = None
    for piece in _WRITTEN.finditer(text):
        if piece[0].startswith("\\"):  # in a comment, that is no escape
            remarks = comments(text) if remarks is None else remarks
            if any(start <= piece.start() < end for start, end in remarks):
                continue
        code = piece[1] or piece[2]
        sign = chr(int(code, 16)) if code and int(code, 16) < 0x110000 else _ESCAPES.get(piece[0], piece[0])
        if not _STRANGE.fullmatch(sign):
            continue
        found += 1
        if found <= MOST:
            yield _problem(Place.of(shown, text, piece.start(), piece.end()), sign)
    if found > MOST:
        yield Problem(Place(shown), "warning", "hidden-character", f"{found - MOST} more characters that cannot be seen")


def _problem(where: Place, sign: str) -> Problem:
    named = f"U+{ord(sign):04X} ({_name(sign)})"
    if sign == "\x00":
        return Problem(where, "error", "hidden-character", f"{named} ends a text in much software", "take it out")
    return Problem(
        where, "warning", "hidden-character", f"{named} cannot be seen", "take it out, or leave it if the script needs it"
    )


def _mixed(shown: str, text: str) -> Iterator[Problem]:
    for number, word in enumerate(_WORD.finditer(text)):
        if number == MOST:
            yield Problem(Place(shown), "warning", "mixed-scripts", "and more words that mix scripts")
            return
        sign = word[1] or word[2]
        where = Place.of(shown, text, word.start(), word.end())
        message = f"U+{ord(sign):04X} ({_name(sign)}) stands among Latin letters, where it may pass for one"
        yield Problem(where, "warning", "mixed-scripts", message, "is it the letter that the source prints?")


def _name(sign: str) -> str:
    controls = {"\x00": "null", "\x1b": "escape", "\x08": "backspace"}
    return name(sign, controls.get(sign, "control character")).lower()
