"""What follows from what: on the tiny project, which knows lamps and nothing of cars."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

import hima_kg
from hima_kg.errors import FactError, ProjectError


@pytest.fixture
def kg(tiny: Path) -> hima_kg.KnowledgeGraph:
    """The tiny project, built."""
    return hima_kg.build(tiny)


@pytest.mark.parametrize(
    ("on", "keepers"),
    [
        ("2017-01-01", {(":amber", "kg:Implied")}),
        ("2018-04", {(":amber", "kg:Implied"), (":beryl", "kg:Occurred")}),
        ("2019", {(":beryl", "kg:Occurred")}),
        ("2020-06-01", {(":amber", "kg:Occurred")}),
        ("2022", {(":amber", "kg:Occurred"), (":guild", "kg:Announced")}),
    ],
)
def test_keepers(kg: hima_kg.KnowledgeGraph, on: str, keepers: set[tuple[str, str]]) -> None:
    """Who kept a seal on a day follows from the events, whatever words the project has for keeping."""
    assert {(row["keeper"], row["basis"]) for row in kg.ask("keepers", seal=":moth", on=on)} == keepers


def test_bounds_of_a_contradicted_date(kg: hima_kg.KnowledgeGraph) -> None:
    """An event that two claims date differently lies anywhere between, and the conflict names both claims."""
    (row,) = kg.ask("SELECT ?a ?z { :moth-to-beryl kg:earliest ?a ; kg:latest ?z }").rows
    assert (str(row["a"]), str(row["z"])) == ("2018-03-01", "2018-05-31")
    claims = kg.ask("SELECT ?c { ?x kg:kind kg:DateContradiction ; kg:between ?c } ORDER BY ?c").values("c")
    assert claims == ["c:s2", "e:s1"]


def test_doubt_ends_with_the_state(kg: hima_kg.KnowledgeGraph) -> None:
    """An announced change puts in doubt the state that holds when it is announced, and none that had ended."""
    assert kg.ask("SELECT ?o { ?s kg:disputedFrom ?d ; rdf:object ?o }").values("o") == [":amber"]


def test_plans(kg: hima_kg.KnowledgeGraph) -> None:
    """A plan past its date with no outcome is reported; one that an event fulfils is not; neither occurred by itself."""
    assert kg.ask("SELECT ?p { ?c kg:kind kg:OutdatedStatement ; kg:about ?p }").values("p") == [":moon-feast"]
    assert not kg.ask("ASK { :sun-feast kg:status kg:Occurred }")


def test_entailment(kg: hima_kg.KnowledgeGraph) -> None:
    """Super-classes, super-properties and inverses hold in the best graph, and stand in the derived graph, not in claims."""
    for statement in (":moth l:belongsTo :amber", ":amber l:memberOf :guild", ":amber a l:Body", ":moth-to-beryl a kg:Event"):
        assert kg.ask(f"ASK {{ {statement} }}"), statement
        assert kg.ask(f"ASK {{ GRAPH graph:derived {{ {statement} }} }}"), statement
        assert not kg.ask(f"ASK {{ GRAPH graph:claims {{ ?c a kg:Claim }} GRAPH ?c {{ {statement} }} }}"), statement


def test_derived_is_new(kg: hima_kg.KnowledgeGraph) -> None:
    """Nothing that a claim says stands in the derived graph too."""
    assert not kg.ask("ASK { GRAPH graph:derived { ?s ?p ?o } GRAPH graph:claims { ?c a kg:Claim } GRAPH ?c { ?s ?p ?o } }")


def test_states_name_their_rule(kg: hima_kg.KnowledgeGraph) -> None:
    """Every derived state and conflict names the rule that made it, and the rule says what it does."""
    unnamed = kg.ask(
        "SELECT ?s { VALUES ?k { kg:State kg:Conflict } ?s a ?k FILTER NOT EXISTS { ?s kg:rule ?r . ?r rdfs:label ?l } }"
    )
    assert unnamed.values("s") == []


def test_defaults_are_written_out(kg: hima_kg.KnowledgeGraph) -> None:
    """What a claim leaves out is stated, of normal rank, and occurred."""
    assert kg.ask("ASK { GRAPH graph:claims { c:s1 kg:modality kg:Stated ; kg:rank kg:Normal } }")
    assert kg.ask("ASK { :moth-to-amber kg:status kg:Occurred }")


def test_order_does_not_matter(tiny: Path) -> None:
    """The order of files, and of claims in a file, changes nothing: the same facts give the same digest."""
    before = hima_kg.build(tiny).manifest.digest
    letter = tiny / "facts" / "letter.trig"
    head, *claims = letter.read_text("utf-8").split("\ne:s")
    random.Random(7).shuffle(claims)
    (tiny / "facts" / "a-letter.trig").write_text("\ne:s".join([head, *claims]), "utf-8")
    letter.unlink()
    assert hima_kg.build(tiny).manifest.digest == before


def test_adding_never_removes(tiny: Path, say: Callable[..., Path]) -> None:
    """A new claim takes no statement away from another."""
    before = [line for line in hima_kg.build(tiny).lines if b"/claim/" in line.rsplit(b"<", 1)[-1]]
    after = hima_kg.build(say(":cedar a l:Workshop ; skos:prefLabel 'Cedar'@en .")).lines
    assert set(before) <= set(after)


def test_endless_rule(tiny: Path) -> None:
    """A rule that mints new names for ever is stopped, and named."""
    rule = "CONSTRUCT { ?s l:belongsTo ?n } WHERE { ?x l:belongsTo ?s BIND(IRI(CONCAT(STR(?s), 'x')) AS ?n) }"
    (tiny / "ontology" / "rules" / "runaway.rq").write_text(rule, "utf-8")
    with pytest.raises(ProjectError, match="still add statements: runaway"):
        hima_kg.build(tiny)


def test_broken_rule(tiny: Path) -> None:
    """A rule that does not parse is reported at its line and column."""
    (tiny / "ontology" / "rules" / "broken.rq").write_text("# Broken.\nCONSTRUCT { ?s a ?t } WHERE { ?s ; }", "utf-8")
    with pytest.raises(FactError, match=r"ontology/rules/broken\.rq:2:\d+: error\[syntax\]"):
        hima_kg.build(tiny)
