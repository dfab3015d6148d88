"""Conflicts: claims that cannot all be right, with what each of them says; and variations, which are no conflicts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .entities import Citation, citations, known
from .errors import ProjectError, nearest
from .store import Store
from .terms import COMMON, KG, TYPE, Prefixes, local

_RECORDS = """
SELECT DISTINCT ?conflict ?property ?value WHERE {{
  {1} GRAPH ?graph {{ ?conflict a kg:{0} ; ?property ?value }}
  FILTER(?graph != graph:ontology)
}}"""
_AMONG = "{{ SELECT DISTINCT ?conflict WHERE {{ VALUES ?thing {{ {0} }} GRAPH ?any {{ ?conflict kg:about ?thing }} }} }}"
_STATEMENTS = """
SELECT ?claim ?subject ?property ?object WHERE {{
  VALUES ?claim {{ {0} }}
  GRAPH ?claim {{ ?subject ?property ?object }}
}}"""
_OF = """
SELECT DISTINCT ?record WHERE {{
  {{ ?record kg:about {0} }}
  UNION {{ GRAPH graph:ontology {{ ?figures kg:figureOf ?of }} ?record ?of {0} }}
}}"""
_KINDS = """
SELECT DISTINCT ?kind WHERE {
  { GRAPH graph:ontology { ?kind skos:inScheme ?scheme } FILTER(?scheme IN (kg:conflictKinds, kg:variationKinds)) }
  UNION { ?found kg:kind ?kind FILTER(isIRI(?kind)) }
} ORDER BY ?kind"""
_SENTENCES = "SELECT ?rule ?sentence WHERE { ?rule a kg:Rule ; rdfs:label ?sentence }"
_NAMING = {COMMON["skos"] + name for name in ("prefLabel", "altLabel", "hiddenLabel")}
_UNTOLD = {TYPE, KG + "remark"}
_ORDER = [
    KG + name
    for name in (
        *("ValueContradiction", "DateContradiction", "ArithmeticMismatch", "ImplausibleValue", "MissingPremise"),
        *("OutdatedStatement", "ScopeMismatch", "AmbiguousReference", "MissingValue", "OpenList"),
    )
]
"""The engine's kinds, from what is wrong to what is only left open; a project's own kinds come last."""
_OF_NAMES = KG + "AmbiguousReference"


@dataclass(frozen=True)
class Side:
    """A claim in a conflict: where it stands, and what it says about the matter, as subject, property and object."""

    citation: Citation
    says: tuple[tuple[str, str, Any], ...] = ()
    preferred: bool = False


@dataclass(frozen=True)
class Conflict:
    """Claims that cannot all be right, or that differ and can; found by a rule, or noted by the curator where there is none."""

    iri: str
    kind: str
    names: Mapping[str, str]
    about: tuple[str, ...]
    sides: tuple[Side, ...]
    arithmetic: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    rule: str | None = None
    sentence: str | None = None
    premises: tuple[str, ...] = field(default=(), repr=False)


def conflicts(store: Store, prefixes: Prefixes, thing: str | None = None, kind: str | None = None) -> list[Conflict]:
    """Return the conflicts, all of them or those about a thing, its events and figures, or of a kind, by kind and name."""
    return _picked(store, prefixes, "Conflict", thing, kind)


def variations(store: Store, prefixes: Prefixes, thing: str | None = None, kind: str | None = None) -> list[Conflict]:
    """Return what looks like a conflict and is none, all of it or what is about a thing or of a kind, likewise."""
    return _picked(store, prefixes, "Variation", thing, kind)


def among(store: Store, iris: Collection[str] | None) -> tuple[list[Conflict], list[Conflict]]:
    """Return the conflicts and the variations about some things, by IRI; with None, all."""
    found, differing = (_conflicts(store, _records(store, cls, iris)) for cls in ("Conflict", "Variation"))
    return sorted(found, key=_order), sorted(differing, key=_order)


def _picked(store: Store, prefixes: Prefixes, cls: str, thing: str | None, kind: str | None) -> list[Conflict]:
    wanted = None if kind is None else _kind(store, kind)
    asked = None if thing is None else known(store, thing, prefixes)
    matter = {asked, *(row["record"].value for row in store.select(_OF.format(f"<{asked}>")))} if asked else set()
    kept = {
        iri: said
        for iri, said in _records(store, cls).items()
        if wanted in (None, *_iris(said, "kind")) and (not asked or matter & {iri, *_iris(said, "about", "premise", "between")})
    }
    return sorted(_conflicts(store, kept), key=_order)


def _order(found: Conflict) -> tuple[int, str, str, str]:
    rank = _ORDER.index(found.kind) if found.kind in _ORDER else len(_ORDER)
    return rank, found.kind, found.names.get("en", ""), found.iri


def _kind(store: Store, name: str) -> str:
    """Return the kind that a name in any spelling stands for: ValueContradiction, value-contradiction."""
    kinds: dict[str, str] = {_plain(local(row["kind"].value)): row["kind"].value for row in store.select(_KINDS)}
    if _plain(name) not in kinds:
        close = nearest(_plain(name), kinds)
        listed = ", ".join(map(local, kinds.values()))
        hint = f"did you mean {local(kinds[close])}?" if close else f"the kinds are {listed}"
        raise ProjectError(f"there is no kind of conflict named {name!r}", hint=hint)
    return kinds[_plain(name)]


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.removeprefix("kg:")).casefold()


_Record = dict[str, list[Any]]
"""What is said of a conflict: values by property, the latter without its namespace."""


def _records(store: Store, cls: str, iris: Collection[str] | None = None) -> dict[str, _Record]:
    told: dict[str, _Record] = {}
    some = "" if iris is None else _AMONG.format(" ".join(f"<{iri}>" for iri in sorted(iris)))
    for row in sorted(store.select(_RECORDS.format(cls, some)), key=str):
        said = told.setdefault(row["conflict"].value, {})
        values = said.setdefault(local(row["property"].value), [])
        if row["value"] not in values:
            values.append(row["value"])
    return told


def _iris(said: _Record, *properties: str) -> tuple[str, ...]:
    return tuple(value.value for name in properties for value in said.get(name, ()))


def _conflicts(store: Store, told: Mapping[str, _Record]) -> Iterable[Conflict]:
    claims = {claim for said in told.values() for claim in _iris(said, "between")}
    cited, says = citations(store, claims), _statements(store, claims)
    sentences = {row["rule"].value: row["sentence"].value for row in store.select(_SENTENCES)}
    for iri, said in told.items():
        kind, rule = min(_iris(said, "kind"), default=""), min(_iris(said, "rule"), default=None)
        better = _iris(said, "prefer")
        yield Conflict(
            iri=iri,
            kind=kind,
            names={name.language or "": name.value for name in said.get("prefLabel", ())},
            about=_iris(said, "about"),
            sides=tuple(
                Side(cited[claim], _telling(says.get(claim, ()), said, kind), claim in better)
                for claim in sorted(_iris(said, "between"))
                if claim in cited
            ),
            arithmetic=tuple(value.value for value in said.get("arithmetic", ())),
            remarks=tuple(value.value for value in said.get("remark", ())),
            rule=rule,
            sentence=sentences.get(rule or ""),
            premises=_iris(said, "premise"),
        )


_Statements = dict[str, list[tuple[str, str, Any]]]


def _statements(store: Store, claims: set[str]) -> _Statements:
    says: _Statements = {}
    listed = " ".join(f"<{claim}>" for claim in sorted(claims))
    for row in sorted(store.select(_STATEMENTS.format(listed)) if claims else (), key=str):
        says.setdefault(row["claim"].value, []).append((row["subject"].value, row["property"].value, row["object"]))
    return says


def _telling(says: Iterable[tuple[str, str, Any]], said: _Record, kind: str) -> tuple[tuple[str, str, Any], ...]:
    """Return the statements that tell most of the matter: of what the conflict rests on, else of what it is about.

    Names are told where they are what is in doubt, or where nothing else is said.
    """
    premises, about = {*_iris(said, "premise")}, {*_iris(said, "about")}
    near = [s for s in says if {s[0], s[2].value} & (premises | about) and s[1] not in _UNTOLD]
    named = [s for s in near if s[1] in _NAMING]
    if kind == _OF_NAMES and named:
        return tuple(named)
    telling = [s for s in near if s[1] not in _NAMING]
    for matter in (premises, about):
        if kept := [s for s in telling if s[0] in matter]:
            return tuple(kept)
    return tuple(telling or named)
