"""Validation by pySHACL, for the shapes that are not compiled. An optional part: `pip install hima-kg[shacl]`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from .errors import ProjectError, Severity, SlowError

PATIENCE = 10
"""Seconds that pySHACL may take, and a second more for every thousand quads; a pattern can keep it busy for ever."""


def violations(lines: Sequence[bytes], shapes: Sequence[Path], names: Sequence[str]) -> list[tuple[str, str, Severity]]:
    """Return what pySHACL finds in the best graph: focus node, message, severity, sorted.

    It runs in a process of its own; raises SlowError if it does not come to an end, ProjectError if it refuses the shapes.
    """
    seconds = PATIENCE + len(lines) // 1000
    command = [sys.executable, "-P", "-W", "ignore", "-m", "hima_kg._pyshacl", json.dumps([[*map(str, shapes)], [*names]])]
    try:
        done = subprocess.run(command, input=b"".join(lines), capture_output=True, timeout=seconds)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise SlowError(f"pySHACL did not come to an end in {seconds} seconds") from error
    if done.returncode:
        told = [line for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
        reason = next(
            (line for line in reversed(told) if re.match(r"[\w.]+(Error|Exception)\b", line)), told[-1] if told else ""
        )
        raise ProjectError(f"pySHACL does not take it: {reason.partition(': ')[2] or reason}")
    return [(focus, message, severity) for focus, message, severity in json.loads(done.stdout)]


def _found(data: bytes, shapes: Sequence[str], names: Sequence[str]) -> Iterator[tuple[str, str, Severity]]:
    import pyoxigraph as ox
    import pyshacl
    from rdflib import RDF, SH, Graph
    from rdflib.plugins import sparql

    sparql.SPARQL_LOAD_GRAPHS = False  # FROM would fetch a graph, or open a file
    sys.addaudithook(_stay_inside)
    quads = ox.parse(data, ox.RdfFormat.N_QUADS)
    best = ox.serialize(
        (quad.triple for quad in quads if isinstance(quad.graph_name, ox.DefaultGraph)), format=ox.RdfFormat.N_TRIPLES
    )
    facts = Graph().parse(data=best, format="nt")
    rules = Graph()
    for path in shapes:
        rules.parse(path, format="turtle")
    _, report, _ = pyshacl.validate(facts, shacl_graph=rules, use_shapes=[*names] or None)
    if not isinstance(report, Graph):
        raise report
    found = []
    for result in report.subjects(RDF.type, SH.ValidationResult):
        message = min((str(m) for m in report.objects(result, SH.resultMessage)), default="does not conform")
        severity: Severity = "error" if report.value(result, SH.resultSeverity) == SH.Violation else "warning"
        found.append((str(report.value(result, SH.focusNode)), message, severity))
    yield from sorted(set(found))


def _stay_inside(event: str, _: object) -> None:
    """Let nothing that a shape says reach the network, SERVICE in a sh:sparql neither."""
    if event in ("socket.getaddrinfo", "socket.connect", "urllib.Request"):
        raise PermissionError("a shape would ask the network, which it may not")


if __name__ == "__main__":
    json.dump([*_found(sys.stdin.buffer.read(), *json.loads(sys.argv[1]))], sys.stdout)
