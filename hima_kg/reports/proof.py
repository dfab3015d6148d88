"""Why: a tree of rules and premises, down to the passages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..accounts import Account, Reason
from ..clauses import Triple
from ..entities import Citation, State
from ..errors import Place, counted
from ..misses import Miss
from ..proofs import Passage, Proof, Told, literal
from ..terms import KG, RULE, Prefixes
from ..why import Why
from .entity import citation_table, object_table, state_table
from .entity import state as told

PASSAGES, CLAIMS = 4, 30
_WIDE = 200
_QUIET = {f"<{KG}{name}>" for name in ("rank", "modality", "document")}
_DEEP = "its reasons go in circles, or deeper than was looked"
_BOOKS = {f"<{KG}{name}>" for name in ("rule", "premise")}
_NEAR = {
    "discounted": "said, and not counted",
    "undone": "said of what is planned or expected, and not done",
    "held": "it holds for a time",
    "turned": "it stands the other way round",
    "between": "the two are joined otherwise",
    "values": "instead there is",
    "subjects": "of others there is",
    "domain": "is said of",
}
_LEAVES = {
    "ontology": "by the ontology", "default": "by default", "engine": "by the build", "description": "said about the source",
    "calendar": "by the calendar", "transcription": "by transcription",
}  # fmt: skip
Names = Callable[[Iterable[str]], Mapping[str, str]]


def report(found: Why | Account, names: Names, prefixes: Prefixes) -> str:
    """Return the answer as a tree of lines; `names` gives the labels of some things."""
    words = _Words(names(sorted(_iris(found, set()))), prefixes)
    lines = words.account(found) if isinstance(found, Account) else words.why(found)
    return "\n".join(lines)


@dataclass
class _Branch:
    """A line of a tree, and what hangs from it."""

    text: str
    under: list[_Branch] = field(default_factory=list)

    def lines(self, lead: str = "") -> Iterator[str]:
        """Go through the lines of what hangs from this one."""
        for number, branch in enumerate(self.under, 1):
            last = number == len(self.under)
            yield f"{lead}{'└─' if last else '├─'} {branch.text}"
            yield from branch.lines(lead + ("   " if last else "│  "))


@dataclass
class _Words:
    """A proof in words, in one language."""

    names: Mapping[str, str]
    prefixes: Prefixes
    told: set[Any] = field(default_factory=set)
    """Reasons that have been given above."""

    def why(self, found: Why) -> Iterator[str]:
        s = found.told.statement
        yield f"{self.statement(s)}   {self.curies([found.told])}"
        if not found.stands:
            yield "is not in the graph" + (": nothing comes near to it" if not found.misses else "")
            yield from _Branch("", [self.miss(miss) for miss in found.misses]).lines()
            return
        proofs = found.told.proofs
        if not proofs:
            yield "is in the graph, and " + (_DEEP if found.told.deep else "no rule gives it from what the graph says now")
            return
        yield "stands" + (f" for {len(proofs)} reasons" if len(proofs) > 1 else "")
        more = [_Branch(f"and {found.told.more:,} more")] if found.told.more else []
        held = [_Branch(_NEAR["held"], self.states(found.states))] if found.states else []
        yield from _Branch("", [*held, *(branch for proof in proofs for branch in self.proof(proof)), *more]).lines()

    def proof(self, proof: Proof) -> list[_Branch]:
        """Return the lines of a proof: of a rule, one with its premises; else one for each passage."""
        if proof.by == "rule":
            gone = [_Branch(f"nothing else says: {self.statement(triple)}") for triple in proof.absent]
            more = [_Branch(f"and {proof.more:,} more")] if proof.more else []
            return [_Branch(f"by rule {_rule(proof.rule)}: {proof.sentence}", [*self.premises(proof.premises), *gone, *more])]
        if proof.by == "claims":
            return self.passages([proof.passages])
        return [_Branch(_plainly(proof) + _at([proof.place]))]

    def premises(self, premises: Sequence[Told]) -> list[_Branch]:
        """Return the lines of premises: first what claims and rules say, then the calendar, then the ontology."""
        best = {told.statement for told in premises if not told.statement.graph}
        premises = [told for told in premises if not told.statement.graph or replace(told.statement, graph="") not in best]
        about = [told for told in premises if _kind(told) in ("description", "default", "engine") and self.telling(told)]
        days = dict.fromkeys(_plainly(told.proofs[0]) for told in premises if _kind(told) in ("calendar", "transcription"))
        terms = _by_subject(told for told in premises if _kind(told) == "ontology")
        return [
            *(
                self.premise(same)
                for same in _alike(_merged(told for told in premises if _kind(told) in ("claims", "rule", "")))
            ),
            *(_Branch(self.statement(told.statement) + _at([told.proofs[0].place])) for told in about),
            *map(_Branch, days),
            *(_Branch(f"by the ontology: {self.curies(same)}{_at(told.proofs[0].place for told in same)}") for same in terms),
        ]

    def telling(self, told: Told) -> bool:
        """Whether what is said about a claim is more than what its citation tells anyway."""
        return told.statement.predicate not in _QUIET and told.statement.object != f"<{KG}Claim>"

    def premise(self, same: Sequence[Told]) -> _Branch:
        """Return the lines of statements of one thing that stand for the same reason."""
        told, text = same[0], self.statements([told.statement for told in same])
        if told.deep or not told.proofs:
            return _Branch(f"{text}   (and so on)" if told.deep else text)
        if _kind(told) == "claims":
            return _Branch(text, self.passages([told.proofs[0].passages for told in same]))
        if (reason := _reason(told)) in self.told:
            return _Branch(f"{text}   (see above)")
        self.told.add(reason)
        return _Branch(text, [branch for proof in told.proofs for branch in self.proof(proof)])

    def passages(self, columns: Sequence[Sequence[Passage]]) -> list[_Branch]:
        """Return a line for each claim that makes some statements: a column holds its passages for one of them."""
        rows = list(zip(*columns, strict=True))
        lines = [self.citation(row[0].citation) + _at(passage.place for passage in row) for row in rows[:PASSAGES]]
        return [*map(_Branch, lines), *([_Branch(f"and {len(rows) - PASSAGES:,} more")] if len(rows) > PASSAGES else [])]

    def citation(self, claim: Citation) -> str:
        speakers = ", ".join(self.name(speaker) for speaker in claim.speakers)
        said = f" by {speakers}" if speakers else ""
        return f"{claim.document}, {claim}{said}   {self.prefixes.compact(claim.claim)}"

    def miss(self, miss: Miss) -> _Branch:
        if miss.kind == "unknown":
            close = f"; did you mean {self.curie(miss.terms[1])}?" if miss.terms[1:] else ""
            return _Branch(f"{self.curie(miss.terms[0])} does not occur in the graph{close}")
        if miss.terms:
            return _Branch(f"{_NEAR[miss.kind]} {', '.join(self.name(term[1:-1]) for term in miss.terms)} only")
        under = [_Branch(self.shortly(told)) for told in miss.told]
        under += self.passages([miss.passages]) if miss.passages else []
        under += self.states(miss.states)
        return _Branch(_NEAR[miss.kind], under + ([_Branch("and more")] if miss.more else []))

    def states(self, states: Iterable[State]) -> list[_Branch]:
        """Return a line for each state: from when to when it holds."""
        return [_Branch(told(state, self.names, self.prefixes)) for state in states]

    def shortly(self, told: Told) -> str:
        """Return a statement with what it rests on, in a line."""
        proof, text = told.proofs[0] if told.proofs else None, self.statement(told.statement)
        if proof is None or proof.by == "rule":
            return text + (f"   by rule {_rule(proof.rule)}" if proof else "")
        if proof.by != "claims":
            return text + "   " + _plainly(proof) + _at([proof.place])
        more = f"   and {len(proof.passages) - 1:,} more" if len(proof.passages) > 1 else ""
        return f"{text}   {self.citation(proof.passages[0].citation)}{_at([proof.passages[0].place])}{more}"

    def account(self, found: Account) -> Iterator[str]:
        yield "   ".join(dict.fromkeys((self.name(found.iri), self.prefixes.compact(found.iri))))
        if not found.stands:
            yield "nothing is said about it"
        if found.claim:
            yield f"a claim: {self.citation(found.claim)}"
            yield from _Branch("", [self.said(same) for same in _by_subject(found.says)]).lines()
        yield from _Branch("", [self.reason(reason) for reason in found.reasons]).lines()
        if found.passages:
            yield f"{counted(len(found.passages), 'claim')} of it" + (", and more" if found.cut else "")
            under = [_Branch(f"{self.citation(claim)}   {counted(n, 'statement')}") for claim, n in found.passages[:CLAIMS]]
            more = [_Branch(f"and {len(found.passages) - CLAIMS:,} more")] if len(found.passages) > CLAIMS else []
            yield from _Branch("", [*under, *more]).lines()
        if found.derived:
            yield "by rules"
            told = [_Branch(f"{self.statement(s)}   {self.rules(rules)}") for s, rules in found.derived]
            yield from _Branch("", [*told, *([_Branch(f"and {found.more:,} more")] if found.more else [])]).lines()

    def said(self, same: Sequence[Told]) -> _Branch:
        """Return the line of what a claim says of one thing."""
        places = [told.proofs[0].passages[0].place for told in same if told.proofs and told.proofs[0].passages]
        return _Branch(self.statements([told.statement for told in same]) + _at(places))

    def reason(self, reason: Reason) -> _Branch:
        told = [s for s in reason.statements if s.predicate not in _BOOKS] or reason.statements
        self.told.add(_reason(Told(told[0], (reason.proof,))))
        return _Branch(self.statements(told).removeprefix(self.term(told[0].subject) + "  "), self.proof(reason.proof))

    def rules(self, rules: Iterable[str]) -> str:
        return "by rule " + ", ".join(map(_rule, rules))

    def statement(self, s: Triple) -> str:
        return self.statements([s])

    def statements(self, same: Sequence[Triple]) -> str:
        """Return statements of one subject in a line."""
        values: dict[str, dict[str, None]] = {}
        for s in same:
            values.setdefault(self.term(s.predicate), {})[self.term(s.object)] = None
        said = "; ".join(f"{property}  {', '.join(objects)}" for property, objects in values.items())
        return f"{self.term(same[0].subject)}  {said}"

    def term(self, term: str) -> str:
        if term.startswith("<"):
            return self.name(term[1:-1])
        if term.startswith("?"):
            return "…"
        text = " ".join(literal(term).value.split())
        return text if len(text) <= _WIDE else text[: _WIDE - 1] + "…"

    def name(self, iri: str) -> str:
        if iri.startswith(RULE):
            return self.prefixes.compact(iri)
        return self.names.get(iri, self.prefixes.compact(iri))

    def curies(self, same: Sequence[Told]) -> str:
        """Return statements of one subject in a line, as CURIEs."""
        said = "; ".join(f"{self.curie(told.statement.predicate)} {self.curie(told.statement.object)}" for told in same)
        return f"{self.curie(same[0].statement.subject)} {said}"

    def curie(self, term: str) -> str:
        if term.startswith("<"):
            return self.prefixes.compact(term[1:-1])
        written = literal(term)
        return f'"{written.value}"' + (f"@{written.language}" if written.language else "")


def _plainly(proof: Proof) -> str:
    return f"{_LEAVES[proof.by]}: {proof.sentence}" if proof.sentence else _LEAVES[proof.by]


def _at(places: Iterable[Place | None]) -> str:
    """Return where some statements stand: a file, and the lines in it."""
    known = [place for place in places if place]
    if not known:
        return ""
    lines = sorted({place.line for place in known if place.path == known[0].path})
    return f"   {known[0].path}:{', '.join(map(str, lines))}"


def _rule(iri: str) -> str:
    return iri.rpartition("/")[2]


def _kind(told: Told) -> str:
    return told.proofs[0].by if told.proofs else ""


def _by_subject(told: Iterable[Told]) -> Iterator[list[Told]]:
    same: dict[str, list[Told]] = {}
    for one in told:
        same.setdefault(one.statement.subject, []).append(one)
    yield from same.values()


def _merged(told: Iterable[Told]) -> Iterable[Told]:
    """Return statements, those that several claims make, each in its own graph, once with the passages of all."""
    same: dict[Triple, Told] = {}
    for one in told:
        plain = replace(one.statement, graph="")
        first = same.setdefault(plain, replace(one, statement=plain))
        if _kind(one) == _kind(first) == "claims":
            passages = dict.fromkeys((*first.proofs[0].passages, *one.proofs[0].passages))
            same[plain] = replace(first, proofs=(replace(first.proofs[0], passages=tuple(passages)),))
    return same.values()


def _alike(told: Iterable[Told]) -> Iterator[list[Told]]:
    """Go through statements: those of one subject that stand for the same reason together."""
    same: dict[Any, list[Told]] = {}
    for one in told:
        same.setdefault((one.statement.subject, _reason(one)), []).append(one)
    yield from same.values()


def _reason(told: Told) -> Any:
    """Return what a statement stands for first: the same claims, or the same rule and premises."""
    if not told.proofs:
        return told.statement
    proof = told.proofs[0]
    claims = tuple(passage.citation.claim for passage in proof.passages)
    return proof.by, claims, proof.rule, tuple(premise.statement for premise in proof.premises), proof.absent


_IRI = re.compile(r"<[^<>\s]*>|(?:\w+://|urn:)[^<>\"{}|^`\\\s]*")


def _iris(part: Any, seen: set[int]) -> set[str]:
    """Return the IRIs that stand anywhere in an answer."""
    if isinstance(part, str):
        return {part.strip("<>")} if _IRI.fullmatch(part) else set()
    if id(part) in seen or part is None or isinstance(part, (int, Place)):
        return set()
    seen.add(id(part))
    parts = part if isinstance(part, (tuple, list)) else vars(part).values()
    return set().union(*(_iris(one, seen) for one in parts))


def table(found: Why | Account, prefixes: Prefixes) -> dict[str, Any]:
    """Return the answer as nested dicts, for JSON."""
    tables = _Tables(prefixes)
    return tables.account(found) if isinstance(found, Account) else tables.why(found)


@dataclass
class _Tables:
    """A proof in nested dicts: of a statement that has been told above, the reasons are not told again."""

    prefixes: Prefixes
    above: set[Triple] = field(default_factory=set)

    def why(self, found: Why) -> dict[str, Any]:
        near = [self.miss(miss) for miss in found.misses]
        states = [state_table(state, self.prefixes) for state in found.states]
        return {"stands": found.stands, **self.told(found.told), "states": states, "near": near}

    def told(self, told: Told) -> dict[str, Any]:
        found: dict[str, Any] = self.statement(told.statement)
        if told.statement in self.above and _kind(told) == "rule":
            return {**found, "above": True}
        self.above.add(told.statement)
        if told.more:
            found["more"] = told.more
        return {**found, "proofs": [self.proof(proof) for proof in told.proofs]}

    def proof(self, proof: Proof) -> dict[str, Any]:
        found: dict[str, Any] = {"by": proof.by}
        if proof.by == "claims":
            found["claims"] = [self.passage(passage) for passage in proof.passages]
        if proof.place:
            found["place"] = str(proof.place)
        if proof.rule:
            found |= {"rule": self.prefixes.compact(proof.rule), "premises": [self.told(told) for told in proof.premises]}
            found |= {"absent": [self.statement(triple) for triple in proof.absent], "more": proof.more}
        return found | ({"sentence": proof.sentence} if proof.sentence else {})

    def passage(self, passage: Passage) -> dict[str, Any]:
        place = {"place": str(passage.place)} if passage.place else {}
        return {**citation_table(passage.citation, self.prefixes), **place}

    def miss(self, miss: Miss) -> dict[str, Any]:
        return {
            "kind": miss.kind,
            "statements": [self.told(told) for told in miss.told],
            "claims": [self.passage(passage) for passage in miss.passages],
            "states": [state_table(state, self.prefixes) for state in miss.states],
            "classes": [self.term(term) for term in miss.terms],
            "more": miss.more,
        }

    def account(self, found: Account) -> dict[str, Any]:
        return {
            "id": self.prefixes.compact(found.iri),
            "iri": found.iri,
            "claim": found.claim and citation_table(found.claim, self.prefixes),
            "says": [self.statement(told.statement) for told in found.says],
            "reasons": [
                {"statements": [self.statement(s) for s in reason.statements], **self.proof(reason.proof)}
                for reason in found.reasons
            ],
            "passages": [{**citation_table(claim, self.prefixes), "statements": n} for claim, n in found.passages],
            "derived": [
                {**self.statement(s), "rules": [self.prefixes.compact(rule) for rule in rules]} for s, rules in found.derived
            ],
            "more": found.more,
        }

    def statement(self, s: Triple) -> dict[str, Any]:
        thing = {"object": self.term(s.object), "datatype": None, "language": None}
        said = thing if s.object.startswith(("?", "<")) else object_table(literal(s.object), self.prefixes)
        return {"subject": self.term(s.subject), "property": self.term(s.predicate), **said}

    def term(self, term: str) -> str | None:
        return None if term.startswith("?") else self.prefixes.compact(term[1:-1])
