"""A rule asked backwards: from a statement that it may have given to the statements that it was given by.

It is asked in plain SPARQL, so that any engine can answer: what is known of the statement is put into the rule's WHERE
clause, and its solutions fill the patterns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, islice, product
from typing import TypeAlias

from . import sparql
from .clauses import (
    Clause,
    Exists,
    Group,
    Optional,
    Path,
    Reach,
    Row,
    Select,
    Triple,
    Union,
    certain,
    matched,
)  # fmt: skip
from .denials import absent, denials, put, without
from .errors import QueryError
from .grammar import BeyondError, read
from .store import Store
from .terms import DERIVED, ONTOLOGY, Prefixes
from .updates import Construct

MOST = 1000
"""How many solutions of a rule are looked at for one statement."""
ROWS = 100
"""How many rows of a group that is counted or summed are told."""

Values: TypeAlias = Mapping[str, list[str]]
"""The terms that a variable may stand for."""
Known: TypeAlias = Callable[[str], list[tuple[str, str]]]
"""What the graph says of a thing: pairs of property and value."""


@dataclass(frozen=True)
class Step:
    """A way in which a rule gives a statement: what it is given by, and what must not stand."""

    premises: tuple[Triple, ...]
    absent: tuple[Triple, ...] = ()
    gives: tuple[Triple, ...] = field(default=(), compare=False)
    """All statements that the rule gives in this way."""
    bare: bool = field(default=False, compare=False)
    """Whether what OPTIONAL found is left out, because the statement does not need it."""

    def noting(self, absent: tuple[Triple, ...], gives: tuple[Triple, ...] = ()) -> Step:
        """Return the step with more that must not stand, and with what the rule gives in this way."""
        return replace(self, absent=(*self.absent, *absent), gives=gives)


@dataclass(frozen=True)
class Backward:
    """A rule as proofs need it: its name and sentence, the patterns that it gives, and the group that it is given by."""

    iri: str
    sentence: str
    prologue: str
    template: tuple[Triple, ...]
    group: Group | None
    """None where the rule has what cannot be followed: then nothing is known of its premises."""

    def steps(self, goal: Triple, store: Store, known: Known) -> list[Step]:
        """Return the ways in which the rule gives a statement, in an order of their own; none where it does not."""
        if self.group is None:
            return []
        ask = _Ask(store, self.prologue, _idle(self.group, self.template))
        found = [step for pattern in self.template for step in self._given(pattern, goal, ask, known)]
        first = dict.fromkeys(sorted(found, key=lambda step: not step.bare))
        return sorted(first, key=lambda step: (len(step.premises), str(step)))

    def _given(self, pattern: Triple, goal: Triple, ask: _Ask, known: Known) -> Iterator[Step]:
        """Go through the ways in which one of the patterns that the rule gives becomes a statement."""
        assert self.group is not None
        fixed = unified(pattern, goal)
        values = None if fixed is None else self._values(fixed, known)
        if fixed is None or values is None:
            return
        group, gone, rows = self.group, tuple[Triple, ...](), ask.solutions(self.group, values, MOST)
        if not rows:
            group, gone, rows = self._before(goal, fixed, ask)
        spare = replace(ask, idle=_idle(self.group, (pattern,)))
        for row in ({**row, **fixed} for row in rows):
            filled = tuple(triple.filled(row) for triple in gone)
            gives = tuple(triple.filled(row) for triple in self.template)
            yield from (way.noting(filled, gives) for way in ask.ways(group, row))
            if spare.idle != ask.idle:
                yield from (replace(way.noting(filled), bare=True) for way in spare.ways(group, row))

    def _values(self, fixed: Row, known: Known) -> Values | None:
        """Return what variables may stand for where some are fixed; None if one is a thing that the rule cannot have made."""
        assert self.group is not None
        values = {variable: [term] for variable, term in fixed.items()}
        for variable, term in fixed.items():
            if variable in self.group.assigned and term[:1] == "<":
                said = known(term)
                if not self._fits(variable, said):
                    return None
                self._tied(variable, said, values)
        return values

    def _before(self, goal: Triple, fixed: Row, ask: _Ask) -> tuple[Group, tuple[Triple, ...], list[Row]]:
        """Return the group without the negated patterns that the rule's own results match, these patterns, and solutions."""
        assert self.group is not None
        own = [(part, triple) for part, triple in denials(self.group) if unified(triple.filled(fixed), goal) is not None]
        if not own:
            return self.group, (), []
        left, gone = without(self.group, [part for part, _ in own]), tuple(triple for _, triple in own)
        rows = ask.solutions(left, {name: [term] for name, term in fixed.items()}, MOST)
        return left, gone, [row for row in rows if all(self._only(goal, triple, row, left, ask) for triple in gone)]

    def _only(self, goal: Triple, pattern: Triple, row: Row, left: Group, ask: _Ask) -> bool:
        """Whether a pattern that the rule must not find matches nothing but the statement, and what it gave beside that."""
        others = [triple for triple in ask.matching(pattern.filled(row)) if triple != goal]
        if not others or len(others) > _FEW:
            return not others
        same = {name: [row[name]] for name in pattern.variables() & row.keys()}
        given = {triple.filled(one) for one in ask.solutions(left, same, MOST) for triple in self.template}
        return given.issuperset(others) and not any(map(ask.is_said, others))

    def gives(self, goal: Triple) -> bool:
        """Whether one of the patterns that the rule gives can be the statement."""
        return any(unified(pattern, goal) is not None for pattern in self.template)

    def _fits(self, variable: str, said: Collection[tuple[str, str]]) -> bool:
        """Whether the graph says of a thing all that the rule says of every thing that the variable can stand for."""
        plain = (part for part in self.template if part.subject == variable and part.variables() == {variable})
        return all((part.predicate, part.object) in said for part in plain)

    def _tied(self, variable: str, said: Iterable[tuple[str, str]], values: dict[str, list[str]]) -> None:
        """Narrow variables by what the graph says of a thing whose name the rule makes: it cannot be reckoned backwards."""
        assert self.group is not None
        sure = self.group.certain - self.group.assigned
        for pattern in self.template:
            if pattern.subject != variable or pattern.object not in sure or pattern.object in values:
                continue
            told = sorted({value for property, value in said if property == pattern.predicate})
            if 0 < len(told) <= _FEW:
                values[pattern.object] = told


