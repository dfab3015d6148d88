"""What follows from what: the bounds of dates written out, then rules to a fixed point, inside the engine.

A rule is a SPARQL CONSTRUCT query in a `.rq` file; its first comment says it in words, and `# stage:` says when it runs.
Stages run one after the other, each to a fixed point, so that a rule that counts or takes a minimum sees all there is;
the rules that look for conflicts run once each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

import pyoxigraph as ox

from .agenda import EVERYTHING, ONCE, STAGES, Rule, Step, settle
from .dates import DATATYPES, Period, ends
from .errors import FactError, Problem, QueryError
from .project import Project
from .spellings import fold, hangul
from .states import Timed
from .store import Store
from .terms import BOUNDS, COMMON, DERIVED, KG, ONTOLOGY, PERIOD, RULE, SPELLING, TYPE, VOCABULARIES, XSD

_XSD_DATE = ox.NamedNode(XSD + "date")
_TYPE = ox.NamedNode(TYPE)
_LABEL = ox.NamedNode(COMMON["rdfs"] + "label")
_PINYIN = """
SELECT DISTINCT ?name WHERE {
  ?thing skos:prefLabel|skos:altLabel ?name .
  FILTER(LANGMATCHES(LANG(?name), "zh-latn"))
}"""


def derive(store: Store, project: Project, literals: Iterable[ox.Literal]) -> None:
    """Add to a loaded store all that follows: the bounds of dates, and what the project's rules say.

    Raises FactError with the place of a rule that does not parse, ProjectError if rules do not come to an end.
    """
    rules = read(project)
    store.extend([*described(rules), *dated(literals), *spelt(romanised(store))])
    ready = steps(rules, store)
    store.extend(untimed(ready, Timed(store)))
    run(ready, store)


def read(project: Project) -> list[Rule]:
    """Return the rules of a project; raises FactError with every comment at a rule's head that is wrong."""
    found, problems = list[Rule](), list[Problem]()
    for path in project.rules:
        try:
            found.append(Rule.read(path, project.shown(path)))
        except QueryError as error:
            problems.append(error.problem(project.shown(path)))
    if problems:
        raise FactError(problems)
    return found


def steps(rules: Iterable[Rule], store: Store) -> list[Step]:
    """Return rules as the steps of a derivation, by what a store's ontology tells of what they read and write."""
    rules = list(rules)
    problems = [problem for rule in rules if (problem := store.flaw(rule.text, rule.shown))]
    if problems:
        raise FactError(problems)
    return [Step.of(rule, store) for rule in rules]


def run(ready: Iterable[Step], store: Store) -> None:
    """Run steps on a store that has the ontology, and what is told of dates and names."""
    steps = [step.anew() for step in ready]
    entailment = [step for step in steps if step.rule.stage == "entailment"]
    for stage in STAGES:
        due = [step for step in steps if step.rule.stage == stage]
        for step in due:
            step.wake(EVERYTHING)
        readers = {*entailment} if stage in ONCE else {*due, *entailment}
        settle(store, due, entailment if due != entailment else [], readers)
        for step in due:
            step.confirm(store)


def dated(literals: Iterable[ox.Literal]) -> Iterator[ox.Quad]:
    """Go through what is told of dates as written: the days that they may mean."""
    return _everywhere(_periods(literals), DERIVED)


def spelt(names: Iterable[ox.Literal]) -> Iterator[ox.Quad]:
    """Go through what is told of romanised names as written: how they sound in another script."""
    return _everywhere(_spellings(names), DERIVED)


def romanised(store: Store) -> Iterator[ox.Literal]:
    """Go through the names in a store of which `spelt` may tell something."""
    return (row["name"] for row in store.select(_PINYIN))


def described(rules: Iterable[Rule]) -> Iterator[ox.Quad]:
    """Go through what the ontology's graph tells of rules: their sentences, and their texts for those who ask why."""
    for rule in rules:
        node = ox.NamedNode(RULE + quote(rule.name))
        yield from _everywhere(
            (
                ox.Triple(node, _TYPE, ox.NamedNode(KG + "Rule")),
                ox.Triple(node, _LABEL, ox.Literal(rule.sentence, language="en")),
            ),
            ONTOLOGY,
        )
        yield ox.Quad(node, ox.NamedNode(KG + "construct"), ox.Literal(rule.text), ox.NamedNode(ONTOLOGY))


