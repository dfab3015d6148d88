"""The graph in other formats, byte for byte the same for the same graph."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from . import turtle
from .characters import for_xml, rdf_xml
from .errors import ProjectError, meant
from .nquads import parts
from .states import LEVELS, Day, standing, statements
from .store import Store
from .terms import CLAIMS, DERIVED, KG, ONTOLOGY, Prefixes

if TYPE_CHECKING:
    import networkx as nx

_BEST = (b"", f"<{DERIVED}>".encode())
_ALSO = {"turtle": "ttl", "ntriples": "nt", "nquads": "nq", "json-ld": "jsonld", "xml": "rdf", "rdfxml": "rdf"}


def export(
    format: str, lines: Callable[[], Sequence[bytes]], prefixes: Prefixes, network: Callable[[], nx.MultiDiGraph]
) -> bytes:
    """Return a graph in a format: made of its sorted N-Quads, or of its network. Only what the format needs is called for.

    Raises ProjectError with a near name for a format that is not known, or where XML cannot hold the graph.
    """
    format = _ALSO.get(format, format)
    if format not in FORMATS:
        hint = meant(format, FORMATS, f"formats: {', '.join(FORMATS)}")
        raise ProjectError(f"{format!r} is not a format of exports", hint=hint)
    data = _network(network(), _NETWORKS[format]) if format in _NETWORKS else _QUADS[format](lines(), prefixes)
    return data if data.endswith(b"\n") else data + b"\n"


def as_of(store: Store, lines: Iterable[bytes], day: Day) -> list[bytes]:
    """Return a store's quads, given as sorted N-Quads, as of a day.

    Of the statements that hold for a time the certain ones stay; states that may hold stay, with their kg:certainty.
    """
    held, levels = standing(store, day), statements(store, day)
    everywhere = (" .\n", f" <{DERIVED}> .\n")
    gone = {f"{s} <{p}> {o}{end}".encode() for (s, p, o), level in levels.items() if level != LEVELS[0] for end in everywhere}
    states = {f"<{row['state'].value}>".encode() for row in store.select("SELECT ?state WHERE { ?state a kg:State }")}
    past = states - {f"<{state}>".encode() for state in held}
    kept = [line for line in lines if line not in gone and not (line.partition(b" ")[0] in past and parts(line)[3] in _BEST)]
    told = (f"<{state}> <{KG}certainty> <{KG}{level.capitalize()}>" for state, level in held.items())
    return sorted(kept + [f"{statement}{end}".encode() for statement in told for end in everywhere])


def _triples(lines: Sequence[bytes], prefixes: Prefixes, write: Callable[[list[ox.Triple], dict[str, str]], bytes]) -> bytes:
    best = turtle.turtle(lines, prefixes)
    return write(sorted((quad.triple for quad in ox.parse(best, ox.RdfFormat.TURTLE)), key=str), prefixes.used(best))


def _n_triples(triples: list[ox.Triple], prefixes: dict[str, str]) -> bytes:
    del prefixes  # IRIs are whole
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _json_ld(lines: Sequence[bytes], prefixes: Prefixes) -> bytes:
    data = b"".join(lines)
    quads = list(ox.parse(data, ox.RdfFormat.N_QUADS))
    return ox.serialize(quads, format=ox.RdfFormat.JSON_LD, prefixes=prefixes.used(data.decode())) or b""


def _csv(lines: Sequence[bytes], prefixes: Prefixes) -> bytes:
    """Return a row for each statement of the best graph, with the claims that make it, as SPARQL's CSV writes terms."""
    del prefixes  # IRIs are whole
    best, cited = list[ox.Triple](), dict[ox.Triple, list[str]]()
    for quad in ox.parse(b"".join(lines), ox.RdfFormat.N_QUADS):
        if isinstance(quad.graph_name, ox.DefaultGraph):
            best.append(quad.triple)
        elif quad.graph_name.value not in (CLAIMS, DERIVED, ONTOLOGY):
            cited.setdefault(quad.triple, []).append(quad.graph_name.value)
    out = io.StringIO()
    rows = csv.writer(out)  # lines end as RFC 4180 has it
    rows.writerow(["subject", "predicate", "object", "datatype", "language", "claims"])
    for triple in best:
        value, claims = triple.object, " ".join(cited.get(triple, ()))
        kind = (value.datatype.value, value.language or "") if isinstance(value, ox.Literal) else ("", "")
        rows.writerow([triple.subject.value, triple.predicate.value, value.value, *kind, claims])  # type: ignore[union-attr]
    return out.getvalue().encode()


_QUADS: dict[str, Callable[[Sequence[bytes], Prefixes], bytes]] = {
    "ttl": lambda lines, prefixes: turtle.turtle(lines, prefixes).encode(),
    "trig": lambda lines, prefixes: turtle.trig(lines, prefixes).encode(),
    "nt": lambda lines, prefixes: _triples(lines, prefixes, _n_triples),
    "nq": lambda lines, prefixes: b"".join(lines),
    "jsonld": _json_ld,
    "rdf": lambda lines, prefixes: _triples(lines, prefixes, rdf_xml),
    "csv": _csv,
}
_NETWORKS = {"graphml": "write_graphml", "gexf": "write_gexf"}
"""The formats of networks, and what writes them in networkx."""
FORMATS = (*_QUADS, *_NETWORKS)


def _network(network: nx.MultiDiGraph, writer: str) -> bytes:
    import networkx as nx  # heavy, and only for two formats

    plain = nx.MultiDiGraph()
    for node, data in network.nodes(data=True):
        told = _told(data, "earliest", "latest")
        if data["status"]:
            told["status"] = _english(data["status"], data["status_id"])
        plain.add_node(node, label=_english(data["label"], node), cls=data["cls"], iri=data["iri"], **told)
    for number, (s, o, p, data) in enumerate(network.edges(keys=True, data=True)):
        told = _told(data, "rule", "validity", "certainty")
        plain.add_edge(s, o, key=number, property=p, claims=" ".join(data["claims"]), **told)  # of a file, no two are one
    out = io.BytesIO()
    getattr(nx, writer)(plain, out)
    return for_xml(re.sub(rb' lastmodifieddate="[^"]*"', b"", out.getvalue()))


def _told(data: Mapping[str, Any], *names: str) -> dict[str, str]:
    """Return what is known of some attributes, as text; the formats know no way to say that one is not."""
    return {name: str(data[name]) for name in names if data[name]}


def _english(names: dict[str, Any], otherwise: str) -> str:
    return str(names.get("en", otherwise))
