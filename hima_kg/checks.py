"""What is wrong, or doubtful, in a derived store: every finding with its place in the files and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import pyoxigraph as ox

from . import looks, places
from .dates import DATATYPES, datatype
from .errors import Place, Problem, ProjectError, Severity, SlowError, meant, nearest
from .literals import arithmetic, changed, ill_typed
from .looks import Finding
from .places import Source
from .project import Project
from .reader import shapes_graph
from .shacl import ShapesGraph
from .shapes import Check, Compiled, compile_shapes
from .store import Store
from .terms import COMMON, TYPE, Prefixes, local
from .vocabulary import half_told, slips, undrawable
from .weighing import Scan
from .wellformed import flaws

_TYPE = ox.NamedNode(TYPE)
MOST = 50
"""How many findings of one check are listed; the rest is counted."""

_SAID = """
SELECT DISTINCT ?term WHERE {
  VALUES ?term { TERMS }
  { GRAPH ?g { ?s ?term ?o } } UNION { GRAPH ?g { ?s a ?term } }
  FILTER(?g = graph:claims || EXISTS { GRAPH graph:claims { ?g a kg:Claim } })
} ORDER BY ?term"""
_NAMELESS = """
SELECT DISTINCT ?thing WHERE {
  GRAPH graph:claims { ?claim a kg:Claim }
  GRAPH ?claim { ?s ?p ?thing }
  FILTER(isIRI(?thing) && ?p != rdf:type)
  FILTER NOT EXISTS { GRAPH ?any { ?thing a ?type } }
} ORDER BY ?thing"""
_UNCITED = """
SELECT ?thing WHERE {
  { SELECT DISTINCT ?thing WHERE { GRAPH graph:claims { ?thing ?p ?o } } }
  MINUS { VALUES ?kind { kg:Claim kg:Document kg:Conflict } GRAPH graph:claims { ?thing a ?kind } }
  MINUS { GRAPH graph:derived { ?thing a kg:Conflict } }
} ORDER BY ?thing"""
_UNDESCRIBED = """
SELECT DISTINCT ?claim WHERE {
  GRAPH ?claim {}
  FILTER(?claim NOT IN (graph:claims, graph:ontology, graph:derived))
  FILTER NOT EXISTS { GRAPH graph:claims { ?claim a kg:Claim } }
} ORDER BY ?claim"""
_EMPTY = """
SELECT ?claim WHERE {
  GRAPH graph:claims { ?claim a kg:Claim }
  FILTER NOT EXISTS { GRAPH ?claim { ?s ?p ?o } }
} ORDER BY ?claim"""
_UNDATED = f"""
SELECT DISTINCT ?property ?date WHERE {{
  VALUES ?property {{ kg:date kg:asOf }}
  GRAPH ?said {{ ?dated ?property ?date }}
  FILTER(COALESCE(DATATYPE(?date) NOT IN ({", ".join(f"<{name}>" for name in sorted(DATATYPES))}), true))
  FILTER(?said = graph:claims || EXISTS {{ GRAPH graph:claims {{ ?said a kg:Claim }} }})
}} ORDER BY ?date ?property"""
_CONFLICTS = """
SELECT ?conflict (MIN(?kinds) AS ?kind) WHERE {
  GRAPH graph:derived { ?conflict a kg:Conflict ; kg:kind ?kinds }
  FILTER NOT EXISTS { GRAPH graph:ontology { ?kinds skos:broader kg:Gap } }
} GROUP BY ?conflict"""
_SETTLED = """
SELECT DISTINCT ?conflict WHERE {
  GRAPH graph:claims { ?lost kg:rank kg:Deprecated }
  GRAPH graph:derived { ?conflict kg:between ?lost }
  FILTER NOT EXISTS { GRAPH graph:derived { ?conflict kg:unsettled true } }
}"""
_SPOKEN_OF = """
SELECT ?conflict (MIN(?value) AS ?first) WHERE {
  GRAPH graph:derived { ?conflict a kg:Conflict ; PROPERTY ?value }
} GROUP BY ?conflict"""
_SENTENCE = """
SELECT (COALESCE(MIN(?told), "two claims do not fit together") AS ?sentence) WHERE {{
  <{}> kg:rule ?rule . GRAPH graph:ontology {{ ?rule rdfs:label ?told }}
}}"""
_SPEAKING = """
SELECT DISTINCT ?far ?thing ?claim WHERE {{
  {{ GRAPH graph:derived {{ <{0}> kg:between ?claim ; kg:about ?thing }} BIND(0 AS ?far) }}
  UNION {{ GRAPH graph:derived {{ <{0}> kg:between ?claim ; kg:premise ?thing }} BIND(1 AS ?far) }}
  FILTER EXISTS {{ GRAPH ?claim {{ ?thing ?property ?value }} }}
}}"""
_DECLARED = "SELECT DISTINCT ?term WHERE { GRAPH graph:ontology { ?term a ?kind } }"
_SUBCLASSES = "SELECT DISTINCT ?sub ?super WHERE { GRAPH graph:ontology { ?sub rdfs:subClassOf+ ?super } }"
_HAS = """
SELECT DISTINCT ?value WHERE {{
  {{ <{0}> <{1}> ?value }} UNION {{ GRAPH graph:claims {{ <{0}> <{1}> ?value }} }}
}} ORDER BY ?value LIMIT 5"""
_NAMESPACES = "SELECT DISTINCT ?space WHERE { GRAPH ?g { ?s a ?t } BIND(REPLACE(STR(?s), '[^/#]*$', '') AS ?space) }"


def _called(shape: str) -> str:
    """Return what messages call a shape: the label of one without a name is another each time."""
    return "a shape without a name" if shape.startswith("_:") else shape


def doubts(store: Store) -> dict[str, Doubt]:
    """Return the conflicts that rules found and a build tells of, by IRI: those in a store, which may be part of another.

    A part has all that is said of a conflict, and the ranks of its claims.
    """
    settled = {s["conflict"].value for s in store.select(_SETTLED)}
    arithmetic, first, about = (
        {s["conflict"].value: s["first"].value for s in store.select(_SPOKEN_OF.replace("PROPERTY", name))}
        for name in ("kg:arithmetic", "kg:between", "kg:about")
    )
    kinds = {s["conflict"].value: local(s["kind"].value) for s in store.select(_CONFLICTS)}
    open_ones = kinds.keys() & first.keys() & (about.keys() - settled)
    return {iri: Doubt(kinds[iri], arithmetic.get(iri), first[iri], about[iri]) for iri in open_ones}


def subclasses(store: Store) -> dict[str, set[str]]:
    """Return the classes below each class, by IRI."""
    below: dict[str, set[str]] = {}
    for s in store.select(_SUBCLASSES):
        below.setdefault(s["super"].value, set()).add(s["sub"].value)
    return below


class Doubt(NamedTuple):
    """A conflict that a build tells of: its kind, its arithmetic if any, the first of its claims, and what it is about."""

    kind: str
    arithmetic: str | None
    first: str
    about: str


@dataclass
class Checker:
    """One look at a store: each method goes through the findings of one kind."""

    store: Store
    project: Project
    seen: Scan

    placed: dict[str, Place] = field(default_factory=dict)
    """Where the conflicts that are listed stand, by IRI: those that were known before, and those that were looked for."""

    @cached_property
    def doubts(self) -> dict[str, Doubt]:
        """The conflicts that there are to tell of, by IRI."""
        return doubts(self.store)

    def findings(self) -> Iterator[Problem]:
        """Go through everything that is found."""
        yield from self.literals()
        yield from self.terms()
        yield from self.claims()
        yield from self.shapes()
        yield from undrawable(self.store, self.project)
        yield from self.conflicts()

    def literals(self) -> Iterator[Problem]:
        """Go through the literals that are not of their datatype, whatever the parser let pass."""
        reasons = {literal: ill_typed(literal.value, literal.datatype.value) for literal in self.seen.literals}
        for literal, reason in sorted(((literal, reason) for literal, reason in reasons.items() if reason), key=str):
            shown = f'"{literal.value}"^^{self.prefixes.compact(literal.datatype.value)}'
            hint = self._suggest_datatype(literal)
            yield Problem(self._place_of(literal), "error", "ill-typed", f"{shown} is ill-typed: {reason}", hint)

        for literal, kept in changed(literal for literal, reason in reasons.items() if not reason):
            shown = f'"{literal.value}"^^{self.prefixes.compact(literal.datatype.value)}'
            message = f"{shown} would be kept as {kept.value}"
            hint = f"write {self._in_turtle(kept)}; where the form itself matters, say it in a text"
            yield Problem(self._place_of(literal), "error", "not-canonical", message, hint)

        for s in self.store.select(_UNDATED):
            message = f'"{s["date"].value}" is no date that can be understood'
            hint = 'dates look like "2023-06"^^xsd:gYearMonth or "2023-06-07"^^xsd:date'
            yield self._problem("ill-typed", message, hint, predicate=s["property"].value, object=s["date"].value)

    def terms(self) -> Iterator[Problem]:
        """Go through the properties and classes that the ontology does not declare, and the things that nothing describes."""
        for found in self._undeclared():
            term, shown = found.value, str(found) if isinstance(found, ox.Literal) else self.prefixes.compact(found.value)
            message = f"{shown} is not in the ontology"
            yield self._problem("unknown-term", message, self._suggest(term), "error", **self._written(term))
        unknown = [thing for thing in self.nameless if thing[: max(thing.rfind("/"), thing.rfind("#")) + 1] in self._spaces]
        for thing in unknown[:MOST]:
            message = f"{self.prefixes.compact(thing)} is named, and no claim says what it is"
            yield self._problem("unknown-thing", message, self._suggest_thing(thing), object=thing)
        if (more := len(unknown) - MOST) > 0:
            yield Problem(Place("facts"), "error", "unknown-thing", f"{more} more are named, and no claim says what they are")
        for slip in slips(self.store, self.seen):
            where = self._place(subject=slip.subject, predicate=slip.predicate, object=slip.value.value)
            yield Problem(where, "error", "wrong-kind", slip.message(self.prefixes), slip.hint)

    def claims(self) -> Iterator[Problem]:
        """Go through the facts without a citation and the citations without a fact."""
        for s in self.store.select(_UNCITED):
            thing = s["thing"].value
            message = f"a fact about {self.prefixes.compact(thing)} cites no passage"
            is_plain = self._place(graph="", subject=thing).path.endswith((".ttl", ".nt", ".rdf"))
            hint = f"{'call the file .trig, and ' * is_plain}put it into the graph of a claim: name:claim {{ … }}"
            if thing.startswith(COMMON["conflict"]):
                message = f"no rule finds {self.prefixes.compact(thing)}, of which something is said"
                hint = "take it out, or say what it is: a kg:Conflict between claims"
            yield self._problem("uncited", message, hint, graph="", subject=thing)
        for spot in sorted(self.seen.misplaced):
            graph, claim, said = (term[1:-1].decode() for term in spot)
            message = (
                f"{self.prefixes.compact(said)} of {self.prefixes.compact(claim)} stands in a claim, where it weighs nothing"
            )
            hint = "write it outside the braces, where the claim is described"
            yield self._problem("misplaced", message, hint, graph=graph, subject=claim, predicate=said)
        for graph in sorted(name[1:-1].decode() for name in self.seen.reserved):
            message = f"{self.prefixes.compact(graph)} is a graph of the engine's own, and what stands in it cites nothing"
            yield self._problem("uncited", message, "put it into the graph of a claim: name:claim { … }", graph=graph)
        for s in self.store.select(_UNDESCRIBED):
            yield self._problem(
                "no-passage",
                f"the claim {self.prefixes.compact(s['claim'].value)} names no document and no passage",
                'describe it outside its graph: … a kg:Claim ; kg:document … ; kg:locator "…" .',
                graph=s["claim"].value,
            )
        for s in self.store.select(_EMPTY):
            message = f"the claim {self.prefixes.compact(s['claim'].value)} says nothing"
            yield self._problem("empty-claim", message, "write its graph, or take it out", "warning", subject=s["claim"].value)

    def shapes(self) -> Iterator[Problem]:
        """Go through what the shapes find: per claim, about claims, and on the whole."""
        compiled = self.compiled
        yield from self.malformed()
        for finding in looks.findings(self.store, compiled.checks, MOST):
            yield from self._violations(finding)
        yield from self.vacuous()
        for shape, reason in sorted(compiled.refused.items()):
            yield Problem(self._shape_place(shape), "error", "not-checked", f"{_called(shape)} cannot be checked: {reason}")
        if compiled.left:
            yield from self._by_pyshacl(compiled.left)

    def malformed(self) -> Iterator[Problem]:
        """Go through what the shapes say in vain, which SHACL itself would let pass."""
        shapes = ShapesGraph(self._told_of_shapes, self.prefixes)
        for flaw in flaws(shapes, {*self._declared.values()}):
            place = places.find(self._shapes[1:], **flaw.terms(shapes)) or Place("ontology")  # the first is the engine's own
            yield Problem(place, "error" if flaw.is_error else "warning", "malformed-shape", flaw.message, flaw.hint)

    def vacuous(self) -> Iterator[Problem]:
        """Go through the project's shapes that nothing is a focus node of."""
        for shape, focus in self.compiled.focus.items():
            place = self._shape_place(shape)
            is_own = not place.path.startswith("hima_kg/")
            if is_own and not (looks.are_told(self.store, focus.signs) and self.store.ask(focus.question)):
                message = f"{_called(shape)} found nothing to check"
                yield Problem(place, "warning", "vacuous-shape", message, "is its target's name right?")

    def conflicts(self) -> Iterator[Problem]:
        """Go through the conflicts that rules found, as warnings: the sources are in doubt, not the graph.

        What the facts themselves say is missing or open is no doubt, nor is what the curator has decided by a rank.
        """
        yield from half_told(self.store, self.project)
        counts: dict[str, int] = {}
        for iri, one in sorted(self.doubts.items()):
            words = "".join(f" {c.lower()}" if c.isupper() else c for c in one.kind).strip()
            counts[words] = counts.get(words, 0) + 1
            if counts[words] <= MOST:
                said = arithmetic(one.arithmetic or self._sentence(iri), self.prefixes.compact)
                message = f"{words} about {self.prefixes.compact(one.about)}: {said}"
                if iri not in self.placed:
                    self.placed[iri] = self._place(**self._spoken(iri, one))
                yield Problem(self.placed[iri], "warning", "conflict", message)
        for words, count in counts.items():
            if count > MOST:
                yield Problem(Place("facts"), "warning", "conflict", f"{count - MOST} more of the kind {words}")

    def _spoken(self, conflict: str, one: Doubt) -> dict[str, str]:
        """Return a thing that a conflict is about, or rests on, and the first claim that speaks of it, or just a claim."""
        found = self.store.select(_SPEAKING.format(conflict))
        rows = [(row["far"].value, row["thing"].value, row["claim"].value) for row in found]
        _, thing, claim = min(rows, key=lambda row: (row[1] != one.about, row), default=("", "", one.first))
        return {"graph": claim} | ({"subject": thing} if thing else {})

    def _sentence(self, conflict: str) -> str:
        """Return what the rule that found a conflict says of it in general."""
        (row,) = self.store.select(_SENTENCE.format(conflict))
        return str(row["sentence"].value)

    # Where and how

    @cached_property
    def prefixes(self) -> Prefixes:
        """The prefixes of the files."""
        return Prefixes(self.seen.prefixes)

    @cached_property
    def compiled(self) -> Compiled:
        """The engine's shapes and the project's."""
        return compile_shapes(self._told_of_shapes, subclasses(self.store), self.prefixes)

    @cached_property
    def _told_of_shapes(self) -> ox.Store:
        return shapes_graph(self.project.shapes)

    @cached_property
    def _facts(self) -> list[Source]:
        return places.sources(self.project, self.project.facts)

    @cached_property
    def _vocabulary(self) -> list[Source]:
        return places.sources(self.project, self.project.vocabulary)

    @cached_property
    def _shapes(self) -> list[Source]:
        return places.sources(self.project, self.project.shapes)

    @cached_property
    def _declared(self) -> dict[str, str]:
        return {self.prefixes.compact(s["term"].value): s["term"].value for s in self.store.select(_DECLARED)}

    @cached_property
    def nameless(self) -> list[str]:
        """The things, by IRI, that claims speak of and nothing describes."""
        if self.seen.undescribed is None:
            return [s["thing"].value for s in self.store.select(_NAMELESS)]
        things = (ox.NamedNode(term[1:-1].decode()) for term in self.seen.undescribed)
        return sorted(thing.value for thing in things if not any(self.store.matching(thing, _TYPE)))

    @cached_property
    def _spaces(self) -> set[str]:
        """The namespaces in which things are described."""
        return {s["space"].value for s in self.store.select(_NAMESPACES)}

    def _undeclared(self) -> list[ox.NamedNode | ox.Literal]:
        """Return the properties and classes of what claims say, and of what is said about claims, that are not declared."""
        strange = {term.decode() for term in self.seen.terms} - {f"<{iri}>" for iri in self._declared.values()}
        asked = _SAID.replace("TERMS", " ".join(sorted(term for term in strange if not term.startswith("_:"))))
        return [s["term"] for s in self.store.select(asked)]

    @cached_property
    def _described(self) -> list[str]:
        typed = self.store.select("SELECT DISTINCT ?s WHERE { GRAPH ?g { ?s a ?t } FILTER(?g != graph:ontology) }")
        return [self.prefixes.compact(s["s"].value) for s in typed]

    def _problem(self, code: str, message: str, hint: str = "", severity: Severity = "error", **where: str) -> Problem:
        return Problem(self._place(**where), severity, code, message, hint)

    def _place(self, **where: str) -> Place:
        return places.find([*self._facts, *self._vocabulary], **where) or Place("facts")

    def _place_of(self, literal: ox.Literal) -> Place:
        files = [*self._facts, *self._vocabulary]
        return places.literal(files, literal.value, literal.datatype.value) or self._place(object=literal.value)

    def _written(self, term: str) -> dict[str, str]:
        return {"predicate": term} if places.find(self._facts, predicate=term) else {"object": term}

    def _suggest(self, term: str) -> str:
        close = nearest(self.prefixes.compact(term), self._declared)
        if not close:
            return "declare it in ontology/, or take it out"
        place = places.find(self._vocabulary, subject=self._declared[close])
        return f"did you mean {close}?" + (f" ({place.path}:{place.line})" if place else "")

    def _suggest_thing(self, thing: str) -> str:
        return meant(self.prefixes.compact(thing), self._described, "give it a type and a name in the claim that speaks of it")

    def _values(self, subject: str, predicate: str) -> Iterator[str]:
        """Go through the values that a thing has in too great a number, each with its place."""
        for row in self.store.select(_HAS.format(subject, predicate)):
            value = row["value"]
            spot = self._place(subject=subject, predicate=predicate, object=value.value)
            shown = self.prefixes.compact(value.value) if isinstance(value, ox.NamedNode) else repr(value.value)
            yield shown + (f" ({spot.path}:{spot.line})" if spot.line else "")

    def _meant(self, value: object) -> str | None:
        """Return the name of a thing or a term that looks like that of one of which nothing is said."""
        if not isinstance(value, ox.NamedNode) or any(self.store.matching(value)):
            return None
        return nearest(self.prefixes.compact(value.value), [*self._declared, *self._described])

    def _suggest_datatype(self, literal: ox.Literal) -> str:
        fitting = datatype(literal.value) if literal.datatype.value in DATATYPES else None
        return f'write "{literal.value}"^^{self.prefixes.compact(fitting)}' if fitting else ""

    def _in_turtle(self, literal: ox.Literal) -> str:
        """Return a literal as a file of facts may have it."""
        kind = self.prefixes.compact(literal.datatype.value)
        is_bare = kind in ("xsd:integer", "xsd:boolean") or (kind == "xsd:decimal" and "." in literal.value)
        return literal.value if is_bare else f'"{literal.value}"^^{kind}'

    def _shape_place(self, shape: str) -> Place:
        named = None if shape.startswith("_:") else places.find(self._shapes, subject=self.prefixes.expand(shape))
        return named or Place("ontology")

    def _violations(self, found: Finding) -> Iterator[Problem]:
        check = found.check
        if found.error:
            why = f"its sh:{check.component} does not parse: {found.error.message}"
            message = f"{_called(check.shape)} cannot be checked: {why}"
            yield Problem(self._shape_place(check.shape), "error", "not-checked", message)
        for row in found.rows:
            yield self._violation(check, dict(zip(found.names, row, strict=True)))
        if more := found.number - len(found.rows):
            message = f"{_called(check.shape)}: {more} more like these: {check.message}"
            yield Problem(Place("facts"), _severity(check), "shape", message)

    def _violation(self, check: Check, row: dict[str, object]) -> Problem:
        def text(name: str) -> str | None:
            return getattr(row.get(name), "value", None)

        focus, value = text("this") or "", text("value")
        predicate = check.path[1:-1] if check.path.startswith("<") and check.path.endswith(">") else None
        shown = self.prefixes.compact(focus)
        message = check.message
        for name in row:
            message = message.replace(f"{{?{name}}}", text(name) or "").replace(f"{{${name}}}", text(name) or "")
        where = {"graph": text("claim"), "subject": focus, "predicate": predicate, "object": value}
        if check.component == "minCount" and predicate and not self.store.ask(f"ASK {{ <{focus}> <{predicate}> ?value }}"):
            where["predicate"] = TYPE  # what is missing is missed where the thing is introduced
        known = {name: term for name, term in where.items() if term}
        of, stands = f" of {self.prefixes.compact(predicate)}" if predicate else "", self._shape_place(check.shape)
        hint = f"by {_called(check.shape)}{of}" + (f" ({stands.path}:{stands.line})" if stands.line else "")
        if close := self._meant(row.get("value")):
            hint += f"; did you mean {close}?"
        if check.component == "maxCount" and predicate and "claim" not in row:
            hint += f"; it has {' and '.join(self._values(focus, predicate))}"
        return self._problem("shape", f"{shown}: {message}", hint, _severity(check), **known)

    def _by_pyshacl(self, left: dict[str, str]) -> Iterator[Problem]:
        from importlib.util import find_spec  # an optional part, slow, and only for shapes that are not compiled

        from ._pyshacl import violations

        if not find_spec("pyshacl"):
            for shape, reason in sorted(left.items()):
                yield Problem(
                    self._shape_place(shape),
                    "error",
                    "not-checked",
                    f"{shape} needs pySHACL: {reason}",
                    "pip install 'hima-kg[shacl]'",
                )
            return
        for shape, reason in sorted(left.items()):
            yield Problem(
                Place("ontology"),
                "warning",
                "slow-shape",
                f"{shape} is checked by pySHACL, on the whole graph: {reason}",
            )
        names = [self.prefixes.expand(shape) for shape in sorted(left) if not shape.startswith("_:")]
        try:
            found = violations(self.store.lines(), self.project.shapes, names)
        except (SlowError, ProjectError) as refusal:
            for shape in sorted(left):
                yield Problem(self._shape_place(shape), "error", "not-checked", f"{shape} cannot be checked: {refusal.message}")
            return
        for focus, message, severity in found:
            yield self._problem("shape", f"{self.prefixes.compact(focus)}: {message}", "by pySHACL", severity, subject=focus)


def _severity(check: Check) -> Severity:
    return "error" if check.severity == "Violation" else "warning"
