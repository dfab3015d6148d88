"""The graph in other formats, byte for byte the same for the same graph."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from . import turtle
from .errors import ProjectError, nearest
from .terms import Prefixes

if TYPE_CHECKING:
    import networkx as nx

FORMATS = ("ttl", "trig", "nt", "nq", "jsonld", "rdf", "graphml", "gexf")
_ALSO = {"turtle": "ttl", "ntriples": "nt", "nquads": "nq", "json-ld": "jsonld", "xml": "rdf", "rdfxml": "rdf"}


def export(format: str, lines: Sequence[bytes], prefixes: Prefixes, network: Callable[[], nx.MultiDiGraph]) -> bytes:
    """Return a graph, given as sorted N-Quads and, for the formats of networks, as a function that makes one.

    Raises ProjectError with a near name for a format that is not known.
    """
    format = _ALSO.get(format, format)
    if format not in FORMATS:
        close = nearest(format, FORMATS)
        hint = f"did you mean {close}?" if close else f"formats: {', '.join(FORMATS)}"
        raise ProjectError(f"{format!r} is not a format of exports", hint=hint)
    if format in ("graphml", "gexf"):
        return _network(network(), format)
    return _QUADS[format](lines, prefixes)


def _triples(lines: Sequence[bytes], prefixes: Prefixes, format: ox.RdfFormat) -> bytes:
    best = turtle.turtle(lines, prefixes)
    triples = sorted((quad.triple for quad in ox.parse(best, ox.RdfFormat.TURTLE)), key=str)
    return ox.serialize(triples, format=format, prefixes=_used(prefixes, best)) or b""


def _json_ld(lines: Sequence[bytes], prefixes: Prefixes) -> bytes:
    data = b"".join(lines)
    quads = list(ox.parse(data, ox.RdfFormat.N_QUADS))
    return ox.serialize(quads, format=ox.RdfFormat.JSON_LD, prefixes=_used(prefixes, data.decode())) or b""


def _used(prefixes: Prefixes, text: str) -> dict[str, str]:
    return {prefix: namespace for prefix, namespace in prefixes.items() if f"<{namespace}" in text}


_QUADS: dict[str, Callable[[Sequence[bytes], Prefixes], bytes]] = {
    "ttl": lambda lines, prefixes: turtle.turtle(lines, prefixes).encode(),
    "trig": lambda lines, prefixes: turtle.trig(lines, prefixes).encode(),
    "nt": lambda lines, prefixes: _triples(lines, prefixes, ox.RdfFormat.N_TRIPLES),
    "nq": lambda lines, prefixes: b"".join(lines),
    "jsonld": _json_ld,
    "rdf": lambda lines, prefixes: _triples(lines, prefixes, ox.RdfFormat.RDF_XML),
}


def _network(network: nx.MultiDiGraph, format: str) -> bytes:
    import networkx as nx  # heavy, and only for two formats

    plain = nx.MultiDiGraph()
    for node, data in network.nodes(data=True):
        plain.add_node(node, label=_english(data["label"], node), cls=data["cls"], iri=data["iri"])
    for s, o, p, data in network.edges(keys=True, data=True):
        plain.add_edge(s, o, key=p, property=p, claims=" ".join(data["claims"]))
    out = io.BytesIO()
    (nx.write_graphml if format == "graphml" else nx.write_gexf)(plain, out)
    return re.sub(rb' lastmodifieddate="[^"]*"', b"", out.getvalue())


def _english(names: dict[str, Any], otherwise: str) -> str:
    return str(names.get("en", otherwise))
