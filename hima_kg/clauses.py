"""The clauses of a rule: the patterns, groups and sub-selects that it is made of, and what they do to variables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TypeAlias

from .terms import TYPE

IS_A = f"<{TYPE}>"
"""rdf:type, as terms of clauses are written."""


@dataclass(frozen=True)
class Triple:
    """A triple pattern, in the graph in which it stands: variables, or terms as N-Triples writes them.

    The best graph is the empty text.
    """

    subject: str
    predicate: str
    object: str
    graph: str = ""

    def filled(self, row: Row) -> Triple:
        """Return the pattern with variables replaced by what a solution gives them."""
        terms = (self.subject, self.predicate, self.object, self.graph)
        return Triple(*(row.get(term, term) for term in terms))

    def variables(self) -> set[str]:
        """Return the variables that are left."""
        return {term for term in (self.subject, self.predicate, self.object, self.graph) if term[:1] == "?"}

    @property
    def text(self) -> str:
        """The pattern as SPARQL."""
        inside = f"{self.subject} {self.predicate} {self.object}"
        return f"GRAPH {self.graph} {{ {inside} }}" if self.graph else inside


Row: TypeAlias = dict[str, str]
"""A solution: what each variable stands for, as N-Triples writes it."""


@dataclass(frozen=True)
class Path:
    """A property path of more than one step: a sign, and the steps that it joins or repeats; no sign is a property."""

    sign: str
    steps: tuple[Path, ...] = ()
    name: str = ""

    @property
    def text(self) -> str:
        """The path as SPARQL."""
        inside = [step.text for step in self.steps]
        if self.sign in ("/", "|"):
            return f"({self.sign.join(inside)})"
        return f"(^{inside[0]})" if self.sign == "^" else f"({inside[0]}{self.sign})" if self.sign else self.name


@dataclass(frozen=True)
class Reach:
    """A subject and an object that a path joins."""

    subject: str
    path: Path
    object: str
    graph: str = ""

    @property
    def statement(self) -> Triple:
        """The same with the path, as SPARQL, in the place of a property."""
        return Triple(self.subject, self.path.text, self.object, self.graph)


@dataclass(frozen=True)
class Group:
    """What stands in braces: its text, where in the rule it begins, the graph that it is about, and its clauses."""

    text: str
    start: int
    graph: str
    parts: tuple[Clause, ...]

    @cached_property
    def inner(self) -> tuple[Clause, ...]:
        """The clauses, those of plain groups within it in their place."""
        return tuple(chain.from_iterable(part.inner if isinstance(part, Group) else (part,) for part in self.parts))

    @cached_property
    def certain(self) -> frozenset[str]:
        """The variables that patterns bind in every solution."""
        return frozenset[str]().union(*map(certain, self.parts))

    @cached_property
    def assigned(self) -> frozenset[str]:
        """The variables that get a value by anything but a pattern, and those that must not be given one from outside."""
        return frozenset[str]().union(*map(assigned, self.parts))

    @cached_property
    def matched(self) -> frozenset[str]:
        """The variables that stand in any pattern."""
        return frozenset[str]().union(*map(matched, self.parts))


@dataclass(frozen=True)
class Optional:
    """A group that may match; `start` is where the word OPTIONAL stands, `end` where the group ends."""

    group: Group
    start: int
    end: int


@dataclass(frozen=True)
class Without:
    """A group that must not match, and where all that says so stands; MINUS takes away by the variables that are shared."""

    group: Group
    start: int
    end: int
    minus: bool = False


@dataclass(frozen=True)
class Exists:
    """A group that must match, and gives no variable a value."""

    group: Group


@dataclass(frozen=True)
class Union:
    """Groups of which one matches."""

    branches: tuple[Group, ...]


@dataclass(frozen=True)
class Filter:
    """A condition, as text, and where it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Assigned:
    """Variables to which a BIND or a VALUES gives a value."""

    variables: frozenset[str]


@dataclass(frozen=True)
class Select:
    """A sub-select: the variables that it shows as they are, those that it works out, and its group."""

    plain: frozenset[str]
    computed: frozenset[str]
    group: Group
    grouped: bool
    limited: bool


Clause: TypeAlias = "Triple | Reach | Group | Optional | Without | Exists | Union | Filter | Assigned | Select"


def certain(clause: Clause) -> frozenset[str]:
    """Return the variables that patterns of a clause bind in every solution."""
    match clause:
        case Triple():
            return frozenset(clause.variables())
        case Reach():
            return frozenset(term for term in (clause.subject, clause.object, clause.graph) if term[:1] == "?")
        case Group():
            return clause.certain
        case Union():
            return frozenset.intersection(*(branch.certain for branch in clause.branches))
        case Select():
            return clause.group.certain & clause.plain
        case _:
            return frozenset()


def assigned(clause: Clause) -> frozenset[str]:
    """Return the variables that get a value by anything but a pattern, and those that must not be given one from outside."""
    match clause:
        case Assigned():
            return clause.variables
        case Group():
            return clause.assigned
        case Union():
            return frozenset[str]().union(*(branch.assigned for branch in clause.branches))
        case Without():
            return clause.group.assigned | (clause.group.matched if clause.minus else frozenset())
        case Optional() | Exists():
            return clause.group.assigned
        case Select():
            return clause.group.assigned | clause.computed | (clause.plain if clause.limited else frozenset())
        case _:
            return frozenset()


def matched(clause: Clause) -> frozenset[str]:
    """Return the variables that stand in any pattern of a clause that can give them a value."""
    match clause:
        case Triple() | Reach():
            return certain(clause)
        case Group():
            return clause.matched
        case Union():
            return frozenset[str]().union(*(branch.matched for branch in clause.branches))
        case Optional():
            return clause.group.matched
        case Select():
            return clause.group.matched & clause.plain
        case _:
            return frozenset()
