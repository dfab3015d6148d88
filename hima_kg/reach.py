"""How far a change reaches: what must be derived anew so that all is known that follows from it, or follows no longer.

A change is followed along the rules: whatever a rule may look at together with a statement that changed joins a small
world of subjects. That world is derived twice, with the facts as they were and as they are; what differs has changed too,
and is followed in its turn, until nothing more joins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeVar

import pyoxigraph as ox

from . import reader, rules
from .agenda import Step
from .backward import unified
from .bodies import Body, Law, Layer, law, solutions, together
from .clauses import Row, Triple
from .dates import DATATYPES
from .edits import Quads
from .errors import TooFarError
from .joins import Join
from .nquads import serialized
from .project import Project
from .store import Store, Subject
from .terms import CLAIMS, COMMON, DERIVED, KG, ONTOLOGY, TYPE
from .weighing import WEIGHING

WORLD = 5_000
"""How many subjects may be derived anew; beyond this a whole build is not much dearer."""
WORK = 10_000
"""How many quads may be looked at to tell so, or a quarter of those there are: about as dear as half a whole build."""
FEW = 20
"""By how many values things that are counted together are told apart; beyond that, by one variable that has fewer."""
Found = TypeVar("Found", tuple[Body, Layer, Triple], tuple[Law, Triple])
_CLAIMS, _DERIVED, _BEST = ox.NamedNode(CLAIMS), ox.NamedNode(DERIVED), ox.DefaultGraph()
_MADE = {_DERIVED, _BEST, ox.NamedNode(ONTOLOGY)}
_DEFAULTS = {(ox.NamedNode(KG + p), ox.NamedNode(KG + o)) for p, o in (("rank", "Normal"), ("modality", "Stated"))}
_TYPE, _CLAIM = ox.NamedNode(TYPE), ox.NamedNode(KG + "Claim")
_WRITTEN, _SPELT = ox.NamedNode(KG + "written"), ox.NamedNode(KG + "spelt")
_NAMES = [ox.NamedNode(COMMON["skos"] + name) for name in ("prefLabel", "altLabel")]


@dataclass
class World:
    """The subjects that a change reaches, in a graph as it was and in the same graph with all that was ever put in."""

    project: Project
    before: Store
    now: Store
    gone: Quads
    new: Quads
    """What the facts no longer say and what they say now, as files say it: what is said about claims in no graph."""
    size: int
    """How many quads the graph had; to count them takes long on a disk."""
    subjects: set[ox.NamedNode] = field(default_factory=set)
    _asking: Join = field(init=False)
    _read: Callable[[str], Iterator[tuple[Body, Layer, Triple]]] = field(init=False)
    """The patterns that rules look for, and where, by a predicate that they can have."""
    _given: Callable[[str], Iterator[tuple[Law, Triple]]] = field(init=False)
    """The statements that rules give, likewise."""
    _vocabulary: list[ox.Quad] = field(default_factory=list)
    _steps: list[Step] = field(default_factory=list)
    _put: set[ox.Quad] = field(default_factory=set)
    _followed: set[object] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Look at no more than it takes to build anew."""
        self._asking = Join(self.now, max(WORK, self.size // 4))

    def difference(self) -> tuple[Quads, Quads]:
        """Return which quads leave the store, and which join it; raises TooFarError where that cannot be told."""
        read = rules.read(self.project)
        self._vocabulary = [*reader.vocabulary(self.project), *rules.described(read)]
        self._steps = rules.steps(read, self._world(b""))
        laws = [law(rule.name, rule.text, self.before) for rule in read]
        layers = [(body, layer) for one in laws for body in one.bodies for layer in body.layers]
        self._read = _by_predicate([(*place, pattern) for place in layers for pattern in place[1].triples])
        self._given = _by_predicate([(one, pattern) for one in laws for pattern in one.template])
        self._begin()
        while True:
            size = len(self.subjects)
            was, is_now = self._derived(set(), set()), self._derived(self.gone, self.new)
            gone, new = was - is_now, is_now - was
            fresh = {quad for quad in new - self._put if quad not in self.before}
            self.now.change((), fresh)
            self._put |= fresh
            for quad in sorted(gone | new, key=str):
                self._follow(quad)
            stray = {quad for quad in was if quad not in self.before} | {quad for quad in is_now if quad not in self.now}
            self._tether(stray)
            if len(self.subjects) == size:
                break
        if stray or any(quad in self.before for quad in new):
            raise TooFarError("what was derived anew disagrees with the stored graph")
        self.now.change([*(self._put - new), *gone], ())
        return gone, new

    def _begin(self) -> None:
        """Begin with the subjects that the facts speak of in another way, or in claims that may count in another way."""
        for quad in self.gone | self.new:
            self._admit(str(quad.subject))
            if isinstance(quad.graph_name, ox.NamedNode):
                self._admit(str(quad.graph_name))  # its facts count as the claim does
            if quad.predicate in WEIGHING and isinstance(quad.subject, ox.NamedNode):
                for said in self.before.matching(graph=quad.subject):
                    self._admit(str(said.subject))

    def _admit(self, term: str) -> None:
        if term[0] == "<":
            self.subjects.add(ox.NamedNode(term[1:-1]))
        if len(self.subjects) > WORLD:
            raise TooFarError("the change reaches a large part of the graph")

    def _derived(self, gone: Quads, new: Quads) -> Quads:
        """Return all quads of the small world, with some fewer and some more facts."""
        said = {*self._said(), *new} - gone
        facts = serialized(said)
        seen = reader.weighed(facts + serialized(self._vocabulary))
        store = self._world(seen.stored(facts) + seen.defaults())
        dates, names = self._elsewhere()
        store.extend([*rules.dated(seen.literals | dates), *rules.spelt({*rules.romanised(store), *names})])
        rules.run(self._steps, store)
        return set(store.matching())

    def _world(self, facts: bytes) -> Store:
        """Return a store that holds the ontology and some facts, given as lines as they are stored."""
        store = Store.memory(self.before.prefixes)
        store.extend(self._vocabulary)
        store.load([facts])
        return store

    def _elsewhere(self) -> tuple[set[ox.Literal], set[ox.Literal]]:
        """Return the dates and the names of the small world that are written outside it too: what is told of them stays."""
        found = {quad.object for quad in (*self._said(), *self.new) if isinstance(quad.object, ox.Literal)}
        written = {
            term
            for date in found
            if date.datatype.value in DATATYPES
            for term in self._alike(rules.period_node(date), _WRITTEN)
        }
        romanised = {name for name in found if (name.language or "").startswith("zh-latn")}
        spelt = {term for name in romanised for term in self._alike(rules.spelling_node(name), _SPELT)}
        dates = {term for term in written if any(quad.graph_name not in _MADE for quad in self._outside(term))}
        names = {term for term in spelt if any(quad.predicate in _NAMES for quad in self._outside(term, _BEST))}
        return dates, names

    def _alike(self, node: ox.NamedNode, property: ox.NamedNode) -> Iterator[ox.Literal]:
        """Go through the dates, or names, as written, that one node tells of."""
        told = self.before.matching(node, property, None, _DERIVED)
        return (quad.object for quad in told if isinstance(quad.object, ox.Literal))

    def _outside(self, term: ox.Literal, graph: ox.DefaultGraph | None = None) -> Iterator[ox.Quad]:
        found = self.before.matching(object=term, graph=graph)
        return (quad for quad in found if quad.subject not in self.subjects)

    def _said(self) -> Iterator[ox.Quad]:
        """Go through what the facts say of the subjects, as files say it; the claims that say it join them.

        What a claim is worth by default is left to be found anew.
        """
        left, taken = list(self.subjects), set(self.subjects)
        while left:
            for quad in self.before.matching(left.pop()):
                if quad.graph_name in _MADE:
                    continue
                if quad.graph_name != _CLAIMS:
                    yield quad
                    if quad.graph_name not in taken:
                        taken.add(quad.graph_name)  # type: ignore[arg-type]
                        left.append(quad.graph_name)  # type: ignore[arg-type]
                elif (quad.predicate, quad.object) not in _DEFAULTS or not self._is_claim(quad.subject):
                    yield ox.Quad(quad.subject, quad.predicate, quad.object)
        self.subjects |= taken

    def _is_claim(self, subject: Subject) -> bool:
        return ox.Quad(subject, _TYPE, _CLAIM, _CLAIMS) in self.before

    # Following a statement along the rules

    def _tether(self, stray: Quads) -> None:
        """Take in whatever keeps rules from giving some statements in the whole graph, and is not in the small world yet."""
        for quad in sorted(stray, key=str):
            if quad.graph_name == _DERIVED and quad not in self._followed:
                self._followed.add(quad)
                self._trace(Triple(str(quad.subject), str(quad.predicate), str(quad.object)))

    def _follow(self, quad: ox.Quad) -> None:
        """Take in whatever rules may look at together with a statement, and whatever else may give it."""
        graph = "" if quad.graph_name == _BEST else str(quad.graph_name)
        statement = Triple(str(quad.subject), str(quad.predicate), str(quad.object), graph)
        if quad in self._followed:
            return
        self._followed.add(quad)
        self._admit(str(quad.subject))
        for body, layer, pattern in self._read(statement.predicate):
            if (known := _unified(pattern, statement)) is not None:
                self._take_in(body, layer, known)
        if quad.graph_name == _DERIVED:
            self._explain(Triple(statement.subject, statement.predicate, statement.object))

    def _take_in(self, body: Body, layer: Layer, known: Row) -> None:
        """Take in what a rule looks at where one of its layers has some values."""
        rows = self._note(together(layer), known)
        if not rows:
            return
        for other in body.layers:
            if other not in layer.stack():
                self._note(together(layer, other), known)
        self._note_counted(body, rows)

    def _note_counted(self, body: Body, rows: list[Row]) -> None:
        """Take in all that is counted together with what some rows have."""
        for keys, bodies in body.counted:
            for known in _groups(rows, keys):
                if (bodies, known) in self._followed:
                    continue
                self._followed.add((bodies, known))
                for layer in (layer for counted in bodies for layer in counted.layers):
                    self._note(together(layer), dict(known))

    def _note(self, layers: list[Layer], known: Row) -> list[Row]:
        rows = []
        for row, statements in solutions(self._asking, layers, known):
            rows.append(row)
            for statement in statements:
                self._admit(statement.subject)
                self._admit(statement.graph or statement.subject)
                self._explain(Triple(statement.subject, statement.predicate, statement.object))
        return rows

    def _explain(self, statement: Triple) -> None:
        """Take in whatever a derived statement may follow from."""
        if statement in self._followed:
            return
        self._followed.add(statement)
        if self.now.ask(f"ASK {{ GRAPH <{DERIVED}> {{ {statement.text} }} }}"):
            self._trace(statement)

    def _trace(self, statement: Triple) -> None:
        """Take in whatever rules look at where they give a statement."""
        for rule, pattern in self._given(statement.predicate):
            known = _unified(pattern, statement)
            for values in self._tied(rule, pattern, known) if known is not None else ():
                if not values:
                    raise TooFarError(f"{rule.name} gives it for no reason that can be told")
                for body in rule.bodies:
                    self._note_counted(body, [row for layer in body.layers for row in self._note(together(layer), values)])

    def _tied(self, rule: Law, pattern: Triple, known: Row) -> Iterator[Row]:
        """Go through what variables of a rule may stand for where it gives a statement.

        A name that the rule makes cannot be reckoned backwards; what else it says of the thing narrows its variables.
        """
        values = {name: [term] for name, term in known.items() if name not in rule.computed}
        subject = known.get(pattern.subject, pattern.subject)
        if pattern.subject in rule.computed:
            said = (part for part in rule.template if part.subject == pattern.subject and part.predicate[0] == "<")
            for other in said:
                told = [str(quad.object) for quad in self._told(subject, other.predicate)]
                if other.object[:1] != "?" and other.object not in told:
                    return
                if other.object in rule.sure and other.object not in values:
                    values[other.object] = told
        single = {name: terms[0] for name, terms in values.items() if len(terms) == 1}
        several = min(((len(terms), name) for name, terms in values.items() if name not in single), default=None)
        if single or several is None:
            yield single
        else:
            yield from ({several[1]: term} for term in values[several[1]])

    def _told(self, subject: str, predicate: str) -> Iterator[ox.Quad]:
        if subject[:1] == "<":
            yield from self.now.matching(ox.NamedNode(subject[1:-1]), ox.NamedNode(predicate[1:-1]), None, _DERIVED)


def _by_predicate(found: Iterable[Found]) -> Callable[[str], Iterator[Found]]:
    """Return what looks up, of tuples that end in a pattern, those of which the pattern can have a predicate."""
    index: dict[str, list[Found]] = {}
    for one in found:
        predicate = one[-1].predicate
        index.setdefault("" if predicate[:1] == "?" else predicate, []).append(one)
    return lambda predicate: chain(index.get(predicate, ()), index.get("", ()))


def _groups(rows: list[Row], keys: Set[str]) -> set[tuple[tuple[str, str], ...]]:
    """Return the values by which rows are counted together; where they are many, those of one variable that has few."""
    found = {tuple(sorted((name, row[name]) for name in keys & row.keys())) for row in rows}
    if len(found) <= FEW:
        return found
    sure = sorted(name for name in keys if all(name in row for row in rows))
    if not sure:
        raise TooFarError("too much is counted together")
    each: list[set[tuple[tuple[str, str], ...]]] = [{((name, row[name]),) for row in rows} for name in sure]
    return min(each, key=len)


def _unified(pattern: Triple, statement: Triple) -> Row | None:
    """Return what variables of a pattern, its graph among them, must stand for to make it a statement; None if nothing does."""
    known = unified(pattern, statement)
    if known is None or pattern.graph == statement.graph:
        return known
    if pattern.graph[:1] != "?" or not statement.graph or known.get(pattern.graph, statement.graph) != statement.graph:
        return None
    return {**known, pattern.graph: statement.graph}
