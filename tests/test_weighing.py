"""Facts on their way into the store: lines of N-Quads, each fact in its claim and, if it counts, in the best graph."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hima_kg import reader
from hima_kg.nquads import parts, serialized
from hima_kg.project import Project
from hima_kg.terms import CLAIMS, KG, NOT_BELIEVED, NOT_DONE
from tests.conftest import ROOT

IRIS = st.text("abc/:.'()é", min_size=1).map(lambda end: ox.NamedNode(f"urn:x{end}"))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ['"^^<', " .\n", "> <", "\\", '"@en <', "_:b"]
)
LITERALS = st.one_of(
    TEXTS.map(ox.Literal),
    TEXTS.map(lambda text: ox.Literal(text, language="zh-hans")),
    st.builds(lambda text, kind: ox.Literal(text, datatype=kind), TEXTS, IRIS),
)
QUADS = st.builds(ox.Quad, IRIS, IRIS, IRIS | LITERALS, IRIS | st.just(ox.DefaultGraph()))


@given(QUADS)
def test_parts(quad: ox.Quad) -> None:
    """A line comes apart into the terms that it was made of, whatever stands in its text."""
    line = serialized([quad])
    *triple, graph = parts(line)
    (again,) = ox.parse(b" ".join([*triple, b".\n"]), ox.RdfFormat.N_TRIPLES)
    assert again.triple == quad.triple
    assert graph.decode() == ("" if quad.graph_name == ox.DefaultGraph() else str(quad.graph_name))
    assert b" ".join([*triple, *([graph] if graph else []), b".\n"]) == line


@pytest.mark.parametrize("folder", [ROOT, ROOT / "tests" / "projects" / "tiny"], ids=["hima", "tiny"])
def test_what_is_stored(folder: Path) -> None:
    """What is read is, by definition: all facts in their claims, and those in the best graph that are believed and done."""
    project = Project.find(folder)
    facts = [quad for path in project.facts for quad in ox.parse(path.read_bytes(), reader.FORMATS[path.suffix])]
    weighing = [q for q in facts if q.predicate.value in (KG + "rank", KG + "modality")]
    discounted = {q.subject for q in weighing if q.object.value in NOT_BELIEVED}
    told = [
        (q.subject, q.object.value in NOT_DONE)
        for q in facts
        if q.predicate.value == KG + "status" and q.graph_name not in discounted
    ]
    undone = {event for event, is_undone in told if is_undone} - {event for event, is_undone in told if not is_undone}
    claims, best = ox.NamedNode(CLAIMS), set(reader.vocabulary(project))
    for quad in facts:
        if quad.graph_name == ox.DefaultGraph():
            best.add(ox.Quad(*quad.triple, claims))
        else:
            best.add(quad)
            if quad.graph_name not in discounted and quad.subject not in undone:
                best.add(ox.Quad(*quad.triple))
    for name, value in (("rank", "Normal"), ("modality", "Stated")):
        given = {q.subject for q in weighing if q.predicate.value == KG + name}
        described = {q.subject for q in facts if q.object == ox.NamedNode(KG + "Claim")}
        best |= {ox.Quad(claim, ox.NamedNode(KG + name), ox.NamedNode(KG + value), claims) for claim in described - given}
    assert undone
    assert {
        quad for lines in reader.stored(project, reader.scan(project)) for quad in ox.parse(lines, ox.RdfFormat.N_QUADS)
    } == best


def test_a_claim_weighs_no_other(say: Callable[..., Path]) -> None:
    """What stands within a claim about how much another counts, or itself, leaves what they say in the best graph."""
    project = Project.find(say(":moth l:sealOf :amber . n:s1 kg:rank kg:Deprecated ."))
    lines = b"".join(reader.stored(project, reader.scan(project)))
    assert b"<https://example.org/lamps/terms#sealOf> <https://example.org/lamps/amber> .\n" in lines


def test_a_claim_is_one_of_facts(tiny: Path) -> None:
    """What the ontology calls a claim is none: nothing is told of how much it counts."""
    vocabulary = "<urn:talk> a <https://w3id.org/hima-kg/core#Claim> ."
    (tiny / "ontology" / "talk.ttl").write_text(vocabulary, "utf-8")
    project = Project.find(tiny)
    lines = b"".join(reader.stored(project, reader.scan(project))).splitlines()
    assert [parts(line + b"\n")[1] for line in lines if line.startswith(b"<urn:talk>")] == [
        b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    ] * 2
