"""What falls with a source: what nobody says any more, what stands on less, what no longer follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .. import tables
from ..errors import counted
from ..retractions import Retraction
from . import diff
from .diff_table import table as diff_table
from .paper import Paper


def retraction(found: Retraction, paper: Paper) -> str:
    """Return what falls: counts, then what is lost, by thing; if all is listed, also what stands on fewer claims."""
    difference = found.difference
    gone = {*difference.gone_things}
    lost = [change for change in found.lost if paper.all or change.subject not in gone]
    entailed = diff.entailed(difference)
    parts = [
        [*_head(found, paper), "", *tables.lined_up(_counts(found), 100)],
        diff.things("Nobody speaks any more of", difference.gone_things, paper),
        diff.statements("Nobody says any more", lost, paper, last=gone, brief=True),
        diff.citations("On fewer claims", found.weaker, paper) if paper.all else [],
        diff.states(difference.states, paper),
        diff.statements("No longer follows", [change for change in entailed if change.kind == "removed"], paper),
        diff.statements("Follows anew", [change for change in entailed if change.kind != "removed"], paper),
        diff.conflicts(difference.conflicts, paper),
        diff.answers(difference.answers, paper),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _head(found: Retraction, paper: Paper) -> Iterator[str]:
    """Go through what is retracted: the documents, then the claims that do not go with one."""
    passages = [found.difference.a.passage(claim) for claim in found.claims]
    for document in found.documents:
        number = sum(passage.document == document for passage in passages)
        yield f"Without {paper.title(document)}, {counted(number, 'claim')}"
    for line in paper.passages([passage for passage in passages if passage.document not in found.documents]):
        yield f"Without {line}"


def _counts(found: Retraction) -> list[list[str]]:
    difference = found.difference
    weaker = f"; {counted(len(found.weaker), 'statement')} on fewer claims (--all lists them)" if found.weaker else ""
    rows = {
        "statements": f"{len(found.lost):,} lost, which nobody says any more{weaker}",
        "derived": diff.tally(difference.derived),
        "states": diff.tally(difference.states),
        "conflicts": diff.tally(difference.conflicts),
        "answers": diff.tally_answers(difference),
    }
    return [[name, told.replace("removed", "gone").replace("added", "new")] for name, told in rows.items() if told]


def table(found: Retraction, paper: Paper) -> dict[str, Any]:
    """Return what falls, for JSON."""
    whole = diff_table(found.difference, paper, derived=True)
    return {
        "documents": [paper.prefixes.compact(document) for document in found.documents],
        "claims": [paper.prefixes.compact(claim) for claim in found.claims],
        "lost": whole["statements"],
        "weaker": whole["cited"],
        **{name: whole[name] for name in ("things", "derived", "conflicts", "answers")},
    }
