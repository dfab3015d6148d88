"""Why a statement does not stand in the graph: what comes nearest to it, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from . import entities, sparql
from .clauses import IS_A, Triple
from .entities import State
from .errors import nearest
from .proofs import Passage, Proofs, Told
from .states import Timed
from .terms import GENERAL, Prefixes

FEW = 5
_GENERAL = tuple(f"<{namespace}" for namespace in GENERAL)
_CLAIMED = "SELECT ?g WHERE { GRAPH ?g { ?s ?p ?o } GRAPH graph:claims { ?g a kg:Claim } } ORDER BY ?g"
_HELD = "{ SELECT DISTINCT ?state WHERE { ?state rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o } }"
_VALUES = f"SELECT ?o WHERE {{ ?s ?p ?o }} ORDER BY ?o LIMIT {FEW + 1}"
_SUBJECTS = "SELECT ?s WHERE { ?s ?p ?o } LIMIT 200"
_BETWEEN = f"SELECT DISTINCT ?p WHERE {{ ?s ?p ?o }} ORDER BY ?p LIMIT {FEW + 1}"
_DOMAIN = """
SELECT ?class WHERE {
  GRAPH graph:ontology { ?p rdfs:domain ?class }
  FILTER NOT EXISTS { ?s a ?class }
} ORDER BY ?class"""
_KINDS = "SELECT DISTINCT ?class WHERE { GRAPH ?g { ?s a ?class } GRAPH graph:claims { ?g a kg:Claim } } ORDER BY ?class"


@dataclass(frozen=True)
class Miss:
    """Something near to a statement that does not stand; `kind` says how it is near.

    discounted, undone: claims say it, and do not count, or are about what is not done. held: it holds or held for a time.
    turned: it stands the other way round. between: another property joins the two. values, subjects: others have it.
    domain: the property is for things of another class. unknown: a term does not occur at all; a like one may follow it.
    """

    kind: str
    told: tuple[Told, ...] = ()
    passages: tuple[Passage, ...] = ()
    states: tuple[State, ...] = ()
    terms: tuple[str, ...] = ()
    more: bool = False


def misses(proofs: Proofs, missing: Triple) -> list[Miss]:
    """Return what comes near to a statement that does not stand, the nearest first."""
    if unknown := list(_unknown(proofs, missing)):
        return unknown
    return [miss for miss in _near(proofs, missing) if miss.told or miss.passages or miss.states or miss.terms]


def _near(proofs: Proofs, s: Triple) -> Iterator[Miss]:
    bound = {"s": s.subject, "p": s.predicate, "o": s.object}
    yield from _said(proofs, s, bound)
    things = [term for term in (s.subject, s.object) if term.startswith("<")]
    yield Miss("held", states=held(proofs, s))
    if len(things) == 2:
        yield Miss("turned", _stand(proofs, [_turned(s)]))
        yield Miss("between", _stand(proofs, [*_joins(proofs, s), *_joins(proofs, _turned(s))]))
    values = _column(proofs, _VALUES, bound, "s", "p")
    yield Miss("values", _stand(proofs, [Triple(s.subject, s.predicate, o) for o in values]), more=len(values) > FEW)
    if s.predicate != IS_A:
        subjects = sorted(_column(proofs, _SUBJECTS, bound, "p", "o"))
        yield Miss("subjects", _stand(proofs, [Triple(x, s.predicate, s.object) for x in subjects]), more=len(subjects) > FEW)
    kinds = _column(proofs, _KINDS, bound, "s")
    if kinds:
        yield Miss("domain", terms=tuple(_column(proofs, _DOMAIN, bound, "s", "p")))


def _unknown(proofs: Proofs, s: Triple) -> Iterator[Miss]:
    for term in (s.subject, s.predicate, s.object):
        if term.startswith("<") and not entities.occurs(proofs.store, term[1:-1]):
            names = Prefixes(proofs.store.prefixes)
            known = entities.terms(proofs.store, names)
            close = nearest(names.compact(term[1:-1]), known)
            yield Miss("unknown", terms=(term, f"<{known[close]}>") if close else (term,))


def _said(proofs: Proofs, s: Triple, bound: dict[str, str]) -> Iterator[Miss]:
    claims = [row["g"].value for row in proofs.store.select(sparql.bind(_CLAIMED, bound))]
    cited = entities.citations(proofs.store, of=claims) if claims else {}
    passages = [proofs.passage(s, cited[claim]) for claim in claims if claim in cited]
    weighed = [p for p in passages if not p.citation.counts]
    yield Miss("discounted", passages=tuple(weighed))
    yield Miss("undone", passages=tuple(p for p in passages if p not in weighed))


def held(proofs: Proofs, s: Triple) -> tuple[State, ...]:
    """Return the states of which a statement follows for a time: by its own property, a narrower one or an inverse."""
    return tuple(dict.fromkeys(_states(proofs, s)))


def _states(proofs: Proofs, s: Triple) -> Iterator[State]:
    for property, turned in Timed.of(proofs.store).properties.get(s.predicate[1:-1], ()):
        thing, value = (s.object, s.subject) if turned else (s.subject, s.object)
        if thing.startswith("<"):
            bound = {"s": thing, "p": f"<{property}>", "o": value}
            yield from entities.cited_states(proofs.store, sparql.bind(_HELD, bound))


def _turned(s: Triple) -> Triple:
    return Triple(s.object, s.predicate, s.subject)


def _joins(proofs: Proofs, s: Triple) -> Iterator[Triple]:
    """Go through what joins a subject and an object, but for the property in question and general ones."""
    for property in _column(proofs, _BETWEEN, {"s": s.subject, "o": s.object}, "s", "o"):
        if property != s.predicate and not property.startswith(_GENERAL):
            yield Triple(s.subject, property, s.object)


def _column(proofs: Proofs, query: str, bound: dict[str, str], *names: str) -> list[str]:
    rows = proofs.store.select(sparql.bind(query, {name: bound[name] for name in names}))
    return [str(row[0]) for row in rows]


def _stand(proofs: Proofs, statements: Iterable[Triple]) -> tuple[Told, ...]:
    return tuple(proofs.told(statement) for statement in list(statements)[:FEW] if proofs.stands(statement))
