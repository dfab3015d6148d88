"""Why an answer is empty: the term that does not occur, or the first pattern that matches nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import sparql
from .entities import occurs, terms
from .errors import KgError, nearest
from .store import Store
from .terms import GRAPH, XSD, Prefixes


def explain(store: Store, text: str, prefixes: Prefixes) -> list[str]:
    """Return, in sentences, why a query whose parameters are bound gives nothing; an empty list where it cannot be told."""
    if absent := absent_terms(store, text, prefixes):
        return [sentence for _, sentence in absent]
    pattern = _first_without_match(store, text, prefixes)
    return [f"nothing matches: {pattern}"] if pattern else []


def absent_terms(store: Store, text: str, prefixes: Prefixes) -> list[tuple[sparql.Token, str]]:
    """Return the terms that a query names and the store does not have: where each stands, and a sentence about it."""
    absent = {iri: token for iri, token in named(text, prefixes).items() if not occurs(store, iri)}
    if not absent:
        return []
    known = terms(store, prefixes)
    return [(token, _absent(prefixes.compact(iri), known)) for iri, token in absent.items()]


def _absent(name: str, known: dict[str, str]) -> str:
    close = nearest(name, known)
    return f"{name} does not occur in the graph" + (f"; did you mean {close}?" if close else "")


def named(text: str, prefixes: Prefixes) -> dict[str, sparql.Token]:
    """Return the terms that a query names, by IRI, each with the token that names it first.

    Datatypes and the graphs that every store has are none. Nor is what has a prefix that nobody declares.
    """
    known = sparql.names(text, prefixes)
    found: dict[str, sparql.Token] = {}
    declaring = False
    for token in sparql.tokens(text):
        if token.kind == "word" and token.upper in ("PREFIX", "BASE"):
            declaring = True
        elif declaring and token.kind == "iri":
            declaring = False
        elif token.kind in ("iri", "name") and not declaring and not token.text.startswith("_:"):
            try:
                found.setdefault(known.expand(token.text), token)
            except KgError:
                continue  # what else is wrong with it, the engine says
    builtin = (XSD, GRAPH)
    return {iri: token for iri, token in found.items() if not iri.startswith(builtin)}


def _first_without_match(store: Store, text: str, prefixes: Prefixes) -> str | None:
    for graph, triples in _patterns(text, prefixes):
        so_far: list[str] = []
        for triple in triples:
            so_far.append(triple)
            joined = " . ".join(so_far)
            group = f"GRAPH {graph} {{ {joined} }}" if graph else joined
            if not store.ask(f"ASK {{ {group} }}"):
                shown = _shorten(triple, prefixes)
                if not graph and len(so_far) == 1 and store.ask(f"ASK {{ GRAPH ?aGraph {{ {triple} }} }}"):
                    return f"{shown}  (it stands only in claims that do not count, or about claims: GRAPH ?claim {{ … }})"
                if tagged := _tagged(store, triple, graph):
                    return f"{shown}  (it stands as {tagged})"
                return f"{shown}  (joined with what stands before it)" if len(so_far) > 1 else shown
    return None


def _tagged(store: Store, triple: str, graph: str | None) -> str:
    """Return the literal that a store has for a plain text in a pattern: with a language, or of another type."""
    *ahead, last = [token for token in sparql.tokens(triple) if token.kind != "space"]
    if last.kind != "string":
        return ""
    pattern = " ".join([*(token.text for token in ahead), "?aValue"])
    group = f"GRAPH {graph} {{ {pattern} }}" if graph else pattern
    row = next(iter(store.select(f"SELECT ?aValue WHERE {{ {group} FILTER(STR(?aValue) = {last.text}) }} LIMIT 1")), None)
    return str(row["aValue"]) if row else ""


def _shorten(triple: str, prefixes: Prefixes) -> str:
    return "".join(prefixes.compact(t.text[1:-1]) if t.kind == "iri" else t.text for t in sparql.tokens(triple))


def _patterns(text: str, prefixes: Prefixes) -> Iterator[tuple[str | None, list[str]]]:
    """Go through the required basic graph patterns of a query, with the graph that each is asked in, by rdflib's algebra."""
    from rdflib.plugins.sparql import prepareQuery  # only an empty answer pays for it

    try:
        query: Any = prepareQuery(text, initNs=dict(prefixes))
    except Exception:  # rdflib raises its parser's own errors; no explanation is better than a wrong one
        return
    yield from _walk(query.algebra, None)


def _walk(node: Any, graph: str | None) -> Iterator[tuple[str | None, list[str]]]:
    name = getattr(node, "name", "")
    if name == "BGP":
        if node.triples:
            yield graph, [" ".join(term.n3() for term in triple) for triple in node.triples]
        return
    if name in ("Union", "Minus", "LeftJoin"):
        if name != "Union":
            yield from _walk(node.p1, graph)
        return
    if name == "Graph":
        yield from _walk(node.p, node.term.n3())
        return
    for part in ("p", "p1", "p2"):
        if part in node:
            yield from _walk(node[part], graph)
