"""Deterministic Turtle and TriG: the same graph gives the same bytes, and a changed fact changes few lines.

Works on sorted lines of N-Quads, which is the canonical form since no graph has blank nodes; every term is turned into
Turtle once and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from .terms import CLAIMS, COMMON, DERIVED, ONTOLOGY, Prefixes

_LINE = re.compile(r'(<[^>]*>) (<[^>]*>) (<[^>]*>|"(?:[^"\\]|\\.)*"(?:@[A-Za-z0-9-]+|\^\^<[^>]*>)?)(?: (<[^>]*>))? \.\n?')
_TYPE = f"<{COMMON['rdf']}type>"
_FIRST = {
    _TYPE: "0",
    f"<{COMMON['skos']}prefLabel>": "1",
    f"<{COMMON['rdfs']}label>": "1",
    f"<{COMMON['skos']}altLabel>": "2",
}
_BARE = {
    f"^^<{COMMON['xsd']}integer>": re.compile(r"[+-]?[0-9]+"),
    f"^^<{COMMON['xsd']}decimal>": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"^^<{COMMON['xsd']}boolean>": re.compile(r"true|false"),
}
_DERIVED_FROM = f"<{COMMON['prov']}wasDerivedFrom>"

Row = tuple[str, str, str]


def turtle(lines: Iterable[bytes], prefixes: Prefixes) -> str:
    """Return the best graph in Turtle, with the claims, and from every subject a prov:wasDerivedFrom to its claims."""
    best: set[Row] = set()
    for s, p, o, graph in _rows(lines):
        if graph is None or graph == f"<{CLAIMS}>":
            best.add((s, p, o))
        elif graph not in (f"<{DERIVED}>", f"<{ONTOLOGY}>"):
            best.add((s, _DERIVED_FROM, graph))
    return _document([(None, best)], prefixes)


def trig(lines: Iterable[bytes], prefixes: Prefixes) -> str:
    """Return everything in TriG: the best graph first, then every named graph in order."""
    graphs: dict[str | None, list[Row]] = {None: []}
    for s, p, o, graph in _rows(lines):
        graphs.setdefault(graph, []).append((s, p, o))
    return _document(sorted(graphs.items(), key=lambda item: item[0] or ""), prefixes)


def _rows(lines: Iterable[bytes]) -> Iterator[tuple[str, str, str, str | None]]:
    for line in lines:
        found = _LINE.fullmatch(line.decode())
        assert found, "the engine writes N-Quads"
        yield found[1], found[2], found[3], found[4]


def _document(graphs: Iterable[tuple[str | None, Iterable[Row]]], prefixes: Prefixes) -> str:
    terms = _Terms(prefixes)
    blocks = [_graph(name, rows, terms) for name, rows in graphs]
    head = "".join(f"@prefix {p}: <{prefixes[p]}> .\n" for p in sorted(terms.used))
    return head + "".join(blocks)


def _graph(name: str | None, rows: Iterable[Row], terms: _Terms) -> str:
    ordered = sorted(rows, key=lambda row: (row[0], _FIRST.get(row[1], "3"), row[1], row[2]))
    subjects = [_subject(terms[s], list(same), terms) for s, same in groupby(ordered, key=lambda row: row[0])]
    if name is None:
        return "".join(f"\n{text}\n" for text in subjects)
    inside = "\n\n".join(subjects)
    return f"\n{terms[name]} {{\n{_indent(inside)}\n}}\n"


def _subject(subject: str, rows: list[Row], terms: _Terms) -> str:
    parts = []
    for p, same in groupby(rows, key=lambda row: row[1]):
        objects = [terms[row[2]] for row in same]
        parts.append(("a " if p == _TYPE else terms[p] + " ") + " ,\n        ".join(objects))
    lead = " " if len(parts) == 1 and "\n" not in parts[0] else "\n    "
    return subject + lead + " ;\n    ".join(parts) + " ."


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in text.split("\n"))


class _Terms(dict[str, str]):
    """Terms of N-Triples → terms of Turtle, each worked out once; keeps the prefixes that were used."""

    def __init__(self, prefixes: Prefixes) -> None:
        super().__init__()
        self._prefixes = prefixes
        self.used: set[str] = set()

    def __missing__(self, term: str) -> str:
        self[term] = written = self._iri(term) if term.startswith("<") else self._literal(term)
        return written

    def _iri(self, term: str) -> str:
        curie = self._prefixes.compact(term[1:-1])
        if not curie.startswith("<"):
            self.used.add(curie.partition(":")[0])
        return curie

    def _literal(self, term: str) -> str:
        closing = term.rindex('"')
        body, suffix = term[1:closing], term[closing + 1 :]
        if suffix in _BARE and _BARE[suffix].fullmatch(body):
            return body
        return term[: closing + 1] + ("^^" + self[suffix[2:]] if suffix.startswith("^^") else suffix)