_IN_FULL = Prefixes({})
_FEW = 30
_NARROW = 8
_APART = 3


@lru_cache(maxsize=512)
def backward(iri: str, sentence: str, text: str, prefixes: tuple[tuple[str, str], ...]) -> Backward:
    """Return a rule of a text, to be asked backwards."""
    try:
        rule = Construct.parse(text)
        names = sparql.names(rule.prologue, dict(prefixes))
        template = tuple(part for part in read(rule.template, names.expand).parts if isinstance(part, Triple))
    except (QueryError, BeyondError):
        return Backward(iri, sentence, "", (), None)
    try:
        return Backward(iri, sentence, rule.prologue, template, read(rule.where, names.expand))
    except BeyondError:
        return Backward(iri, sentence, rule.prologue, template, None)


def unified(pattern: Triple, goal: Triple) -> Row | None:
    """Return what the variables of a pattern must stand for to make it a statement; None if nothing does."""
    row: Row = {}
    for term, value in zip(_terms(pattern), _terms(goal), strict=True):
        if term[:1] == "?":
            if row.setdefault(term, value) != value:
                return None
        elif term != value:
            return None
    return row


def _terms(triple: Triple) -> tuple[str, str, str]:
    return triple.subject, triple.predicate, triple.object


def along(joined: Triple, store: Store) -> list[Step]:
    """Return the ways in which a path joins two things: each a step, and the path that is left.

    A path stands in the place of the property of a statement, in brackets.
    """
    (reach,) = read(f"{joined.subject} {joined.predicate} {joined.object}", _IN_FULL.expand).parts
    assert isinstance(reach, Reach), "a path has steps"
    start, end, graph, first = reach.subject, reach.object, joined.graph, reach.path.steps[0]
    match reach.path.sign:
        case "^":
            return [Step((Triple(end, first.text, start, graph),))]
        case "|":
            return [Step((Triple(start, way.text, end, graph),)) for way in reach.path.steps if _joins(way, joined, store)]
        case "/":
            rest = reach.path.steps[1:]
            left = Path("/", rest) if len(rest) > 1 else rest[0]
            found = [(middle, (left.text, False)) for middle in _middles(first, left.text, joined, store)]
        case "+":
            found = [(m, (f"({first.text}+)", True)) for m in _middles(first, f"({first.text}*)", joined, store)]
        case _ if start == end:
            return [Step(())]
        case "?":
            return [Step((Triple(start, first.text, end, graph),))]
        case _:
            return [Step((Triple(start, f"({first.text}+)", end, graph),))]
    ways = []
    for middle, (after, over) in found:
        step = Triple(start, first.text, middle, graph)
        ways += [Step((step,))] if over and middle == end else []
        ways += [Step((step, Triple(middle, after, end, graph)))] if not over or middle != end else []
    return ways


