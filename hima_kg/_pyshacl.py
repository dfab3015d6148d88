"""Validation by pySHACL, for the shapes that are not compiled. An optional part: `pip install hima-kg[shacl]`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox
import pyshacl
from rdflib import RDF, SH, Graph

from .errors import Severity


def violations(lines: Sequence[bytes], shapes: Sequence[Path], names: Sequence[str]) -> Iterator[tuple[str, str, Severity]]:
    """Go through what pySHACL finds in the best graph: focus node, message, severity, sorted."""
    quads = ox.parse(b"".join(lines), ox.RdfFormat.N_QUADS)
    best = ox.serialize(
        (quad.triple for quad in quads if isinstance(quad.graph_name, ox.DefaultGraph)), format=ox.RdfFormat.N_TRIPLES
    )
    data = Graph().parse(data=best, format="nt")
    rules = Graph()
    for path in shapes:
        rules.parse(path, format="turtle")
    _, report, _ = pyshacl.validate(data, shacl_graph=rules, use_shapes=[*names] or None)
    assert isinstance(report, Graph), "pySHACL gives its report as a graph"
    found = []
    for result in report.subjects(RDF.type, SH.ValidationResult):
        message = min((str(m) for m in report.objects(result, SH.resultMessage)), default="does not conform")
        severity: Severity = "error" if report.value(result, SH.resultSeverity) == SH.Violation else "warning"
        found.append((str(report.value(result, SH.focusNode)), message, severity))
    yield from sorted(set(found))
