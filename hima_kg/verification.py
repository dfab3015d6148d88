"""Passages held against the texts that they were read from: found, moved, changed or gone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from . import clues, sources, texts
from .errors import ProjectError
from .sources import Document, Passage
from .store import Store
from .texts import Text

Status = Literal["found", "moved", "changed", "unmarked", "unplaced"]
STATUSES: tuple[Status, ...] = ("found", "moved", "changed", "unmarked", "unplaced")

BETWEEN_WORDS = 20_000_000
"""How many letters are gone over, in passes of one for each length of a passage, for those that are not at their places."""
EVERYWHERE = 4_000_000
"""How many places are looked at, letter by letter, for passages that stand nowhere between words: some seconds."""
_SHRUNK = 3
"""A gap shorter than this part of a passage's length cannot be what became of the passage."""
_ELSEWHERE = 2
"""How many clues a sentence must hold to be taken for a passage that is not between its neighbours."""


@dataclass(frozen=True)
class Verdict:
    """A passage, and what stands in the text for it.

    `found` stands where it is said to, `moved` elsewhere; `changed` is nowhere, and what is told is a guess, or nothing;
    `unmarked` has a place and no fingerprint; `unplaced` has no place, and what is told is a guess too.
    """

    passage: Passage
    status: Status
    start: int | None = None
    end: int | None = None
    text: str = ""
    """The sentence, as in the text; empty where there is none."""
    clues: tuple[str, ...] = ()
    """What a guess rests on: the claims' names, numbers and dates that the sentence holds."""

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the sentence; empty where there is none."""
        return texts.fingerprint(self.text) if self.text else ""


@dataclass(frozen=True)
class Verified:
    """A document held against a file; without a file, nothing is checked."""

    document: Document
    file: str | None
    checks: tuple[Verdict, ...] = ()
    everywhere: bool = True
    """Whether the text was searched letter by letter; if it is too long for that, passages that cut a word are missed."""
    unsearched: int = 0
    """How many passages were looked for at their places only, because the text is too long to search it for all that differ."""

    @property
    def counts(self) -> dict[Status, int]:
        """How many claims are found, moved, and so on."""
        return {status: sum(len(c.passage.claims) for c in self.checks if c.status == status) for status in STATUSES}

    @property
    def share(self) -> float | None:
        """Which part of the claims that have a place and a fingerprint is found; None where none has."""
        asked = sum(self.counts[status] for status in ("found", "moved", "changed"))
        return self.counts["found"] / asked if asked else None

    @property
    def differs(self) -> bool:
        """Whether anything is moved, changed or gone."""
        return any(check.status in ("moved", "changed") for check in self.checks)


def verify(store: Store, documents: Sequence[Document], directory: Path) -> list[Verified]:
    """Hold documents against the texts in a folder.

    Raises ProjectError where there is no such folder, a text is not UTF-8, or no file is the text of any document.
    """
    paired = _paired(documents, texts.folder(directory))
    if not any(paired.values()):
        wanted = ", ".join(f"{document.local}.txt" for document in documents[:3]) or "no documents"
        raise ProjectError(f"no file in {directory} is the text of a document", hint=f"name the files by document: {wanted}")
    return [_verified(store, d, text) if (text := paired[d.iri]) else Verified(d, None) for d in documents]


def _paired(documents: Sequence[Document], files: Sequence[Path]) -> dict[str, Text | None]:
    """Return the text of each document: in the file of its name, else in that which has most of its passages."""
    named: dict[str, list[Path]] = {}
    for file in files:
        named.setdefault(texts.compared(file.stem), []).append(file)
    own = {d.iri: named.get(d.local, []) if [e.local for e in documents].count(d.local) == 1 else [] for d in documents}
    taken = {file for mine in own.values() for file in mine}
    read: dict[Path, Text] = {}

    def best(document: Document) -> Text | None:
        rest = own[document.iri] or [file for file in files if file not in taken]
        read.update({file: texts.load(file) for file in rest if file not in read})
        if len(own[document.iri]) == 1:
            return read[rest[0]]
        hits = {file: _hits(document, read[file]) for file in rest}
        likely = max(rest, key=hits.__getitem__, default=None)
        return read[likely] if likely and (hits[likely] or own[document.iri]) else None

    return {document.iri: best(document) for document in documents}


def _hits(document: Document, text: Text) -> int:
    """Return how many of a document's passages a text has, at their places, or failing that anywhere."""
    marked = [(p.span, p.fingerprint) for p in document.passages if p.span and p.fingerprint]
    at_place = sum(text.fits(start, end - start, mark) for (start, end), mark in marked)
    return at_place or sum(bool(places) for places in _Search(text, document.passages).all().values())


