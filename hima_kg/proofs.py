"""Why a statement stands in the graph: a tree of rules and premises, down to the claims and the passages that make them.

A proof is found when it is asked for. Rules are asked backwards, level by level, and what they rest on is settled from
the leaves up, so that nothing is ever its own reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .backward import Backward, Step, along, backward, is_path
from .clauses import IS_A, Triple
from .entities import Citation, citations
from .errors import Place
from .places import Source, exact
from .store import Store
from .terms import BOUNDS, CLAIMS, DERIVED, GRAPH, KG, NOT_DONE, ONTOLOGY, PERIOD, SPELLING

BUDGET = 2000
"""How many statements are looked into for one answer."""
SHOWN = 5
"""How many proofs of one statement are given."""
ROWS = 12
"""How many premises of one kind a proof tells."""
DEPTH = 24

_RULES = """
SELECT ?rule ?sentence ?text WHERE {
  GRAPH graph:ontology { ?rule kg:construct ?text OPTIONAL { ?rule rdfs:label ?sentence } }
} ORDER BY ?rule ?text"""
_STANDS = """
SELECT ?s ?p ?o ?g WHERE {{
  VALUES (?s ?p ?o) {{ {} }}
  {{ GRAPH ?g {{ ?s ?p ?o }} }} UNION {{ ?s ?p ?o }}
}}"""
_STATUSES = """
SELECT ?claim ?status WHERE {{ GRAPH ?claim {{ {} kg:status ?status }} GRAPH graph:claims {{ ?claim a kg:Claim }} }}"""
_SAYS = "SELECT DISTINCT ?p ?o WHERE {{ {{ {0} ?p ?o }} UNION {{ GRAPH ?g {{ {0} ?p ?o }} }} }}"
_DEFAULTS = {(f"<{KG}modality>", f"<{KG}Stated>"), (f"<{KG}rank>", f"<{KG}Normal>")}
_ANY = ""
_MADE = {
    "calendar": (PERIOD, {IS_A: f"<{KG}Period>"} | dict.fromkeys((f"<{iri}>" for iri in (KG + "written", *BOUNDS)), _ANY)),
    "transcription": (SPELLING, {IS_A: f"<{KG}Spelling>"} | {f"<{KG}{name}>": _ANY for name in ("spelt", "hangul")}),
}
"""What the engine knows by itself: the kind of it, the beginning of the nodes' names, and the values of their properties."""
_BATCH = 300
_PATH = Backward("", "", "", (), None)
"""What gives that a path joins two things: no rule, but what a path means."""


@dataclass(frozen=True)
class Passage:
    """A claim that makes a statement, and where in the files it does."""

    citation: Citation
    place: Place | None = None


@dataclass(frozen=True)
class Proof:
    """A reason why a statement stands: that claims make it, or that a rule gives it from others.

    `by` is one of claims, ontology, description (what is said about a claim or a document), default, calendar,
    transcription (how a name is written in another script), engine (a rule's own description) and rule.
    """

    by: str
    passages: tuple[Passage, ...] = ()
    place: Place | None = None
    rule: str = ""
    sentence: str = ""
    premises: tuple[Told, ...] = ()
    absent: tuple[Triple, ...] = ()
    more: int = 0
    """How many premises are left out."""


@dataclass(frozen=True)
class Told:
    """A statement with its proofs; without any, it stands in the graph and no reason was found."""

    statement: Triple
    proofs: tuple[Proof, ...] = ()
    more: int = 0
    """How many further ways a rule gives it, which are not followed."""
    deep: bool = False
    """Whether the reasons go deeper than is told."""


@dataclass
class _Node:
    """A statement in a search: where it stands, how rules give it, and the step that settled it."""

    graphs: frozenset[str]
    leaf: str = ""
    steps: list[tuple[Backward, Step]] | None = None
    settled: tuple[Backward, Step] | None = None
    readers: list[Triple] = field(default_factory=list)

    @property
    def sure(self) -> bool:
        return bool(self.leaf) or self.settled is not None


