"""A thing: all that is known about it, with its sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from ..dates import disputed, lasting
from ..entities import NAMING, Citation, Entity, Fact, State
from ..literals import legible
from ..states import Bounds
from ..terms import GENERAL, KG, Prefixes


def entity(known: Entity, names: Mapping[str, str], prefixes: Prefixes) -> str:
    """Return all that is known about a thing: its names by language, what it does, what is done to it, and who says so."""
    title = f"{names.get(known.iri, prefixes.compact(known.iri))}  {prefixes.compact(known.iri)}"
    spoken = [f"  {lang or '–':<16} {' · '.join(sorted(set(texts)))}" for lang, texts in sorted(known.names.items())]
    told = [fact for fact in known.facts if fact.predicate not in NAMING]
    out = [fact for fact in told if fact.subject == known.iri]
    elsewhere = [fact for fact in told if fact.subject != known.iri]
    back = [fact for fact in elsewhere if fact.object.value == known.iri]
    says = [fact for fact in elsewhere if fact.object.value != known.iri]  # a claim
    parts = [title, *spoken, *_facts(out, names, prefixes, outward=True)]
    if dated := [each for each in known.states if each.days]:
        parts += ["", "  in time"]
        for each in dated:
            parts += [f"    {state(each, names, prefixes)}", *(f"        {line}" for line in _cited(each.claims))]
    if others := _facts(back, names, prefixes, outward=False):
        parts += ["", "  said of others", *others]
    if says:
        parts += ["", "  says", *(f"    {_triple(fact, names, prefixes)}" for fact in says)]
    return "\n".join(parts)


def _triple(fact: Fact, names: Mapping[str, str], prefixes: Prefixes) -> str:
    def name(iri: str) -> str:
        return names.get(iri, prefixes.compact(iri))

    value = fact.object.value
    shown = _literal(fact, prefixes, value) if hasattr(fact.object, "datatype") else name(value)
    return f"{name(fact.subject)}: {name(fact.predicate)} {shown}"


def state(known: State, names: Mapping[str, str], prefixes: Prefixes) -> str:
    """Return a state on a line: what holds of what, from when to when, and why."""

    def name(iri: str) -> str:
        return names.get(iri, prefixes.compact(iri))

    notes = [known.certainty or known.basis.removeprefix(KG).lower()]
    if known.disputed_from:
        notes.append(disputed(known.disputed_from, known.disputed_until))
    notes += map(name, known.events)
    value = name(known.object) if known.is_link else known.object
    return f"{name(known.subject)}: {name(known.predicate)} {value}   {lasting(known.start, known.end)}  ({'; '.join(notes)})"


def _facts(facts: Sequence[Fact], names: Mapping[str, str], prefixes: Prefixes, *, outward: bool) -> list[str]:
    lines: list[str] = []
    asserted = [fact for fact in facts if not fact.derived]
    derived = [fact for fact in facts if fact.derived and not fact.predicate.startswith(GENERAL)]
    if not outward:
        derived = [fact for fact in derived if fact.predicate != KG + "former"]  # of a state, which stands in time
    for prop, same in groupby([*asserted, *derived], key=lambda fact: fact.predicate):
        lines.append(f"\n  {names.get(prop, prefixes.compact(prop))}")
        for fact in same:
            other = fact.object.value if outward else fact.subject
            shown = f"{names[other]}  {prefixes.compact(other)}" if other in names else _literal(fact, prefixes, other)
            notes = "; ".join(note for note in ("derived" if fact.derived else "", fact.certainty) if note)
            lines.append(f"    {shown}  ({notes})" if notes else f"    {shown}")
            lines += [f"        {line}" for line in _cited(fact.citations)]
    return lines


def _cited(citations: Sequence[Citation]) -> list[str]:
    """Return a line per document: its title, then the passages."""
    by_document = groupby(sorted(citations, key=lambda c: (c.document, c.claim)), key=lambda c: c.document)
    return [f"{document}: {'; '.join(map(str, passages))}" for document, passages in by_document]


def _literal(fact: Fact, prefixes: Prefixes, text: str) -> str:
    if not hasattr(fact.object, "datatype"):
        return prefixes.compact(text)
    return legible(text, fact.object.datatype.value)


def table(known: Entity, prefixes: Prefixes) -> dict[str, Any]:
    """Return all that is known about a thing, for JSON."""
    return {
        "id": prefixes.compact(known.iri),
        "iri": known.iri,
        "names": known.names,
        "states": [state_table(each, prefixes) for each in known.states],
        "statements": [
            {
                "subject": prefixes.compact(fact.subject),
                "property": prefixes.compact(fact.predicate),
                **object_table(fact.object, prefixes),
                "derived": fact.derived,
                **({"certainty": fact.certainty} if fact.certainty else {}),
                "claims": [citation_table(citation, prefixes) for citation in fact.citations],
            }
            for fact in known.facts
        ],
    }


def object_table(term: Any, prefixes: Prefixes) -> dict[str, str | None]:
    """Return the object of a statement, for JSON: a thing has no datatype, and only a text in a language has that."""
    if not hasattr(term, "datatype"):
        return {"object": prefixes.compact(term.value), "datatype": None, "language": None}
    return {"object": term.value, "datatype": prefixes.compact(term.datatype.value), "language": term.language}


def state_table(known: State, prefixes: Prefixes) -> dict[str, Any]:
    """Return a state, for JSON."""
    return {
        "id": prefixes.compact(known.iri),
        "subject": prefixes.compact(known.subject),
        "property": prefixes.compact(known.predicate),
        "object": prefixes.compact(known.object) if known.is_link else known.object,
        "datatype": prefixes.compact(known.datatype) if known.datatype else None,
        "language": known.language,
        "basis": prefixes.compact(known.basis),
        **{bound: getattr(known, bound) for bound in Bounds._fields[1:]},
        "rule": known.rule and prefixes.compact(known.rule),
        "events": [prefixes.compact(event) for event in known.events],
        **({"certainty": known.certainty} if known.certainty else {}),
        "claims": [citation_table(claim, prefixes) for claim in known.claims],
    }


def citation_table(citation: Citation, prefixes: Prefixes) -> dict[str, Any]:
    """Return a citation, for JSON."""
    return {
        "claim": prefixes.compact(citation.claim),
        "document": citation.document,
        "locator": citation.locator,
        "modality": citation.modality.removeprefix(KG),
        "rank": citation.rank.removeprefix(KG),
        "speakers": [prefixes.compact(speaker) for speaker in citation.speakers],
    }
