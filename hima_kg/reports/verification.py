"""Passages beside what the text has in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from .. import tables
from ..errors import Place
from ..sources import Claim
from ..terms import COMMON, KG, TYPE, Prefixes
from ..verification import Verdict, Verified
from .sources import characters, percent

_NAME = COMMON["skos"] + "prefLabel"
_HEADER = ["document", "file", "claims", "found", "moved", "changed or gone", "not checked", "share found"]


@dataclass(frozen=True)
class Lookup:
    """What a report has to look up about claims: their statements and places, and the names of things."""

    statements: Callable[[str], list[tuple[Any, ...]]]
    place: Callable[[str], Place | None]
    names: Mapping[str, str]
    prefixes: Prefixes


def verification(verified: Sequence[Verified], said: Lookup, *, everything: bool, width: int) -> str:
    """Return what differs beside its claims, or everything, and how many passages of each document are found."""
    rows = [[said.prefixes.compact(one.document.iri), one.file or "no file", *_counts(one)] for one in verified]
    parts = [part for one in verified for part in _document(one, said, everything=everything, width=width)]
    return "\n\n".join([*parts, tables.text(_HEADER, rows)])


def _counts(one: Verified) -> list[str]:
    claims, counts = len(one.document.claims), one.counts
    checked = counts["found"] + counts["moved"] + counts["changed"]
    numbers = [claims, counts["found"], counts["moved"], counts["changed"], claims - checked]
    return [*(f"{number:,}" for number in numbers), "" if one.share is None else percent(one.share)]


def _document(one: Verified, said: Lookup, *, everything: bool, width: int) -> list[str]:
    """Return the parts of a document's report: passages side by side, then those that moved, in a table unless all is told."""
    guessed = [check for check in one.checks if check.status == "unplaced" and check.text]
    beside = [check for check in one.checks if everything or check.status in ("changed", "unmarked") or check in guessed]
    moved = [] if everything else [check for check in one.checks if check.status == "moved"]
    parts = [_passage(check, said, width) for check in beside]
    parts += [tables.text(["moved", "locator", "was", "is now", "sentence"], _moves(moved, said))] if moved else []
    if lost := one.counts["unplaced"] - sum(len(check.passage.claims) for check in guessed):
        them = "1 claim has" if lost == 1 else f"{lost:,} claims have"
        parts.append(f"{them} no oa:start and oa:end, and no sentence has enough of their names, numbers and dates")
    if one.unsearched:
        them = "1 passage was" if one.unsearched == 1 else f"{one.unsearched:,} passages were"
        parts.append(f"the text is too long to search it for all that differ: {them} looked for only where told to stand")
    if not one.everywhere:
        parts.append(
            "the text is too long to search it letter by letter: a passage that now begins or ends inside a word is missed"
        )
    return [f"{said.prefixes.compact(one.document.iri)}  {one.file}", *parts] if parts else []


def _moves(checks: Sequence[Verdict], said: Lookup) -> list[list[str]]:
    return [
        [said.prefixes.compact(claim.iri), claim.locator, characters(check.passage), f"{check.start}–{check.end}", check.text]
        for check in checks
        for claim in check.passage.claims
    ]


def _passage(check: Verdict, said: Lookup, width: int) -> str:
    """Return the sentence beside its claims, under what became of it and above what to write into the claims."""
    claims = "\n".join(_claim(claim, said) for claim in check.passage.claims)
    sentence = check.text or ("(nothing stands in its place)" if check.status == "changed" else "(the text ends before it)")
    advice = _advice(check)
    return "\n".join([_verdict(check), tables.beside(sentence, claims, width), *([advice] if advice else [])])


def _verdict(check: Verdict) -> str:
    now = f"{check.start}–{check.end}"
    if check.status == "found":
        return f"found at {now}"
    if check.status == "moved":
        return f"moved from {characters(check.passage)} to {now}"
    if check.status == "changed" and not check.text:
        return f"gone: it stood at {characters(check.passage)}"
    if check.status == "changed":
        why = f"it holds {', '.join(check.clues)}" if check.clues else "it stands between the same neighbours"
        return f"changed or gone: it stood at {characters(check.passage)}; a guess is {now}, for {why}"
    if check.status == "unplaced" and check.text:
        return f"without a place; a guess is {now}, for it holds {', '.join(check.clues)}"
    return f"without a fingerprint, at {characters(check.passage)}" if check.passage.span else "without a place"


def _advice(check: Verdict) -> str:
    """Return what to write into the claims once the sentence is read, as Turtle."""
    if not check.text or check.status == "found":
        return ""
    mark = f'kg:fingerprint "{check.fingerprint}"'
    if check.status == "unmarked":
        return f"to mark it:  {mark}"
    place = f"oa:start {check.start} ; oa:end {check.end}"
    return f"to follow it:  {place}" if check.status == "moved" else f"if that is it:  {place} ; {mark}"


def _claim(claim: Claim, said: Lookup) -> str:
    place = said.place(claim.iri)
    head = [f"{said.prefixes.compact(claim.iri)}  {claim.locator}", *([f"{place.path}:{place.line}"] if place else [])]
    return "\n".join([*head, *(f"· {line}" for line in short(said.statements(claim.iri), said))])


def short(statements: Sequence[tuple[Any, ...]], said: Lookup) -> list[str]:
    """Return statements in short form, a line for each subject: `Moth (seal): seal of Amber`.

    The name by which the subject is called is not said again.
    """

    def name(term: Any) -> str:
        return term.value if hasattr(term, "datatype") else said.names.get(term.value, said.prefixes.compact(term.value))

    lines = []
    for subject, own in groupby(statements, key=lambda s: s[0]):
        told: dict[str, list[str]] = {}
        for _, prop, value in own:
            told.setdefault(prop.value, []).append(name(value))
        kinds = told.pop(TYPE, [])
        told[_NAME] = [word for word in told.get(_NAME, []) if word != name(subject)]
        rest = [
            f"{said.names.get(prop, said.prefixes.compact(prop))} {', '.join(words)}" for prop, words in told.items() if words
        ]
        lines.append(name(subject) + (f" ({', '.join(kinds)})" if kinds else "") + (f": {'; '.join(rest)}" if rest else ""))
    return lines


def table(one: Verified, said: Lookup, *, everything: bool) -> dict[str, Any]:
    """Return a document's report for JSON: its counts, and the passages that are not found, or all."""
    return {
        "document": said.prefixes.compact(one.document.iri),
        "file": one.file,
        "claims": len(one.document.claims),
        "counts": one.counts,
        "share": one.share,
        "differs": one.differs,
        "everywhere": one.everywhere,
        "unsearched": one.unsearched,
        "passages": [_check_table(check, said) for check in one.checks if everything or check.status != "found"],
    }


def _check_table(check: Verdict, said: Lookup) -> dict[str, Any]:
    return {
        "status": check.status,
        "start": check.passage.start,
        "end": check.passage.end,
        "fingerprint": check.passage.fingerprint or None,
        "now": {"start": check.start, "end": check.end, "fingerprint": check.fingerprint, "text": check.text}
        if check.text
        else None,
        "guess": bool(check.text) and check.status in ("changed", "unplaced"),
        "clues": list(check.clues),
        "claims": [_claim_table(claim, said) for claim in check.passage.claims],
    }


def _claim_table(claim: Claim, said: Lookup) -> dict[str, Any]:
    return {
        "claim": said.prefixes.compact(claim.iri),
        "locator": claim.locator,
        "modality": claim.modality.removeprefix(KG),
        "place": str(said.place(claim.iri) or "") or None,
        "statements": short(said.statements(claim.iri), said),
    }
