"""Glyphs cut out of a font file, and the font files of this machine that have East Asian ones."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from json import dumps, loads
from pathlib import Path
from typing import Any, BinaryIO

from ..builds import write
from ..errors import ProjectError, StoreError
from ..project import cache
from ..version import __version__

FAMILY = "KG"
FOLDERS = (
    *("~/.local/share/fonts", "~/.fonts", "/usr/local/share/fonts", "/usr/share/fonts"),
    *("~/Library/Fonts", "/Library/Fonts", "~/AppData/Local/Microsoft/Windows/Fonts", "C:/Windows/Fonts"),
)
"""Where Linux, macOS and Windows keep fonts: a user's before everybody's."""

NAMED = re.compile(
    r"(?:NotoSans(?=CJK|SC|TC|HK|JP|KR)(?:CJK)?|SourceHanSans)(SC|CN|TC|TW|HK|HC|KR?|JP?)?"
    r"(?:-Regular|-?VF|\[wght\]|-VariableFont_wght)?(?:\.[ot]tf)?\.(?:[ot]tf|[ot]tc)",
    re.IGNORECASE,
)
_TABLES = {"cmap", "head", "hhea", "hmtx", "maxp", "name", "post", "OS/2", "CFF ", "CFF2", "glyf", "loca"}
_VARIED = {"fvar", "avar", "gvar", "HVAR", "MVAR"}
_COPYRIGHT, _LICENCE, _LICENCE_ADDRESS = 0, 13, 14


@dataclass(frozen=True)
class Face:
    """Glyphs for some characters, as a style sheet takes them."""

    data: bytes
    characters: str
    notice: str
    """What the font's licence wants said beside it."""

    def rule(self) -> str:
        """Return the `@font-face` rule; of one weight, which the browser thickens where more is wanted."""
        source = f'url(data:font/woff2;base64,{b64encode(self.data).decode()}) format("woff2")'
        descriptors = f"font-family: {FAMILY}; font-weight: 400; src: {source}; unicode-range: {ranges(self.characters)};"
        return f"/* Glyphs cut from {self.notice} */\n@font-face {{ {descriptors} }}\n"


def ranges(characters: str) -> str:
    """Return characters, in order, as the `unicode-range` of a style sheet.

    >>> ranges("、。世界")
    'U+3001-3002,U+4E16,U+754C'
    """
    runs: list[list[int]] = []
    for code in map(ord, characters):
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return ",".join(f"U+{first:X}" if first == last else f"U+{first:X}-{last:X}" for first, last in runs)


def installed(variant: str) -> Iterator[Path]:
    """Give the Noto Sans CJK and Source Han Sans of this machine, those of all variants first, then of one's own."""
    for folder in FOLDERS:
        found = [
            Path(at, name) for at, _, names in os.walk(os.path.expanduser(folder)) for name in names if NAMED.fullmatch(name)
        ]
        yield from sorted(found, key=lambda file: (_rank(file.name, variant), file.name, file))


def _rank(name: str, variant: str) -> int:
    match = NAMED.fullmatch(name)
    drawn = ((match and match[1]) or "").upper()
    return 0 if not drawn else 1 if drawn in (variant, SOURCE_HAN[variant]) else 2


SOURCE_HAN = {"SC": "CN", "TC": "TW", "HK": "HC", "JP": "J"}
"""What Source Han Sans calls a variant, in the files that have it alone."""


def cut(file: Path, characters: str, variant: str = "SC") -> Face | None:
    """Return a font's glyphs for those of some characters that it has, or None if it has none of them.

    Raises ProjectError for a file that is no font, or that may not be embedded.
    """
    try:
        return _cut(file, characters, variant)
    except ProjectError:
        raise
    except ImportError as error:
        message = f"{error.name} is not installed, which it takes to put glyphs into the page"
        raise ProjectError(message, hint="install hima-kg again: pip install hima-kg") from error
    except OSError as error:
        raise ProjectError(f"{file} cannot be read: {error.strerror or error}") from error
    except Exception as error:  # fontTools raises whatever it stumbles over
        raise ProjectError(f"{file} is no font that glyphs can be cut from: {error}", hint=_KINDS) from error


_KINDS = "an OpenType font or collection is wanted: .otf, .ttf, .otc, .ttc, .woff2"


