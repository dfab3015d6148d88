"""The body of a rule, laid open: which statements it may look at together, whatever it then makes of them.

A layer is what must be there at once, under the same names; what may or must not be there, and what has names of its own
(OPTIONAL, EXISTS, NOT EXISTS, the steps of a path), is a layer upon it. Conditions and computed values are left away, so
that a body never tells too little.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

import pyoxigraph as ox

from .backward import backward
from .clauses import (
    Clause,
    Exists,
    Filter,
    Group,
    Optional,
    Path,
    Reach,
    Row,
    Select,
    Triple,
    Union,
    Without,
    assigned,
    certain,
    matched,
)
from .errors import TooFarError
from .grammar import asks_within
from .joins import Join
from .store import Store
from .terms import ONTOLOGY

Table = tuple[Row, ...]
"""What a part of a rule that looks at the ontology alone gives: it stays the same while the ontology does."""


@dataclass(eq=False)
class Layer:
    """Patterns that are matched at once, on top of those of the layers below."""

    below: Layer | None
    triples: list[Triple] = field(default_factory=list)
    paths: list[Reach] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    def stack(self) -> list[Layer]:
        """Return the layer and those below it."""
        return [self, *(self.below.stack() if self.below else [])]


@dataclass(eq=False)
class Body:
    """The layers of a rule, for one choice of branches of its unions, and the bodies of what is counted or summed in it.

    The latter come with the variables that the sub-select shows: rows that agree in them are counted together.
    """

    layers: list[Layer] = field(default_factory=list)
    counted: list[tuple[frozenset[str], tuple[Body, ...]]] = field(default_factory=list)


@dataclass(frozen=True)
class Law:
    """A rule as far as reach needs it: the patterns that it gives, its body, and the variables whose values it computes."""

    name: str
    template: tuple[Triple, ...]
    bodies: tuple[Body, ...]
    computed: frozenset[str]
    sure: frozenset[str]
    """The variables that a pattern binds in every solution."""


def law(name: str, text: str, store: Store) -> Law:
    """Return a rule with its body laid open; raises TooFarError where its text has what cannot be followed."""
    rule = backward(name, "", text, tuple(store.prefixes.items()))
    if rule.group is None or asks_within(rule.group.text):
        raise TooFarError(name)
    bodies = _Reader(store, rule.prologue).bodies(rule.group)
    sure = frozenset[str]().union(*map(certain, _required(rule.group.parts)))
    return Law(name, tuple(map(_stored, rule.template)), bodies, rule.group.assigned, sure - rule.group.assigned)


def _required(parts: Iterable[Clause]) -> list[Clause]:
    """Return clauses with those groups that may match as groups that must, where a filter wants a variable only they bind."""
    parts = list(parts)
    wanted = {found[1] for part in parts if isinstance(part, Filter) and (found := _BOUND.fullmatch(part.text))}
    given = Counter(name for part in parts for name in (matched(part) | assigned(part)) & wanted)
    sole = {name for name, times in given.items() if times == 1}
    return [part.group if isinstance(part, Optional) and part.group.certain & sole else part for part in parts]


def _stored(pattern: Triple) -> Triple:
    """Return a pattern with a number, or another typed value, as the engine keeps it: it finds 1.50 where 1.5 is said."""
    if pattern.object[:1] != '"' or "^^" not in pattern.object:
        return pattern
    store = ox.Store()
    store.load(f"<urn:x> <urn:x> {pattern.object} .".encode(), ox.RdfFormat.N_TRIPLES)
    return replace(pattern, object=str(next(iter(store)).object))


def _choices(parts: Iterable[Clause], *, alone: bool = True) -> list[tuple[Clause | Chosen, ...]]:
    """Return clauses without unions: one list for each choice of branches; alone, nothing outside binds their variables."""
    found: list[tuple[Clause | Chosen, ...]] = [()]
    for part in _required(parts) if alone else parts:
        ways = list(_ways(part, alone=alone))
        found = [(*before, *way) for before in found for way in ways]
        if len(found) > _CHOICES:
            raise TooFarError("many unions")
    return found


_CHOICES = 32
_BOUND = re.compile(r"(?i)FILTER\s*\(\s*BOUND\s*\(\s*(\?\w+)\s*\)\s*\)")


def _ways(part: Clause, *, alone: bool) -> Iterator[tuple[Clause | Chosen, ...]]:
    match part:
        case Union() if not _on_ontology(part):
            for branch in part.branches:
                yield from _choices(branch.parts, alone=alone)
        case Group() if not _only_ontology(part):
            yield from _choices(part.parts, alone=alone)
        case Select() if not _only_ontology(part.group):
            for parts in _choices(part.group.parts):
                yield (Chosen(part, parts),)
        case _:
            yield (part,)


@dataclass(frozen=True)
class Chosen:
    """A sub-select with one choice of branches of the unions in it."""

    select: Select
    parts: tuple[Clause | Chosen, ...]


@dataclass
class _Reader:
    store: Store
    prologue: str
    fresh: Iterator[int] = field(default_factory=count)

    def bodies(self, group: Group) -> tuple[Body, ...]:
        found = []
        for parts in _choices(group.parts):
            found.append(Body())
            self.layer(parts, None, found[-1])
        return tuple(found)

    def layer(self, parts: Iterable[Clause | Chosen], below: Layer | None, body: Body) -> None:
        layer = Layer(below)
        body.layers.append(layer)
        self.fill(parts, layer, body)

    def fill(self, parts: Iterable[Clause | Chosen], layer: Layer, body: Body) -> None:
        for part in parts:
            match part:
                case Triple():
                    layer.triples.append(_stored(part))
                case Reach():
                    self.path(part, layer, body)
                case Group():  # of the ontology, as is what follows
                    layer.tables.append(self.table("*", part.text, part.graph))
                case Select() if part.grouped:
                    raise TooFarError("the ontology is counted")
                case Select():  # a limit would only leave rows out
                    layer.tables.append(self.table(" ".join(sorted(part.plain)), part.group.text, part.group.graph))
                case Chosen() if part.select.limited:
                    raise TooFarError("LIMIT")
                case Chosen():
                    self.fill(part.parts, layer, body)
                    if part.select.grouped:
                        body.counted.append((part.select.plain, self.bodies(part.select.group)))
                case Optional() | Without() | Exists() if not _only_ontology(part.group):
                    for within in _choices(part.group.parts, alone=False):
                        self.layer(within, layer, body)

    def table(self, shown: str, text: str, graph: str) -> Table:
        inside = f"GRAPH {graph} {{ {text}\n }}" if graph else text
        names, rows = self.store.rows(f"{self.prologue} SELECT DISTINCT {shown} WHERE {{ {inside}\n }}", bounded=False)
        return tuple({f"?{name}": str(row[name]) for name in names if row[name] is not None} for row in rows)

    def path(self, reach: Reach, layer: Layer, body: Body) -> None:
        """Take a path as a whole, and each of its steps, with the way to it and on from it, as a layer of its own."""
        layer.paths.append(reach)
        for before, name, after, backwards in _steps(reach.path):
            number = next(self.fresh)
            start, end = (f"?from{number}" if before else reach.subject), (f"?to{number}" if after else reach.object)
            taken = (end, name, start) if backwards else (start, name, end)
            step = Layer(layer, [Triple(*taken, reach.graph)])
            step.paths += [Reach(reach.subject, before, start, reach.graph)] if before else []
            step.paths += [Reach(end, after, reach.object, reach.graph)] if after else []
            body.layers.append(step)


def _steps(path: Path) -> Iterator[tuple[Path | None, str, Path | None, bool]]:
    """Go through the properties in a path: each with the path up to it, the path on from it, and whether it is turned round."""
    match path.sign:
        case "":
            yield None, path.name, None, False
        case "^":
            for before, name, after, backwards in _steps(path.steps[0]):
                yield _turned(after), name, _turned(before), not backwards
        case "|":
            for way in path.steps:
                yield from _steps(way)
        case "/":
            for at, part in enumerate(path.steps):
                for before, name, after, backwards in _steps(part):
                    yield _chain(*path.steps[:at], before), name, _chain(after, *path.steps[at + 1 :]), backwards
        case _:
            again = None if path.sign == "?" else Path("*", path.steps)
            for before, name, after, backwards in _steps(path.steps[0]):
                yield _chain(again, before), name, _chain(after, again), backwards


def _turned(path: Path | None) -> Path | None:
    return Path("^", (path,)) if path else None


def _chain(*steps: Path | None) -> Path | None:
    found = [step for step in steps if step]
    return Path("/", tuple(found)) if len(found) > 1 else found[0] if found else None


def _only_ontology(group: Group) -> bool:
    """Whether all patterns of a group look at the ontology."""
    return all(_on_ontology(part) for part in group.parts)


def _on_ontology(part: Clause) -> bool:
    match part:
        case Triple() | Reach():
            return part.graph == f"<{ONTOLOGY}>"
        case Group():
            return _only_ontology(part)
        case Optional() | Without() | Exists() | Select():
            return _only_ontology(part.group)
        case Union():
            return all(map(_only_ontology, part.branches))
        case _:
            return True


def together(*layers: Layer) -> list[Layer]:
    """Return layers with those below them, each once; what only one of them knows a name for is its own.

    Two groups that may match can call different things by one name, so a name means the same only where a layer below
    both has it.
    """
    first = layers[0].stack()
    for layer in layers[1:]:
        shared = [each for each in layer.stack() if each in first]
        known = _names(shared)
        first += [_renamed(each, known) for each in layer.stack() if each not in first]
    return first


def _names(layers: Iterable[Layer]) -> set[str]:
    found = set[str]()
    for layer in layers:
        found.update(*(triple.variables() for triple in layer.triples))
        found.update(*(reach.statement.variables() for reach in layer.paths))
        found.update(*(row.keys() for table in layer.tables for row in table))
    return found


def _renamed(layer: Layer, known: set[str]) -> Layer:
    own = {name: f"{name}_other" for name in _names([layer]) - known}
    return Layer(
        None,
        [triple.filled(own) for triple in layer.triples],
        [replace(r, subject=own.get(r.subject, r.subject), object=own.get(r.object, r.object)) for r in layer.paths],
        [tuple({own.get(name, name): term for name, term in row.items()} for row in table) for table in layer.tables],
    )


def solutions(join: Join, layers: list[Layer], known: Mapping[str, str]) -> Iterator[tuple[Row, list[Triple]]]:
    """Go through the solutions of layers taken together where some variables are known, each with its statements.

    Raises TooFarError where there are too many.
    """
    triples = list(dict.fromkeys(triple for layer in layers for triple in layer.triples))
    paths = list(dict.fromkeys(reach for layer in layers for reach in layer.paths))
    rows = _together([table for layer in layers for table in layer.tables], dict(known))
    for found in join.rows(triples, paths, rows):
        yield found, [triple.filled(found) for triple in triples]


def _together(tables: list[Table], known: Row) -> list[Row]:
    """Return the rows of tables taken together, as far as they agree with what is known."""
    found = [known]
    for table in tables:
        found = [{**before, **row} for before in found for row in table if _agrees(row, before)]
    return found


def _agrees(row: Mapping[str, str], known: Mapping[str, str]) -> bool:
    return all(known.get(name, term) == term for name, term in row.items())
