"""Which things a picture draws, where there are more than it can hold: those that matter most, and are linked most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .store import Store

_LINKS_FROM = """
SELECT ?thing (COUNT(*) AS ?links) WHERE {
  VALUES ?class { CLASSES } ?thing a ?class ; ?p ?o . FILTER(isIRI(?o))
} GROUP BY ?thing"""
_LINKS_TO = """
SELECT ?thing (COUNT(*) AS ?links) WHERE { VALUES ?class { CLASSES } ?thing a ?class . ?s ?p ?thing } GROUP BY ?thing"""
_NEAR = """
SELECT DISTINCT ?thing ?next WHERE {
  VALUES ?thing { THINGS }
  { GRAPH ?said { ?thing ?p ?next } } UNION { GRAPH ?said { ?next ?p ?thing } }
  UNION { ?state rdf:subject ?thing ; rdf:object ?next BIND(graph:derived AS ?said) }
  UNION { ?state rdf:object ?thing ; rdf:subject ?next BIND(graph:derived AS ?said) }
  FILTER(isIRI(?next) && ?said != graph:ontology)
  FILTER EXISTS { GRAPH ?typing { ?next a ?class } FILTER(?typing NOT IN (graph:ontology, graph:claims)) }
}"""
HUB = 200
"""Chains do not lead over what is linked to more things than this: one sees its neighbours only if one starts from it."""
_AROUND = """
SELECT DISTINCT ?thing WHERE {
  VALUES ?kept { THINGS }
  ?thing ?p ?kept .
  FILTER EXISTS { GRAPH ?typing { ?thing a ?class } FILTER(?class IN (CLASSES)) }
}"""


@dataclass(frozen=True)
class Cut:
    """Where a picture stops: the rank of the class of the last thing that it draws, and that thing's links and IRI."""

    rank: int
    links: int
    thing: str
    classes: tuple[str, ...]
    """The IRIs of the classes of that rank, whose links are counted."""

    def keeps(self, store: Store, classes: Mapping[str, str], importance: Mapping[str, int]) -> set[str] | None:
        """Return those of some things, by IRI, that come before the cut; their classes are given by IRI, as is what they weigh.

        None where one has a class of that rank that had no things when the cut was made.
        """
        ranks = {thing: -importance.get(cls, 1) for thing, cls in classes.items()}
        equal = [thing for thing, rank in ranks.items() if rank == self.rank]
        if not {classes[thing] for thing in equal} <= {*self.classes}:
            return None
        links = _links(store, self.classes, equal) if equal else {}
        near = {thing for thing in equal if (-links.get(thing, 0), thing) <= (-self.links, self.thing)}
        return near | {thing for thing, rank in ranks.items() if rank < self.rank}


def prominent(store: Store, classes: Mapping[str, str], importance: Mapping[str, int], most: int) -> tuple[set[str], Cut]:
    """Return at most so many things, by IRI, out of those of which the class is given, by IRI, and where the others begin.

    Those whose class is more important come first; of the class that is not wholly among them, the most connected.
    """
    ranks: dict[int, list[str]] = {}
    for thing, cls in classes.items():
        ranks.setdefault(-importance.get(cls, 1), []).append(thing)
    kept, cut = set[str](), Cut(0, 0, "", ())
    for rank, equal in sorted(ranks.items()):
        if len(kept) >= most:
            break
        of = tuple(sorted({classes[thing] for thing in equal}))
        links = _links(store, of) if len(kept) + len(equal) >= most else {}
        equal.sort(key=lambda thing: (-links.get(thing, 0), thing))
        last = equal[: most - len(kept)][-1]
        cut = Cut(rank, links.get(last, 0), last, of)
        kept |= {*equal[: most - len(kept)]}
    return kept, cut


def around(store: Store, things: Iterable[str], classes: Iterable[str]) -> set[str]:
    """Return what of some classes speaks of some things: all that has a statement with one of them as its object."""
    asked = _AROUND.replace("THINGS", _named(things)).replace("CLASSES", ", ".join(f"<{iri}>" for iri in classes))
    return {row["thing"].value for row in store.select(asked)}


def nearby(store: Store, thing: str, hops: int) -> set[str]:
    """Return a thing, by IRI, and those that can be reached from it in so many steps, but not by way of hubs."""
    reached, edge = {thing}, {thing}
    for _ in range(hops):
        found: dict[str, set[str]] = {}
        for row in store.select(_NEAR.replace("THINGS", _named(edge))) if edge else ():
            found.setdefault(row["thing"].value, set()).add(row["next"].value)
        edge = {other for one, others in found.items() if one == thing or len(others) <= HUB for other in others} - reached
        reached |= edge
    return reached


def _links(store: Store, classes: Iterable[str], things: Iterable[str] | None = None) -> dict[str, int]:
    """Return how many statements link things of some classes, all of them or some, to others, by thing."""
    found: dict[str, int] = {}
    some = "" if things is None else f"VALUES ?thing {{ {_named(things)} }} "
    for query in (_LINKS_FROM, _LINKS_TO):
        for row in store.select(query.replace("VALUES", f"{some}VALUES").replace("CLASSES", _named(classes))):
            found[row["thing"].value] = found.get(row["thing"].value, 0) + int(row["links"].value)
    return found


def _named(iris: Iterable[str]) -> str:
    return " ".join(f"<{iri}>" for iri in sorted(iris))
