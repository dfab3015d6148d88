"""The faces that a page brings along, so that its Chinese, Japanese and Korean can be read where no font has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from json import loads
from pathlib import Path
from typing import Any

from ..errors import Place, Problem, ProjectError
from .glyphs import Face, cut, installed

SHIPPED = Path(__file__).parent / "vendor" / "fonts"

EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u2e80-\u303f\u3040-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff"
    "\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U0001aff0-\U0001b16f\U0001f200-\U0001f2ff\U00020000-\U000323af]"
)
"""Han, kana, bopomofo and Hangul, their punctuation and full-width forms; quotes and dashes stay with the Latin font."""

VARIANTS = {"zh-hant": "TC", "zh-tw": "TC", "zh-mo": "HK", "zh-hk": "HK", "ja": "JP"}
"""How Han is drawn for readers of a language; for others it is SC, and Hangul is the same in all."""

HINT = "install a font that has them, such as Debian's fonts-noto-cjk, or name one: `font` in the settings, or --font FILE"


@dataclass(frozen=True)
class Embedded:
    """The East Asian characters of a page, what its style sheet says for them, and those that no font at hand has."""

    characters: str
    rules: str
    missing: str

    def warnings(self, page: str) -> list[Problem]:
        """Return one warning about a page of some name, if it shows what may not be readable everywhere."""
        if not self.missing:
            return []
        some = " ".join(self.missing[:12]) + " …" * (len(self.missing) > 12)
        count = "1 character" if len(self.missing) == 1 else f"{len(self.missing):,} characters"
        message = f"{count} of the page cannot be read where no font is installed that has them: {some}"
        return [Problem(Place(page), "warning", "font", message, HINT)]


def written(text: str) -> str:
    """Return the East Asian characters of a text, each once, in order.

    >>> written("“Zìxíngchē” 自行车（自行车）")
    '自行车（）'
    """
    return "".join(sorted({*EAST_ASIAN.findall(text)}))


def embed(characters: str, languages: Sequence[str] = (), font: Path | None = None) -> Embedded:
    """Return the faces that have some characters: of the font that is named, then of those that ship or are installed.

    Raises ProjectError where the font that is named cannot be used.
    """
    rules, left = [], characters
    for source in _sources(_variant(languages), font):
        if not left:
            break
        if face := source(left):
            rules.append(face.rule())
            left = "".join(sign for sign in left if sign not in face.characters)
    return Embedded(characters, "".join(rules), left)


Source = Callable[[str], Face | None]


def _sources(variant: str, font: Path | None) -> Iterator[Source]:
    """Go through the ways to have a face for characters. What ships comes first, so that a page is the same on most machines.

    It is drawn as in SC, so readers of another variant get it last.
    """
    if font:
        yield partial(cut, font, variant=variant)
    ways = [_shipped(), _installed(variant)]
    for way in ways if variant == "SC" else reversed(ways):
        yield from way


def _variant(languages: Iterable[str]) -> str:
    """Return how Han is drawn, by the first language that is written with it."""
    han = (tag.lower() for tag in languages if re.match("(zh|ja)", tag, re.IGNORECASE))
    first = next(han, "")
    return next((variant for tag, variant in VARIANTS.items() if first.startswith(tag)), "SC")


def _shipped() -> Iterator[Source]:
    for piece in loads((SHIPPED / "MANIFEST.json").read_text("utf-8")):
        yield partial(_of_piece, piece)


def _of_piece(piece: dict[str, Any], left: str) -> Face | None:
    """Return what ships as it is if half of it is wanted, which is quickest; else what is wanted of it."""
    wanted = "".join(sign for sign in left if sign in piece["characters"])
    if 2 * len(wanted) >= len(piece["characters"]):
        return Face((SHIPPED / piece["file"]).read_bytes(), wanted, piece["notice"])
    face = cut(SHIPPED / piece["file"], wanted) if wanted else None
    return face and replace(face, notice=piece["notice"])


def _installed(variant: str) -> Iterator[Source]:
    for file in installed(variant):
        yield partial(_if_sound, file, variant)


def _if_sound(file: Path, variant: str, left: str) -> Face | None:
    try:
        return cut(file, left, variant)
    except ProjectError:
        return None  # nobody named it, and its glyphs will be missed
