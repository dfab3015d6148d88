"""Rules run to a fixed point: each again only after something that it reads was written, and then only on that.

What a rule reads and writes is told from its text (`patterns`). A rule whose only data pattern has a variable in the
place of its property or class, which the ontology binds, is asked only about the properties or classes that are new.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .errors import FactError, Place, Problem, ProjectError, QueryError, meant, read
from .patterns import Reading, Touched
from .queries import HEADER, leading
from .sparql import names, tokens
from .store import Store
from .terms import DERIVED, ONTOLOGY
from .threads import timed
from .updates import Construct

STAGES = ("entailment", "dates", "states", "order", "bounds", "formers", "starts", "ends", "conflicts", "notes")
ONCE = {"conflicts"}
"""Stages whose rules look at what came before them, and never at what each other give: one run of each is enough."""
ROUNDS = 100
RUNS, RESULTS = 2, 100_000
"""A rule that makes values runs so often without being looked at; from then on it may give so many results at once."""
LOOKED_AT = 100_000
"""In a store of no more statements, rules that say that they are not recursive are tried."""

_IS_LARGE = f"ASK {{ SELECT * WHERE {{ ?s ?p ?o }} OFFSET {LOOKED_AT} LIMIT 1 }}"


@dataclass(frozen=True)
class Rule:
    """A CONSTRUCT query with the sentence that it stands for; one that says it is not recursive reads nothing that it gives."""

    name: str
    sentence: str
    stage: str
    text: str
    shown: str
    recursive: bool = True

    @classmethod
    def read(cls, path: Path, shown: str) -> Rule:
        """Return the rule in a file; raises QueryError if its stage or its recursion is none that there is."""
        text = read(path, shown)
        comments = {number: comment for number, comment in leading(text) if comment}
        stage = _header(comments, "stage", STAGES, Place(shown)) or STAGES[0]
        recursive = _header(comments, "recursive", ("yes", "no"), Place(shown))
        sentence = next((comment for comment in comments.values() if not HEADER.match(comment)), path.stem)
        return cls(path.stem, sentence, stage, text, shown, recursive != "no")


def _header(comments: dict[int, str], name: str, known: Sequence[str], place: Place) -> str:
    """Return what a rule's comments say under a name, or nothing; raises QueryError if it is not among what is known."""
    for line, comment in comments.items():
        said, colon, value = (part.strip() for part in comment.partition(":"))
        if said == name and colon:
            if value not in known:
                message, listed = f"{value!r} is not what {name} can be", ", ".join(known)
                hint = meant(value, known, f"it is one of {listed}")
                raise QueryError(message, hint=hint, place=place._replace(line=line))
            return value
    return ""


