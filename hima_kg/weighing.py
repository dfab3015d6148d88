"""What facts tell before they are stored: the terms that they use, which claims and events count, and what is spoken of.

All of it is read off lines of N-Quads.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pyoxigraph as ox

from .errors import Problem
from .literals import notable
from .nquads import CLOSE, IRI, QUOTE, parts
from .terms import CLAIMS, DERIVED, KG, NOT_BELIEVED, NOT_DONE, ONTOLOGY, TYPE


def _term(iri: str) -> bytes:
    return f"<{iri}>".encode()


_TYPE, _STATUS, _CLAIM = _term(TYPE), _term(KG + "status"), _term(KG + "Claim")
_DEFAULTS = {_term(KG + "modality"): _term(KG + "Stated"), _term(KG + "rank"): _term(KG + "Normal")}
"""What tells how much a claim counts, and what it is where no file says so."""
WEIGHING = frozenset(ox.NamedNode(KG + name) for name in ("rank", "modality"))
"""The properties that tell how much a claim counts."""
_NOT_BELIEVED, _NOT_DONE = frozenset(map(_term, NOT_BELIEVED)), frozenset(map(_term, NOT_DONE))
_RESERVED = frozenset(map(_term, (CLAIMS, ONTOLOGY, DERIVED)))
_OUTSIDE = _term(CLAIMS) + b" .\n"


@dataclass
class Scan:
    """What one look over all files tells; terms are as N-Quads write them."""

    problems: list[Problem] = field(default_factory=list)
    prefixes: dict[str, str] = field(default_factory=dict)
    facts: list[bytes] = field(default_factory=list)
    """What the files of facts say, as lines of N-Quads, many at once."""
    terms: set[bytes] = field(default_factory=set)
    """The properties and classes that are used."""
    typed: set[bytes] = field(default_factory=set)
    """The literals that have a datatype."""
    of_texts: set[bytes] = field(default_factory=set)
    """The properties that have a literal as a value."""
    of_things: set[bytes] = field(default_factory=set)
    """The properties that have a thing as a value."""
    claims: set[bytes] = field(default_factory=set)
    """The claims of the facts that were stored."""
    given: set[tuple[bytes, bytes]] = field(default_factory=set)
    """The claims of which files say how much they count, each with the property that they say it by."""
    discounted: set[bytes] = field(default_factory=set)
    """Claims that are deprecated or opinion: kept, and not in the best graph."""
    misplaced: set[tuple[bytes, bytes, bytes]] = field(default_factory=set)
    """Where a claim says how much a claim counts, which only counts outside of claims: the graph, the claim, the property."""
    reserved: set[bytes] = field(default_factory=set)
    """Graphs of the engine's own that a file writes into."""
    undone: set[bytes] = field(default_factory=set)
    """Events that are planned or expected by what claims that count say: kept, and not in the best graph."""
    statuses: dict[bytes, set[tuple[bytes, bool]]] = field(default_factory=dict)
    """What each claim says of an event: whether it is merely planned or expected."""
    described: set[bytes] = field(default_factory=set)
    """What has a class."""
    spoken_of: set[bytes] = field(default_factory=set)
    """What claims have as values, but for classes."""
    undescribed: set[bytes] | None = None
    """What claims speak of and no file gives a class; None if not all files have been looked at."""

    @property
    def literals(self) -> set[ox.Literal]:
        """The literals that the checks and the rules look at: dates, and those that are not of the usual form of their kind."""
        return notable(self.typed)

    def weigh(self, text: bytes) -> None:
        """Take note of what some lines tell."""
        for subject, predicate, value, graph in map(parts, text.splitlines(keepends=True)):
            self.terms.add(predicate)
            if predicate == _TYPE:
                self.terms.add(value)
                self.described.add(subject)
            elif predicate in _DEFAULTS:
                if graph:
                    self.misplaced.add((graph, subject, predicate))
                elif value in _NOT_BELIEVED:
                    self.discounted.add(subject)
            elif value[0] == QUOTE:
                self.of_texts.add(predicate)
                if value[-1] == CLOSE:
                    self.typed.add(value)
            elif predicate == _STATUS:
                self.statuses.setdefault(subject, set()).add((graph, value in _NOT_DONE))
            elif graph and value[0] == IRI:
                self.of_things.add(predicate)
                self.spoken_of.add(value)
            if graph in _RESERVED:
                self.reserved.add(graph)

    def settle(self) -> None:
        """Tell, once all files have been seen, which events are undone: planned by a claim that counts, and done by none."""
        for event, said in self.statuses.items():
            believed = {undone for claim, undone in said if claim not in self.discounted}
            if believed == {True}:
                self.undone.add(event)

    def stored(self, text: bytes) -> bytes:
        """Return lines of facts as they are stored: in claims, or among what is said about them, and in the best graph."""
        found, discounted, undone = [], self.discounted, self.undone
        for line in text.splitlines(keepends=True):
            subject, predicate, value, graph = parts(line)
            if not graph:
                found.append(line[:-2] + _OUTSIDE)
                if predicate == _TYPE and value == _CLAIM:
                    self.claims.add(subject)
                elif predicate in _DEFAULTS:
                    self.given.add((subject, predicate))
                continue
            found.append(line)
            if graph not in discounted and subject not in undone:
                found.append(line[: -3 - len(graph)] + b".\n")
        return b"".join(found)

    def defaults(self) -> bytes:
        """Return lines that tell how much each claim counts that was stored, where no file says so."""
        return b"".join(
            b"%b %b %b %b" % (claim, name, value, _OUTSIDE)
            for name, value in _DEFAULTS.items()
            for claim in self.claims
            if (claim, name) not in self.given
        )


def without(text: bytes, left_out: frozenset[bytes]) -> bytes:
    """Return lines of facts without those in some claims, and without what is said outside all claims about some things."""
    return b"".join(line for line in text.splitlines(keepends=True) if not _leaves(line, left_out))


def _leaves(line: bytes, left_out: frozenset[bytes]) -> bool:
    subject, _, value, graph = parts(line)
    return graph in left_out if graph else subject in left_out or value in left_out
