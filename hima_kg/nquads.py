"""Lines of N-Quads, a quad each: how facts are weighed, stored, sorted, sealed and compared.

They are canonical, since nothing in our stores is without a name. Terms in lines are bytes, which take a fraction of the
time that terms take as objects.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

IRI, CLOSE, QUOTE = b'<>"'
"""The signs with which an IRI begins and ends, and a literal begins."""


def serialized(quads: Iterable[ox.Quad]) -> bytes:
    """Return quads as lines, in the order in which they come."""
    return ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""


def within(graph: str, triples: bytes) -> bytes:
    """Return lines without a graph as lines of one: a line break within a text is escaped, so that every line ends alike."""
    return triples.replace(b" .\n", f" <{graph}> .\n".encode())


def parts(line: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    r"""Return a line's subject, predicate, object and graph, which is empty for the default graph.

    >>> parts(b'<urn:a> <urn:p> "b <c>"@en <urn:g> .\n')
    (b'<urn:a>', b'<urn:p>', b'"b <c>"@en', b'<urn:g>')
    """
    s, p, o, end = line.split(b" ", 3)
    if end == b".\n":  # most lines of the default graph: no object goes on like that
        return s, p, o, b""
    if o[0] != QUOTE:
        return s, p, o, end[:-3]
    o = line[len(s) + len(p) + 2 : -3]  # a text with spaces, or with a graph after it
    cut = o.find(b" ", o.rindex(b'"'))
    return (s, p, o, b"") if cut < 0 else (s, p, o[:cut], o[cut + 1 :])