def untimed(steps: Iterable[Step], timed: Timed) -> Iterator[ox.Quad]:
    """Go through what the ontology's graph tells of properties that the project's rules give from what holds for a time.

    A rule that reads the bounds of states or events knows time, and what it gives is its own affair.
    """
    bounds = {f"<{bound}>" for bound in BOUNDS}
    steps = [step for step in steps if not step.rule.shown.startswith("hima_kg/") and not step.reads.properties & bounds]
    moving = {f"<{iri}>" for iri in timed.properties}
    found = dict[tuple[str, str], None]()
    for _ in steps:  # a rule can read what another gives
        for step in steps:
            if step.reads.properties & moving or step.reads.classes & {f"<{iri}>" for iri in timed.classes}:
                given = {name for name in step.writes.properties if not name[1:].startswith(VOCABULARIES)}
                moving |= given
                found |= dict.fromkeys((name, step.rule.name) for name in given)
    told = (
        ox.Triple(ox.NamedNode(name[1:-1]), ox.NamedNode(KG + "untimedRule"), ox.NamedNode(RULE + quote(rule)))
        for name, rule in found
    )
    yield from _everywhere(told, ONTOLOGY)


def _periods(literals: Iterable[ox.Literal]) -> Iterator[ox.Triple]:
    for literal in literals:
        if literal.datatype.value not in DATATYPES:
            continue
        try:
            period = Period.parse(literal.value, literal.datatype.value)
        except ValueError:
            continue  # the checks report it, with its place
        node = period_node(literal)
        yield ox.Triple(node, _TYPE, ox.NamedNode(KG + "Period"))
        yield ox.Triple(node, ox.NamedNode(KG + "written"), literal)
        began, ended = ends(literal.value, literal.datatype.value)
        bounds = {
            "earliest": period.earliest,
            "latest": period.latest,
            "startEarliest": began.earliest,
            "startLatest": began.latest,
            "endEarliest": ended.earliest,
            "endLatest": ended.latest,
        }
        for name, day in bounds.items():
            if day:
                yield ox.Triple(node, ox.NamedNode(KG + name), ox.Literal(day.isoformat(), datatype=_XSD_DATE))


def period_node(date: ox.Literal) -> ox.NamedNode:
    """Return the node for a date as written."""
    return ox.NamedNode(PERIOD + _period_name(date.value))


def spelling_node(name: ox.Literal) -> ox.NamedNode:
    """Return the node for a romanised name as written, whatever its tones."""
    return ox.NamedNode(SPELLING + quote(re.sub(r"\W+", "-", fold(name.value)), safe=""))


def _period_name(written: str) -> str:
    """Return a name for a date as written that needs no escaping: `../2024` is until-2024, `2024/..` is 2024-on."""
    named = written.replace("../", "until-").replace("/..", "-on").replace("/", "_to_")
    return quote("any-year-" + named.removeprefix("--") if named.startswith("--") else named, safe="")


def _spellings(names: Iterable[ox.Literal]) -> Iterator[ox.Triple]:
    for name in sorted(names, key=str):
        written = hangul(name.value)
        if written:
            node = spelling_node(name)
            yield ox.Triple(node, _TYPE, ox.NamedNode(KG + "Spelling"))
            yield ox.Triple(node, ox.NamedNode(KG + "spelt"), name)
            yield ox.Triple(node, ox.NamedNode(KG + "hangul"), ox.Literal(written, language="ko"))


def _everywhere(triples: Iterable[ox.Triple], graph: str) -> Iterator[ox.Quad]:
    name = ox.NamedNode(graph)
    for triple in triples:
        yield ox.Quad(triple.subject, triple.predicate, triple.object, name)
        yield ox.Quad(triple.subject, triple.predicate, triple.object)
