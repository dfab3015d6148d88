"""Deterministic Turtle and TriG: the same graph gives the same bytes, and a changed fact changes few lines.

Works on sorted lines of N-Quads, which is the canonical form since no graph has blank nodes; every term is turned into
Turtle once and remembered.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from io import BytesIO

from .errors import TooFarError
from .nquads import CLOSE, IRI, parts
from .terms import CLAIMS, COMMON, DERIVED, ONTOLOGY, Prefixes

_TYPE = f"<{COMMON['rdf']}type>".encode()
_FIRST = {
    _TYPE: b"0",
    f"<{COMMON['skos']}prefLabel>".encode(): b"1",
    f"<{COMMON['rdfs']}label>".encode(): b"1",
    f"<{COMMON['skos']}altLabel>".encode(): b"2",
}
_BARE = {
    f"^^<{COMMON['xsd']}integer>".encode(): re.compile(rb"[+-]?[0-9]+"),
    f"^^<{COMMON['xsd']}decimal>".encode(): re.compile(rb"[+-]?[0-9]*\.[0-9]+"),
    f"^^<{COMMON['xsd']}boolean>".encode(): re.compile(rb"true|false"),
}
_CLAIMS = f"<{CLAIMS}>".encode()
_DERIVED_FROM = f"<{COMMON['prov']}wasDerivedFrom>".encode()
_LEFT_OUT = tuple(f" <{graph}> .\n".encode() for graph in (DERIVED, ONTOLOGY))
"""Endings of lines that are left out: the best graph has the same triples already."""

_LISTED = b" ,\n        "

_Said = defaultdict[bytes, list[bytes]]
"""Predicates and their objects, each once and in order, as N-Quads write them."""


def turtle(lines: Iterable[bytes], prefixes: Prefixes) -> str:
    """Return the best graph in Turtle, with the claims, and from every subject a prov:wasDerivedFrom to its claims."""
    return encoded(lines, prefixes).decode()


def encoded(lines: Iterable[bytes], prefixes: Prefixes) -> bytes:
    """Return the same in UTF-8, which takes less memory than a text where only some of it is in scripts other than Latin."""
    terms = _Terms(prefixes)
    body = _body(lines, terms)
    return _head(terms) + body


def patched(text: bytes, changed: Mapping[bytes, tuple[list[bytes], list[bytes]]], prefixes: Prefixes) -> bytes:
    """Return what `turtle` would give of a graph in which some subjects have other lines than the text was made of.

    For each subject there are its lines as they were and as they are. Raises TooFarError where the text is of another graph.
    """
    before, after = _Terms(prefixes), _Terms(prefixes)
    pieces, end = [], _heading(text)
    for subject in sorted(changed):
        old, new = (_body(lines, terms) for lines, terms in zip(changed[subject], (before, after), strict=True))
        start = _place(text, subject, prefixes)
        if not text.startswith(old, start):
            raise TooFarError(f"{subject.decode()} stands otherwise in the Turtle file")
        pieces += [text[end:start], new]
        end = start + len(old)
    body = b"".join([*pieces, text[end:]])
    after.used |= {prefix for prefix in _declared(text) if prefix not in before.used or _is_used(prefix, body)}
    return _head(after) + body


def _body(lines: Iterable[bytes], terms: _Terms) -> bytes:
    """Return what lines say of their subjects, a block for each."""
    body = BytesIO()
    subject, said, cited, again = b"", _Said(list), set[bytes](), b"-"
    kept = [line for line in lines if not line.endswith(_LEFT_OUT) or line.count(b" ") == 3]  # a triple of that object stays
    kept.sort()
    for line in kept:
        if line.startswith(again):  # what the best graph has comes next in the graphs of claims
            if (graph := line[len(again) - 1 : -3]) != _CLAIMS:
                cited.add(graph)
            continue
        s, p, o, graph = parts(line)
        again = b"-" if graph else line[:-2] + b"<"
        if s != subject:
            body.write(_block(subject, said, cited, terms))
            subject, said, cited = s, _Said(list), set()
        if graph and graph != _CLAIMS:
            cited.add(graph)
        elif not (objects := said[p]) or objects[-1] != o:  # the same in another graph comes next
            objects.append(o)
    body.write(_block(subject, said, cited, terms))
    return body.getvalue()


def _place(text: bytes, subject: bytes, prefixes: Prefixes) -> int:
    """Return where the block of a subject begins, or would: blocks are in the order of their subjects' IRIs."""
    low, high = _heading(text), len(text)
    while low < high:
        start = max(text.rfind(b"\n\n", 0, (low + high) // 2 + 1) + 1, low)
        end = text.find(b"\n\n", start + 1)
        end = len(text) if end < 0 else end + 1
        name = text[start:end].split(None, 1)[0].decode()
        if f"<{prefixes.expand(name)}>".encode() < subject:
            low = end
        else:
            high = start
    return low


def _heading(text: bytes) -> int:
    """Return how long the head of a text is."""
    return 0 if text.startswith(b"\n") else text.find(b"\n\n") + 1 or len(text)


def _declared(text: bytes) -> list[str]:
    return [line.split(b" ", 2)[1].decode()[:-1] for line in text[: _heading(text)].splitlines()]


def _is_used(prefix: str, body: bytes) -> bool:
    """Whether a prefix stands before a name, and not only in texts."""
    sign = re.compile(rb"(?:^|[\s^])" + re.escape(prefix.encode()) + rb":", re.MULTILINE)
    for found in sign.finditer(body):
        start, end = body.rfind(b"\n", 0, found.start() + 1) + 1, body.find(b"\n", found.end())
        if sign.search(_TEXT.sub(b'""', body[start:end])):
            return True
    return False


_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"')


def _block(subject: bytes, said: _Said, cited: set[bytes], terms: _Terms) -> bytes:
    """Return what is said of a subject, with the claims that say so; nothing if nothing is."""
    if cited:
        said[_DERIVED_FROM] = sorted({*said.get(_DERIVED_FROM, ()), *cited})
    return b"\n%b\n" % _subject(subject, said, terms) if said else b""


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
            texts = [b"%b {\n%b\n}" % (terms[graph], _indent(b"\n\n".join(texts)))]
        blocks += texts
    return (_head(terms) + b"".join(b"\n%b\n" % text for text in blocks)).decode()


def _head(terms: _Terms) -> bytes:
    return "".join(f"@prefix {p}: <{terms.prefixes[p]}> .\n" for p in sorted(terms.used)).encode()


def _subject(subject: bytes, said: _Said, terms: _Terms) -> bytes:
    parts = [
        verb + (terms[found[0]] if len(found := said[p]) == 1 else _LISTED.join([terms[o] for o in found]))
        for p, verb in terms.order[tuple(said)]
    ]
    lead = b" " if len(parts) == 1 and b"\n" not in parts[0] else b"\n    "
    return terms[subject] + lead + b" ;\n    ".join(parts) + b" ."


def _indent(text: bytes) -> bytes:
    return b"\n".join(b"    " + line if line else line for line in text.split(b"\n"))


class _Terms(dict[bytes, bytes]):
    """Terms of N-Triples → terms of Turtle, each but texts worked out once; keeps the prefixes that were used."""

    def __init__(self, prefixes: Prefixes) -> None:
        super().__init__()
        self.prefixes = prefixes
        self.used: set[str] = set()
        self.order = _Order(self)

    def __missing__(self, term: bytes) -> bytes:
        if term[-1] != CLOSE:
            return term  # texts are the same in Turtle; few are said twice, so they are not kept
        self[term] = written = self._iri(term) if term[0] == IRI else self._typed(term)
        return written

    def _iri(self, term: bytes) -> bytes:
        curie = self.prefixes.compact(term[1:-1].decode())
        if curie[0] != "<":
            self.used.add(curie[: curie.index(":")])
        return curie.encode()

    def _typed(self, term: bytes) -> bytes:
        closing = term.rindex(b'"')
        body, suffix = term[1:closing], term[closing + 1 :]
        if suffix in _BARE and _BARE[suffix].fullmatch(body):
            return body
        return term[: closing + 3] + self[suffix[2:]]


class _Order(dict[tuple[bytes, ...], list[tuple[bytes, bytes]]]):
    """Predicates of a subject → the same in order, the type first, then names, then all others; each as it is written."""

    def __init__(self, terms: _Terms) -> None:
        super().__init__()
        self._terms = terms

    def __missing__(self, predicates: tuple[bytes, ...]) -> list[tuple[bytes, bytes]]:
        ordered = sorted(predicates, key=lambda p: _FIRST.get(p, b"3") + p)
        self[predicates] = said = [(p, b"a " if p == _TYPE else self._terms[p] + b" ") for p in ordered]
        return said
