"""What follows from what: defaults and bounds written out, then rules to a fixed point, inside the engine.

A rule is a SPARQL CONSTRUCT query in a `.rq` file; its first comment says it in words, and `# stage:` says when it runs.
Stages run one after the other, each to a fixed point, so that a rule that counts or takes a minimum sees all there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from .dates import DATATYPES, Period
from .errors import FactError, Place, Problem, ProjectError, QueryError, read
from .patterns import Reading, Touched
from .project import Project
from .sparql import tokens
from .store import Store
from .terms import CLAIMS, DERIVED, KG, ONTOLOGY, PERIOD, RULE
from .updates import Update, as_update

STAGES = ("entailment", "dates", "states", "order", "ends", "conflicts")
ROUNDS = 100
RUNS, RESULTS = 2, 100_000
"""A rule that makes values runs so often without being looked at; from then on it may give so many results at once."""

_XSD_DATE = ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")
_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
_ONTOLOGY_NAMES = {f"<{ONTOLOGY}>", "graph:ontology"}
_DEFAULTS = f"""
INSERT {{ GRAPH <{CLAIMS}> {{ ?claim kg:modality kg:Stated }} }} WHERE {{
  GRAPH <{CLAIMS}> {{ ?claim a kg:Claim . OPTIONAL {{ ?claim kg:modality ?given }} FILTER(!BOUND(?given)) }} }} ;
INSERT {{ GRAPH <{CLAIMS}> {{ ?claim kg:rank kg:Normal }} }} WHERE {{
  GRAPH <{CLAIMS}> {{ ?claim a kg:Claim . OPTIONAL {{ ?claim kg:rank ?given }} FILTER(!BOUND(?given)) }} }}
