"""What changed from one edition of a graph to another: facts, citations, sources, what follows, conflicts, answers.

Works on sorted lines of N-Quads: what both have is never looked at, but for the claims of a statement that differs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from . import editions, expected
from .answers import ask
from .differences import AnswerChange, Change, Conflict, Difference, NodeChange, Reply, Value
from .editions import Edition
from .entities import State
from .errors import ProjectError, QueryError
from .places import Written, among
from .project import Project
from .queries import NamedQuery
from .terms import CLAIMS, COMMON, DERIVED, KG, ONTOLOGY, TYPE, Prefixes
from .weighing import WEIGHING

_APART = {KG + name for name in ("Claim", "Document", "Conflict", "Period", "Rule")}
"""Classes of nodes of which the best graph alone says nothing that is a fact."""
_PARTS = {CLAIMS: "sources", ONTOLOGY: "vocabulary", DERIVED: "derived"}
_BOUNDS = ("startEarliest", "startLatest", "endEarliest", "endLatest", "disputedFrom", "disputedUntil", "event")
_WORKED_OUT = {KG + name for name in ("earliest", "latest", "basis", *_BOUNDS)}
"""Properties that only rules give."""


def diff(a: Edition | Path | str, b: Edition | Path | str | None = None, *, around: Project | None = None) -> Difference:
    """Return what changed from one edition to another, or to the files of the project around here.

    An edition can be given as a word: an exported file, a project's folder, or a revision in git.
    """
    project = around or Project.find()
    with ExitStack() as stack:

        def edition(word: Edition | Path | str | None) -> Edition:
            if isinstance(word, Edition):
                return word
            return editions.of_project(project) if word is None else stack.enter_context(editions.opened(word, project))

        return compare(edition(a), edition(b))


def compare(a: Edition, b: Edition) -> Difference:
    """Return what changed from one edition to another."""
    found = Difference(a, b)
    if found.best_only:
        found.facts = _best(a, b)
        return found
    if a.digest != b.digest:
        _look_at_quads(found, *_apart(a.lines, b.lines))
    _ask_both(found)
    return found


def _look_at_quads(found: Difference, gone: _Quads, new: _Quads) -> None:
    a, b = found.a, found.b
    found.facts, found.cited = _facts(a, b, [*gone.get("facts", []), *new.get("facts", []), *_reweighed(a, b, gone, new)])
    conflicts = {*_conflicts(a, gone), *_conflicts(b, new)}
    found.conflicts = [NodeChange(iri, _conflict(a, iri), _conflict(b, iri)) for iri in sorted(conflicts)]

    def part(name: str) -> list[Change]:
        return _paired(_alone(a, name, gone, conflicts), _alone(b, name, new, conflicts), [_everywhere])

    found.sources, found.vocabulary, found.derived = map(part, _PARTS.values())
    found.states = _states(a, b, {change.subject for change in found.derived})


def _reweighed(a: Edition, b: Edition, gone: _Quads, new: _Quads) -> Iterator[ox.Quad]:
    """Go through what is said by claims that count more or less than before."""
    about = (quad for part in (gone, new) for quad in part.get("sources", []) if quad.predicate in WEIGHING)
    for claim in {quad.subject for quad in about}:
        for edition in (a, b):
            yield from edition.store.matching(graph=claim)


_Quads = dict[str, list[ox.Quad]]
"""Quads by the part of the graph that they are in."""


def _apart(before: Sequence[bytes], after: Sequence[bytes]) -> tuple[_Quads, _Quads]:
    """Return what only the first has, and what only the second."""
    ones, others = set(before), set(after)
    return _split(sorted(ones - others)), _split(sorted(others - ones))


def _split(lines: Sequence[bytes]) -> _Quads:
    """Return lines by the part of the graph that they are in; the best graph only says again what the others do."""
    parts: _Quads = {}
    for quad in editions.quads(lines):
        if isinstance(quad.graph_name, ox.NamedNode):
            parts.setdefault(_PARTS.get(quad.graph_name.value, "facts"), []).append(quad)
    return parts


_Statements = dict[ox.Triple, Value]


def _facts(a: Edition, b: Edition, found: Iterable[ox.Quad]) -> tuple[list[Change], list[Change]]:
    """Return the statements that changed, and those that other claims make.

    What one edition has by claims that count, and the other only by such that do not, the other does not have.
    """
    touched = dict.fromkeys(quad.triple for quad in found)
    before, after = _cited(a, touched), _cited(b, touched)
    for triple in before.keys() & after.keys():
        was, becomes = _counted(a, before[triple]), _counted(b, after[triple])
        if was and not becomes:
            before[triple] = was
            del after[triple]
        elif becomes and not was:
            after[triple] = becomes
            del before[triple]
    cited = [_change(triple, before[triple], after[triple]) for triple in before.keys() & after.keys()]
    gone = {triple: said for triple, said in before.items() if triple not in after}
    new = {triple: said for triple, said in after.items() if triple not in before}
    return _paired(gone, new, [_claims, _documents]), sorted(cited, key=_order)


def _counted(edition: Edition, said: Value) -> Value | None:
    """Return a statement as the claims that count have it; None where none of them does."""
    passages = tuple(passage for passage in said.passages if edition.counts(passage.claim))
    return Value(said.value, passages, passages[0].place) if passages else None


def _cited(edition: Edition, touched: Iterable[ox.Triple]) -> _Statements:
    """Return those of some statements that an edition makes, with their passages and their places."""
    claims = {triple: found for triple in touched if (found := edition.claims(triple))}
    spots = among(edition.facts, [_written(triple, claim) for triple, found in claims.items() for claim in found])

    def said(triple: ox.Triple, found: Sequence[str]) -> Value:
        passages = [replace(edition.passage(claim), place=spots.get(_written(triple, claim))) for claim in found]
        return Value(triple.object, tuple(passages), passages[0].place)

    return {triple: said(triple, found) for triple, found in claims.items()}


def _alone(edition: Edition, part: str, found: _Quads, conflicts: Collection[str]) -> _Statements:
    """Return the statements of a part that stands in a graph of its own, but for those about conflicts, with their places."""
    triples = [quad.triple for quad in found.get(part, []) if _iri(quad.subject) not in conflicts]
    files = {"sources": edition.facts, "vocabulary": edition.vocabulary}.get(part, ())
    spots = among(files, [_written(triple, "") for triple in triples]) if files else {}
    return {triple: Value(triple.object, (), spots.get(_written(triple, ""))) for triple in triples}


def _written(triple: ox.Triple, graph: str) -> Written:
    return Written(graph, _iri(triple.subject), _iri(triple.predicate), _iri(triple.object))


def _iri(term: Any) -> str:
    return str(getattr(term, "value", term))


_Scope = Callable[[Value], Iterable[str]]
"""Where a value can take the place of another."""


def _claims(said: Value) -> list[str]:
    return [passage.claim for passage in said.passages]


def _documents(said: Value) -> set[str]:
    return {passage.document for passage in said.passages}


def _everywhere(_: Value) -> list[str]:
    return [""]


def _paired(gone: _Statements, new: _Statements, scopes: Iterable[_Scope]) -> list[Change]:
    """Return what went and what came; where one value went and one came of a property in one scope, that is one change.

    Values in one language are a property of their own. The scopes are tried in turn.
    """
    pairs: dict[ox.Triple, ox.Triple] = {}
    taken: set[ox.Triple] = set()
    for scope in scopes:
        ones = _in_scope(((triple, said) for triple, said in gone.items() if triple not in pairs), scope)
        others = _in_scope(((triple, said) for triple, said in new.items() if triple not in taken), scope)
        for key in sorted(ones.keys() & others.keys()):
            (one, *more), (other, *rest) = ones[key], others[key]
            if not (more or rest or one in pairs or other in taken):
                pairs[one] = other
                taken.add(other)
    changes = [_change(one, said, new[pairs[one]] if one in pairs else None) for one, said in gone.items()]
    changes += [_change(other, None, said) for other, said in new.items() if other not in taken]
    return sorted(changes, key=_order)


def _in_scope(statements: Iterable[tuple[ox.Triple, Value]], scope: _Scope) -> dict[tuple[str, ...], list[ox.Triple]]:
    found: dict[tuple[str, ...], list[ox.Triple]] = {}
    for triple, said in statements:
        language = getattr(triple.object, "language", None) or ""
        for name in scope(said):
            found.setdefault((_iri(triple.subject), _iri(triple.predicate), language, name), []).append(triple)
    return found


def _change(triple: ox.Triple, before: Value | None, after: Value | None) -> Change:
    return Change(_iri(triple.subject), _iri(triple.predicate), before, after)


def _order(change: Change) -> tuple[str, ...]:
    said = change.before or change.after
    return change.subject, change.predicate, str(said.value) if said else ""


def _best(a: Edition, b: Edition) -> list[Change]:
    """Return what changed in the best graph, where that is all there is to compare."""
    lines = [set(edition.best().lines) for edition in (a, b)]
    found: list[_Statements] = []
    for edition, other, only in ((a, b, lines[0] - lines[1]), (b, a, lines[1] - lines[0])):
        triples = [quad.triple for quad in editions.quads(sorted(only))]
        found.append({t: Value(t.object) for t in triples if _is_fact(t, edition) and _is_fact(t, other)})
    gone, new = found
    return _paired(gone, new, [_everywhere])


def _is_fact(triple: ox.Triple, edition: Edition) -> bool:
    """Whether a statement of the best graph can be a fact, as far as an edition can tell."""
    subject = _iri(triple.subject)
    if subject.startswith(COMMON["state"]) or _iri(triple.predicate) in _WORKED_OUT or _types(edition, subject) & _APART:
        return False
    if edition.best_only:
        return True
    found = edition.store.matching(triple.subject, triple.predicate, triple.object)
    graphs = {_iri(quad.graph_name) for quad in found if isinstance(quad.graph_name, ox.NamedNode)}
    return not graphs or not graphs <= {DERIVED, ONTOLOGY}


def _types(edition: Edition, subject: str) -> set[str]:
    return {_iri(quad.object) for quad in edition.about(subject, TYPE)}


# Conflicts and states


def _conflicts(edition: Edition, found: _Quads) -> Iterator[str]:
    """Go through the conflicts among the subjects of quads."""
    subjects = {_iri(quad.subject) for part in ("sources", "derived") for quad in found.get(part, [])}
    return (subject for subject in subjects if KG + "Conflict" in _types(edition, subject))


def _conflict(edition: Edition, iri: str) -> Conflict | None:
    said = edition.said(iri)
    if KG + "Conflict" not in said.get(TYPE, []):
        return None
    kind, arithmetic = (min(said.get(KG + name) or [""]) for name in ("kind", "arithmetic"))
    about, claims = (tuple(sorted(said.get(KG + name, []))) for name in ("about", "between"))
    return Conflict(kind, arithmetic, about, claims)


def _states(a: Edition, b: Edition, subjects: Collection[str]) -> list[NodeChange[State]]:
    changes = (NodeChange(subject, _state(a, subject), _state(b, subject)) for subject in subjects)
    return sorted((change for change in changes if change.before != change.after), key=_in_time)


def _in_time(change: NodeChange[State]) -> tuple[str, ...]:
    known = change.known
    return known.predicate, known.subject, known.start_earliest or "", known.end_earliest or "", change.iri


def _state(edition: Edition, iri: str) -> State | None:
    said = edition.said(iri)
    if not all(said.get(COMMON["rdf"] + name) for name in ("subject", "predicate", "object")):
        return None
    return State.of(iri, said, min((quad.object for quad in edition.about(iri, COMMON["rdf"] + "object")), key=str))


# Answers


def _ask_both(found: Difference) -> None:
    """Ask both editions the questions that both have; one without queries of its own is asked the other's."""
    a, b = found.a, found.b
    ours, theirs = (edition.queries if edition.queries is not None else other.queries for edition, other in ((a, b), (b, a)))
    if ours is None or theirs is None:
        return
    for edition in (a, b):
        if edition.queries is None:
            edition.store.prefixes = dict(found.prefixes)  # an exported file names those that it uses, or none
    found.gone_queries, found.new_queries = sorted(ours.keys() - theirs.keys()), sorted(theirs.keys() - ours.keys())
    same = a.digest == b.digest
    for name in sorted(ours.keys() & theirs.keys()):
        if same and ours[name].text == theirs[name].text:
            continue
        for values in _questions(found, ours[name], theirs[name]):
            found.asked += 1
            before, after = _reply(a, ours[name], values), _reply(b, theirs[name], values)
            if before != after:
                found.answers.append(AnswerChange(name, theirs[name].question, values, before, after))


def _questions(found: Difference, *queries: NamedQuery) -> list[dict[str, str]]:
    """Return what a query is asked with: nothing, where it needs nothing, and what its expected rows ask, in either edition."""
    free = all(p.optional or p.default is not None for query in queries for p in query.parameters)
    asked: list[dict[str, str]] = [{}] if free else []
    for edition, query in zip((found.a, found.b), queries, strict=True):
        if file := edition.expectations.get(query.name):
            asked += expected.questions(query, file, file.name)
    return [values for number, values in enumerate(asked) if values not in asked[:number]]


def _reply(edition: Edition, query: NamedQuery, values: Mapping[str, str]) -> Reply:
    try:
        answer = ask(edition.store, query, values, prefixes=Prefixes(edition.store.prefixes))
        return Reply(tuple(answer.columns), tuple(sorted(map(tuple, answer.cells()))))
    except (ProjectError, QueryError) as error:
        return Reply(refusal=error.message)