@lru_cache(maxsize=8)
def _cut(file: Path, characters: str, variant: str) -> Face | None:
    """Return a cut as it was made before, from the user's cache, if it is there and sound; otherwise make it, and keep it."""
    import brotli  # only a page that is written needs these, and only if it needs glyphs
    import fontTools

    source = sha256(file.read_bytes()).hexdigest()
    key = repr((source, variant, characters, fontTools.version, brotli.__version__, __version__))
    kept = cache() / "glyphs" / sha256(key.encode()).hexdigest()
    with suppress(OSError):
        check, data = kept.read_bytes()[:32], kept.read_bytes()[32:]
        if sha256(data).digest() == check:
            return _read(data)
    face = _made(file, characters, variant)
    data = _written(face)
    with suppress(OSError, StoreError):  # what cannot be kept is made again
        kept.parent.mkdir(parents=True, exist_ok=True)
        write(kept, sha256(data).digest() + data)
        for old in sorted(kept.parent.iterdir(), key=lambda one: one.stat().st_mtime)[:-KEPT]:
            old.unlink()
    return face


KEPT = 64
"""How many cuts are kept: each takes up to half a second to make."""


def _written(face: Face | None) -> bytes:
    """Return a face as it is kept: what it says of itself in a line, and its glyphs; nothing where a font has none."""
    return b"%b\n%b" % (dumps([face.characters, face.notice]).encode(), face.data) if face else b""


def _read(data: bytes) -> Face | None:
    about, _, glyphs = data.partition(b"\n")
    return Face(glyphs, *loads(about)) if data else None


def _made(file: Path, characters: str, variant: str) -> Face | None:
    from fontTools.ttLib import TTFont  # as above

    with file.open("rb") as stream:
        font = TTFont(stream, fontNumber=_number(stream, variant), lazy=True, recalcTimestamp=False)
        has = font.getBestCmap() or {}
        covered = "".join(sign for sign in characters if ord(sign) in has)
        if not covered:
            return None
        if font["OS/2"].fsType & 0xF == 2:
            raise ProjectError(f"{file} may not be embedded, says its maker", hint="name a font that may, such as a Noto font")
        notice = _notice(font)  # the cut is made in place
        return Face(_woff2(font, covered), covered, notice)


def _number(stream: BinaryIO, variant: str) -> int:
    """Return which font of a collection is the regular one of a variant; -1 for a file that is no collection."""
    from fontTools.ttLib import TTCollection  # as above

    is_collection = stream.read(4) == b"ttcf"
    stream.seek(0)
    if not is_collection:
        return -1
    fonts = list(TTCollection(stream, lazy=True))
    return min(range(len(fonts)), key=lambda number: (*_unlike(fonts[number], variant), number))


def _unlike(font: Any, variant: str) -> tuple[bool, bool, int]:
    family = font["name"].getBestFamilyName() or ""
    weight = 0 if "fvar" in font else abs(font["OS/2"].usWeightClass - 400)
    return not family.endswith(variant), bool(re.search(r"\b(Mono|HW)\b", family)), weight


def _woff2(font: Any, characters: str) -> bytes:
    """Return a font of these characters alone: of the regular weight, without hints and features, whose names are ours."""
    from fontTools.subset import Options, Subsetter  # as above

    for tag in {*font.keys()} - _TABLES - _VARIED - {"GlyphOrder"}:
        del font[tag]
    options = Options(hinting=False, desubroutinize=True, notdef_outline=False, glyph_names=False, legacy_cmap=False)
    options.name_IDs = [_COPYRIGHT, _LICENCE, _LICENCE_ADDRESS]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=map(ord, characters))
    subsetter.subset(font)
    if "fvar" in font:
        _settle(font)
    font.flavor = "woff2"
    stream = BytesIO()
    font.save(stream)
    return stream.getvalue()


def _settle(font: Any) -> None:
    """Fix a variable font at the regular weight."""
    from fontTools.varLib.instancer import instantiateVariableFont  # only few fonts vary

    at = {axis.axisTag: 400 if axis.axisTag == "wght" else axis.defaultValue for axis in font["fvar"].axes}
    instantiateVariableFont(font, at, inplace=True, downgradeCFF2="CFF2" in font)


def _notice(font: Any) -> str:
    """Return what a font says of its name, its maker and its licence, without any sign that could end a comment."""
    names = font["name"]
    licence = (names.getDebugName(_LICENCE) or "").partition(". ")[0]
    said = (names.getBestFamilyName(), names.getDebugName(_COPYRIGHT), licence, names.getDebugName(_LICENCE_ADDRESS))
    return ". ".join(re.sub(r"[^\w .,:;/()@©&'-]", "", text)[:200].strip(" .") for text in said if text)
