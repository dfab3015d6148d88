"""A rule asked backwards: from a statement that it may have given to the statements that it was given by.

It is asked in plain SPARQL, so that any engine can answer: what is known of the statement is put into the rule's WHERE
clause, and its solutions fill the patterns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TypeAlias

from . import sparql
from .clauses import Filter, Group, Optional, Path, Reach, Row, Select, Triple, Union, Without, certain, matched
from .errors import QueryError
from .grammar import BeyondError, read
from .store import Store
from .terms import Prefixes
from .updates import as_update

MOST = 1000
"""How many solutions of a rule are looked at for one statement."""
ROWS = 100
"""How many rows of a group that is counted or summed are told."""

Known: TypeAlias = Callable[[str], list[tuple[str, str]]]
"""What the graph says of a thing: pairs of property and value."""


@dataclass(frozen=True)
class Step:
    """A way in which a rule gives a statement: what it is given by, and what must not stand."""

    premises: tuple[Triple, ...]
    absent: tuple[Triple, ...] = ()
    gives: tuple[Triple, ...] = field(default=(), compare=False)
    """All statements that the rule gives in this way."""


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
        ask = _Ask(store, self.prologue)
        found: dict[Step, None] = {}
        for pattern in self.template:
            fixed = _unified(pattern, goal)
            if fixed is None:
                continue
            values = {variable: [term] for variable, term in fixed.items()}
            for variable, term in fixed.items():
                if variable in self.group.assigned and term[:1] == "<":
                    self._tied(variable, known(term), values)
            rows = ask.solutions(self.group, values, MOST) or self._before(goal, fixed, ask)
            for row in rows:
                step = ask.step(self.group, {**row, **fixed})
                found[replace(step, gives=tuple(triple.filled({**row, **fixed}) for triple in self.template))] = None
        return sorted(found, key=lambda step: (len(step.premises), str(step)))

    def _before(self, goal: Triple, fixed: Row, ask: _Ask) -> list[Row]:
        """Return the solutions that the rule had before it gave the statement, if that is what it must not find."""
        assert self.group is not None
        own = [(part, triple) for part, triple in _absent(self.group) if _unified(triple.filled(fixed), goal) is not None]
        if not own:
            return []
        text, start = self.group.text, self.group.start
        gone = [part for part, _ in own] + [part for part in self.group.inner if isinstance(part, Filter) and _denied(part)]
        for part in gone:
            text = text[: part.start - start] + " " * (part.end - part.start) + text[part.end - start :]
        left = replace(self.group, text=text, parts=tuple(part for part in self.group.inner if part not in gone))
        rows = ask.solutions(left, {name: [term] for name, term in fixed.items()}, MOST)
        return [row for row in rows if all(ask.only(goal, triple.filled(row)) for _, triple in own)]

    def gives(self, goal: Triple) -> bool:
        """Whether one of the patterns that the rule gives can be the statement."""
        return any(_unified(pattern, goal) is not None for pattern in self.template)

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


_FEW = 30


@lru_cache(maxsize=512)
def backward(iri: str, sentence: str, text: str, prefixes: tuple[tuple[str, str], ...]) -> Backward:
    """Return a rule of a text, to be asked backwards."""
    try:
        rule = as_update(text, into=(None,))
        names = Prefixes({**dict(prefixes), **_declared(rule.prologue)})
        template = tuple(part for part in read(rule.template, names.expand).parts if isinstance(part, Triple))
    except (QueryError, BeyondError):
        return Backward(iri, sentence, "", (), None)
    try:
        return Backward(iri, sentence, rule.prologue, template, read(rule.where, names.expand))
    except BeyondError:
        return Backward(iri, sentence, rule.prologue, template, None)


def _declared(prologue: str) -> dict[str, str]:
    seen = [token for token in sparql.tokens(prologue) if token.kind != "space"]
    named = zip(seen, seen[1:], seen[2:], strict=False)
    return {name.text[:-1]: iri.text[1:-1] for word, name, iri in named if word.upper == "PREFIX"}


def _unified(pattern: Triple, goal: Triple) -> Row | None:
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


@dataclass(frozen=True)
class _Ask:
    """Questions about the groups of a rule."""

    store: Store
    prologue: str

    def solutions(self, group: Group, values: Mapping[str, list[str]], most: int) -> list[Row]:
        """Return the solutions of a group in which some variables have one of some values, sorted."""
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

    def only(self, goal: Triple, pattern: Triple) -> bool:
        """Whether a pattern that a rule must not find matches nothing but the statement that the rule gave."""
        if not pattern.variables():
            return pattern == goal
        rows = self._rows(f"{self.prologue} SELECT * WHERE {{ {pattern.text} }} LIMIT 2")
        return [pattern.filled(row) for row in rows] == [goal]

    def _rows(self, query: str) -> list[Row]:
        names, solutions = self.store.rows(query)
        return [{f"?{name}": str(s[name]) for name in names if s[name] is not None} for s in solutions]

    def step(self, group: Group, row: Row) -> Step:
        """Return what a solution of a rule rests on."""
        premises, absent = dict[Triple, None](), dict[Triple, None]()
        for triple, sort in self._rests(group, row):
            (absent if sort == "absent" else premises)[triple] = None
        return Step(tuple(premises), tuple(absent))

    def _rests(self, group: Group, row: Row) -> Iterator[tuple[Triple, str]]:
        """Go through what a solution of a group rests on, with the sort: a premise or an absence."""
        yield from ((triple.filled(row), "absent") for _, triple in _absent(group))
        for part in group.inner:
            match part:
                case Triple():
                    filled = part.filled(row)
                    if not filled.variables():
                        yield filled, "premise"
                case Reach():
                    yield from ((triple, "premise") for triple in self._along(part, row))
                case Optional() if part.group.certain <= row.keys():
                    yield from self._rests(part.group, row)
                case Union():
                    branch = self._branch(part, row)
                    if branch:
                        yield from self._rests(branch[0], branch[1])
                case Select():
                    yield from self._rows_of(part, row)

    def _branch(self, union: Union, row: Row) -> tuple[Group, Row] | None:
        """Return the branch of a union that a solution comes from, and the solution with what the branch alone knows."""
        for branch in union.branches:
            named = {name: [row[name]] for name in row.keys() & (branch.matched | branch.assigned)}
            if branch.certain - row.keys():
                continue
            if found := self.solutions(branch, named, 1):
                return branch, {**row, **found[0]}
        return None

    def _rows_of(self, select: Select, row: Row) -> Iterator[tuple[Triple, str]]:
        """Go through what a row of a sub-select rests on: all rows of its group, if it counts or sums them."""
        given = {name: [row[name]] for name in select.plain & row.keys()}
        rows = self.solutions(select.group, given, ROWS if select.grouped else 1)
        seen: dict[tuple[Triple, str], None] = {}
        for inner in rows:
            seen.update(dict.fromkeys(self._rests(select.group, {**inner, **{n: row[n] for n in given}})))
        yield from seen

    def _along(self, reach: Reach, row: Row) -> Iterator[Triple]:
        """Go through the statements by which a path leads from its subject to its object."""
        ends = [row.get(term, term) for term in (reach.subject, reach.object, reach.graph)]
        if not any(term[:1] == "?" for term in ends):
            yield from self._path(reach.path, *ends)

    def _path(self, path: Path, start: str, end: str, graph: str) -> Iterator[Triple]:
        match path.sign:
            case "":
                yield Triple(start, path.name, end, graph)
            case "^":
                yield from self._path(path.steps[0], end, start, graph)
            case "|":
                way = next((step for step in path.steps if self._joins(step, start, end, graph)), path.steps[0])
                yield from self._path(way, start, end, graph)
            case "/":
                at = start
                for number, step in enumerate(path.steps):
                    rest = path.steps[number + 1 :]
                    after = self._next(step, Path("/", rest) if len(rest) > 1 else rest[0], at, end, graph) if rest else end
                    yield from self._path(step, at, after, graph)
                    at = after
            case _:
                for at, after in self._chain(path.steps[0], start, end, graph, at_once=path.sign != "+"):
                    yield from self._path(path.steps[0], at, after, graph)

    def _joins(self, path: Path, start: str, end: str, graph: str) -> bool:
        return self.store.ask(f"{self.prologue} ASK {{ {_within(f'{start} {path.text} {end}', graph)} }}")

    def _next(self, step: Path, rest: Path, start: str, end: str, graph: str) -> str:
        inside = _within(f"{start} {step.text} ?next . ?next {rest.text} {end}", graph)
        rows = self._rows(f"{self.prologue} SELECT ?next WHERE {{ {inside} }}")
        return min(row["?next"] for row in rows)

    def _chain(self, step: Path, start: str, end: str, graph: str, *, at_once: bool) -> list[tuple[str, str]]:
        """Return the shortest way from one thing to another, step by step."""
        if at_once and start == end:
            return []
        came: dict[str, str] = {}
        edge = [start]
        while edge and end not in came:
            inside = f"VALUES ?at {{ {' '.join(edge)} }} {_within(f'?at {step.text} ?next', graph)}"
            rows = self._rows(f"{self.prologue} SELECT DISTINCT ?at ?next WHERE {{ {inside} }}")
            edge = []
            for at, after in sorted((row["?at"], row["?next"]) for row in rows):
                if after not in came:
                    came[after] = at
                    edge.append(after)
        way = [(came[end], end)] if end in came else []
        while way and way[0][0] != start:
            way.insert(0, (came[way[0][0]], way[0][0]))
        return way


def _within(inside: str, graph: str) -> str:
    return f"GRAPH {graph} {{ {inside} }}" if graph else inside


def _optionals(group: Group, values: Mapping[str, str]) -> list[tuple[str, int]]:
    """Return the variables that have a value and stand in no pattern but one OPTIONAL's, with where that begins."""
    found = []
    parts = list(group.inner)
    for name in values:
        holders = [part for part in parts if name in matched(part)]
        if len(holders) == 1 and isinstance(holders[0], Optional) and name in certain(holders[0].group):
            found.append((name, holders[0].start))
    return found


def _required(group: Group, values: Mapping[str, str]) -> str:
    """Return the text of a group without the word OPTIONAL where a variable that has a value needs the group to match."""
    text = group.text
    for _, start in _optionals(group, values):
        at = start - group.start
        text = text[:at] + " " * len("OPTIONAL") + text[at + len("OPTIONAL") :]
    return text


def _absent(group: Group) -> Iterator[tuple[Optional | Without, Triple]]:
    """Go through what a group must not find, where it is as simple as one pattern."""
    denied = {_denied(part) for part in group.inner if isinstance(part, Filter)} - {""}
    for part in group.inner:
        if isinstance(part, Without) or (isinstance(part, Optional) and matched(part) & denied):
            inside = list(part.group.inner)
            if len(inside) == 1 and isinstance(inside[0], Triple):
                yield part, inside[0]


def _denied(condition: Filter) -> str:
    """Return the variable of which a condition says that it must not be bound, and nothing else; else nothing."""
    found = _NOT_BOUND.fullmatch(condition.text)
    return "?" + found[1] if found else ""


_NOT_BOUND = re.compile(r"FILTER\s*\(\s*!\s*BOUND\s*\(\s*[?$](\w+)\s*\)\s*\)", re.IGNORECASE)
