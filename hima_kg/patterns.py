"""What a rule reads and writes, told from its text: so that it runs again only after something that it reads was written.

What is told is never too little: where a text is beyond what `grammar` reads, it says that anything may be read or written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from .clauses import IS_A, Clause, Exists, Group, Optional, Path, Reach, Select, Triple, Union, Without
from .grammar import BeyondError, asks_within, read
from .sparql import tokens
from .terms import BOUNDS, CLAIMS, KG, ONTOLOGY

_WRITTEN = f"<{KG}written>"
_OF_PERIODS = {_WRITTEN, *(f"<{bound}>" for bound in BOUNDS)}
"""What is said of the nodes for dates as written, before the first rule, and by no rule."""
_FIXED = {f"<{CLAIMS}>", f"<{ONTOLOGY}>"}

Values = Callable[[str, str], set[str | None]]
"""What a variable stands for where a clause holds, in angle brackets, which may be empty; None is anything."""


@dataclass(frozen=True)
class Pattern:
    """A triple pattern: the terms that stand for its property (several in a path), its object, and whether it is data.

    What stands in the graphs of the ontology and of the claims' descriptions is no data: no rule changes it. Nor are the
    days between which a date as written lies: all of them are there before the first rule.
    """

    subject: str
    predicates: tuple[str, ...]
    object: str
    data: bool = True
    sure: bool = True
    """Whether the subject is bound by it in every solution."""
    plain: bool = True
    """Whether it is a single step forward, and no path."""

    def is_of(self, names: set[str]) -> bool:
        """Whether it is a step along one of some properties."""
        return self.plain and self.predicates[0] in names


@dataclass
class Reading:
    """What a group says: its patterns, the clauses on the ontology that bind variables, and whether that is all."""

    patterns: list[Pattern] = field(default_factory=list)
    bindings: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    """Clauses on the ontology, and the variables that each leaves bound."""
    shown: frozenset[str] = frozenset()
    """The variables that no sub-select keeps to itself."""
    whole: bool = True

    @classmethod
    def of(cls, text: str, expand: Callable[[str], str]) -> Reading:
        """Return what a group of patterns says; `expand` makes an IRI of a CURIE."""
        found = cls(whole=not asks_within(text))
        try:
            group = read(text, expand)
        except BeyondError:
            return cls(whole=False)
        found.shown = group.matched
        found._take(group)
        periods = found.periods
        found.patterns = [
            replace(p, data=p.data and not (p.subject in periods and p.is_of(_OF_PERIODS))) for p in found.patterns
        ]
        return found

    @property
    def periods(self) -> set[str]:
        """The terms that stand for dates as written."""
        return {p.subject for p in self.patterns if p.sure and p.is_of({_WRITTEN})}

    def _take(self, clause: Clause, *, sure: bool = True, ontology: bool = False) -> None:
        match clause:
            case Triple():
                self.patterns.append(
                    Pattern(clause.subject, (clause.predicate,), clause.object, clause.graph not in _FIXED, sure)
                )
            case Reach():
                data = clause.graph not in _FIXED
                self.whole &= not (data and _is_idle(clause.path))  # what no property leads to is reached, too
                self.patterns.append(
                    Pattern(clause.subject, tuple(_steps(clause.path)), clause.object, data, sure, plain=False)
                )
            case Group():
                begins = clause.graph == f"<{ONTOLOGY}>" and not ontology
                if begins and sure:
                    bound = frozenset("?" + token.text[1:] for token in tokens(clause.text) if token.kind == "variable")
                    self.bindings.append((clause.text, bound))
                for part in clause.parts:
                    self._take(part, sure=sure, ontology=ontology or begins)
            case Union():
                for branch in clause.branches:
                    self._take(branch, sure=False, ontology=ontology)
            case Optional() | Without() | Exists():
                self._take(clause.group, sure=False, ontology=ontology)
            case Select():
                self._take(clause.group, sure=sure, ontology=ontology)

    def says_of_periods(self, periods: set[str]) -> bool:
        """Whether the patterns, of a template, say between which days some dates as written lie, or make such."""
        about = [p for p in self.patterns if p.is_of(_OF_PERIODS)]
        return any(p.is_of({_WRITTEN}) or p.subject in periods for p in about)

    def touched(self, values: Values) -> Touched:
        """Return what the patterns touch; `values` tells what a term stands for where a clause on the ontology binds it."""
        if not self.whole:
            return Touched(anything=True)
        properties, classes = set[str | None](), set[str | None]()
        for pattern in (pattern for pattern in self.patterns if pattern.data):
            for predicate in pattern.predicates:
                named = self._named(predicate, values)
                properties |= named - {IS_A}
                if IS_A in named:
                    classes |= self._named(pattern.object, values) if pattern.predicates == (predicate,) else {None}
        return Touched(frozenset(filter(None, properties)), frozenset(classes), anything=None in properties)

    @property
    def moving(self) -> Moving | None:
        """The variable for the property or class of the only data pattern, if the ontology restricts it, else None.

        What such a rule gives for some of the values of the variable does not depend on statements with others.
        """
        data = [pattern for pattern in self.patterns if pattern.data]
        if not self.whole or len(data) != 1 or len(data[0].predicates) != 1:
            return None
        (predicate,) = data[0].predicates
        term = data[0].object if predicate == IS_A else predicate
        if term not in self.shown or not any(term in bound for _, bound in self.bindings):
            return None
        return Moving(term[1:], is_class=term is not predicate)

    def bound_by(self, clause: str, variable: str) -> Reading:
        """Return the same with a clause that narrows a variable to some values, in all that the ontology says of it."""
        narrowed = [(f"{of}\n {clause}" if "?" + variable in bound else of, bound) for of, bound in self.bindings]
        return replace(self, bindings=narrowed)

    def bound_as(self, other: Reading) -> Reading:
        """Return the same with its variables bound as in another reading, whose solutions it is filled from."""
        return replace(self, bindings=other.bindings)

    def _named(self, term: str, values: Values) -> set[str | None]:
        if term[0] != "?":
            return {term}
        clauses = [clause for clause, bound in self.bindings if term in bound]
        return set.intersection(*(values(term, clause) for clause in clauses)) if clauses else {None}


def _is_idle(path: Path) -> bool:
    """Whether a path may have no step at all."""
    if path.sign in ("", "*", "?"):
        return bool(path.sign)
    return (any if path.sign == "|" else all)(map(_is_idle, path.steps))


def _steps(path: Path) -> Iterator[str]:
    if not path.sign:
        yield path.name
    for step in path.steps:
        yield from _steps(step)


@dataclass(frozen=True)
class Moving:
    """A variable that stands for the property, or for the class, of a rule's only data pattern."""

    variable: str
    is_class: bool


@dataclass(frozen=True)
class Touched:
    """Properties and classes that a rule reads or writes, by IRI in angle brackets; the class None is any class."""

    properties: frozenset[str] = frozenset()
    classes: frozenset[str | None] = frozenset()
    anything: bool = False

    def __or__(self, other: Touched) -> Touched:
        """Return what either touches."""
        return Touched(self.properties | other.properties, self.classes | other.classes, self.anything or other.anything)

    def meets(self, other: Touched) -> bool:
        """Whether what one writes is something that the other reads."""
        if self.anything or other.anything:
            return True
        if self.properties & other.properties:
            return True
        return bool(self.classes and other.classes) and (
            None in self.classes | other.classes or bool(self.classes & other.classes)
        )