def _verified(store: Store, document: Document, text: Text) -> Verified:
    search = _Search(text, document.passages)
    checks = _located(document.passages, text, search)
    missing = {_length(check.passage) for check in checks if check.status == "changed"}
    everywhere = len(text.text) * len(missing) <= EVERYWHERE
    if missing and everywhere:
        search.widen(missing)
        checks = _located(document.passages, text, search)
    guesses = _Guesses(store, text, checks)
    guessed = tuple(guesses.guess(check) if check.status in ("changed", "unplaced") else check for check in checks)
    unsearched = sum(not everywhere and check.status == "changed" and _length(check.passage) in search.left for check in checks)
    return Verified(document, text.shown, guessed, everywhere, unsearched)


def _length(passage: Passage) -> int:
    return passage.span[1] - passage.span[0] if passage.span else 0


@dataclass
class _Search:
    """Where passages stand in a text, looked up by length: one pass over the text for each length that is asked for."""

    text: Text
    passages: Sequence[Passage]
    left: set[int] = field(default_factory=set)
    """The lengths that were not looked for, because enough of the text has been gone over."""
    _found: dict[int, dict[str, list[int]]] = field(default_factory=dict)

    def places(self, passage: Passage) -> list[int]:
        """Return all places at which a passage starts."""
        length = _length(passage)
        if length not in self._found and self._found and (len(self._found) + 1) * len(self.text.text) > BETWEEN_WORDS:
            self.left.add(length)
            return []
        if length not in self._found:
            self._found[length] = self.text.search(self._marks(length), length)
        return self._found[length].get(passage.fingerprint, [])

    def all(self) -> dict[str, list[int]]:
        """Return the places of every passage that has any, by fingerprint."""
        marked = [passage for passage in self.passages if passage.span and passage.fingerprint]
        return {passage.fingerprint: places for passage in marked if (places := self.places(passage))}

    def widen(self, lengths: Iterable[int]) -> None:
        """Look at every place of the text, letter by letter, for passages of some lengths."""
        self._found.update({n: self.text.search(self._marks(n), n, everywhere=True) for n in sorted(lengths)})

    def _marks(self, length: int) -> set[str]:
        return {p.fingerprint for p in self.passages if p.fingerprint and _length(p) == length}


def _located(passages: Sequence[Passage], text: Text, search: _Search) -> list[Verdict]:
    """Return what is found and moved; a passage is expected as far from its place as the one before it turned out to be."""
    checks, shift = [], 0
    for passage in passages:
        check = _check(passage, text, search, shift)
        if check.status in ("found", "moved") and passage.start is not None and check.start is not None:
            shift = check.start - passage.start
        checks.append(check)
    return checks


