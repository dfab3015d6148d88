"""What changed: a difference by part, counts first, then by the things that it is about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby

from .. import tables
from ..differences import AnswerChange, Change, Conflict, Difference, NodeChange, Reply
from ..entities import State
from ..errors import columns as width
from ..errors import counted
from ..literals import arithmetic
from ..terms import KG, TYPE, VOCABULARIES
from .entity import state
from .paper import Paper, spot

SIGNS = {"added": "+", "removed": "-", "changed": "~"}
THINGS, ROWS, QUESTIONS = 12, 3, 1
"""How many things of a part, rows of an answer and questions of a query are listed, unless all are asked for."""
_LINE = 100
_CELL = 40
_DESCRIBED = {KG + "Document": "document", KG + "Claim": "claim"}


def diff(found: Difference, paper: Paper, *, derived: bool = False) -> str:
    """Return what changed: counts, then every part; what rules gave is counted, and listed if asked for."""
    if not found:
        return "no difference"
    parts = [
        [f"{found.a.name} → {found.b.name}", "", *tables.lined_up(_counts(found), _LINE)],
        things("New things", found.new_things, paper),
        things("Gone things", found.gone_things, paper),
        statements("Statements", found.facts, paper, last={*found.new_things, *found.gone_things}),
        citations("Cited anew (+), no longer cited (-)", found.cited, paper),
        _sources(found, paper),
        statements("Vocabulary", found.vocabulary, paper),
        states(found.states, paper) if derived else [],
        statements("Derived statements", _stateless(found), paper) if derived else [],
        conflicts(found.conflicts, paper),
        answers(found.answers, paper),
        _queries(found),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _counts(found: Difference) -> list[list[str]]:
    rows = {
        "statements": _told(tally(found.facts), f"{len(found.cited):,} cited otherwise" * bool(found.cited)),
        "sources": _told(*_tally_sources(found)),
        "vocabulary": tally(found.vocabulary),
        "derived": tally(found.derived) + " (--derived lists them)" * bool(found.derived),
        "conflicts": tally(found.conflicts),
        "answers": tally_answers(found),
        "queries": _told(f"{len(found.new_queries)} added" * bool(found.new_queries), _gone(found.gone_queries)),
    }
    return [[name, told] for name, told in rows.items() if told]


def _gone(names: Sequence[str]) -> str:
    return f"{len(names)} removed" * bool(names)


def _told(*counts: str) -> str:
    return ", ".join(filter(None, counts))


def tally(changes: Iterable[Change | NodeChange[Conflict] | NodeChange[State]]) -> str:
    """Return how many were added, removed and changed."""
    kinds = [change.kind for change in changes]
    return _told(*(f"{kinds.count(kind):,} {kind}" for kind in SIGNS if kind in kinds))


def tally_answers(found: Difference) -> str:
    """Return how many questions are answered otherwise."""
    return f"{len(found.answers):,} of {counted(found.asked, 'question')} answered otherwise" * bool(found.answers)


# Statements


def things(heading: str, iris: Sequence[str], paper: Paper) -> list[str]:
    """Return the names of things, as many to a line as there is room for."""
    if not iris:
        return []
    listed, more = paper.most(iris, THINGS * 2, "things")
    lines = [""]
    for name in map(paper.name, listed):
        joined = f"{lines[-1]} · {name}" if lines[-1] else f"  {name}"
        lines = [*lines[:-1], joined] if width(joined) <= _LINE else [*lines, f"  {name}"]
    return [heading, *filter(None, lines), *more]


def statements(
    heading: str, changes: Sequence[Change], paper: Paper, *, last: Collection[str] = (), brief: bool = False
) -> list[str]:
    """Return the statements that changed, by thing and claim, some things last; or, in brief, with the claims beside them."""
    ordered = sorted(changes, key=lambda change: change.subject in last)
    subjects = [(subject, list(same)) for subject, same in groupby(ordered, key=lambda change: change.subject)]
    if not subjects:
        return []
    listed, more = paper.most(subjects, THINGS, "things")
    write = _briefly if brief else _by_claim
    return [heading, *(line for subject, same in listed for line in (f"  {paper.title(subject)}", *write(same, paper))), *more]


def _by_claim(changes: Sequence[Change], paper: Paper) -> Iterator[str]:
    """Go through the lines on a thing: each set of claims, then what they say."""
    rows = tables.lined_up([[*_row(change, paper), _where(change)] for change in changes])
    cited = sorted(zip((_claims(change, paper) for change in changes), rows, strict=True), key=lambda pair: pair[0])
    for claims, same in groupby(cited, key=lambda pair: pair[0]):
        yield from (f"    {claim}" for claim in claims)
        yield from (f"    {'  ' * bool(claims)}{row}" for _, row in same)


def _briefly(changes: Sequence[Change], paper: Paper) -> Iterator[str]:
    rows = [[*_row(change, paper), _curies(change, paper), _where(change)] for change in changes]
    return (f"    {row}" for row in tables.lined_up(rows))


def _row(change: Change, paper: Paper) -> list[str]:
    said = change.said
    language = getattr(said.value, "language", None)
    named = f"{SIGNS[change.kind]} {paper.name(change.predicate)}{f'@{language}' if language else ''}"
    if not (change.before and change.after):
        return [named, paper.value(said)]
    return [named, " → ".join(paper.values(change.before, change.after, tables.LIMIT // 2 - 2))]


def _where(change: Change) -> str:
    return spot(change.said.place)


def _curies(change: Change, paper: Paper) -> str:
    return paper.curies(passage.claim for passage in change.said.passages)


def _claims(change: Change, paper: Paper) -> tuple[str, ...]:
    before, after = (paper.passages(said.passages) if said else [] for said in (change.before, change.after))
    if before and after and before != after:
        return (f"{'; '.join(before)} → {'; '.join(after)}",)
    return tuple(after or before)


def citations(heading: str, changes: Sequence[Change], paper: Paper) -> list[str]:
    """Return the statements that other claims make now, each with the claims that came and went."""
    listed, more = paper.most(changes, THINGS, "statements")
    lines = []
    for change in listed:
        lines.append(f"  {paper.name(change.subject)}: {paper.name(change.predicate)} {paper.value(change.said)}")
        rows = [[f"+ {line}", spot(p.place)] for p in change.gained for line in paper.passages([p])]
        rows += [[f"- {line}", spot(p.place)] for p in change.lost for line in paper.passages([p])]
        lines += [f"    {row}" for row in tables.lined_up(rows)]
    return [heading, *lines, *more] if lines else []


# Documents and claims


def _sources(found: Difference, paper: Paper) -> list[str]:
    """Return the documents and claims that came and went, each on a line, and what changed about the others."""
    came = _came(found)
    listed, more = paper.most([_source(change, paper, found) for change in came], THINGS, "documents and claims")
    lines = [f"  {row}" for row in tables.lined_up(listed)]
    whole = {change.subject for change in came}
    others = statements("", [change for change in found.sources if change.subject not in whole], paper)[1:]
    return ["Sources", *lines, *more, *others] if lines or others else []


def _source(change: Change, paper: Paper, found: Difference) -> list[str]:
    edition = found.b if change.after else found.a
    noun = _DESCRIBED[change.said.value.value]
    told = paper.names.get(change.subject, "")
    if noun == "claim":
        told = paper.passages([edition.passage(change.subject)])[0].partition("  ")[2]
    return [f"{SIGNS[change.kind]} {noun} {paper.prefixes.compact(change.subject)}", told, _where(change)]


def _came(found: Difference) -> list[Change]:
    """Return the changes by which a subject came to be a document or a claim, or ceased to be one, documents first."""
    typed = [change for change in found.sources if change.predicate == TYPE and change.kind != "changed"]
    came = [change for change in typed if change.said.value.value in _DESCRIBED]
    return sorted(came, key=lambda change: (_DESCRIBED[change.said.value.value] != "document", change.subject))


def _tally_sources(found: Difference) -> Iterator[str]:
    came = _came(found)
    kinds = [(_DESCRIBED[change.said.value.value], change.kind) for change in came]
    yield from (
        f"{counted(kinds.count(kind), kind[0])} {kind[1]}"
        for kind in sorted({*kinds}, key=lambda kind: (kind[0] != "document", kind[1]))
    )
    if others := {change.subject for change in found.sources} - {change.subject for change in came}:
        yield f"{len(others):,} described otherwise"


# What follows


def states(changes: Sequence[NodeChange[State]], paper: Paper) -> list[str]:
    """Return the states that came, went or have other bounds, one a line."""
    listed, more = paper.most(changes, THINGS, "states")
    lines = []
    for change in listed:
        told = [state(each, paper.names, paper.prefixes) for each in (change.before, change.after) if each]
        lines += [f"  {sign} {line}" for sign, line in zip((SIGNS[change.kind], "→"), told, strict=False)]
    return ["States", *lines, *more] if lines else []


def _stateless(found: Difference) -> list[Change]:
    told = {change.iri for change in found.states}
    return [change for change in found.derived if change.subject not in told]


def entailed(found: Difference) -> list[Change]:
    """Return what follows in properties of the project's own, but for what the states tell."""
    held = {(s.subject, s.predicate, s.object) for change in found.states for s in (change.before, change.after) if s}
    own = [change for change in _stateless(found) if not change.predicate.startswith(VOCABULARIES)]
    return [change for change in own if (change.subject, change.predicate, str(change.said.value.value)) not in held]


