"""Documents: what they are, what they say where, and how much of their text the claims cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import tables
from ..sources import Document, Passage
from ..terms import KG, Prefixes, label

_HEADER = ["document", "title", "language", "publisher", "as of"]
_COUNTED = ["document", "claims", "passages", "statements", "per passage", "modalities", "covered", "gaps"]
_BASE = """\
covered: the part of the text that claims cite, of the text up to the end of its last cited passage
gaps:    stretches of that text of which no claim speaks"""


def sources(documents: Sequence[Document], names: Mapping[str, str], prefixes: Prefixes, lang: str) -> str:
    """Return a table of the documents, and one of what they give."""
    about = [[prefixes.compact(d.iri), *_about(d, names, prefixes, lang)] for d in documents]
    counts = [[prefixes.compact(d.iri), *_counts(d)] for d in documents]
    return "\n\n".join([tables.text(_HEADER, about), tables.text(_COUNTED, counts), _BASE])


def document(known: Document, names: Mapping[str, str], prefixes: Prefixes, lang: str) -> str:
    """Return a document with its claims in the order of the text, and the gaps between them."""
    title, *about = _about(known, names, prefixes, lang)
    described = [f"  {name:<13}{value}" for name, value in zip(_HEADER[2:], about, strict=True) if value]
    counted = [f"  {name:<13}{value}" for name, value in zip(_COUNTED[1:], _counts(known), strict=True) if value]
    if known.coverage is not None:
        counted[-2] += f" of the {known.length:,} characters up to the end of the last passage"
    rows = sorted([*_gap_rows(known), *_claim_rows(known, prefixes)], key=lambda row: row[0])
    table = tables.text(["locator", "claim", "modality", "statements", "characters"], [cells for _, cells in rows])
    return "\n".join([f"{title}  {prefixes.compact(known.iri)}", *described, *counted, "", table])


def _about(document: Document, names: Mapping[str, str], prefixes: Prefixes, lang: str) -> list[str]:
    publishers = [names.get(publisher, _plain(publisher, prefixes)) for publisher in document.publishers]
    title = label(dict(document.titles), lang) or ""
    return [title, ", ".join(document.languages), ", ".join(publishers), document.as_of]


def _plain(publisher: str, prefixes: Prefixes) -> str:
    return prefixes.compact(publisher) if "://" in publisher else publisher


def _counts(document: Document) -> list[str]:
    claims, passages = len(document.claims), len(document.passages)
    modalities = ", ".join(f"{number} {modality}" for modality, number in document.modalities.items())
    return [
        f"{claims:,}",
        f"{passages:,}",
        f"{document.statements:,}",
        f"{document.statements / passages:.1f}" if passages else "",
        modalities,
        "" if document.coverage is None else percent(document.coverage),
        "" if document.coverage is None else f"{len(document.gaps):,}",
    ]


def percent(part: float) -> str:
    """Return a part in percent; what is nearly all is not all.

    >>> percent(0.9421), percent(0.99999), percent(1.0)
    ('94 %', '99 %', '100 %')
    """
    return f"{100 if part == 1 else min(round(part * 100), 99)} %"


Row = tuple[tuple[int, int, int], list[str]]


def _claim_rows(document: Document, prefixes: Prefixes) -> list[Row]:
    rows: list[Row] = []
    for number, passage in enumerate(document.passages):
        start, end = passage.span or (document.length + 1, document.length + 1)
        for claim in passage.claims:
            weight = [claim.modality] + [claim.rank] * (claim.rank != KG + "Normal")
            cells = [claim.locator, prefixes.compact(claim.iri), ", ".join(word.removeprefix(KG).lower() for word in weight)]
            rows.append(((start, end, number), [*cells, f"{claim.statements:,}", characters(passage)]))
    return rows


def _gap_rows(document: Document) -> list[Row]:
    return [((start, end, -1), ["–", "no claim", "", "", f"{start}–{end}"]) for start, end in document.gaps]


def characters(passage: Passage) -> str:
    """Return where a passage starts and ends; nothing where that is not told."""
    return f"{passage.span[0]}–{passage.span[1]}" if passage.span else ""


def table(known: Document, prefixes: Prefixes, *, passages: bool = False) -> dict[str, Any]:
    """Return a document for JSON, with its passages if they are asked for."""
    told = {
        "id": prefixes.compact(known.iri),
        "iri": known.iri,
        "titles": [{"title": title, "language": lang} for lang, title in known.titles],
        "languages": list(known.languages),
        "publishers": [_plain(publisher, prefixes) for publisher in known.publishers],
        "as_of": known.as_of,
        "claims": len(known.claims),
        "passages": len(known.passages),
        "statements": known.statements,
        "modalities": known.modalities,
        "characters": known.length,
        "coverage": known.coverage,
        "gaps": [list(gap) for gap in known.gaps],
    }
    return {**told, "text": [_passage_table(passage, prefixes) for passage in known.passages]} if passages else told


def _passage_table(passage: Passage, prefixes: Prefixes) -> dict[str, Any]:
    return {
        "start": passage.start,
        "end": passage.end,
        "fingerprint": passage.fingerprint or None,
        "claims": [
            {
                "claim": prefixes.compact(claim.iri),
                "locator": claim.locator,
                "modality": claim.modality.removeprefix(KG),
                "rank": claim.rank.removeprefix(KG),
                "statements": claim.statements,
            }
            for claim in passage.claims
        ],
    }
