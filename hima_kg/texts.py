"""Plain texts: read, made comparable, cut into sentences, and searched for passages of which only the fingerprint is known."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import islice, takewhile
from pathlib import Path
from unicodedata import normalize

from .errors import ProjectError, read

SUFFIXES = {".txt", ".text", ".md"}
_BLANK_LINE = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"\S.*?(?:[.!?…]+[\"'”’»)\]]*(?= |$)|[。！？]+[”’」』）]*|$)")
_STARTS = re.compile(r"(?<!\w)(?=\S)|(?=[^\w\s])")
_ENDS = re.compile(r"(?<=\S)(?!\w)|(?<=[^\w\s])")


def compared(text: str) -> str:
    r"""Return a text as passages are counted and compared in it: composed (NFC), with every run of white space one space.

    >>> compared("Cafe\u0301 \r\n  au lait ")
    'Café au lait'
    """
    return " ".join(normalize("NFC", text).split())


def fingerprint(passage: str) -> str:
    """Return the fingerprint of a passage, which is the same however its white space and accents are encoded.

    >>> fingerprint("a  lamp") == fingerprint("a lamp")
    True
    """
    return _hashed(compared(passage))


def _hashed(passage: str) -> str:
    return "sha256:" + sha256(passage.encode()).hexdigest()


@dataclass(frozen=True)
class Text:
    """A document's text, as passages are counted in it, and where its paragraphs end."""

    shown: str
    text: str
    paragraphs: tuple[int, ...]

    @classmethod
    def parse(cls, raw: str, shown: str = "") -> Text:
        r"""Return a text with the name that messages show; a blank line ends a paragraph.

        >>> Text.parse("One.\r\n\r\nTwo \n lamps.")
        Text(shown='', text='One. Two lamps.', paragraphs=(4, 15))
        """
        pieces = [piece for part in _BLANK_LINE.split(raw.replace("\r\n", "\n")) if (piece := compared(part))]
        ends, at = [], -1
        for piece in pieces:
            at += 1 + len(piece)
            ends.append(at)
        return cls(shown, " ".join(pieces), tuple(ends))

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """Where the sentences start and end, as near as punctuation tells."""
        starts = (0, *(end + 1 for end in self.paragraphs))
        cuts = zip(starts, self.paragraphs, strict=False)
        return [found.span() for start, end in cuts for found in _SENTENCE.finditer(self.text, start, end)]

    def between(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return where the sentences of a stretch start and end; one that reaches beyond it is cut."""
        begin = max(bisect_right(self.sentences, (start, len(self.text))) - 1, 0)
        near = takewhile(lambda span: span[0] < end, islice(self.sentences, begin, None))
        cut = ((max(start, first), min(end, last)) for first, last in near)
        return [(first, last) for first, last in cut if self.text[first:last].strip()]

    def fits(self, start: int, length: int, mark: str) -> bool:
        """Whether the passage of a fingerprint stands at a place."""
        return 0 <= start <= len(self.text) - length and _hashed(self.text[start : start + length]) == mark

    def search(self, marks: Iterable[str], length: int, *, everywhere: bool = False) -> dict[str, list[int]]:
        """Return where passages of one length start, by fingerprint, in one pass over the text.

        The pass looks where a passage can start and end without cutting a word; everywhere, if told so.

        >>> mark = fingerprint("a lamp.")
        >>> Text.parse("A moth, a lamp.").search([mark], 7) == {mark: [8]}
        True
        """
        wanted = {bytes.fromhex(mark.removeprefix("sha256:")): mark for mark in marks}
        places = range(len(self.text) - length + 1) if everywhere else self._seams(length)
        text, found = self.text, dict[str, list[int]]()
        for at in places:
            if (hashed := sha256(text[at : at + length].encode()).digest()) in wanted:
                found.setdefault(wanted[hashed], []).append(at)
        return found

    def _seams(self, length: int) -> list[int]:
        starts, ends = self._edges
        return [at for at in starts if at + length in ends]

    @cached_property
    def _edges(self) -> tuple[list[int], set[int]]:
        """Offsets at which a passage can start, and at which it can end, without splitting a word."""
        starts = [found.start() for found in _STARTS.finditer(self.text)]
        return starts, {found.start() for found in _ENDS.finditer(self.text)}


def folder(path: Path) -> list[Path]:
    """Return the plain text files of a folder, in order; raises ProjectError if there are none."""
    if not path.is_dir():
        raise ProjectError(f"{path} is not a folder", hint="name the folder that holds the documents' texts as .txt files")
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES and file.is_file())
    if not files:
        raise ProjectError(f"{path} holds no texts", hint=f"texts are files that end in {', '.join(sorted(SUFFIXES))}")
    return files


def load(file: Path) -> Text:
    """Return the text of a file in UTF-8; raises ProjectError if it is not to be had."""
    return Text.parse(read(file, str(file)), file.name)