def is_path(statement: Triple) -> bool:
    """Whether a path stands in the place of the property."""
    return statement.predicate.startswith("(")


def _joins(path: Path, joined: Triple, store: Store) -> bool:
    return store.ask(f"ASK {{ {_within(f'{joined.subject} {path.text} {joined.object}', joined.graph)} }}")


def _middles(step: Path, rest: str, joined: Triple, store: Store) -> list[str]:
    """Return the things that a step leads to and that the rest of a path leads on from."""
    inside = _within(f"{joined.subject} {step.text} ?next . ?next {rest} {joined.object}", joined.graph)
    return sorted({str(row["next"]) for row in store.select(f"SELECT DISTINCT ?next WHERE {{ {inside} }} LIMIT {MOST}")})


@dataclass(frozen=True)
class _Ask:
    """Questions about the groups of a rule."""

    store: Store
    prologue: str
    idle: frozenset[Optional]
    """Groups that may match, whose variables nothing needs."""

    def solutions(self, group: Group, values: Values, most: int) -> list[Row]:
        """Return the solutions of a group in which some variables have one of some values, sorted."""
        narrowed = self._narrowed(group, values)
        if narrowed is not None:
            found = [row for known in narrowed for row in self.solutions(group, {**values, **known}, most)]
            return sorted(found, key=lambda row: sorted(row.items()))[:most]
        single = {name: terms[0] for name, terms in values.items() if len(terms) == 1}
        inside = _required(group, single)
        sure = group.certain | {name for name, at in _optionals(group, single)}
        free = group.assigned
        bound = {n: term for n, term in single.items() if n not in free and (n in sure or n not in group.matched)}
        filters = [f"FILTER(sameTerm({n}, {term}))" for n, term in single.items() if n not in bound]
        lists = [f"VALUES {n} {{ {' '.join(terms)} }}" for n, terms in values.items() if len(terms) > 1]
        inside = sparql.bind(inside, {name[1:]: term for name, term in bound.items()})
        where = " ".join(
            [*lists, "{", f"GRAPH {group.graph} {{ {inside}\n }}" if group.graph else inside + "\n", "}", *filters]
        )
        rows = self._rows(f"{self.prologue} SELECT DISTINCT * WHERE {{ {where} }} LIMIT {most}")
        return sorted(({**bound, **row} for row in rows), key=lambda row: sorted(row.items()))

    def _narrowed(self, group: Group, values: Values) -> list[Values] | None:
        """Return the few values by which a sub-select of a group, which is evaluated by itself, can be narrowed; or None.

        One over data would go through the whole graph; and if one over the ontology gives nothing, the rest would.
        """
        for part in group.inner:
            if isinstance(part, Select) and not part.limited and not part.plain <= values.keys():
                known = self._near(part, group, values) if _reads_data(part.group) else self._rows_apart(part, values)
                if known is not None:
                    return known
        return None

    def _rows_apart(self, select: Select, values: Values) -> list[Values] | None:
        """Return the rows of a sub-select by itself, if they are few."""
        if select.grouped or select.computed:
            return None
        rows = self.solutions(select.group, {name: values[name] for name in select.plain & values.keys()}, _FEW)
        shown = dict.fromkeys(tuple(sorted((n, term) for n, term in row.items() if n in select.plain)) for row in rows)
        return [{name: [term] for name, term in row} for row in shown] if len(shown) <= _APART else None

    def _near(self, select: Select, group: Group, values: Values) -> list[Values] | None:
        """Return the values that patterns beside a sub-select leave for one of its variables, if they are few."""
        single = {name[1:]: terms[0] for name, terms in values.items() if len(terms) == 1}
        beside = [part for part in group.inner if isinstance(part, Triple) and part.variables() & values.keys()]
        for name in sorted(select.plain & select.group.certain) if not select.plain & values.keys() else ():
            if patterns := [pattern.text for pattern in beside if name in pattern.variables()]:
                inside = sparql.bind(" . ".join(patterns), single)
                rows = self._rows(f"{self.prologue} SELECT DISTINCT {name} WHERE {{ {inside} }} LIMIT {_NARROW + 1}")
                if len(rows) <= _NARROW:
                    return [{name: [row[name]]} for row in rows]
        return None

    def matching(self, pattern: Triple) -> list[Triple]:
        """Return the statements that match a pattern, if they are few."""
        if not pattern.variables():
            return [pattern]
        return [
            pattern.filled(row) for row in self._rows(f"{self.prologue} SELECT * WHERE {{ {pattern.text} }} LIMIT {_FEW + 2}")
        ]

    def is_said(self, statement: Triple) -> bool:
        """Whether a statement stands in any graph but that of what rules gave."""
        return self.store.ask(f"ASK {{ GRAPH ?said {{ {statement.text} }} FILTER(?said != <{DERIVED}>) }}")

    def _rows(self, query: str) -> list[Row]:
        names, solutions = self.store.rows(query, bounded=False)
        return [{f"?{name}": str(s[name]) for name in names if s[name] is not None} for s in solutions]

    def ways(self, group: Group, row: Row) -> list[Step]:
        """Return the ways in which a solution of a group comes about: one for each branch, row or match that gives it."""
        gone = tuple(triple.filled(row) for _, triple in absent(group))
        parts = (self._part(part, row) for part in group.inner)
        return [_joined([Step((), gone), *steps]) for steps in islice(product(*parts), _FEW)]

    def _part(self, part: Clause, row: Row) -> list[Step]:
        found = list[Step]()
        match part:
            case Triple() | Reach():
                filled = (part if isinstance(part, Triple) else part.statement).filled(row)
                found = [] if filled.variables() else [Step((filled,))]
            case Optional() if part.group.certain <= row.keys() and part not in self.idle:
                found = self.ways(part.group, row)
            case Union():
                branches = (branch for branch in part.branches if branch.certain <= row.keys())
                found = [way for branch in branches for way in self._matches(branch, row)]
            case Exists():
                found = self._matches(part.group, row, outer=row.keys())
            case Select():
                known = {name: row[name] for name in part.plain & row.keys()}
                rows = [self.ways(part.group, {**inner, **known}) for inner in self._rows_of(part, known)]
                found = [_joined(ways[0] for ways in rows)] if part.grouped else list(chain.from_iterable(rows))
        return found or [Step(())]

    def _matches(self, group: Group, row: Row, outer: Set[str] = frozenset()) -> list[Step]:
        """Return the ways in which a group within a solution matches; its conditions see variables from outside."""
        known = {name: [row[name]] for name in row.keys() & (group.matched | group.assigned | outer)}
        return [way for inner in self.solutions(group, known, _FEW) for way in self.ways(group, {**row, **inner})]

    def _rows_of(self, select: Select, known: Row) -> list[Row]:
        """Return the rows that a row of a sub-select is made of: all of its group, if it counts or sums them."""
        return self.solutions(select.group, {name: [term] for name, term in known.items()}, ROWS if select.grouped else _FEW)


