"""What a project's queries and rules name in vain: terms that nothing has, classes and parameters that are misspelt.

A query that names what is not there gives nothing, and a rule never finds what it looks for; neither says so by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from .absence import absent_terms, named
from .agenda import Rule
from .entities import occurs
from .errors import KgError, Place, Problem, QueryError, meant
from .queries import PARAMETER, NamedQuery, Parameter
from .sparql import tokens
from .store import Store
from .terms import RULE, Prefixes
from .vocabulary import terms, undeclared


def of_query(store: Store, query: NamedQuery, prefixes: Prefixes) -> Iterator[Problem]:
    """Go through the terms of a query that nothing has, and what is wrong with its parameters."""
    for token, sentence in absent_terms(store, query.text, prefixes):
        spot = Place.of(query.shown, query.text, token.start, token.end)
        yield Problem(spot, "warning", "unknown-term", sentence)
    variables = {token.text[1:] for token in tokens(query.text) if token.kind == "variable"}
    for parameter in query.parameters:
        if variables.isdisjoint((parameter.name, parameter.name + "End")):
            message = f"no variable of the query is called ?{parameter.name}"
            yield Problem(_spot(query, parameter, "name"), "error", "parameter", message, "is one misspelt?")
        if parameter.default is not None and (wrong := _unfit(query, parameter)):
            yield Problem(_spot(query, parameter, "default"), "error", "parameter", wrong.message, wrong.hint)
        if parameter.of_class and not _is_there(store, parameter.of_class, prefixes):
            message = f"{parameter.of_class} does not occur in the graph, so nothing can be given for {parameter.name}"
            hint = meant(parameter.of_class, map(prefixes.compact, terms(store)), "declare it in ontology/, or leave it out")
            yield Problem(_spot(query, parameter, "of_class"), "warning", "unknown-term", message, hint)


def of_rule(store: Store, rule: Rule, prefixes: Prefixes) -> Iterator[Problem]:
    """Go through the terms of a rule that neither the ontology declares nor a claim describes, or that nothing has at all."""
    found = named(rule.text, prefixes)
    unknown = undeclared(store, found)
    known = [prefixes.compact(term) for term in terms(store)]
    for iri, token in found.items():
        spot = Place.of(rule.shown, rule.text, token.start, token.end)
        if iri.startswith(RULE) and not store.ask(f"ASK {{ GRAPH graph:ontology {{ <{iri}> a kg:Rule }} }}"):
            message, hint = f"there is no rule {prefixes.compact(iri)}", f"this file's own is rule:{rule.name}"
            yield Problem(spot, "error", "unknown-term", message, hint)
        elif iri in unknown or not occurs(store, iri):
            hint = meant(prefixes.compact(iri), known, "declare it in ontology/, or take it out")
            message = f"{prefixes.compact(iri)} is in neither the ontology nor the facts"
            yield Problem(spot, "warning", "unknown-term", message, hint)


def _spot(query: NamedQuery, parameter: Parameter, part: str) -> Place:
    """Return the place of a part of the comment that declares a parameter: its name, its class or its default."""
    start = 0
    for line in query.text.splitlines(keepends=True):
        said = PARAMETER.search(line.rstrip()) if line.startswith("#") else None
        if said and said["name"] == parameter.name:
            return Place.of(query.shown, query.text, start + said.start(part), start + said.end(part))
        start += len(line)
    return Place(query.shown)


def _is_there(store: Store, name: str, prefixes: Prefixes) -> bool:
    try:
        return occurs(store, prefixes.expand(name))
    except KgError:  # nobody declares its prefix
        return False


def _unfit(query: NamedQuery, parameter: Parameter) -> QueryError | None:
    """Return why a parameter's default is not of its type; of a name, only the question itself can tell."""
    if parameter.type == "iri":
        return None
    try:
        query._replace(parameters=(parameter,)).bindings({}, lambda name, of_class: name)
    except QueryError as error:
        return error
    return None