def conflicts(changes: Sequence[NodeChange[Conflict]], paper: Paper) -> list[str]:
    """Return the conflicts that appeared, went or changed, with their kinds, their arithmetic and their claims."""
    listed, more = paper.most(changes, THINGS, "conflicts")
    lines = []
    for change in listed:
        label, kind = paper.names.get(change.iri), paper.name(change.known.kind)
        named = label if label and label.startswith(f"{kind}: ") else label and f"{label}  ({kind})"
        title = named or f"{kind} about {', '.join(map(paper.name, change.known.about))}"
        lines += [f"  {SIGNS[change.kind]} {title}", *(f"      {line}" for line in _conflict(change, paper))]
    return ["Conflicts", *lines, *more] if lines else []


def _conflict(change: NodeChange[Conflict], paper: Paper) -> Iterator[str]:
    """Go through the lines on a conflict: its arithmetic and its claims, or what changed of them."""
    before, after = change.before, change.after
    if not (before and after):
        if change.known.arithmetic:
            yield arithmetic(change.known.arithmetic, paper.name)
        yield f"{'between' if len(change.known.claims) > 1 else 'in'} {paper.curies(change.known.claims)}"
        return
    if before.arithmetic != after.arithmetic:
        yield arithmetic(before.arithmetic, paper.name) or "–"
        yield f"→ {arithmetic(after.arithmetic, paper.name) or '–'}"
    came, went = {*after.claims} - {*before.claims}, {*before.claims} - {*after.claims}
    if came:
        yield f"now with {paper.curies(sorted(came))}"
    if went:
        yield f"no longer with {paper.curies(sorted(went))}"
    if before == after:
        yield "described otherwise"


