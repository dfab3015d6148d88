"""What a statement given in words stands for: CURIEs, IRIs, names in any script, and literals as people type them."""

from __future__ import annotations

import re

import pyoxigraph as ox

from . import entities, sparql
from .clauses import IS_A, Triple
from .errors import ProjectError, nearest
from .grammar import BeyondError, term
from .spellings import fold
from .store import Store
from .terms import VOCABULARIES, Prefixes, local

_TERMS = """
SELECT DISTINCT ?term ?kind ?name WHERE {
  GRAPH graph:ontology { ?term a ?kind OPTIONAL { ?term rdfs:label|skos:prefLabel ?name } }
}"""
_VALUES = "SELECT DISTINCT ?o WHERE { { GRAPH ?g { ?s ?p ?o } } UNION { ?s ?p ?o } } LIMIT 1000"
_SPOKEN = "ASK { { GRAPH ?g { ?s ?p ?o } } UNION { ?s ?p ?o } }"
_RANGE = "SELECT ?class WHERE { GRAPH graph:ontology { ?p rdfs:range ?class } }"
_SAMPLE = "SELECT ?o WHERE { ?s ?p ?o } LIMIT 1"


def statement(store: Store, prefixes: Prefixes, subject: str, property: str, value: str) -> Triple:
    """Return the statement that three words stand for; raises ProjectError where one of them stands for nothing, or many."""
    verbs = _properties(store, prefixes, property)
    things = _things(store, prefixes, subject)
    pairs = [(s, p) for s in things for p in verbs]
    spoken = [pair for pair in pairs if _ask(store, *pair)] if len(pairs) > 1 else pairs
    if len({s for s, _ in spoken or pairs}) > 1:
        raise _unclear(store, prefixes, subject, sorted({s for s, _ in spoken or pairs}))
    s, p = (spoken or pairs)[0]
    return Triple(s, p, _value(store, prefixes, s, p, value))


def thing(store: Store, prefixes: Prefixes, word: str) -> str:
    """Return the IRI that a word stands for: a thing, or what the ontology calls so; raises ProjectError for anything else."""
    found = _things(store, prefixes, word)
    if len(found) > 1:
        raise _unclear(store, prefixes, word, found)
    iri = found[0][1:-1]
    if not entities.occurs(store, iri):
        raise entities.unknown(store, word, prefixes)
    return iri


def _unclear(store: Store, prefixes: Prefixes, word: str, found: list[str]) -> ProjectError:
    listed = ", ".join(f"{prefixes.compact(s[1:-1])} ({entities.kind(store, s[1:-1], prefixes)})" for s in found)
    return ProjectError(f"{word!r} is the name of {len(found)} things", hint=f"say which: {listed}")


def _things(store: Store, prefixes: Prefixes, word: str) -> list[str]:
    """Return the things that a word can stand for."""
    try:
        return [f"<{entities.resolve(store, word, prefixes)}>"]
    except ProjectError:
        exact = sorted(f"<{found.iri}>" for found in entities.find(store, word) if found.is_same)
        known = exact or _terms(store, word, ("Class", "Property", "Concept"))
        if not known:
            raise
        return known


def _properties(store: Store, prefixes: Prefixes, word: str) -> list[str]:
    """Return the properties that a word can stand for, the project's own first."""
    if word == "a":
        return [IS_A]
    if ":" in word or word.startswith("<"):
        return [f"<{prefixes.expand(word)}>"]
    found = _terms(store, word, ("Property",))
    if not found:
        raise ProjectError(f"no property is called {word!r}", hint=_like(store, prefixes, word, "Property"))
    return sorted(found, key=lambda iri: (iri[1:].startswith(VOCABULARIES), iri))


def _terms(store: Store, word: str, kinds: tuple[str, ...]) -> list[str]:
    """Return the terms of the ontology, of some kinds, that are called by a word or end in it."""
    wanted = _plain(word)
    found = set()
    for row in store.select(_TERMS):
        names = [local(row["term"].value), row["name"].value if row["name"] else ""]
        if row["kind"].value.endswith(kinds) and wanted in map(_plain, names):
            found.add(f"<{row['term'].value}>")
    return sorted(found)


def _plain(word: str) -> str:
    return re.sub(r"[\W_]+", "", fold(word))


def _like(store: Store, prefixes: Prefixes, word: str, kind: str) -> str:
    names: dict[str, str] = {}
    for row in store.select(_TERMS):
        if row["kind"].value.endswith(kind):
            names.setdefault(local(row["term"].value), row["term"].value)
            names.setdefault(row["name"].value if row["name"] else "", row["term"].value)
    close = nearest(word, names)
    return f"did you mean {prefixes.compact(names[close])}?" if close else "`hima-kg stats --json` lists the prefixes"


def _value(store: Store, prefixes: Prefixes, subject: str, property: str, word: str) -> str:
    """Return the value that a word stands for, as N-Triples writes it."""
    if word[:1] in "\"'":
        try:
            return term(word, prefixes.expand)
        except BeyondError as error:
            raise ProjectError(f"{word} is no literal", hint='write it like "…"@en or "2023-06"^^xsd:gYearMonth') from error
    bound = {"s": subject, "p": property}
    values = [row["o"] for row in store.select(sparql.bind(_VALUES, bound))]
    if literals := [str(o) for o in values if isinstance(o, ox.Literal) and fold(o.value) == fold(word)]:
        return min(literals)
    if property == IS_A and ":" not in word and (classes := _terms(store, word, ("Class",))):
        return next((cls for cls in classes if cls in map(str, values)), classes[0])
    sample = next(iter(store.select(sparql.bind(_SAMPLE, {"p": property}))), None)
    if sample is not None and isinstance(sample["o"], ox.Literal):
        return _alike(word, sample["o"])
    things = _things(store, prefixes, word)
    said = [thing for thing in things if thing in map(str, values)] if len(things) > 1 else []
    meant = said or (_fitting(store, property, things) if len(things) > 1 else things)
    if len(meant) > 1:
        raise _unclear(store, prefixes, word, meant)
    return meant[0]


def _fitting(store: Store, property: str, things: list[str]) -> list[str]:
    """Return the things that are of a class that a property leads to, or all of them if none is."""
    classes = [row["class"].value for row in store.select(sparql.bind(_RANGE, {"p": property}))]
    return [thing for thing in things if any(entities.is_of(store, thing[1:-1], cls) for cls in classes)] or things


def _alike(word: str, sample: ox.Literal) -> str:
    """Return a word as a literal of the same kind as another."""
    if sample.language:
        return str(ox.Literal(word, language=sample.language))
    return str(ox.Literal(word, datatype=sample.datatype))


def _ask(store: Store, subject: str, property: str) -> bool:
    return store.ask(sparql.bind(_SPOKEN, {"s": subject, "p": property}))