"""


@dataclass(frozen=True)
class Rule:
    """A CONSTRUCT query with the sentence that it stands for."""

    name: str
    sentence: str
    stage: str
    text: str
    shown: str

    @classmethod
    def read(cls, path: Path, shown: str) -> Rule:
        """Return the rule in a file; raises ProjectError if its stage is not one of STAGES."""
        text = read(path, shown)
        comments = [line[1:].strip() for line in text.splitlines() if line.startswith("#")]
        stage = next((c.partition(":")[2].strip() for c in comments if c.startswith("stage:")), "entailment")
        if stage not in STAGES:
            raise ProjectError(f"{shown}: {stage!r} is not a stage of rules", hint=f"the stages are {', '.join(STAGES)}")
        return cls(path.stem, comments[0] if comments else path.stem, stage, text, shown)


def derive(store: Store, project: Project, literals: Iterable[ox.Literal]) -> None:
    """Add to a loaded store all that follows: defaults, the bounds of dates, and what the project's rules say.

    Raises FactError with the place of a rule that does not parse, ProjectError if rules do not come to an end.
    """
    rules = [Rule.read(path, project.shown(path)) for path in project.rules]
    store.extend(_everywhere(_periods(literals), DERIVED))
    store.extend(_everywhere(_described(rules), ONTOLOGY))
    store.extend(_texts(rules))
    store.update(_DEFAULTS)
    steps = [Step.of(rule, store) for rule in _sound(rules, store)]
    entailment = [step for step in steps if step.rule.stage == "entailment"]
    for stage in STAGES:
        due = [step for step in steps if step.rule.stage == stage]
        for step in due:
            step.due = True
        _settle(store, due, entailment if due != entailment else [], {*due, *entailment})


@dataclass(eq=False)
class Step:
    """A rule in a derivation: what it reads and writes, and whether it is due to run."""

    rule: Rule
    form: Update
    reads: Touched
    writes: Touched
    due: bool = False
    runs: int = 0

    @classmethod
    def of(cls, rule: Rule, store: Store) -> Step:
        """Return a rule as a step, with what its text tells of its reading and writing."""
        try:
            form = as_update(rule.text, into=(DERIVED, None))
        except QueryError as error:
            raise FactError([Problem(Place(rule.shown), "error", "syntax", error.message, error.hint)]) from error

        def values(term: str, clause: str) -> set[str | None]:
            holds = f"GRAPH <{ONTOLOGY}> {{ {clause}\n }}" if clause else ""
            found = store.select(f"{form.prologue} SELECT DISTINCT ({term} AS ?found) WHERE {{ {holds} }}")
            return {str(row["found"]) if row["found"] else None for row in found}

        reads = Reading.of(form.where, _ONTOLOGY_NAMES)
        writes = replace(Reading.of(form.template, set()), bindings=reads.bindings)
        return cls(rule, form, reads.touched(values), writes.touched(values))

    def run(self, store: Store) -> bool:
        """Run the rule; return whether it added anything, or may have, where telling would cost more than running on."""
        self.due = False
        if self.form.news and not store.ask(self.form.news):
            return False
        before = len(store) if self.runs and not self.form.news else -1  # counting costs a look at every quad
        if self.runs >= RUNS and any(token.upper == "BIND" for token in tokens(self.form.where)):
            self._refuse_a_flood(store)
        self.runs += 1
        store.update(self.form.text)
        return len(store) > before if before >= 0 else True

    def _refuse_a_flood(self, store: Store) -> None:
        """Stop a rule that multiplies its own results before it fills the memory; raises ProjectError."""
        some = f"{{ SELECT * WHERE {{ {self.form.where}\n }} LIMIT {RESULTS + 1} }}"
        (counted,) = store.select(f"{self.form.prologue} SELECT (COUNT(*) AS ?n) WHERE {some}")
        if int(counted["n"].value) > RESULTS:
            raise ProjectError(
                f"{self.rule.shown} gives more than {RESULTS:,} results when it runs again on what it gave",
                hint="does it mint new names from names that it minted?",
            )


def _settle(store: Store, steps: list[Step], then: list[Step], readers: set[Step]) -> None:
    """Run the steps that are due, and what they entail, round by round until none is due."""
    for _ in range(ROUNDS):
        if not _round(store, steps, readers):
            return
        if then:
            _settle(store, then, [], readers)
    busy = ", ".join(step.rule.name for step in steps if step.due)
    raise ProjectError(
        f"after {ROUNDS} rounds these rules still add statements: {busy}",
        hint="does a rule mint new names from names that it minted?",
    )


def _round(store: Store, steps: list[Step], readers: set[Step]) -> bool:
    """Run the steps that are due; those that read what is added become due. Return whether any was."""
    was_due = False
    for step in steps:
        if step.due:
            was_due = True
            if step.run(store):
                for reader in readers:
                    reader.due |= reader.reads.meets(step.writes)
    return was_due


def _sound(rules: list[Rule], store: Store) -> list[Rule]:
    problems = [problem for rule in rules if (problem := store.flaw(rule.text, rule.shown))]
    if problems:
        raise FactError(problems)
    return rules


def _periods(literals: Iterable[ox.Literal]) -> Iterator[ox.Triple]:
    for literal in literals:
        if literal.datatype.value not in DATATYPES:
            continue
        try:
            period = Period.parse(literal.value, literal.datatype.value)
        except ValueError:
            continue  # the checks report it, with its place
        node = ox.NamedNode(PERIOD + _period_name(literal.value))
        yield ox.Triple(node, _TYPE, ox.NamedNode(KG + "Period"))
        yield ox.Triple(node, ox.NamedNode(KG + "written"), literal)
        for name, day in (("earliest", period.earliest), ("latest", period.latest)):
            if day:
                yield ox.Triple(node, ox.NamedNode(KG + name), ox.Literal(day.isoformat(), datatype=_XSD_DATE))


def _period_name(written: str) -> str:
    """Return a name for a date as written that needs no escaping: `../2024` is until-2024, `2024/..` is 2024-on."""
    named = written.replace("../", "until-").replace("/..", "-on").replace("/", "_to_")
    return quote("any-year-" + named.removeprefix("--") if named.startswith("--") else named, safe="")


def _described(rules: Iterable[Rule]) -> Iterator[ox.Triple]:
    for rule in rules:
        node = ox.NamedNode(RULE + quote(rule.name))
        yield ox.Triple(node, _TYPE, ox.NamedNode(KG + "Rule"))
        yield ox.Triple(node, _LABEL, ox.Literal(rule.sentence, language="en"))


def _texts(rules: Iterable[Rule]) -> Iterator[ox.Quad]:
    """Go through the texts of rules, which are for those who ask why: in the ontology's graph, and not in the best one."""
    for rule in rules:
        node, text = ox.NamedNode(RULE + quote(rule.name)), ox.Literal(rule.text)
        yield ox.Quad(node, ox.NamedNode(KG + "construct"), text, ox.NamedNode(ONTOLOGY))


def _everywhere(triples: Iterable[ox.Triple], graph: str) -> Iterator[ox.Quad]:
    name = ox.NamedNode(graph)
    for triple in triples:
        yield ox.Quad(triple.subject, triple.predicate, triple.object, name)
        yield ox.Quad(triple.subject, triple.predicate, triple.object)
