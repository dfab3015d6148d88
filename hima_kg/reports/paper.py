"""How differences are written down: names in a language, passages and values, and how much of what is long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar
from unicodedata import normalize

from .. import tables
from ..differences import Value
from ..editions import Mention
from ..errors import Place
from ..literals import legible
from ..terms import Prefixes

Item = TypeVar("Item")


@dataclass(frozen=True)
class Paper:
    """What is needed to write a difference down: names in a language, prefixes, and whether everything is listed."""

    names: Mapping[str, str]
    prefixes: Prefixes
    all: bool = False

    def name(self, iri: str) -> str:
        """Return the name of a thing, or its CURIE where it has none."""
        return self.names.get(iri) or self.prefixes.compact(iri)

    def title(self, iri: str) -> str:
        """Return the name of a thing and its CURIE."""
        curie = self.prefixes.compact(iri)
        return f"{self.names[iri]}  {curie}" if self.names.get(iri) else curie

    def curies(self, iris: Iterable[str]) -> str:
        """Return the CURIEs of things, one after the other."""
        return ", ".join(map(self.prefixes.compact, iris))

    def value(self, said: Value, width: int = tables.LIMIT) -> str:
        """Return a value: a name, or a literal's text."""
        return tables.cut(self._text(said.value), width)

    def values(self, before: Value, after: Value, width: int) -> tuple[str, str]:
        """Return two values in such a way that it is seen in what they differ.

        That can be the end of a long text, signs that look alike, spaces, a language, or a datatype.
        """
        one, other = self._text(before.value), self._text(after.value)
        if one == other:
            one, other = f"{one} ({self._kind(before.value)})", f"{other} ({self._kind(after.value)})"
        elif normalize("NFC", one) == normalize("NFC", other):
            one, other = (text.encode("unicode_escape").decode() for text in (one, other))
        elif one.split() == other.split():
            one, other = f'"{one}"', f'"{other}"'
        if tables.cut(one, width) == tables.cut(other, width):
            same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
            start = max(same - width // 2, 0)
            one, other = f"…{one[start:]}", f"…{other[start:]}"
        return tables.cut(one, width), tables.cut(other, width)

    def _text(self, value: Any) -> str:
        return legible(value.value, value.datatype.value) if hasattr(value, "datatype") else self.name(value.value)

    def _kind(self, value: Any) -> str:
        if not hasattr(value, "datatype"):
            return self.prefixes.compact(value.value)
        return value.language or self.prefixes.compact(value.datatype.value)

    def passages(self, passages: Sequence[Mention]) -> list[str]:
        """Return claims with their places in their documents, a line a document."""
        by_document = groupby(sorted(passages, key=lambda p: (p.document, p.claim)), key=lambda p: p.document)
        return [self._in_document(document, list(cited)) for document, cited in by_document]

    def _in_document(self, document: str, cited: Sequence[Mention]) -> str:
        locators = "; ".join(dict.fromkeys(passage.locator for passage in cited if passage.locator))
        title = tables.cut(self.names.get(document, ""), 40)
        claims = self.curies(passage.claim for passage in cited)
        return f"{claims}  {title} {locators}".rstrip()

    def most(self, found: Sequence[Item], most: int, noun: str, indent: str = "  ") -> tuple[Sequence[Item], list[str]]:
        """Return what of a list is shown, and the line that tells how much more there is."""
        if self.all or len(found) <= most + 1:  # a line that says "1 more" could as well be that one
            return found, []
        return found[:most], [f"{indent}… {len(found) - most:,} more {noun} (--all lists them)"]


def spot(place: Place | None) -> str:
    """Return the file and the line of a place, or nothing where it is not known."""
    return f"{place.path}:{place.line}" if place else ""
