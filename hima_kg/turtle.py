"""Deterministic Turtle and TriG: the same graph gives the same bytes, and a changed fact changes few lines.

Works on sorted lines of N-Quads, which is the canonical form since no graph has blank nodes; every term is turned into
Turtle once and remembered.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from .terms import CLAIMS, COMMON, DERIVED, ONTOLOGY, Prefixes

_TYPE = f"<{COMMON['rdf']}type>".encode()
_FIRST = {
    _TYPE: b"0",
    f"<{COMMON['skos']}prefLabel>".encode(): b"1",
    f"<{COMMON['rdfs']}label>".encode(): b"1",
    f"<{COMMON['skos']}altLabel>".encode(): b"2",
}
_BARE = {
    f"^^<{COMMON['xsd']}integer>": re.compile(r"[+-]?[0-9]+"),
    f"^^<{COMMON['xsd']}decimal>": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"^^<{COMMON['xsd']}boolean>": re.compile(r"true|false"),
}
_CLAIMS = f"<{CLAIMS}>".encode()
_DERIVED_FROM = f"<{COMMON['prov']}wasDerivedFrom>".encode()
_LEFT_OUT = tuple(f" <{graph}> .\n".encode() for graph in (DERIVED, ONTOLOGY))
"""How lines end that the best graph has no use for, since it has them as its own."""

_IRI = ord("<")
_LISTED = " ,\n        "

_Said = defaultdict[bytes, list[bytes]]
"""Predicates and their objects, each once and in order, as N-Quads write them."""


def turtle(lines: Iterable[bytes], prefixes: Prefixes) -> str:
    """Return the best graph in Turtle, with the claims, and from every subject a prov:wasDerivedFrom to its claims."""
    terms = _Terms(prefixes)
    blocks: list[str] = []
    subject, said, cited = b"", _Said(list), set[bytes]()
    kept = [line for line in lines if not line.endswith(_LEFT_OUT)]
    kept.sort()
    for line in kept:
        s, p, o, graph = parts(line)
        if s != subject:
            blocks.append(_subject(subject, _with_claims(said, cited), terms))
            subject, said, cited = s, _Said(list), set()
        if graph and graph != _CLAIMS:
            cited.add(graph)
        elif not (objects := said[p]) or objects[-1] != o:  # the same in another graph comes next
            objects.append(o)
    blocks.append(_subject(subject, _with_claims(said, cited), terms))
    return _head(terms) + "".join([f"\n{text}\n" for text in blocks if text])


def _with_claims(said: _Said, cited: set[bytes]) -> _Said:
    if cited:
        said[_DERIVED_FROM] = sorted({*said.get(_DERIVED_FROM, ()), *cited})
    return said


def trig(lines: Iterable[bytes], prefixes: Prefixes) -> str:
    """Return everything in TriG: the best graph first, then every named graph in order."""
    graphs: dict[bytes, dict[bytes, _Said]] = {b"": {}}
    for line in sorted(lines):
        s, p, o, graph = parts(line)
        graphs.setdefault(graph, {}).setdefault(s, _Said(list))[p].append(o)
    terms = _Terms(prefixes)
    blocks = []
    for graph, subjects in sorted(graphs.items()):
        texts = [_subject(s, said, terms) for s, said in subjects.items()]
        if graph:
            inside = "\n\n".join(texts)
            texts = [f"{terms[graph]} {{\n{_indent(inside)}\n}}"]
        blocks += texts
    return _head(terms) + "".join(f"\n{text}\n" for text in blocks)


def parts(line: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Return a line's subject, predicate, object and graph, which is empty for the default graph."""
    s, p, o, end = line.split(b" ", 3)
    if end == b".\n":  # most lines of the default graph: no object goes on like that
        return s, p, o, b""
    if o[0] == _IRI:
        return s, p, o, end[:-3]
    o = line[len(s) + len(p) + 2 : -3]  # a text with spaces, or with a graph after it
    cut = o.find(b" <", o.rindex(b'"'))
    return (s, p, o, b"") if cut < 0 else (s, p, o[:cut], o[cut + 1 :])


def _head(terms: _Terms) -> str:
    return "".join(f"@prefix {p}: <{terms.prefixes[p]}> .\n" for p in sorted(terms.used))


def _subject(subject: bytes, said: _Said, terms: _Terms) -> str:
    if not said:
        return ""
    parts = [
        verb + (terms[found[0]] if len(found := said[p]) == 1 else _LISTED.join([terms[o] for o in found]))
        for p, verb in terms.order[tuple(said)]
    ]
    lead = " " if len(parts) == 1 and "\n" not in parts[0] else "\n    "
    return terms[subject] + lead + " ;\n    ".join(parts) + " ."


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in text.split("\n"))


class _Terms(dict[bytes, str]):
    """Terms of N-Triples → terms of Turtle, each worked out once; keeps the prefixes that were used."""

    def __init__(self, prefixes: Prefixes) -> None:
        super().__init__()
        self.prefixes = prefixes
        self.used: set[str] = set()
        self.order = _Order(self)

    def __missing__(self, term: bytes) -> str:
        written = term.decode()
        if term.startswith(b"<"):
            written = self._iri(written)
        elif term.endswith(b">"):
            written = self._typed(written)
        self[term] = written
        return written

    def _iri(self, term: str) -> str:
        curie = self.prefixes.compact(term[1:-1])
        if curie[0] != "<":
            self.used.add(curie[: curie.index(":")])
        return curie

    def _typed(self, term: str) -> str:
        closing = term.rindex('"')
        body, suffix = term[1:closing], term[closing + 1 :]
        if suffix in _BARE and _BARE[suffix].fullmatch(body):
            return body
        return f"{term[: closing + 1]}^^{self[suffix[2:].encode()]}"


class _Order(dict[tuple[bytes, ...], list[tuple[bytes, str]]]):
    """Predicates of a subject → the same in order, the type first, then names, then all others; each as it is written."""

    def __init__(self, terms: _Terms) -> None:
        super().__init__()
        self._terms = terms

    def __missing__(self, predicates: tuple[bytes, ...]) -> list[tuple[bytes, str]]:
        ordered = sorted(predicates, key=lambda p: _FIRST.get(p, b"3") + p)
        self[predicates] = said = [(p, "a " if p == _TYPE else f"{self._terms[p]} ") for p in ordered]
        return said
