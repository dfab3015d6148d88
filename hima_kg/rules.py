"""What follows from what: defaults and bounds written out, then rules to a fixed point, inside the engine.

A rule is a SPARQL CONSTRUCT query in a `.rq` file; its first comment says it in words, and `# stage:` says when it runs.
Stages run one after the other, each to a fixed point, so that a rule that counts or takes a minimum sees all there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from . import sparql
from .dates import DATATYPES, Period
from .errors import FactError, Place, Problem, ProjectError, QueryError, read
from .project import Project
from .store import Store
from .terms import CLAIMS, DERIVED, KG, ONTOLOGY, PERIOD, RULE

STAGES = ("entailment", "dates", "states", "order", "ends", "conflicts")
ROUNDS = 100

_XSD_DATE = ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")
_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
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
    store.update(_DEFAULTS)
    updates = {rule: _update(rule) for rule in _sound(rules, store)}
    entailment = [(rule, text) for rule, text in updates.items() if rule.stage == "entailment"]
    _settle(store, entailment, then=[])
    for stage in STAGES[1:]:
        _settle(store, [(rule, text) for rule, text in updates.items() if rule.stage == stage], then=entailment)


def _settle(store: Store, updates: list[tuple[Rule, str]], *, then: list[tuple[Rule, str]]) -> None:
    """Run a stage's rules, and what they entail, round by round until a round adds nothing."""
    busy: list[str] = []
    for _ in range(ROUNDS):
        busy = [rule.name for rule, text in updates if _grew(store, text)]
        if not busy:
            return
        if then:
            _settle(store, then, then=[])
    raise ProjectError(
        f"after {ROUNDS} rounds these rules still add statements: {', '.join(busy)}",
        hint="does a rule mint new names from names that it minted?",
    )


def _grew(store: Store, update: str) -> bool:
    before = len(store)
    store.update(update)
    return len(store) > before


def _sound(rules: list[Rule], store: Store) -> list[Rule]:
    problems = [problem for rule in rules if (problem := store.flaw(rule.text, rule.shown))]
    if problems:
        raise FactError(problems)
    return rules


def _update(rule: Rule) -> str:
    try:
        return sparql.as_update(rule.text, into=(DERIVED, None))
    except QueryError as error:
        raise FactError([Problem(Place(rule.shown), "error", "syntax", error.message, error.hint)]) from error


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
        node = ox.NamedNode(RULE + rule.name)
        yield ox.Triple(node, _TYPE, ox.NamedNode(KG + "Rule"))
        yield ox.Triple(node, _LABEL, ox.Literal(rule.sentence, language="en"))


def _everywhere(triples: Iterable[ox.Triple], graph: str) -> Iterator[ox.Quad]:
    name = ox.NamedNode(graph)
    for triple in triples:
        yield ox.Quad(triple.subject, triple.predicate, triple.object, name)
        yield ox.Quad(triple.subject, triple.predicate, triple.object)
