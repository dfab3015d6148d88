"""What reports are written with: names in a language, lines of a width, and the signs that a terminal has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..dates import lasting
from ..entities import Citation, State
from ..errors import columns
from ..terms import KG, Prefixes


@dataclass(frozen=True)
class Signs:
    """What bars and lines are made of."""

    certain: str = "█"
    possible: str = "░"
    disputed: str = "╱"
    implied: str = "·"
    unknown: str = "?"
    back: str = "←"
    on: str = "→"
    line: str = "─"
    tick: str = "┬"
    dash: str = "–"
    more: str = "…"

    @classmethod
    def of(cls, encoding: str) -> Signs:
        """Return the signs that an encoding has: blocks, or else plain ASCII."""
        signs = cls()
        try:
            "".join(vars(signs).values()).encode(encoding)
        except (UnicodeEncodeError, LookupError):
            return cls("#", "-", "/", ".", "?", "<", ">", "-", "+", "-", "...")
        return signs


_UNBROKEN = "\u00a0"


@dataclass(frozen=True)
class Pen:
    """Names of things, a width, and the signs of an encoding."""

    names: Mapping[str, str]
    prefixes: Prefixes
    width: int
    signs: Signs
    encoding: str

    def wrapped(self, lead: str, pieces: Iterable[str], sources: Sequence[str] = ()) -> Iterator[str]:
        """Go through lines of a width that hold pieces, broken at spaces, and sources, each of them in one line."""
        text = "; ".join(pieces)
        words = [*(f"{text};" if text and sources else text).split(" "), *sources]
        line = lead
        for word in filter(None, words):
            if len(line) > len(lead) and columns(line) + 1 + columns(word) > self.width:
                yield line.replace(_UNBROKEN, " ")
                line = lead = " " * columns(lead)
            line += f"{' ' * (len(line) > len(lead))}{word}"
        if len(line) > len(lead):
            yield line.replace(_UNBROKEN, " ")

    def times(self, state: State) -> str:
        """Return from when to when a state holds, in words as short as what is known."""
        return self.safe(lasting(state.start, state.end, dash=self.signs.dash, unknown=self.signs.more))

    def whole(self, text: str) -> str:
        """Return a text in which no line is broken."""
        return self.safe(text).replace(" ", _UNBROKEN)

    def name(self, iri: str) -> str:
        """Return the name of a thing, or its CURIE, as this encoding shows it."""
        return self.safe(self.names.get(iri) or self.prefixes.compact(iri))

    def safe(self, text: str) -> str:
        """Return a text as a terminal of this encoding shows it, so that it is as wide as it is measured."""
        return text.encode(self.encoding, errors="backslashreplace").decode(self.encoding)


def cited(claims: Sequence[Citation], prefixes: Prefixes) -> list[str]:
    """Return claims as CURIEs, each with how it is said where that is not plainly."""
    return [f"[{prefixes.compact(c.claim)}{_said(c)}]" for c in claims]


def _said(citation: Citation) -> str:
    return "" if citation.modality == KG + "Stated" else f" {citation.modality.removeprefix(KG).lower()}"


def cut(text: str, room: int, more: str) -> str:
    """Return a text cut short where it takes more columns than there is room; nothing where there is none.

    >>> cut("琥珀 lamp", 6, "…")
    '琥珀 …'
    """
    if columns(text) <= room:
        return text
    while text and columns(text + more) > room:
        text = text[:-1]
    return text + more if text else more[: max(room, 0)]
