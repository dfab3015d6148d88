"""The facts of the repository's own graph: all of the checklist, each with its citation, no sentence copied."""

import csv
import re
from pathlib import Path

import pyoxigraph as ox
import pytest

import hima_kg
from tests.conftest import ROOT

FILES = sorted((ROOT / "facts").glob("*.trig"))


def checklist() -> list[dict[str, str]]:
    """Return the rows of docs/facts.tsv."""
    with (ROOT / "docs" / "facts.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_every_fact_is_held(hima: hima_kg.KnowledgeGraph) -> None:
    """Each of the 222 facts is in a claim or in its document's description, or says why it is left out."""
    rows = checklist()
    assert [row["id"] for row in rows] == [f"F{n:03}" for n in range(1, 223)]
    held = set(
        hima.ask("SELECT DISTINCT ?x { GRAPH graph:claims { { ?x a kg:Claim } UNION { ?x a kg:Document } } }").values("x")
    )
    named = {claim for row in rows for claim in row["claims"].split() if claim != "-"}
    assert named <= held
    assert [row["id"] for row in rows if row["claims"] == "-"] == ["F222"]
    assert all(row["note"] for row in rows if row["claims"] == "-")


def test_every_claim_is_used(hima: hima_kg.KnowledgeGraph) -> None:
    """No claim stands there that no fact of the checklist asks for."""
    named = {claim for row in checklist() for claim in row["claims"].split()}
    assert set(hima.ask("SELECT ?c { GRAPH graph:claims { ?c a kg:Claim } }").values("c")) <= named


def test_every_claim_is_cited(hima: hima_kg.KnowledgeGraph) -> None:
    """Every claim of a document has a locator, a place in the text and a fingerprint."""
    lacking = hima.ask("""SELECT ?c { GRAPH graph:claims { ?c a kg:Claim
        FILTER NOT EXISTS { ?c kg:document ?d ; kg:locator ?l ; oa:start ?s ; oa:end ?e ; kg:fingerprint ?f } } }""")
    assert lacking.values("c") == []


def test_best_graph_is_believed(hima: hima_kg.KnowledgeGraph) -> None:
    """What is opinion, deprecated or planned is kept in its claim, and is not in the best graph."""
    assert hima.ask("ASK { GRAPH ?c { ?plan kg:status kg:Planned } }")
    assert not hima.ask("ASK { ?plan kg:status kg:Planned }")
    assert hima.ask("ASK { GRAPH <https://w3id.org/hima-kg/claim/autonews/p3.s2-share> { ?o auto:share 0.25 } }")
    assert not hima.ask("ASK { ?o auto:share 0.25 }")


def test_each_fact_stands_once(hima: hima_kg.KnowledgeGraph) -> None:
    """A fact cited by several passages counts once: sums in the best graph are right."""
    assert hima.ask("SELECT (SUM(?u) AS ?n) { ?o auto:of :aito ; auto:measure :vehicles-sold ; auto:units ?u }").values(
        "n"
    ) == [557467]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_no_blank_nodes(path: Path) -> None:
    """Nothing in the facts is without a name."""
    for quad in ox.parse(path=path):
        assert not any(isinstance(term, ox.BlankNode) for term in (quad.subject, quad.object, quad.graph_name))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_no_sentences(path: Path) -> None:
    """The sources' sentences stay out: no literal but a document's title runs to a sentence."""
    for quad in ox.parse(path=path):
        if isinstance(quad.object, ox.Literal) and not quad.predicate.value.endswith("/title"):
            assert len(quad.object.value.split()) <= 25, quad.object.value
            assert not re.search(r"[.!?。]\s+\S", quad.object.value), quad.object.value


@pytest.mark.parametrize(
    ("thing", "lang", "name"),
    [
        (":hima", "zh-latn-pinyin", "Hóngméng Zhìxíng"),
        (":aito", "ko", "아이토"),
        (":stelato", "zh-hans", "享界"),
        (":maextro", "ko", "마에스트로"),
        (":yu-chengdong", "ko", "리처드 유"),
    ],
)
def test_names_in_every_script(hima: hima_kg.KnowledgeGraph, thing: str, lang: str, name: str) -> None:
    """A name stands in the claim whose passage prints it, in its own script."""
    rows = hima.ask("names", thing=thing).rows
    assert {"language": lang, "name": name} in [{k: r[k] for k in ("language", "name")} for r in rows]
