"""What a shapes graph says in vain: terms that SHACL does not have, and values that it cannot use (sections 2 to 5).

SHACL lets such a graph pass: what it does not know it ignores, so that a slip of the pen is a check that always succeeds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeGuard

import pyoxigraph as ox

from .errors import meant, nearest
from .shacl import SH, NotCompiled, ShapesGraph, Term, sh
from .terms import COMMON, KG, TYPE

_TYPE = ox.NamedNode(TYPE)
_SCOPE = KG + "scope"
_SHAPES = {"node", "property", "not", "qualifiedValueShape"}
_LISTS_OF_SHAPES = {"and", "or", "xone"}
_LISTS = {*_LISTS_OF_SHAPES, "in", "languageIn", "ignoredProperties"}
_COUNTS = {"minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount"}
_FLAGS = {"closed", "deactivated", "qualifiedValueShapesDisjoint", "uniqueLang"}
_BOUNDS = {"minExclusive", "minInclusive", "maxExclusive", "maxInclusive"}
_PROPERTIES = {"equals", "disjoint", "lessThan", "lessThanOrEquals", "targetSubjectsOf", "targetObjectsOf"}
_CLASSES = {"class", "targetClass"}
_IRIS = {*_PROPERTIES, *_CLASSES, "datatype", "nodeKind", "severity"}
_PATHS = {"inversePath", "alternativePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"}
_ONCE = {*_COUNTS, *_FLAGS, *_BOUNDS, "path", "datatype", "nodeKind", "pattern", "flags", "severity"} | (
    _LISTS - _LISTS_OF_SHAPES
)
_NAMED = {
    "NodeShape", "PropertyShape", "Shape", "SPARQLConstraint", "PrefixDeclaration", "PropertyGroup",
    "BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral",
    "Violation", "Warning", "Info",
}  # fmt: skip
"""Terms that stand as values: classes, kinds of nodes, severities."""
_KNOWN = {
    *_SHAPES, *_LISTS, *_COUNTS, *_FLAGS, *_BOUNDS, *_IRIS, *_PATHS, *_ONCE, *_NAMED,
    "targetNode", "hasValue", "message", "name", "description", "order", "group", "defaultValue",
    "sparql", "select", "prefixes", "declare", "prefix", "namespace", "shapesGraph", "suggestedShapesGraph",
}  # fmt: skip
_BEYOND = {
    "target": "targets by a query", "rule": "rules", "values": "derived values", "expression": "expressions",
    "entailment": "entailment regimes", "ask": "ASK constraints", "js": "JavaScript", "validator": "components of one's own",
    "nodeValidator": "components of one's own", "propertyValidator": "components of one's own",
    "ConstraintComponent": "components of one's own", "SPARQLTarget": "targets by a query", "Function": "functions",
    "SPARQLFunction": "functions", "SPARQLRule": "rules", "TripleRule": "rules",
}  # fmt: skip
"""Terms of SHACL, or of its advanced features, that are not checked here, and what they are for."""


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a statement of a shapes graph, what to do about it, and its terms.

    It has no object where the predicate itself is wrong.
    """

    message: str
    hint: str
    subject: Term
    predicate: ox.NamedNode
    object: Term | None
    is_error: bool = True

    def terms(self, shapes: ShapesGraph) -> dict[str, str]:
        """Return by which terms, `subject`, `predicate` and `object`, the statement is found, or else the shape it is in."""
        told = {"subject": self.subject, "predicate": self.predicate, "object": self.object}
        named = {name: term.value for name, term in told.items() if term and not isinstance(term, ox.BlankNode)}
        if "subject" in named or sum(named.items() <= one.items() for one in _statements(shapes)) == 1:
            return named
        return {"subject": _owner(shapes, self.subject)}


def _owner(shapes: ShapesGraph, node: object) -> str:
    """Return the IRI of what a node without a name is part of, or nothing if that has none."""
    for _ in shapes.told:  # what is part of itself has no owner
        if isinstance(node, ox.NamedNode):
            return node.value
        node = next((one for one, said in shapes.told.items() if any(node in values for values in said.values())), None)
    return ""


def _statements(shapes: ShapesGraph) -> Iterator[dict[str, str]]:
    for said in shapes.told.values():
        for predicate, values in said.items():
            yield from ({"predicate": predicate.value, "object": value.value} for value in values)


def flaws(shapes: ShapesGraph, declared: Collection[str]) -> Iterator[Flaw]:
    """Go through the flaws of a shapes graph, given the IRIs that an ontology declares, in no particular order."""
    for subject, said in shapes.told.items():
        for predicate, values in said.items():
            for value in values:
                yield from _of_statement(shapes, subject, predicate, value, declared)  # type: ignore[arg-type]
        yield from _of_node(shapes, subject, said)  # type: ignore[arg-type]


def _of_node(shapes: ShapesGraph, node: Term, said: Mapping[ox.NamedNode, list[Term]]) -> Iterator[Flaw]:
    """Go through what is wrong with all that is said of a node together."""
    for predicate, values in said.items():
        name = predicate.value.removeprefix(SH)
        if len(values) > 1 and name in _ONCE:
            told = " and ".join(shapes.told_of(value) for value in values)
            yield Flaw(f"sh:{name} stands once in a shape, not as {told}", "write two shapes", node, predicate, values[-1])
        if name in ("qualifiedMinCount", "qualifiedMaxCount") and sh("qualifiedValueShape") not in said:
            hint = f"write sh:{name.removeprefix('qualified').replace('M', 'm', 1)}, or say which: sh:qualifiedValueShape […]"
            yield Flaw(
                f"sh:{name} counts the values that conform to a shape, and none is given", hint, node, predicate, values[0]
            )
        if name == "flags" and sh("pattern") not in said:
            yield Flaw("sh:flags is of a sh:pattern, and none is given", "add the pattern", node, predicate, values[0])


