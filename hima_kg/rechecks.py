"""Whether a change can have made anything wrong in a graph in which nothing was: a look at what changed, and at no more.

It says only whether something may be wrong; what exactly is for the checks of a whole build to say.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from . import looks
from .checks import Checker
from .edits import Quads
from .errors import TooFarError
from .nquads import serialized
from .project import Project
from .reader import weighed
from .shapes import Check
from .sparql import Token, tokens
from .store import Store
from .terms import CLAIMS, DERIVED, KG, ONTOLOGY, TYPE

_TYPE, _CLAIM = ox.NamedNode(TYPE), ox.NamedNode(KG + "Claim")
_CLAIMS, _ONTOLOGY = ox.NamedNode(CLAIMS), ox.NamedNode(ONTOLOGY)
_OWN = {_CLAIMS, _ONTOLOGY, ox.NamedNode(DERIVED), ox.DefaultGraph()}
_ANY_CLASS = "*"
_LISTS = {"SELECT": {"{", "WHERE"}, "BY": {"}", ")", "HAVING"}}
"""Words after which variables stand side by side, and what ends that."""


def refuse(store: Store, project: Project, shapes: Iterable[Check], stated: Quads, changed: Quads) -> None:
    """Raise TooFarError if anything may be wrong in a store after a change, of which some facts are new in the files."""
    seen = weighed(serialized(stated))
    seen.prefixes = store.prefixes
    part = Checker(neighbourhood(store, changed), project, seen)
    if any(True for look in (part.literals, part.terms, part.claims) for _ in look()) or part.nameless:
        raise TooFarError("something is wrong, or doubtful")
    for found in looks.findings(store, [check for check in shapes if _concerns(check, changed)], 1):
        if found.number or found.error:
            raise TooFarError(f"{found.check.shape} finds something")


def neighbourhood(store: Store, changed: Quads) -> Store:
    """Return what is known around a change: all of its subjects and its claims, what those speak of is, and the ontology."""
    subjects = {quad.subject for quad in changed}
    quads = {quad for subject in subjects for quad in store.matching(subject)}
    typed = {quad.subject for quad in quads if quad.predicate == _TYPE}
    quads |= {quad for subject in subjects - typed for quad in store.matching(object=subject)}
    for claim in subjects | _claims(changed):
        quads |= {*store.matching(graph=claim)}
    spoken_of = {quad.object for quad in quads if quad.graph_name not in _OWN and isinstance(quad.object, ox.NamedNode)}
    quads |= {quad for thing in spoken_of for quad in store.matching(thing, _TYPE)}
    quads |= {quad for claim in _claims(quads) | _claims(changed) for quad in store.matching(claim, graph=_CLAIMS)}
    return store.part([*quads, *store.matching(graph=_ONTOLOGY)])


def _claims(quads: Quads) -> set[ox.NamedNode]:
    graphs = (quad.graph_name for quad in quads if quad.graph_name not in _OWN)
    return {graph for graph in graphs if isinstance(graph, ox.NamedNode)}


def _concerns(check: Check, changed: Quads) -> bool:
    """Whether a shape looks at anything that changed."""
    named = names(check.query)
    if named is None or check.component == "sparql" or set(check.path) & {"*", "?"}:  # those lead from each node to itself
        return True
    if {str(quad.predicate) for quad in changed if quad.predicate != _TYPE} & named:
        return True
    classes = {str(quad.object) for quad in changed if quad.predicate == _TYPE}
    if classes and _ANY_CLASS in named:
        return True
    if "?claim" in named:
        classes -= {str(_CLAIM)}  # a claim by itself says nothing: what it says has changed with it
    return str(_TYPE) in named and bool(classes & named)


def names(query: str) -> set[str] | None:
    """Return the names and variables in a query in which all properties have names; None if a property may be any.

    Among them is a star where a class may be any: where rdf:type is a step of a path, or leads to a variable of the shape's.

    >>> sorted(names("SELECT ?a ?b { ?a <urn:p> ?b }")), names("ASK { ?a ?p ?b }")
    (['<urn:p>', '?a', '?b'], None)
    """
    found, closing, before = set[str](), set[str](), ""
    seen = [token for token in tokens(query) if token.kind != "space"]
    if any(map(_is_open, seen, seen[1:], seen[2:])):
        found.add(_ANY_CLASS)
    for token in seen:
        if token.upper in _LISTS:
            closing = _LISTS[token.upper]
        elif token.upper in closing:
            closing = set()
        if token.kind == "variable" and before == "variable" and not closing:
            return None
        if token.kind in ("iri", "variable"):
            found.add(token.text)
        elif token.text == "a":
            found.add(str(_TYPE))
        before = token.kind
    return found


def _is_open(before: Token, token: Token, after: Token) -> bool:
    """Whether a token is rdf:type where it leads to any class: the variables that shapes are compiled with are narrowed."""
    if token.text not in ("a", str(_TYPE)) or token.kind == "variable":
        return False
    return (
        before.text in _STEPS
        or after.kind not in ("iri", "variable")
        or (after.kind == "variable" and not after.text.startswith("?kg_class"))
    )


_STEPS = {"/", "|", "^", "("}
