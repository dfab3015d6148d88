"""What can differ between two editions of a graph, as values: compare them, sort them, print them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from .editions import Edition, Mention
from .entities import State, labels
from .errors import Place
from .terms import KG, TYPE, Prefixes


@dataclass(frozen=True)
class Value:
    """A value as one edition has it, the passages that say so, and the place where the first of them does."""

    value: Any
    passages: tuple[Mention, ...] = ()
    place: Place | None = None


@dataclass(frozen=True)
class Change:
    """A statement that came or went, of which one value took the place of another, or that other claims make now."""

    subject: str
    predicate: str
    before: Value | None
    after: Value | None

    @property
    def kind(self) -> str:
        """What happened to it: added, removed, changed, or cited, where the value is the same and the claims are not."""
        return _kind(self.before, self.after) if not self._same else "cited"

    @property
    def said(self) -> Value:
        """The value as the second edition has it, or the first, where the second does not."""
        return _either(self.after, self.before)

    @property
    def _same(self) -> bool:
        return self.before is not None and self.after is not None and self.before.value == self.after.value

    @property
    def gained(self) -> list[Mention]:
        """The passages that say it anew."""
        return _without(self.after, self.before)

    @property
    def lost(self) -> list[Mention]:
        """The passages that no longer say it."""
        return _without(self.before, self.after)


Side = TypeVar("Side")


def _either(one: Side | None, other: Side | None) -> Side:
    known = one or other
    assert known is not None, "what changed has a side"
    return known


def _kind(before: object, after: object) -> str:
    return "added" if before is None else "removed" if after is None else "changed"


def _without(one: Value | None, other: Value | None) -> list[Mention]:
    there = {passage.claim for passage in other.passages} if other else set()
    return [passage for passage in one.passages if passage.claim not in there] if one else []


@dataclass(frozen=True)
class Conflict:
    """A conflict as one edition has it."""

    kind: str
    arithmetic: str
    about: tuple[str, ...]
    claims: tuple[str, ...]


@dataclass(frozen=True)
class NodeChange(Generic[Side]):
    """A conflict or a state, by its IRI, that came, went, or is another now."""

    iri: str
    before: Side | None
    after: Side | None

    @property
    def known(self) -> Side:
        """What it is in the second edition, or in the first, where the second does not have it."""
        return _either(self.after, self.before)

    @property
    def kind(self) -> str:
        """What happened to it: added, removed or changed."""
        return _kind(self.before, self.after)


Row = tuple[str, ...]


@dataclass(frozen=True)
class Reply:
    """What an edition answers: rows, or why it cannot."""

    columns: Row = ()
    rows: tuple[Row, ...] = ()
    refusal: str = ""


@dataclass(frozen=True)
class AnswerChange:
    """A question that the two editions answer differently: a named query, asked with some parameters."""

    query: str
    question: str
    parameters: Mapping[str, str]
    before: Reply
    after: Reply

    @property
    def added(self) -> list[Row]:
        """The rows that only the second gives."""
        return sorted((Counter(self.after.rows) - Counter(self.before.rows)).elements())

    @property
    def removed(self) -> list[Row]:
        """The rows that only the first gives."""
        return sorted((Counter(self.before.rows) - Counter(self.after.rows)).elements())


@dataclass
class Difference:
    """What changed from one edition to another; true where anything did."""

    a: Edition
    b: Edition
    facts: list[Change] = field(default_factory=list)
    """Statements of claims that were added, removed or changed."""
    cited: list[Change] = field(default_factory=list)
    """Statements that both make, each by other claims."""
    sources: list[Change] = field(default_factory=list)
    """What is said about documents and claims."""
    vocabulary: list[Change] = field(default_factory=list)
    derived: list[Change] = field(default_factory=list)
    """What rules gave, but for conflicts."""
    states: list[NodeChange[State]] = field(default_factory=list)
    """The states among what rules gave, each as a whole."""
    conflicts: list[NodeChange[Conflict]] = field(default_factory=list)
    answers: list[AnswerChange] = field(default_factory=list)
    asked: int = 0
    """How many questions both were asked."""
    new_queries: list[str] = field(default_factory=list)
    gone_queries: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether anything changed."""
        parts = (self.facts, self.cited, self.sources, self.vocabulary, self.derived, self.conflicts, self.answers)
        return any(parts) or bool(self.new_queries or self.gone_queries)

    @property
    def best_only(self) -> bool:
        """Whether only the best graphs could be compared: no citations, conflicts and answers."""
        return self.a.best_only or self.b.best_only

    @cached_property
    def new_things(self) -> list[str]:
        """The subjects of statements of which only the second says anything, the most important first."""
        return _by_importance({change.subject for change in self.facts if not self.a.knows(change.subject)}, self.b)

    @cached_property
    def gone_things(self) -> list[str]:
        """The subjects of statements of which only the first says anything, the most important first."""
        return _by_importance({change.subject for change in self.facts if not self.b.knows(change.subject)}, self.a)

    @cached_property
    def prefixes(self) -> Prefixes:
        """The prefixes of both, those of the second first."""
        return Prefixes({**self.a.store.prefixes, **self.b.store.prefixes})

    def labels(self, lang: str = "en") -> dict[str, str]:
        """Return the best name of everything that either has, by IRI; the second's where both have one."""
        return {**labels(self.a.store, lang), **labels(self.b.store, lang)}


def _by_importance(things: Iterable[str], edition: Edition) -> list[str]:
    """Return things in the order that the ontology gives to their classes."""

    def importance(thing: str) -> int:
        classes = edition.said(thing).get(TYPE, [])
        said = [value for cls in classes for value in edition.said(cls).get(KG + "importance", []) if value.isdecimal()]
        return max(map(int, said), default=1)

    return sorted(things, key=lambda thing: (-importance(thing), thing))