@dataclass(eq=False)
class Step:
    """A rule in a derivation: what it reads and writes, and what of that is new since it ran last."""

    rule: Rule
    form: Construct
    reading: Reading
    given: Reading
    reads: Touched
    writes: Touched
    new: Touched | None = None
    """What was written since it ran; None if nothing that it reads was, so that it is not due."""
    runs: int = 0

    @classmethod
    def of(cls, rule: Rule, store: Store) -> Step:
        """Return a rule as a step, with what its text tells of its reading and writing."""
        try:
            form = Construct.parse(rule.text)
        except QueryError as error:
            raise FactError([error.problem(rule.shown)]) from error
        expand = names(form.prologue, store.prefixes).expand
        reading, given = Reading.of(form.where, expand), Reading.of(form.template, expand)
        if given.says_of_periods(reading.periods):
            message, hint = "a rule does not date a date as written", "date the thing that has the date"
            raise FactError([Problem(Place(rule.shown), "error", "period", message, hint)])
        reads, writes = (_touched(told, form.prologue, store) for told in (reading, given.bound_as(reading)))
        return cls(rule, form, reading, given, reads, writes)

    def anew(self) -> Step:
        """Return the step as it is before it ran."""
        return replace(self, new=None, runs=0)

    def wake(self, written: Touched) -> None:
        """Take note of what was written; the step is due if it reads any of it."""
        if self.reads.meets(written):
            self.new = written if self.new is None else self.new | written

    def run(self, store: Store) -> Touched | None:
        """Run the rule on what is new; return what it may have written, or None if that is nothing."""
        form, writes = self._narrowed(store)
        self.new = None
        counted = not self.runs and "GROUP" in form.where  # to ask whether it counts anything new takes as long as to run it
        if form.news and not counted and not store.ask(form.news):
            return None
        before = store.size() if self.runs and not form.news else -1  # counting costs a look at every quad
        if self.runs >= RUNS and any(token.upper == "BIND" for token in tokens(form.where)):
            self._refuse_a_flood(store)
        self.runs += 1
        with timed(self.rule.shown):
            store.update(form.into(DERIVED, None))
        return writes if before < 0 or store.size() > before else None

    def confirm(self, store: Store) -> None:
        """Hold a rule to its word that it is not recursive, where that is quickly tried; raises ProjectError if it is."""
        if self.rule.recursive or store.ask(_IS_LARGE):
            return
        before = store.size()
        store.update(self.form.into(DERIVED, None))
        if store.size() > before:
            hint = "take out # recursive: no"
            raise ProjectError(f"{self.rule.shown} gives more when it runs again, and says that it does not", hint=hint)

    def _narrowed(self, store: Store) -> tuple[Construct, Touched]:
        """Return the rule as it is asked about what is new alone, and what it then writes."""
        found = self.reading.moving
        if found is None or self.new is None or self.new.anything:
            return self.form, self.writes
        names = self.new.classes if found.is_class else self.new.properties
        if None in names or not (found.is_class or not self.reads.classes):
            return self.form, self.writes
        read = self.reads.classes if found.is_class else self.reads.properties
        values = f"VALUES ?{found.variable} {{ {' '.join(sorted(str(name) for name in names & read))} }}"
        narrowed = replace(self.form, where=f"{self.form.where}\n {values}")
        narrower = self.reading.bound_by(values, found.variable)
        return narrowed, _touched(self.given.bound_as(narrower), narrowed.prologue, store)

    def _refuse_a_flood(self, store: Store) -> None:
        """Stop a rule that multiplies its own results before it fills the memory; raises ProjectError."""
        some = f"{{ SELECT * WHERE {{ {self.form.where}\n }} LIMIT {RESULTS + 1} }}"
        (counted,) = store.select(f"{self.form.prologue} SELECT (COUNT(*) AS ?n) WHERE {some}")
        if int(counted["n"].value) > RESULTS:
            raise ProjectError(
                f"{self.rule.shown} gives more than {RESULTS:,} results when it runs again on what it gave",
                hint="does it mint new names from names that it minted?",
            )


EVERYTHING = Touched(anything=True)


def settle(store: Store, steps: list[Step], then: list[Step], readers: Iterable[Step]) -> None:
    """Run the steps that are due, and what they entail, round by round until none is due."""
    for _ in range(ROUNDS):
        if not _round(store, steps, readers):
            return
        if then:
            settle(store, then, [], readers)
    busy = ", ".join(step.rule.shown for step in steps if step.new)
    raise ProjectError(
        f"after {ROUNDS} rounds these rules still add statements: {busy}",
        hint="does a rule mint new names from names that it minted?",
    )


def _round(store: Store, steps: list[Step], readers: Iterable[Step]) -> bool:
    """Run the steps that are due; those that read what is added become due. Return whether any was."""
    was_due = False
    for step in steps:
        if step.new:
            was_due = True
            if written := step.run(store):
                for reader in readers:
                    if reader is not step or step.rule.recursive:
                        reader.wake(written)
    return was_due


def _touched(reading: Reading, prologue: str, store: Store) -> Touched:
    def values(term: str, clause: str) -> set[str | None]:
        holds = f"GRAPH <{ONTOLOGY}> {{ {clause}\n }}" if clause else ""
        found = store.select(f"{prologue} SELECT DISTINCT ({term} AS ?found) WHERE {{ {holds} }}")
        return {str(row["found"]) if row["found"] else None for row in found}

    return reading.touched(values)