def _check(passage: Passage, text: Text, search: _Search, shift: int) -> Verdict:
    if not passage.span:
        return Verdict(passage, "unplaced")
    (start, _), length = passage.span, _length(passage)
    if not passage.fingerprint:
        return _at(Verdict(passage, "unmarked"), text, start, length)
    if text.fits(start, length, passage.fingerprint):
        return _at(Verdict(passage, "found"), text, start, length)
    if text.fits(start + shift, length, passage.fingerprint):
        return _at(Verdict(passage, "moved"), text, start + shift, length)
    places = search.places(passage)
    if not places:
        return Verdict(passage, "changed")
    return _at(Verdict(passage, "moved"), text, min(places, key=lambda at: (abs(at - start - shift), at)), length)


def _at(check: Verdict, text: Text, start: int, length: int) -> Verdict:
    found = text.text[start : start + length]
    return replace(check, start=start, end=start + len(found), text=found) if found else check


class _Guesses:
    """What a passage that is nowhere may have become: told by its neighbours, and by its claims' names and numbers."""

    def __init__(self, store: Store, text: Text, checks: Sequence[Verdict]) -> None:
        self._store = store
        self._text = text
        known = [check for check in checks if check.status in ("found", "moved")]
        self._known = [(c.passage.span or (0, 0), (c.start or 0, c.end or 0)) for c in known]
        self._taken = sources.joined(now for _, now in self._known)

    def guess(self, check: Verdict) -> Verdict:
        """Return the check with the sentence that holds most of the claims' clues, if there is any.

        It is looked for between the passages that stood before and after it, and else in all that no passage takes. Where
        those have moved together by its length, only a sentence that holds nearly all of the clues is no far-fetched guess.
        """
        told, length = clues.of(self._store, [claim.iri for claim in check.passage.claims]), _length(check.passage)
        gap = self._gap(check.passage) if check.passage.span else None
        most = -(-2 * len(told) // 3) if gap and gap[0] == gap[1] else 0
        far = (0, len(self._text.text), max(_ELSEWHERE, most))
        near = gap or far

        def rank(span: tuple[int, int]) -> tuple[int, int, int]:
            return -len(clues.held(told, self._text.text[slice(*span)])), abs(span[1] - span[0] - length), span[0]

        for low, high, least in (near, far):
            best = min(self._free(check.passage, low, high), key=rank, default=None)
            if best and len(held := clues.held(told, self._text.text[slice(*best)])) >= least:
                return replace(_at(check, self._text, best[0], best[1] - best[0]), clues=tuple(held))
        return check

    def _free(self, passage: Passage, low: int, high: int) -> list[tuple[int, int]]:
        """Return the sentences of a stretch that no other passage takes; one that shares the text with this one may."""
        shared = sources.joined(now for was, now in self._known if not _apart(was, passage.span or (0, 0)))
        spans = self._text.between(low, high)
        return [span for span in spans if not _touches(span, self._taken) or _within(span, shared)]

    def _gap(self, passage: Passage) -> tuple[int, int, int]:
        """Return where the text between the neighbours of a passage starts and ends, and how many clues count there.

        It is empty where the neighbours have moved together by the passage's length, for then nothing took its place.
        """
        start, end = passage.span or (0, 0)
        was_low, low = max(((was[1], now[1]) for was, now in self._known if was[1] <= start), default=(0, 0))
        was_high, high = min(
            ((was[0], now[0]) for was, now in self._known if was[0] >= end), default=(-1, len(self._text.text))
        )
        if was_high < 0:
            return low, high, 1
        room = (high - low) - (was_high - was_low) + (end - start)
        return low, high if room * _SHRUNK > end - start else low, 0


def _apart(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[1] <= other[0] or other[1] <= one[0]


def _touches(span: tuple[int, int], stretches: Sequence[tuple[int, int]]) -> bool:
    at = bisect_right(stretches, (span[1], -1)) - 1
    return at >= 0 and stretches[at][1] > span[0]


def _within(span: tuple[int, int], stretches: Sequence[tuple[int, int]]) -> bool:
    at = bisect_right(stretches, (span[0], span[1])) - 1
    around = stretches[max(at, 0) : at + 2]
    return any(start <= span[0] and span[1] <= end for start, end in around)
