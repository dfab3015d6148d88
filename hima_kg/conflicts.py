"""Conflicts: claims that cannot all be right, with what each of them says; and variations, which are no conflicts."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

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
  UNION {{ ?record rdf:subject|rdf:object {0} ; a kg:State }}
  UNION {{ ?record ?role {0} ; a kg:Event }}
  UNION {{ GRAPH graph:ontology {{ ?figures kg:figureOf ?of }} ?record ?of {0} }}
}}"""
_KINDS = """
SELECT DISTINCT ?kind ?broader ?order WHERE {
  { GRAPH graph:ontology { ?kind skos:inScheme ?scheme } FILTER(?scheme IN (kg:conflictKinds, kg:variationKinds)) }
  UNION { ?found kg:kind ?kind FILTER(isIRI(?kind)) }
  OPTIONAL { GRAPH graph:ontology { ?kind skos:broader ?broader } }
  OPTIONAL { GRAPH graph:ontology { ?kind sh:order ?order } }
} ORDER BY ?kind"""
_SENTENCES = "SELECT ?rule ?sentence WHERE { ?rule a kg:Rule ; rdfs:label ?sentence }"
_NAMING = {COMMON["skos"] + name for name in ("prefLabel", "altLabel", "hiddenLabel")}
_UNTOLD = {TYPE, KG + "remark"}
_OF_NAMES = KG + "AmbiguousReference"


class Kind(NamedTuple):
    """What sort of conflict or variation there is: the broader kind, if any, and the rank of those that the engine knows."""

    broader: str | None = None
    order: int = sys.maxsize


_OWN = Kind()
"""A kind of which the ontology says nothing more."""


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
    broader: str | None
    """The broader kind: kg:Contradiction, where the ontology does not say otherwise; a variation has none."""
    names: Mapping[str, str]
    about: tuple[str, ...]
    sides: tuple[Side, ...]
    arithmetic: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    rule: str | None = None
    sentence: str | None = None
    premises: tuple[str, ...] = field(default=(), repr=False)

    @property
    def is_contradiction(self) -> bool:
        """Whether not all that is said can be so; otherwise something is unclear or left out, and nobody denies anything."""
        return self.broader not in (None, KG + "OpenQuestion", KG + "Gap")


def conflicts(store: Store, prefixes: Prefixes, thing: str | None = None, kind: str | None = None) -> list[Conflict]:
    """Return the conflicts, all or those about a thing, its events, states and figures, or of a kind, by kind and name."""
    return _picked(store, prefixes, "Conflict", thing, kind)


def variations(store: Store, prefixes: Prefixes, thing: str | None = None, kind: str | None = None) -> list[Conflict]:
    """Return what looks like a conflict and is none, all of it or what is about a thing or of a kind, likewise."""
    return _picked(store, prefixes, "Variation", thing, kind)


def among(store: Store, iris: Collection[str] | None) -> tuple[list[Conflict], list[Conflict]]:
    """Return the conflicts and the variations about some things, by IRI; with None, all."""
    kinds = _kinds(store)
    found, differing = (_conflicts(store, _records(store, cls, iris), kinds) for cls in ("Conflict", "Variation"))
    return found, differing


def _picked(store: Store, prefixes: Prefixes, cls: str, thing: str | None, kind: str | None) -> list[Conflict]:
    kinds = _kinds(store)
    wanted = None if kind is None else _wanted(kinds, kind)
    asked = None if thing is None else known(store, thing, prefixes)
    matter = {asked, *(row["record"].value for row in store.select(_OF.format(f"<{asked}>")))} if asked else set()
    kept = {
        iri: said
        for iri, said in _records(store, cls).items()
        if (wanted is None or wanted & {*_iris(said, "kind")})
        and (not asked or matter & {iri, *_iris(said, "about", "premise", "between")})
    }
    return _conflicts(store, kept, kinds)


def _kinds(store: Store) -> dict[str, Kind]:
    """Return the kinds of conflicts and variations that the ontology has, and those that are used, by IRI."""
    return {
        row["kind"].value: Kind(
            row["broader"].value if row["broader"] else _OWN.broader,
            int(row["order"].value) if row["order"] else _OWN.order,
        )
        for row in store.select(_KINDS)
    }


def _wanted(kinds: Mapping[str, Kind], name: str) -> set[str]:
    """Return the kind that a name in any spelling stands for (ValueContradiction, value-contradiction), and narrower ones."""
    spelt = {_plain(local(kind)): kind for kind in kinds}
    if _plain(name) not in spelt:
        close = nearest(_plain(name), spelt)
        hint = f"did you mean {local(spelt[close])}?" if close else f"the kinds are {', '.join(map(local, kinds))}"
        raise ProjectError(f"there is no kind of conflict named {name!r}", hint=hint)
    asked = spelt[_plain(name)]
    return {asked, *(kind for kind, said in kinds.items() if said.broader == asked)}


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


def _conflicts(store: Store, told: Mapping[str, _Record], kinds: Mapping[str, Kind]) -> list[Conflict]:
    """Return records as conflicts, those of a kind together: the engine's kinds first, then a project's own."""

    def rank(found: Conflict) -> tuple[int, str, str, str]:
        return kinds.get(found.kind, _OWN).order, found.kind, found.names.get("en", ""), found.iri

    return sorted(_read(store, told, kinds), key=rank)


def _read(store: Store, told: Mapping[str, _Record], kinds: Mapping[str, Kind]) -> Iterator[Conflict]:
    claims = {claim for said in told.values() for claim in _iris(said, "between")}
    cited, says = citations(store, claims), _statements(store, claims)
    sentences = {row["rule"].value: row["sentence"].value for row in store.select(_SENTENCES)}
    for iri, said in told.items():
        kind, rule = min(_iris(said, "kind"), default=""), min(_iris(said, "rule"), default=None)
        better = _iris(said, "prefer")
        yield Conflict(
            iri=iri,
            kind=kind,
            broader=kinds.get(kind, _OWN).broader or (KG + "Contradiction" if KG + "Conflict" in _iris(said, "type") else None),
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