def _joined(steps: Iterable[Step]) -> Step:
    """Return steps that are taken together as one."""
    steps = list(steps)
    premises = dict.fromkeys(premise for step in steps for premise in step.premises)
    return Step(tuple(premises), tuple(dict.fromkeys(triple for step in steps for triple in step.absent)))


def _reads_data(group: Group) -> bool:
    return any(isinstance(part, Triple) and part.graph != f"<{ONTOLOGY}>" for part in group.inner)


def _within(inside: str, graph: str) -> str:
    return f"GRAPH {graph} {{ {inside} }}" if graph else inside


def _optionals(group: Group, values: Mapping[str, str]) -> list[tuple[str, int]]:
    """Return the variables that have a value and get it from nothing but one OPTIONAL, with where that begins."""
    found = []
    parts = list(group.inner)
    for name in values.keys() - group.assigned:
        holders = [part for part in parts if name in matched(part)]
        if len(holders) == 1 and isinstance(holders[0], Optional) and name in certain(holders[0].group):
            found.append((name, holders[0].start))
    return found


@lru_cache(maxsize=2048)
def _idle(group: Group, wanted: tuple[Triple, ...]) -> frozenset[Optional]:
    """Return the OPTIONAL groups that give some patterns nothing, and no condition of the rule looks at."""
    needed = set().union(*(pattern.variables() for pattern in wanted))
    counted = Counter(_VARIABLE.findall(group.text))
    idle = set()
    for part in (part for part in group.inner if isinstance(part, Optional)):
        within = Counter(_VARIABLE.findall(part.group.text))
        own = {"?" + name for name in within if counted[name] == within[name]}
        if matched(part) <= (own - needed) | group.certain:
            idle.add(part)
    return frozenset(idle)


_VARIABLE = re.compile(r"[?$](\w+)")


def _required(group: Group, values: Mapping[str, str]) -> str:
    """Return the text of a group without the word OPTIONAL where a variable that has a value needs the group to match."""
    text = group.text
    for _, start in _optionals(group, values):
        text = put(text, start - group.start, " " * len("OPTIONAL"))
    return text
