"""What falls if a source is retracted: a graph made again without a document or some claims, and set beside the whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pyoxigraph as ox

from . import editions, making
from .diff import compare
from .differences import Change, Difference
from .entities import iri_of, labels, resolve
from .errors import ProjectError, meant
from .project import Project
from .store import Store
from .terms import Prefixes

_DOCUMENTS = "SELECT ?document WHERE { GRAPH graph:claims { ?document a kg:Document } }"
_CLAIMS = """
SELECT ?claim ?document WHERE {
  GRAPH graph:claims { ?claim a kg:Claim . OPTIONAL { ?claim kg:document ?document } }
}"""
_CURATED = "SELECT ?conflict ?claim WHERE { GRAPH graph:claims { ?conflict a kg:Conflict ; kg:between ?claim } }"


@dataclass(frozen=True)
class Retraction:
    """What was retracted, by IRI, and the difference that it makes."""

    documents: tuple[str, ...]
    """Those that were named, and of which nothing is left."""
    claims: tuple[str, ...]
    difference: Difference

    def labels(self, lang: str = "en") -> dict[str, str]:
        """Return the best name of everything in the whole graph, by IRI: what is lost is called as it was."""
        return labels(self.difference.a.store, lang)

    @property
    def lost(self) -> list[Change]:
        """The statements that no claim makes any more."""
        return self.difference.facts

    @property
    def weaker(self) -> list[Change]:
        """The statements that fewer claims make than before."""
        return self.difference.cited


def retract(project: Project, names: Iterable[str]) -> Retraction:
    """Return what changes in the graph of a project if documents and claims, given by CURIE, IRI or name, are not there.

    Nothing is written. Raises ProjectError for a name that is neither a document's nor a claim's.
    """
    whole = editions.of_project(project, "the whole")
    documents, claims = _named(whole.store, names)
    gone = {*documents, *claims, *_fallen(whole.store, claims)}
    store = making.derive(project, frozenset(map(ox.NamedNode, gone)))
    rest = replace(whole, name="the rest", store=store, built="")
    return Retraction(tuple(sorted(documents)), tuple(sorted(claims)), compare(whole, rest))


def _named(store: Store, names: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return the documents among names, and the claims: those that are named, and all of the documents."""
    documents = {row["document"].value for row in store.select(_DOCUMENTS)}
    claims = {row["claim"].value: row["document"] and row["document"].value for row in store.select(_CLAIMS)}
    prefixes = Prefixes(store.prefixes)
    named = {_resolved(store, name, prefixes, documents | claims.keys()) for name in names}
    retracted = named & documents
    return retracted, {claim for claim, document in claims.items() if claim in named or document in retracted}


def _resolved(store: Store, name: str, prefixes: Prefixes, known: set[str]) -> str:
    iri = iri_of(name, prefixes) if ":" in name else None
    if iri is None:
        iri = resolve(store, name, prefixes, of_class="kg:Document")
    if iri in known:
        return iri
    lists = "`hima-kg stats` lists the documents, `hima-kg why THING` the claims that speak of a thing"
    hint = meant(prefixes.compact(iri), sorted(map(prefixes.compact, known)), lists)
    raise ProjectError(f"{name} is no document and no claim", hint=hint)


def _fallen(store: Store, claims: set[str]) -> set[str]:
    """Return the curated conflicts that fall with claims: those left without any, and those left with one that had more."""
    between: dict[str, set[str]] = {}
    for row in store.select(_CURATED):
        between.setdefault(row["conflict"].value, set()).add(row["claim"].value)
    return {conflict for conflict, among in between.items() if among & claims and len(among - claims) < min(2, len(among))}