class Proofs:
    """Reasons, found in a store, with places in some files where they are at hand."""

    def __init__(self, store: Store, facts: Iterable[Source] = (), vocabulary: Iterable[Source] = ()) -> None:
        """Take the store, and the files that its claims and its ontology were read from."""
        self.store = store
        self.files = {"facts": list(facts), "vocabulary": list(vocabulary)}
        self._nodes: dict[Triple, _Node] = {}
        self._cited: dict[str, Citation] = {}
        self._said: dict[str, list[tuple[str, str]]] = {}
        self._ways: dict[Triple, list[tuple[Backward, Step]]] = {}
        self._leaves: dict[Triple, Told] = {}
        self._gifts: dict[Triple, list[tuple[Backward, Step]]] = {}
        self._trees: dict[Triple, Told] = {}
        self._undone: dict[str, bool] = {}
        prefixes = tuple(sorted(store.prefixes.items()))
        self.rules = [
            backward(row["rule"].value, row["sentence"].value if row["sentence"] else "", row["text"].value, prefixes)
            for row in store.select(_RULES)
        ]

    def stands(self, statement: Triple) -> bool:
        """Whether a statement stands in the best graph, in the ontology, or in what is said about claims."""
        self._look([statement])
        return any(not graph or graph.startswith(GRAPH) for graph in self._nodes[statement].graphs)

    def rules_of(self, statement: Triple) -> tuple[str, ...]:
        """Return the rules that give a statement, by IRI."""
        self._look([statement])
        found = {rule.iri for rule, _ in self._steps(statement)}
        return tuple(sorted(found)) or ((self._nodes[statement].leaf,) if self._nodes[statement].leaf else ())

    def way(self, statement: Triple) -> tuple[str, tuple[Triple, ...]]:
        """Return the rule that gives a statement, by IRI, and the statements it is given from; empty if none is found."""
        self._look([statement])
        for rule, step in self._steps(statement):
            return rule.iri, step.premises
        return "", ()

    def citations(self, claims: set[str]) -> dict[str, Citation]:
        """Return the citations of those of some graphs that are claims."""
        self._cite(claims)
        return {claim: self._cited[claim] for claim in claims if claim in self._cited}

    def told(self, statement: Triple) -> Told:
        """Return a statement with its proofs, each followed to its leaves."""
        self._look([statement])
        self._forget()
        node = self._nodes[statement]
        alternatives = self._steps(statement)
        self._settle(statement, alternatives)
        proofs = [self._leaf(statement, node.leaf)] if node.leaf else []
        followed = [
            (rule, step) for rule, step in alternatives if statement not in step.premises and self._sure(step)
        ]  # what rests on the statement itself is no reason for it
        full = {(rule.iri, premise) for rule, step in followed if not step.bare for premise in step.premises}
        followed = [(r, s) for r, s in followed if not s.bare or any((r.iri, p) not in full for p in s.premises)]
        direct = {rule.iri for rule, step in followed if self._is_direct(step)}
        kept = [(rule, step) for rule, step in followed if rule.iri not in direct or self._is_direct(step)]
        shown = kept[: max(SHOWN - len(proofs), 1)]
        proofs += [self._by_rule(rule, step, 1) for rule, step in shown]
        return Told(statement, tuple(proofs), len(followed) - len(shown), deep=not proofs and bool(alternatives))

    def _is_direct(self, step: Step) -> bool:
        """Whether a step rests on nothing that rules gave."""
        return all(self._nodes[premise].leaf for premise in self._unfolded(step))

    def _unfolded(self, step: Step) -> Iterator[Triple]:
        """Go through the premises of a settled step, with the statements along each path in the path's place."""
        for premise in step.premises:
            way = self._nodes[premise].settled
            if is_path(premise) and way:
                yield from self._unfolded(way[1])
            else:
                yield premise

    def _forget(self) -> None:
        """Forget what settled statements: it may rest on the one in question now."""
        self._trees = {}
        for node in self._nodes.values():
            node.steps, node.settled, node.readers = None, None, []

    def _steps(self, statement: Triple) -> list[tuple[Backward, Step]]:
        """Return the ways in which rules give a statement, with their premises looked up; the shortest ones come first."""
        if statement in self._ways:
            return self._ways[statement]
        if is_path(statement):
            found = [(_PATH, step) for step in along(statement, self.store)]
        else:
            rules = [rule for rule in self.rules if rule.gives(statement)]
            found = [(rule, step) for rule in rules for step in rule.steps(statement, self.store, self._known)]
        found = [(rule, replace(step, premises=tuple(map(self._plain, step.premises)))) for rule, step in found]
        self._look(premise for _, step in found for premise in step.premises)
        standing = [
            (rule, replace(step, premises=tuple(p for p in step.premises if self._nodes[p].graphs))) for rule, step in found
        ]  # what OPTIONAL found somewhere else is no premise
        ways = sorted(dict.fromkeys(standing), key=lambda way: self._weight(way[1]))
        for way in ways:
            for given in way[1].gives:
                self._gifts.setdefault(given, []).append(way)
        self._ways[statement] = ways
        return ways

    def _weight(self, step: Step) -> tuple[bool, int, int]:
        return step.bare, sum(not self._nodes[premise].leaf for premise in step.premises), len(step.premises)

    def _plain(self, premise: Triple) -> Triple:
        """Return a premise in the graph in which it is proved: a claim's own, what describes claims, or else the best."""
        kept = not premise.graph or premise.graph[1:-1] in (CLAIMS, ONTOLOGY) or not premise.graph[1:].startswith(GRAPH)
        return premise if kept else Triple(premise.subject, premise.predicate, premise.object)

    def _sure(self, step: Step) -> bool:
        return all(self._nodes[premise].sure for premise in step.premises)

    def _settle(self, root: Triple, alternatives: list[tuple[Backward, Step]]) -> None:
        """Look into what the alternatives rest on, until each is settled or cannot be."""
        paths = [Step(tuple(filter(is_path, step.premises))) for _, step in alternatives]
        self._look_into(root, paths, len(paths))
        easy = {rule.iri for rule, step in alternatives if self._sure(step)}
        self._look_into(root, [step for rule, step in alternatives if rule.iri not in easy], SHOWN)

    def _look_into(self, root: Triple, wanted: list[Step], most: int) -> None:
        """Look into what some steps rest on, until so many of them are settled, or the others cannot be."""
        for _ in range(BUDGET):
            left = [step for step in wanted if not self._sure(step)]
            opened = self._open(root, left) if len(wanted) - len(left) < most else None
            if opened is None:
                return
            node = self._nodes[opened]
            gifts = [way for way in self._gifts.get(opened, ()) if root not in way[1].premises and self._sure(way[1])]
            node.settled = gifts[0] if gifts else None
            if node.settled:
                node.steps = [node.settled]
                self._rise(*node.readers)
                continue
            node.steps = [way for way in self._steps(opened) if root not in way[1].premises and opened not in way[1].premises]
            for _, step in node.steps:
                for premise in step.premises:
                    self._nodes[premise].readers.append(opened)
            self._rise(opened)

    def _open(self, root: Triple, wanted: list[Step]) -> Triple | None:
        """Return the first statement, going down from steps that are not settled, that has not been looked into yet."""
        seen, stack = {root}, [p for step in reversed(wanted) for p in reversed(step.premises)]
        while stack:
            statement = stack.pop()
            node = self._nodes[statement]
            if statement in seen or node.sure:
                continue
            seen.add(statement)
            if node.steps is None:
                return statement
            stack += [premise for _, step in reversed(node.steps) for premise in reversed(step.premises)]
        return None

    def _rise(self, *statements: Triple) -> None:
        """Settle statements by the first of their steps whose premises are, and then what waited for them."""
        waiting = list(statements)
        while waiting:
            node = self._nodes[waiting.pop()]
            if node.sure or node.steps is None:
                continue
            node.settled = next((way for way in node.steps if self._sure(way[1])), None)
            if node.settled:
                waiting += node.readers

    def _known(self, thing: str) -> list[tuple[str, str]]:
        if thing not in self._said:
            self._said[thing] = [(str(row["p"]), str(row["o"])) for row in self.store.select(_SAYS.format(thing))]
        return self._said[thing]

    def _look(self, statements: Iterable[Triple]) -> None:
        """Find out in which graphs some statements stand, and which of them need no proof."""
        new = list(dict.fromkeys(s for s in statements if s not in self._nodes))
        for path in filter(is_path, new):
            self._nodes[path] = _Node(frozenset({""}))
        new = [s for s in new if not is_path(s)]
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            graphs: dict[tuple[str, ...], set[str]] = {(s.subject, s.predicate, s.object): set() for s in batch}
            for row in self.store.select(_STANDS.format(" ".join(f"({' '.join(key)})" for key in graphs))):
                key = str(row["s"]), str(row["p"]), str(row["o"])
                graphs.get(key, set()).add(row["g"].value if row["g"] else "")
            self._cite({graph for found in graphs.values() for graph in found})
            for s in batch:
                found = frozenset(graphs[s.subject, s.predicate, s.object])
                if s.graph:
                    found &= {s.graph[1:-1]}
                self._nodes[s] = _Node(found, self._kind(s, found))

    def _cite(self, graphs: set[str]) -> None:
        new = {graph for graph in graphs - self._cited.keys() if graph and not graph.startswith(GRAPH)}
        if new:
            self._cited |= citations(self.store, of=new)

    def _kind(self, s: Triple, graphs: frozenset[str]) -> str:
        """Return what kind of leaf a statement is; nothing if only rules give it, or nothing does."""
        if s.graph and s.graph[1:-1] in self._cited:
            return "claims"
        if "" in graphs and self._claims(s, graphs):
            return "claims"
        for graph, kind in ((ONTOLOGY, "ontology"), (CLAIMS, "description")):
            if graph in graphs:
                return kind
        return next((kind for kind, made in _MADE.items() if DERIVED in graphs and _is_made(s, *made)), "")

    def _claims(self, s: Triple, graphs: frozenset[str]) -> list[Citation]:
        """Return the claims that make a statement and count: neither deprecated nor opinion, nor about what is not done."""
        found = [self._cited[graph] for graph in sorted(graphs) if graph in self._cited]
        if s.graph:
            return found
        found = [claim for claim in found if claim.counts]
        return [] if found and DERIVED in graphs and self.undone(s.subject) else found

    def undone(self, thing: str) -> bool:
        """Whether all claims that count and tell the status of a thing call it planned or expected."""
        if thing not in self._undone:
            told = [(row["claim"].value, row["status"]) for row in self.store.select(_STATUSES.format(thing))]
            self._cite({claim for claim, _ in told})
            counted = {status.value in NOT_DONE for claim, status in told if claim in self._cited and self._cited[claim].counts}
            self._undone[thing] = counted == {True}
        return self._undone[thing]

    def _leaf(self, s: Triple, kind: str) -> Proof:
        if kind == "claims":
            return Proof("claims", tuple(self.passage(s, claim) for claim in self._claims(s, self._nodes[s].graphs)))
        if kind in _MADE:
            return Proof(kind, sentence=self._calendar(s.subject) if kind == "calendar" else self._transcription(s.subject))
        place = self.place(s, "", "vocabulary" if kind == "ontology" else "facts")
        if kind == "description" and place is None and (s.predicate, s.object) in _DEFAULTS:
            return Proof("default")
        if kind == "ontology" and place is None and s.subject[1:-1] in {rule.iri for rule in self.rules}:
            return Proof("engine")
        return Proof(kind, place=place)

    def passage(self, s: Triple, claim: Citation) -> Passage:
        """Return the passage by which a claim makes a statement."""
        return Passage(claim, self.place(s, claim.claim, "facts"))

    def place(self, s: Triple, graph: str, files: str) -> Place | None:
        """Return where in the files a statement is written; None where it is not, or the files are not at hand."""
        subject, predicate, value = (_value(term) for term in (s.subject, s.predicate, s.object))
        try:
            return exact(self.files[files], graph=graph, subject=subject, predicate=predicate, object=value)
        except OSError:
            return None

    def _calendar(self, period: str) -> str:
        said = {property: _value(value) for property, value in self._known(period)}
        first, last = (said.get(f"<{KG}{name}>", "…") for name in ("earliest", "latest"))
        written = said.get(f"<{KG}written>", "")
        if first == last:
            return f"{written} is a day" if first != "…" else f"{written} can be any day"
        return f"{written} is {first} to {last}"

    def _transcription(self, spelling: str) -> str:
        said = {property: _value(value) for property, value in self._known(spelling)}
        return f"{said.get(f'<{KG}spelt>', '…')} is written {said.get(f'<{KG}hangul>', '…')} in Hangul"

    def _by_rule(self, rule: Backward, step: Step, depth: int) -> Proof:
        told = [self._tree(premise, depth) for premise in dict.fromkeys(self._unfolded(step))]
        shown, more = _capped(told)
        return Proof("rule", (), None, rule.iri, rule.sentence, tuple(shown), step.absent, more)

    def _tree(self, statement: Triple, depth: int) -> Told:
        """Return a settled statement with the one proof that settled it."""
        node = self._nodes[statement]
        if node.leaf:
            if statement not in self._leaves:
                self._leaves[statement] = Told(statement, (self._leaf(statement, node.leaf),))
            return self._leaves[statement]
        if statement not in self._trees:
            if node.settled is None or depth >= DEPTH:
                return Told(statement, deep=True)
            self._trees[statement] = Told(statement, (self._by_rule(*node.settled, depth + 1),))
        return self._trees[statement]


def _is_made(s: Triple, names: str, values: Mapping[str, str]) -> bool:
    """Whether a statement is of the kind that the engine makes of nodes whose names begin so."""
    return s.subject.startswith(f"<{names}") and values.get(s.predicate) in (_ANY, s.object)


def _capped(told: list[Told]) -> tuple[list[Told], int]:
    """Return the premises without those that only repeat their kind, and how many are left out."""
    counts: dict[tuple[str, str], int] = {}
    shown = []
    for premise in told:
        kind = premise.statement.predicate, premise.statement.graph if premise.statement.graph[1:].startswith(GRAPH) else ""
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] <= ROWS:
            shown.append(premise)
    return shown, len(told) - len(shown)


def _value(term: str) -> str:
    """Return an IRI, or the text of a literal, as it is meant."""
    return term[1:-1] if term.startswith("<") else literal(term).value


def literal(term: str) -> Any:
    """Return a literal, written as N-Triples does."""
    import pyoxigraph as ox

    (triple,) = ox.parse(f"<a:a> <a:a> {term} .", ox.RdfFormat.N_TRIPLES)
    return triple.object
