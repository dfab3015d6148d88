"""What changed, for JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..differences import AnswerChange, Change, Conflict, Difference, NodeChange, Value
from ..editions import Mention
from ..entities import State
from ..literals import named
from .diff import SIGNS
from .entity import object_table, state_table
from .paper import Paper


def table(found: Difference, paper: Paper, *, derived: bool = False) -> dict[str, Any]:
    """Return a difference, with what rules gave counted, and listed if asked for."""
    counts = {kind: [change.kind for change in found.derived].count(kind) for kind in SIGNS}
    listed = {"statements": _changes(found.derived, paper), "states": [_state(each, paper) for each in found.states]}
    return {
        "a": found.a.name,
        "b": found.b.name,
        "same": not found,
        "things": {"added": _curies(found.new_things, paper), "removed": _curies(found.gone_things, paper)},
        "statements": _changes(found.facts, paper),
        "cited": [_cited(change, paper) for change in found.cited],
        "sources": _changes(found.sources, paper),
        "vocabulary": _changes(found.vocabulary, paper),
        "derived": {**counts, **(listed if derived else {})},
        "conflicts": [_conflict(change, paper) for change in found.conflicts],
        "answers": [_answer(change) for change in found.answers],
        "queries": {"asked": found.asked, "added": found.new_queries, "removed": found.gone_queries},
    }


def _curies(iris: Iterable[str], paper: Paper) -> list[str]:
    return [paper.prefixes.compact(iri) for iri in iris]


def _changes(changes: Sequence[Change], paper: Paper) -> list[dict[str, Any]]:
    return [_change(change, paper) for change in changes]


def _change(change: Change, paper: Paper) -> dict[str, Any]:
    return {
        "change": change.kind,
        "subject": paper.prefixes.compact(change.subject),
        "property": paper.prefixes.compact(change.predicate),
        "before": change.before and _said(change.before, paper),
        "after": change.after and _said(change.after, paper),
    }


def _said(said: Value, paper: Paper) -> dict[str, Any]:
    return {
        **_value(said, paper),
        "claims": [_passage(passage, paper) for passage in said.passages],
        "place": str(said.place) if said.place else None,
    }


def _value(said: Value, paper: Paper) -> dict[str, Any]:
    known = object_table(said.value, paper.prefixes)
    return {"value": known.pop("object"), **known}


def _passage(passage: Mention, paper: Paper) -> dict[str, str | None]:
    return {
        "claim": paper.prefixes.compact(passage.claim),
        "document": paper.prefixes.compact(passage.document) if passage.document else None,
        "locator": passage.locator or None,
        "place": str(passage.place) if passage.place else None,
    }


def _cited(change: Change, paper: Paper) -> dict[str, Any]:
    return {
        "subject": paper.prefixes.compact(change.subject),
        "property": paper.prefixes.compact(change.predicate),
        **_value(change.said, paper),
        "gained": [_passage(passage, paper) for passage in change.gained],
        "lost": [_passage(passage, paper) for passage in change.lost],
    }


def _state(change: NodeChange[State], paper: Paper) -> dict[str, Any]:
    before, after = (known and state_table(known, paper.prefixes) for known in (change.before, change.after))
    return {"change": change.kind, "before": before, "after": after}


def _conflict(change: NodeChange[Conflict], paper: Paper) -> dict[str, Any]:
    def side(known: Conflict | None) -> dict[str, Any] | None:
        if known is None:
            return None
        return {
            "kind": paper.prefixes.compact(known.kind) if known.kind else None,
            "arithmetic": named(known.arithmetic, paper.prefixes.compact) or None,
            "about": _curies(known.about, paper),
            "claims": _curies(known.claims, paper),
        }

    return {
        "change": change.kind,
        "conflict": paper.prefixes.compact(change.iri),
        "label": paper.names.get(change.iri),
        "before": side(change.before),
        "after": side(change.after),
    }


def _answer(change: AnswerChange) -> dict[str, Any]:
    return {
        "query": change.query,
        "parameters": dict(change.parameters),
        "columns": list(change.after.columns or change.before.columns),
        "added": [list(row) for row in change.added],
        "removed": [list(row) for row in change.removed],
        "refused": {"before": change.before.refusal or None, "after": change.after.refusal or None},
    }
