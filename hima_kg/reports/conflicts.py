"""Conflicts, with every claim, what it says, the arithmetic, and which is preferred; and variations that are none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from ..conflicts import Conflict, Side
from ..entities import UNREMARKABLE
from ..errors import Place, printable
from ..literals import arithmetic, legible, named
from ..tables import cut
from ..terms import KG, Prefixes, label
from .entity import citation_table, object_table

MOST, TITLE = 6, 50
"""How many things a claim is quoted on, and how many columns a document's title may take."""


class Report:
    """How conflicts are told: with names in a language, CURIEs, and the places of claims in the files."""

    def __init__(self, names: Mapping[str, str], prefixes: Prefixes, places: Mapping[str, Place], lang: str) -> None:
        """Take what is needed to name things."""
        self.names, self.prefixes, self.places, self.lang = names, prefixes, places, lang

    def text(self, conflicts: Sequence[Conflict], variations: Sequence[Conflict]) -> str:
        """Return conflicts kind by kind, and variations after them, for the terminal."""
        counted = [f"{len([*same])} {self._name(kind)}" for kind, same in groupby(conflicts, key=lambda c: c.kind)]
        parts = [f"{len(conflicts)} in conflict: {', '.join(counted)}" if conflicts else "no conflict", *self._kinds(conflicts)]
        if variations:
            parts += [f"CHANGES, NOT CONFLICTS  {len(variations)}", *map(self._variation, variations)]
        return "\n\n".join(parts)

    def _kinds(self, conflicts: Sequence[Conflict]) -> Iterable[str]:
        for kind, found in groupby(conflicts, key=lambda c: c.kind):
            same = list(found)
            yield f"{self._name(kind).upper()}  {len(same)}"
            yield from map(self._conflict, same)

    def _conflict(self, found: Conflict) -> str:
        return "\n".join([*self._head(found), *self._sides(found), *self._notes(found)])

    def _variation(self, found: Conflict) -> str:
        return "\n".join([*self._head(found), *self._sides(found)])

    def _head(self, found: Conflict) -> list[str]:
        called = (label(found.names, self.lang) or "").removeprefix(f"{self._name(found.kind)}: ")
        title = f"  {called or self._listed(found.about)}  {self.prefixes.compact(found.iri)}"
        return [title, *(f"      {arithmetic(figures, self._name)}" for figures in found.arithmetic)]

    def _sides(self, found: Conflict) -> Iterable[str]:
        for side in found.sides:
            mark = "✓" if side.preferred else "·"
            yield f"    {mark} {self._cited(side)}"
            lines = self._says(side)
            yield from (f"        {line}" for line in lines[:MOST])
            if len(lines) > MOST:
                yield f"        … and {len(lines) - MOST} more"

    def _cited(self, side: Side) -> str:
        cited = side.citation
        words = [self._name(word).lower() for word in (cited.modality, cited.rank) if word not in UNREMARKABLE]
        words += [f"by {self._listed(cited.speakers)}"] * bool(cited.speakers)
        place = self.places.get(cited.claim)
        where = f"  {place.path}:{place.line}" if place else ""
        said = f"  ({', '.join(words)})" if words else ""
        return f"{self.prefixes.compact(cited.claim)}  {cut(cited.document, TITLE)}, {cited.locator}{said}{where}"

    def _says(self, side: Side) -> list[str]:
        """Return a line for each thing that the claim speaks of: what it says of it."""
        return [
            f"{self._name(subject)}: " + "; ".join(f"{self._name(p)} {self._value(values)}" for p, values in by_property(said))
            for subject, said in groupby(side.says, key=lambda s: s[0])
        ]

    def _notes(self, found: Conflict) -> Iterable[str]:
        better = [self.prefixes.compact(side.citation.claim) for side in found.sides if side.preferred]
        lost = [side for side in found.sides if side.citation.rank == KG + "Deprecated"]
        if better:
            is_for_rank = lost and len(better) + len(lost) == len(found.sides)
            why = f", since {self._claims(lost)} is deprecated" if is_for_rank else ""
            yield f"    preferred  {', '.join(better)}{why}"
        elif len(found.sides) > 1:
            yield f"    preferred  {'neither' if len(found.sides) == 2 else 'none of them'}"
        yield from (f"    note       {remark}" for remark in found.remarks)
        yield f"    found by   {found.sentence}" if found.sentence else "    noted by   the curator"

    def _claims(self, sides: Iterable[Side]) -> str:
        return ", ".join(self.prefixes.compact(side.citation.claim) for side in sides)

    def _value(self, values: Sequence[Any]) -> str:
        return ", ".join(map(self._one, values))

    def _one(self, value: Any) -> str:
        is_literal = hasattr(value, "datatype")
        return printable(legible(value.value, value.datatype.value)) if is_literal else self._name(value.value)

    def _listed(self, iris: Iterable[str]) -> str:
        return ", ".join(map(self._name, iris))

    def _name(self, iri: str) -> str:
        return printable(self.names.get(iri) or self.prefixes.compact(iri))

    # For machines

    def table(self, found: Conflict) -> dict[str, Any]:
        """Return a conflict as values for JSON."""
        short = self.prefixes.compact
        return {
            "id": short(found.iri),
            "name": label(found.names, self.lang),
            "kind": short(found.kind),
            "broader": short(found.broader) if found.broader else None,
            "about": [short(iri) for iri in found.about],
            "claims": [self._side(side) for side in found.sides],
            "arithmetic": [named(line, short) for line in found.arithmetic],
            "remarks": list(found.remarks),
            "rule": short(found.rule) if found.rule else None,
            "sentence": found.sentence,
            "premises": [short(iri) for iri in found.premises],
        }

    def _side(self, side: Side) -> dict[str, Any]:
        place = self.places.get(side.citation.claim)
        return {
            **citation_table(side.citation, self.prefixes),
            "path": place.path if place else None,
            "line": place.line if place else None,
            "preferred": side.preferred,
            "says": [
                {
                    "subject": self.prefixes.compact(s),
                    "property": self.prefixes.compact(p),
                    **object_table(o, self.prefixes),
                }
                for s, p, o in side.says
            ],
        }


def by_property(said: Iterable[tuple[str, str, Any]]) -> Iterable[tuple[str, list[Any]]]:
    """Go through statements of one subject as a property with its values."""
    for prop, same in groupby(said, key=lambda s: s[1]):
        yield prop, [value for _, _, value in same]