def _of_statement(
    shapes: ShapesGraph, node: Term, predicate: ox.NamedNode, value: Term, declared: Collection[str]
) -> Iterator[Flaw]:
    for term in (predicate, value):
        if isinstance(term, ox.NamedNode) and term.value.startswith(SH) and (told := _strange(term.value.removeprefix(SH))):
            yield Flaw(*told, node, predicate, None if term is predicate else value)
            return
    if predicate.value.startswith(KG) and predicate.value != _SCOPE:
        yield Flaw(
            f"{shapes.shown(predicate)} says nothing of a shape", "the only term here is kg:scope", node, predicate, None
        )
    if not predicate.value.startswith(SH):
        return
    name = predicate.value.removeprefix(SH)
    if name == "property" and _is_shape(shapes, value) and sh("path") not in shapes.told[value]:
        hint = "say of which values: sh:path …; what is said of the thing itself stands without sh:property"
        yield Flaw("what sh:property leads to has no sh:path", hint, node, predicate, value)
    for names, fits, wanted, hint in _VALUES:
        if name in names and not fits(shapes, value):
            given = f'the text "{value.value}"' if _is_text(value) else shapes.told_of(value)
            message = f"sh:{name} takes {wanted}, and {given} is none"
            yield Flaw(message, hint, node, predicate, value)
            return
    if name in _CLASSES | _PROPERTIES | {"path"} | _PATHS:
        for iri in _named(shapes, value):
            if iri not in declared and not iri.startswith((COMMON["rdf"], COMMON["rdfs"], COMMON["owl"])):
                yield _undeclared(shapes, iri, declared, Flaw("", "", node, predicate, value))


def _undeclared(shapes: ShapesGraph, iri: str, declared: Collection[str], at: Flaw) -> Flaw:
    shown = shapes.prefixes.compact(iri)
    hint = meant(shown, map(shapes.prefixes.compact, declared), "declare it in ontology/, or take it out")
    message = f"{shown} is declared nowhere, so no fact can have it"
    return Flaw(message, hint, at.subject, at.predicate, at.object, is_error=False)


def _strange(name: str) -> tuple[str, str] | None:
    """Return what is strange about a name in SHACL's namespace, and what to do; None if it is one that is checked."""
    if name in _KNOWN:
        return None
    if name in _BEYOND:
        return (
            f"sh:{name} is for {_BEYOND[name]}, which are not checked here",
            "a constraint by a query is sh:sparql [ sh:select … ]",
        )
    known = {term.lower(): term for term in sorted(_KNOWN)}
    close = nearest(name.lower(), known)
    hint = f"did you mean sh:{known[close]}?" if close else "look it up in the Recommendation"
    return f"sh:{name} is no term of SHACL", hint


def _named(shapes: ShapesGraph, value: Term) -> Iterator[str]:
    """Go through the properties of a path, or the one class, that a value names; what is nested comes by itself."""
    if isinstance(value, ox.NamedNode):
        yield value.value
    elif isinstance(value, ox.BlankNode) and _is_list(shapes, value):
        yield from (member.value for member in shapes.members(value) if isinstance(member, ox.NamedNode))


def _is_shape(shapes: ShapesGraph, value: Term) -> bool:
    return value in shapes.told


def _is_list(shapes: ShapesGraph, value: Term) -> bool:
    try:
        shapes.members(value)
    except NotCompiled:
        return False
    return True


def _is_list_of_shapes(shapes: ShapesGraph, value: Term) -> bool:
    return _is_list(shapes, value) and all(_is_shape(shapes, member) for member in shapes.members(value))


def _is_path(shapes: ShapesGraph, value: Term) -> bool:
    try:
        return bool(shapes.path_from(value))
    except NotCompiled:
        return False


def _is_text(value: Term) -> TypeGuard[ox.Literal]:
    return isinstance(value, ox.Literal) and value.datatype.value in (COMMON["xsd"] + "string", COMMON["rdf"] + "langString")


def _is_count(_: ShapesGraph, value: Term) -> bool:
    return isinstance(value, ox.Literal) and value.value.isdigit() and value.datatype.value == COMMON["xsd"] + "integer"


def _is_flag(_: ShapesGraph, value: Term) -> bool:
    return isinstance(value, ox.Literal) and value.datatype.value == COMMON["xsd"] + "boolean"


_VALUES: list[tuple[set[str], Callable[[ShapesGraph, Term], bool], str, str]] = [
    (_SHAPES, _is_shape, "a shape", "describe the shape in these files, or write it in brackets: [ … ]"),
    (_LISTS_OF_SHAPES, _is_list_of_shapes, "a list of shapes", "write ( [ … ] [ … ] ), each of them described in these files"),
    (_LISTS, _is_list, "a list", "write it in parentheses: ( … )"),
    (_COUNTS, _is_count, "a count", "write a whole number without quotes"),
    (_FLAGS, _is_flag, "true or false", "write true or false without quotes"),
    (_IRIS, lambda _, value: isinstance(value, ox.NamedNode), "a term", "write its name, like ex:Thing, without quotes"),
    ({"path"}, _is_path, "a path", "a path is a property, ( a sequence ), or [ sh:inversePath … ] and its like"),
]
"""What the values of some parameters have to be: the first that speaks of a parameter counts."""