# Answers


def answers(changes: Sequence[AnswerChange], paper: Paper) -> list[str]:
    """Return the questions that are answered otherwise, by query, with the rows that came and went."""
    lines = []
    for name, group in groupby(changes, key=lambda change: change.query):
        same = list(group)
        lines.append(f"  {name}  {same[0].question}")
        listed, more = paper.most(same if paper.all else _telling(same), QUESTIONS, "questions", "    ")
        lines += [line for change in listed for line in _answer(change, paper)] + more
    return ["Answers", *lines] if lines else []


def _telling(same: Sequence[AnswerChange]) -> list[AnswerChange]:
    """Return the questions of a query but for those that ask about a part of what the first asks, and tell no more."""
    first, *others = same
    known = {("-", row) for row in first.removed} | {("+", row) for row in first.added}
    told = ((other, {("-", row) for row in other.removed} | {("+", row) for row in other.added}) for other in others)
    return [first, *(other for other, rows in told if not rows <= known or other.before.refusal or other.after.refusal)]


def _answer(change: AnswerChange, paper: Paper) -> Iterator[str]:
    if change.parameters:
        yield f"    {', '.join(f'{name}={value}' for name, value in change.parameters.items())}"
    before, after = change.before, change.after
    if before.columns and after.columns and before.columns != after.columns:
        yield f"      columns {', '.join(before.columns)} → {', '.join(after.columns)}"
    yield from _rows("-", change.removed, paper)
    yield from _rows("+", change.added, paper)
    yield from (f"      {when}: {reply.refusal}" for when, reply in _replies(change) if reply.refusal)


def _replies(change: AnswerChange) -> tuple[tuple[str, Reply], tuple[str, Reply]]:
    return ("before", change.before), ("now", change.after)


def _rows(sign: str, rows: Sequence[Sequence[str]], paper: Paper) -> Iterator[str]:
    listed, more = paper.most(rows, ROWS, "rows", "      ")
    yield from (f"      {sign} {row}" for row in tables.lined_up([[cell or "–" for cell in row] for row in listed], _CELL))
    yield from more


def _queries(found: Difference) -> list[str]:
    rows = [*(f"  + {name}" for name in found.new_queries), *(f"  - {name}" for name in found.gone_queries)]
    return ["Queries", *rows] if rows else []
