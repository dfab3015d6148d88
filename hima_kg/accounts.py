"""Why a thing is in the graph: the passages that speak of it, and the rules that say more of it, or that made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from . import sparql
from .clauses import IS_A, Triple
from .entities import Citation
from .proofs import Proof, Proofs, Told
from .terms import CLAIMS, COMMON, GENERAL, GRAPH, ONTOLOGY

MOST = 400
"""How many statements of a thing are looked at."""
FOLLOWED = 40
"""Of how many derived statements the rules are looked up."""
LOOKED = 4000
"""How many statements that speak of a thing are looked at."""
_OWN = f"""
SELECT ?s ?p ?o ?g WHERE {{
  {{ GRAPH ?g {{ ?thing ?p ?o }} BIND(?thing AS ?s) }} UNION {{ GRAPH ?g {{ ?s ?p ?thing }} BIND(?thing AS ?o) }}
}} LIMIT {LOOKED + 1}"""
_WITHIN = "SELECT ?s ?p ?o WHERE { GRAPH ?thing { ?s ?p ?o } } ORDER BY ?s ?p ?o"
_GENERAL = tuple(f"<{namespace}" for namespace in GENERAL)


@dataclass(frozen=True)
class Reason:
    """Statements of a thing that a rule gives together, and how."""

    statements: tuple[Triple, ...]
    proof: Proof


@dataclass(frozen=True)
class Account:
    """What there is of a thing: the passages that speak of it, what a claim says, and what rules give, and why."""

    iri: str
    claim: Citation | None = None
    says: tuple[Told, ...] = ()
    passages: tuple[tuple[Citation, int], ...] = ()
    """Claims that speak of the thing, each with how many statements it makes about it."""
    reasons: tuple[Reason, ...] = ()
    derived: tuple[tuple[Triple, tuple[str, ...]], ...] = ()
    """Derived statements, each with the rules that give it."""
    more: int = 0
    """How many derived statements are left out."""
    cut: bool = False
    """Whether the thing is spoken of more often than was looked at."""

    @property
    def stands(self) -> bool:
        """Whether anything is said of the thing at all."""
        return bool(self.claim or self.passages or self.reasons or self.derived)


def account(proofs: Proofs, iri: str) -> Account:
    """Return the account of a thing, by IRI: of a node that a rule made, of a claim, or of anything else."""
    found = [
        (Triple(str(row["s"]), str(row["p"]), str(row["o"])), row["g"].value)
        for row in proofs.store.select(sparql.bind(_OWN, {"thing": f"<{iri}>"}))
    ]
    cited = proofs.citations({graph for _, graph in found} | {iri})
    counts: dict[str, int] = {}
    for _, graph in found:
        if graph in cited and graph != iri:
            counts[graph] = counts.get(graph, 0) + 1
    claimed = {statement for statement, graph in found if not graph.startswith(GRAPH) or graph in (CLAIMS, ONTOLOGY)}
    derived = sorted({s for s, graph in found if graph.startswith(GRAPH) and s not in claimed and _telling(s)}, key=str)
    own = [statement for statement in derived if statement.subject == f"<{iri}>"]
    made = not counts and iri not in cited and bool(own)
    followed = [] if made else derived[:FOLLOWED]
    return Account(
        iri,
        cited.get(iri),
        tuple(map(proofs.told, _within(proofs, iri))),
        tuple((cited[graph], counts[graph]) for graph in sorted(counts)),
        tuple(_reasons(proofs, own[:MOST])) if made else (),
        tuple((statement, proofs.rules_of(statement)) for statement in followed),
        0 if made else len(derived) - len(followed),
        len(found) > LOOKED,
    )


def _within(proofs: Proofs, iri: str) -> Iterator[Triple]:
    for row in proofs.store.select(sparql.bind(_WITHIN, {"thing": f"<{iri}>"})):
        yield Triple(str(row["s"]), str(row["p"]), str(row["o"]), f"<{iri}>")


def _telling(s: Triple) -> bool:
    """Whether a derived statement is more than another one said again in a general vocabulary, such as RDF Schema's."""
    if s.predicate == IS_A:
        return not s.object.startswith(_GENERAL)
    return s.predicate.startswith(f"<{COMMON['rdf']}") or not s.predicate.startswith(_GENERAL)


def _reasons(proofs: Proofs, own: Iterable[Triple]) -> list[Reason]:
    """Return the ways in which rules give the statements of a thing: those of one rule together."""
    by_rule: dict[str, tuple[dict[Triple, None], list[Proof]]] = {}
    for statement in own:
        for proof in proofs.told(statement).proofs:
            statements, ways = by_rule.setdefault(proof.rule or proof.by, ({}, []))
            statements[statement] = None
            ways.append(proof)
    return [Reason(tuple(statements), _together(ways)) for statements, ways in by_rule.values()]


def _together(ways: list[Proof]) -> Proof:
    """Return one proof with the premises of several by one rule."""
    first = ways[0]
    premises = dict.fromkeys(premise for way in ways for premise in way.premises)
    absent = dict.fromkeys(triple for way in ways for triple in way.absent)
    return Proof(
        first.by, first.passages, first.place, first.rule, first.sentence, tuple(premises), tuple(absent),
        max(way.more for way in ways),
    )  # fmt: skip
