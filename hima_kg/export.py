"""The graph in other formats, byte for byte the same for the same graph."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from . import turtle
from .errors import ProjectError, nearest

if TYPE_CHECKING:
    from .graph import KnowledgeGraph

_NAMES = {
    "turtle": "ttl",
    "n3": "ttl",
    "ntriples": "nt",
    "nquads": "nq",
    "json-ld": "jsonld",
    "xml": "rdf",
    "rdfxml": "rdf",
}


def export(graph: KnowledgeGraph, format: str) -> bytes:
    """Return a graph in a format; raises ProjectError with a near name for one that is not known."""
    format = _NAMES.get(format, format)
    if format not in _WRITERS:
        close = nearest(format, _WRITERS)
        hint = f"did you mean {close}?" if close else f"formats: {', '.join(_WRITERS)}"
        raise ProjectError(f"{format!r} is not a format of exports", hint=hint)
    return _WRITERS[format](graph)


def _triples(graph: KnowledgeGraph) -> list[ox.Triple]:
    text = turtle.turtle(graph.lines, graph.prefixes).encode()
    return sorted((quad.triple for quad in ox.parse(text, ox.RdfFormat.TURTLE)), key=str)


def _serialized(graph: KnowledgeGraph, format: ox.RdfFormat) -> bytes:
    triples = _triples(graph)
    text = "\n".join(map(str, triples)).encode()
    return ox.serialize(triples, format=format, prefixes=turtle.used(graph.prefixes, text)) or b""


def _json_ld(graph: KnowledgeGraph) -> bytes:
    quads = list(ox.parse(b"".join(graph.lines), ox.RdfFormat.N_QUADS))
    return ox.serialize(quads, format=ox.RdfFormat.JSON_LD, prefixes=turtle.used(graph.prefixes, b"".join(graph.lines))) or b""


def _network(graph: KnowledgeGraph, write: str) -> bytes:
    import networkx as nx

    plain = nx.MultiDiGraph()
    network = graph.network()
    for node, data in network.nodes(data=True):
        plain.add_node(node, **_flat({"label": data["label"].get("en", node), "class": data["cls"], "iri": data["iri"]}))
    for s, o, p, data in network.edges(keys=True, data=True):
        plain.add_edge(s, o, key=p, property=p, claims=" ".join(data["claims"]))
    out = io.BytesIO()
    if write == "graphml":
        nx.write_graphml(plain, out)
    else:
        nx.write_gexf(plain, out)
    return _without_date(out.getvalue())


def _flat(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}


def _without_date(text: bytes) -> bytes:
    import re

    return re.sub(rb' lastmodifieddate="[^"]*"', b"", text)


_WRITERS: dict[str, Callable[[KnowledgeGraph], bytes]] = {
    "ttl": lambda graph: graph.turtle().encode(),
    "trig": lambda graph: turtle.trig(graph.lines, graph.prefixes).encode(),
    "nt": lambda graph: _serialized(graph, ox.RdfFormat.N_TRIPLES),
    "nq": lambda graph: b"".join(graph.lines),
    "jsonld": _json_ld,
    "rdf": lambda graph: _serialized(graph, ox.RdfFormat.RDF_XML),
    "graphml": lambda graph: _network(graph, "graphml"),
    "gexf": lambda graph: _network(graph, "gexf"),
}
