"""How differences are written down: names in a language, passages and values, and how much of what is long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

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
        value = said.value
        text = legible(value.value, value.datatype.value) if hasattr(value, "datatype") else self.name(value.value)
        return tables.cut(text, width)

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
