"""Questions as of a day: what held then, how surely, and never more surely than the sources allow."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

import hima_kg
from hima_kg.errors import QueryError
from hima_kg.worlds import worlds
from tests.conftest import Run

FIVE_DAYS = {
    "2023-01-15": {":aito-mark-latn": {":huawei": "implied"}, ":wenjie": {":seres": "implied"}},
    "2023-06-15": {":aito-mark-latn": {":huawei": "implied"}, ":wenjie": {":huawei": "possible", ":seres": "possible"}},
    "2023-12-31": {":aito-mark-latn": {":huawei": "implied"}, ":wenjie": {":huawei": "certain"}},
    "2024-07-15": {
        ":aito-mark-latn": {":huawei": "possible", ":seres": "possible"},
        ":wenjie": {":huawei": "disputed", ":seres": "possible"},
    },
    "2024-12-31": {":aito-mark-latn": {":seres": "certain"}, ":wenjie": {":huawei": "disputed", ":seres": "possible"}},
}


@pytest.mark.parametrize("on", FIVE_DAYS)
def test_a_plain_query(hima: hima_kg.KnowledgeGraph, on: str) -> None:
    """A query that does not mention time gets what holds on the day, and how surely."""
    rows = hima.ask("SELECT * { VALUES ?mark { :wenjie :aito-mark-latn } ?mark auto:owner ?owner }", on=on)
    told: dict[object, dict[object, object]] = {}
    for row in rows:
        told.setdefault(row["mark"], {})[row["owner"]] = row["certainty"]
    assert told == FIVE_DAYS[on]


@pytest.mark.parametrize(
    "pattern",
    [
        ":wenjie auto:owner ?owner",
        "?owner auto:owns :wenjie",
        "?owner ^auto:owner :wenjie",
        ":wenjie (auto:owner|auto:script) ?owner FILTER(isIRI(?owner))",
        "?mark auto:markOf :aito ; auto:owner ?owner ; auto:script 'Hans'",
        ":wenjie ?property ?owner FILTER(?property = auto:owner)",
        "{ SELECT ?owner WHERE { :wenjie auto:owner ?owner } }",
        "?state a kg:State ; rdf:subject :wenjie ; rdf:predicate auto:owner ; rdf:object ?owner",
    ],
)
def test_however_it_is_asked(hima: hima_kg.KnowledgeGraph, pattern: str) -> None:
    """Inverses, paths, lists of properties, sub-selects, optional parts and states: the same owners come out."""
    rows = hima.ask(f"SELECT DISTINCT ?owner WHERE {{ {pattern} }}", on="2024-12-31")
    assert {(row["owner"], row["certainty"]) for row in rows} == {(":huawei", "disputed"), (":seres", "possible")}


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("SELECT ?o { [] auto:owner ?o }", "SELECT ?o { ?m auto:owner ?o }"),
        ("SELECT ?o { _:m auto:owner ?o ; a auto:Trademark }", "SELECT ?o { ?m auto:owner ?o ; a auto:Trademark }"),
        ("SELECT ?o { _:m auto:owner ?o . _:m a auto:Trademark }", "SELECT ?o { ?m auto:owner ?o ; a auto:Trademark }"),
        ("SELECT ?o { [ a auto:Trademark ; auto:owner ?o ] }", "SELECT ?o { ?m auto:owner ?o ; a auto:Trademark }"),
        ("SELECT ?m ?o { ?o auto:owns ?m }", "SELECT ?m ?o { ?m auto:owner ?o }"),
        ("SELECT ?m ?o { ?m (auto:owner|^auto:owns) ?o }", "SELECT ?m ?o { ?m auto:owner ?o }"),
        ("SELECT * { ?m auto:owner ?o }", "SELECT ?m ?o { ?m auto:owner ?o }"),
        ("SELECT DISTINCT * { ?m auto:owner/skos:prefLabel ?o }", "SELECT DISTINCT ?m ?o { ?m auto:owner/skos:prefLabel ?o }"),
        ("SELECT ?m ?anyDay { ?m auto:owner ?anyDay }", "SELECT ?m ?o { ?m auto:owner ?o }"),
        ("SELECT ?m ?stateasOf1 { ?m auto:owner ?stateasOf1 }", "SELECT ?m ?o { ?m auto:owner ?o }"),
        ("BASE <https://w3id.org/hima-kg/x> SELECT ?m ?o { ?m <auto#owner> ?o }", "SELECT ?m ?o { ?m auto:owner ?o }"),
        ("BASE <https://w3id.org/hima-kg/x> PREFIX a: <auto#> SELECT ?m ?o { ?m a:owner ?o }", "SELECT ?m ?o { ?m auto:owner ?o }"),
        ("SELECT ?m { auto:Membership ^a ?m }", "SELECT ?m { ?m a auto:Membership }"),
        ("SELECT ?m { VALUES ?c { auto:Membership } ?m a ?c }", "SELECT ?m { ?m a auto:Membership }"),
        ("SELECT ?m { ?m ?a auto:Membership FILTER(?a = rdf:type) }", "SELECT ?m { ?m a auto:Membership }"),
        ("SELECT ?m { ?m ?p ?o } VALUES (?p ?o) { (auto:owner :huawei) }", "SELECT ?m { ?m auto:owner :huawei }"),
        ("SELECT ?m { FILTER xsd:boolean(true) ?m auto:owner :huawei }", "SELECT ?m { ?m auto:owner :huawei }"),
        ("SELECT ?m { ?m auto:owner :huawei ; . # } a comment\n ?m auto:script '}' , ?s }",
         "SELECT ?m { ?m auto:owner :huawei . ?m auto:script '}' , ?s }"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("on", ["2016", "2023-06-15", "2025"])
def test_the_same_in_other_words(hima: hima_kg.KnowledgeGraph, text: str, same: str, on: str) -> None:
    """Two ways to ask one question give the same rows, as sure."""
    assert sorted(map(str, map(tuple, hima.ask(text, on=on).terms))) == sorted(
        map(str, map(tuple, hima.ask(same, on=on).terms))
    )


@pytest.mark.parametrize(
    ("date", "holding"),
    [
        ("2022-03-01/2022-06-30", {"2022-02-28": None, "2022-03-01": "certain", "2022-06-30": "certain", "2022-07-01": None}),
        ("2022-03/2022-06", {"2022-03-01": "possible", "2022-06-01": "certain", "2022-06-30": "possible", "2022-07-01": None}),
        ("2022-05-05/2022-05-05", {"2022-05-04": None, "2022-05-05": "certain", "2022-05-06": None}),
    ],
)
def test_the_last_day_of_a_date(say: Callable[..., Path], date: str, holding: dict[str, str | None]) -> None:
    """A seat from one day to another is held on its last day still, and on any day on which it may have been."""
    folder = say(
        f':seat a l:Seat ; l:inGuild :guild ; l:sitter :kin ; kg:date "{date}"^^<http://id.loc.gov/datatypes/edtf/EDTF> . :kin a l:Workshop .'
    )
    hima_kg.build(folder)
    graph = hima_kg.open(folder)
    for day, certainty in holding.items():
        rows = list(graph.ask("SELECT ?sitter { :guild l:hasMember ?sitter FILTER(?sitter = :kin) }", on=day))
        assert [row["certainty"] for row in rows] == ([certainty] if certainty else []), day


def test_an_open_beginning(say: Callable[..., Path]) -> None:
    """Who gives something in 1927 or before may have had it in 1926, and may not."""
    handover = ":h a l:Handover ; kg:about :lynx ; l:taker :beryl ; l:giver :amber ; kg:date {} ."
    for date, on, certainty in (
        ('"../1927"', "1926", "possible"),
        ('"1920/1927"', "1926", "possible"),
        ('"1920/1927"', "1919", "implied"),
    ):
        said = handover.format(f"{date}^^<http://id.loc.gov/datatypes/edtf/EDTF>")
        folder = say(f":lynx a l:Seal ; l:sealOf :amber . {said}")
        hima_kg.build(folder)
        (row,) = hima_kg.open(folder).ask("SELECT ?o { :lynx l:keeper ?o FILTER(?o = :amber) }", on=on).rows
        assert row["certainty"] == certainty, (date, on)


def test_a_gap_in_the_chain(say: Callable[..., Path]) -> None:
    """Where somebody gives what the change before gave to another, both may have had it in between, and neither did for certain."""
    chain = [("h1", ":beryl", ":amber", "1921"), ("h2", ":amber", ":beryl", "1936"), ("h3", ":amber", ":kin", "1938")]
    events = " ".join(
        f':{name} a l:Handover ; kg:about :lynx ; l:giver {giver} ; l:taker {taker} ; kg:date "{year}"^^xsd:gYear .'
        for name, giver, taker, year in chain
    )
    folder = say(f":lynx a l:Seal ; l:sealOf :amber . :kin a l:Workshop . {events}")
    hima_kg.build(folder)
    graph = hima_kg.open(folder)
    keepers = {
        on: {row["o"]: row["certainty"] for row in graph.ask("SELECT ?o { :lynx l:keeper ?o }", on=on)}
        for on in ("1930", "1937", "1940")
    }
    assert keepers == {
        "1930": {":amber": "certain"},
        "1937": {":amber": "possible", ":beryl": "possible"},
        "1940": {":kin": "certain"},
    }


def test_an_end_that_another_tells(say: Callable[..., Path]) -> None:
    """What one claim leaves open is no more certain from when on another lets the same end; what began later is."""
    seat = "{} a l:Seat ; l:inGuild :guild ; l:sitter :kin ; kg:date '{}'^^<http://id.loc.gov/datatypes/edtf/EDTF> ."
    for began, certainty in (("2015/..", "possible"), ("2017/..", "renewed"), ("2019/..", None)):
        other = f"n:s2 a kg:Claim ; kg:document :new ; kg:locator 's2' . n:s2 {{ {seat.format(':ended', '2015/2017')} }}"
        folder = say(f"{seat.format(':open', began)} :kin a l:Workshop .", before=other)
        hima_kg.build(folder)
        levels = {
            on: [
                row["certainty"]
                for row in hima_kg.open(folder).ask("SELECT ?s { :guild l:hasMember ?s FILTER(?s = :kin) }", on=on)
            ]
            for on in ("2016-06", "2018", "2020")
        }
        assert levels["2016-06"] == ["certain"]
        assert levels["2018"] == {"possible": ["possible"], "renewed": ["certain"], None: []}[certainty]
        assert levels["2020"] == (["possible"] if certainty == "possible" else ["certain"])


def test_since_a_claim_speaks(say: Callable[..., Path]) -> None:
    """A membership without a date of its beginning holds from when its claim speaks, whatever its document's time and its end."""
    seat = ":seat a l:Seat ; l:inGuild :guild ; l:sitter :kin . :kin a l:Workshop ."
    ended = "n:s2 a kg:Claim ; kg:document :new ; kg:locator 's2' . n:s2 { :seat kg:date '../2015'^^<http://id.loc.gov/datatypes/edtf/EDTF> }"
    for before, levels in (
        ("n:s1 kg:asOf '2010'^^xsd:gYear .", [["unknown"], ["certain"], ["certain"]]),
        (f"n:s1 kg:asOf '2010'^^xsd:gYear . {ended}", [["unknown"], ["certain"], []]),
    ):
        folder = say(seat, before=f":new kg:asOf '2024'^^xsd:gYear . {before}")
        hima_kg.build(folder)
        graph = hima_kg.open(folder)
        asked = [graph.ask("SELECT ?s { :guild l:hasMember ?s FILTER(?s = :kin) }", on=on) for on in ("2009", "2012", "2020")]
        assert [[row["certainty"] for row in rows] for rows in asked] == levels


def test_interrupted(hima: hima_kg.KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong while it is looked up how surely a statement holds is told, and no row is lost in silence."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("hima_kg.states.level", interrupt)
    with pytest.raises(KeyboardInterrupt):
        hima.ask("SELECT ?m ?o { ?m auto:owner ?o }", on="1997-07-01")


def test_nothing_to_show(hima: hima_kg.KnowledgeGraph) -> None:
    """A query without variables has how sure it is for its only column."""
    assert hima.ask("SELECT * { :wenjie auto:owner :huawei }", on="2023-12-31").rows == [{"certainty": "certain"}]


def test_limit(hima: hima_kg.KnowledgeGraph) -> None:
    """No more rows come than were asked for."""
    assert len(hima.ask("SELECT ?m ?o { ?m auto:owner ?o } ORDER BY ?m LIMIT 2", on="2024-02")) == 2
    grouped = "SELECT ?o (COUNT(?m) AS ?n) { ?m auto:owner ?o } GROUP BY ?o ORDER BY ?o LIMIT 1 VALUES ?z { 1 }"
    assert len(hima.ask(grouped, on="2024-07")) == 1


def test_steps_of_a_path(hima: hima_kg.KnowledgeGraph) -> None:
    """A path goes through what holds on the day: the names of the owners are those of then."""
    rows = hima.ask("SELECT ?name { :aito-mark-latn auto:owner/skos:prefLabel ?name FILTER(lang(?name) = 'en') }", on="2025")
    assert [(row["name"], row["certainty"]) for row in rows] == [("Seres Group", "certain")]


def test_without_a_day(hima: hima_kg.KnowledgeGraph) -> None:
    """Without a day a query gets what was so at any time, and no column on how surely."""
    answer = hima.ask("SELECT ?owner { :wenjie auto:owner ?owner }")
    assert answer.rows == [{"owner": ":huawei"}]


def test_claims_say_what_they_say(hima: hima_kg.KnowledgeGraph) -> None:
    """What is asked of a claim by GRAPH is not a matter of days."""
    text = "SELECT ?mark { GRAPH ?claim { ?mark auto:owner :huawei } GRAPH graph:claims { ?claim a kg:Claim } }"
    answer = hima.ask(text, on="1999")
    assert len(answer) == len(hima.ask(text)) > 0
    assert answer.remarks == ["the day changes nothing: the query names nothing that holds for a time, or reads claims"]


def test_absence(hima: hima_kg.KnowledgeGraph) -> None:
    """That a mark has no owner is not certain where it may have had one; where nobody says that it had, no day tells."""
    text = "SELECT ?m { VALUES ?m { :wenjie :aito-mark-latn :zunjie } FILTER NOT EXISTS { ?m auto:owner :seres } } ORDER BY ?m"
    sure = {row["m"]: row["certainty"] for row in hima.ask(text, on="2024-12-31")}
    assert sure == {":wenjie": "possible", ":zunjie": None}


def test_optional_parts(hima: hima_kg.KnowledgeGraph) -> None:
    """Where an optional part may be so and may be missing, both are told."""
    text = "SELECT ?owner { :wenjie a auto:Trademark OPTIONAL { :wenjie auto:owner ?owner } }"
    assert hima.ask(text, on="2023-12-31").rows == [{"owner": ":huawei", "certainty": "certain"}]
    assert None in hima.ask(text, on="2023-06-15").values("owner")


def test_counts(hima: hima_kg.KnowledgeGraph) -> None:
    """A number that would be another if what is possible were so is only possible; one that would not is certain."""
    count = "SELECT (COUNT(?owner) AS ?n) { VALUES ?m { MARK } ?m auto:owner ?owner }"
    certain = hima.ask(count.replace("MARK", ":wenjie"), on="2023-12-31").rows
    assert certain == [{"n": 1, "certainty": "certain"}]
    possible = hima.ask(count.replace("MARK", ":wenjie"), on="2024-12-31").rows
    assert {(row["n"], row["certainty"]) for row in possible} == {(n, "possible") for n in (0, 1, 2)}


def test_yes_or_no(hima: hima_kg.KnowledgeGraph) -> None:
    """ASK says how sure its yes is, and its no, if anything was said that could have made it a yes."""
    yes = hima.ask("ASK { :wenjie auto:owner :seres }", on="2024-12-31").rows
    assert yes == [{"answer": True, "certainty": "possible"}]
    assert hima.ask("ASK { :wenjie auto:owner :chery }", on="2024").rows == [{"answer": False, "certainty": None}]
    assert hima.ask("ASK { :aito-mark-latn auto:owner :huawei }", on="2025").rows == [{"answer": False, "certainty": "certain"}]
    assert hima.ask("ASK { :hima ?p :aito }", on="2010").rows == [{"answer": True, "certainty": None}]


def test_a_graph(hima: hima_kg.KnowledgeGraph) -> None:
    """CONSTRUCT gives what is certain, since a triple cannot say how sure it is, and tells how many more are possible."""
    answer = hima.ask("CONSTRUCT { ?m auto:owner ?o } WHERE { ?m auto:owner ?o }", on="2023-12-31")
    assert {row["subject"] for row in answer} == {":wenjie", ":stelato-mark-latn"}
    assert "a graph holds what is certain" in answer.remarks[0]


def test_short_construct(hima: hima_kg.KnowledgeGraph) -> None:
    """The short form of CONSTRUCT gives what its pattern gives."""
    rows = hima.ask("CONSTRUCT WHERE { ?m auto:owner :huawei }", on="2023-12-31").rows
    assert rows == hima.ask("CONSTRUCT { ?m auto:owner :huawei } WHERE { ?m auto:owner :huawei }", on="2023-12-31").rows
    assert [row["subject"] for row in rows] == [":wenjie"]


def test_absence_in_a_graph(hima: hima_kg.KnowledgeGraph) -> None:
    """A graph has what is there in every world: nothing rests on the absence of what may be so."""
    text = "CONSTRUCT { ?m a :unowned } WHERE { ?m a auto:Trademark FILTER NOT EXISTS { ?m auto:owner ?o } }"
    unowned = {row["subject"] for row in hima.ask(text, on="2025-07-01")}
    assert unowned.isdisjoint({":wenjie", ":xiangjie", ":aito-mark-latn"})


def test_absence_of_what_is_disputed(hima: hima_kg.KnowledgeGraph) -> None:
    """An answer that is the same in the narrowest and in the widest world, and not between them, is not certain."""
    text = "ASK { FILTER NOT EXISTS { :wenjie auto:owner :huawei FILTER NOT EXISTS { :wenjie auto:owner :seres } } }"
    assert hima.ask(text, on="2025-07-01").rows == [{"answer": True, "certainty": "possible"}]


@pytest.mark.parametrize("text", ["ASK { ?s auto:owner", "ASK { ?s ^", "ASK { ?s (auto:owner", "SELECT ?s { ?s auto:owner ?o"])
def test_half_a_query(hima: hima_kg.KnowledgeGraph, text: str) -> None:
    """A query that breaks off is told where, as it was written."""
    with pytest.raises(QueryError) as caught:
        hima.ask(text, on="2024")
    assert caught.value.exit_code == 3


RELATED = """
l:chief a owl:ObjectProperty ; rdfs:label "chief keeper"@en ; rdfs:subPropertyOf l:keeper .
l:keeps a owl:ObjectProperty ; rdfs:label "keeps"@en ; owl:inverseOf l:keeper .
l:allied a owl:ObjectProperty, owl:SymmetricProperty ; rdfs:label "allied"@en ; rdfs:subPropertyOf l:linked .
l:linked a owl:ObjectProperty ; rdfs:label "linked"@en .
l:Pact a owl:Class ; rdfs:subClassOf kg:State ; rdfs:label "pact"@en ; kg:lane 0 ;
    kg:yields l:allied ; kg:yieldsSubject l:inGuild ; kg:yieldsObject l:sitter .
"""


def test_related_properties(say: Callable[..., Path]) -> None:
    """What holds for a time does so by every property that follows from it: up, turned round, and by symmetry."""
    pact = ":pact a l:Pact ; skos:prefLabel 'Pact'@en ; l:inGuild :guild ; l:sitter :beryl ; kg:date '2019'^^xsd:gYear ."
    folder = say(f":owl a l:Seal ; skos:prefLabel 'Owl'@en ; l:sealOf :amber ; l:chief :amber . {pact}")
    with (folder / "ontology" / "lamps.ttl").open("a", encoding="utf-8") as file:
        file.write(RELATED)
    kg = hima_kg.build(folder)

    def pairs(property: str, on: str) -> set[tuple[object, object, object]]:
        answer = kg.ask(f"SELECT ?s ?o {{ ?s {property} ?o }}", on=on)
        return {(row["s"], row["o"], row["certainty"]) for row in answer}

    assert (":owl", ":amber", "unknown") in pairs("l:keeper", "2019")
    assert {(o, s, sure) for s, o, sure in pairs("l:keeper", "2019")} == pairs("l:keeps", "2019")
    assert pairs("l:linked", "2021") == {(":guild", ":beryl", "certain"), (":beryl", ":guild", "certain")}
    assert pairs("l:linked", "2018") == set()


def test_exports_state_nothing_unsure(hima: hima_kg.KnowledgeGraph) -> None:
    """An export as of a day says plainly, by no property, what a query calls less than certain."""
    then = ox.Store()
    then.load(hima.export("nt", on="2016"), ox.RdfFormat.N_TRIPLES)
    assert not then.query(f"ASK {{ {{ ?s <{AUTO}owns> ?o }} UNION {{ ?s <{AUTO}owner> ?o }} }}")


def test_unknown_beginnings(hima: hima_kg.KnowledgeGraph) -> None:
    """Of an owner whom a passage names without a date it is unknown when it was so."""
    assert hima.ask("SELECT ?o { :zhijie auto:owner ?o }", on="2022").rows == [{"o": ":huawei", "certainty": "unknown"}]


@pytest.mark.parametrize(
    ("query", "on", "is_told"),
    [
        ("SELECT ?o { :aito-mark-latn auto:owner ?o }", "2023", True),
        ("SELECT ?o { :aito-mark-latn auto:owner ?o }", "2025", False),
        ("SELECT ?o { :aito-patents auto:owner ?o }", "2023", False),
        ("SELECT ?m { ?m auto:owner :seres }", "2023", True),
        ("SELECT ?o { :zhijie auto:owner ?o }", "2023", False),
    ],
)
def test_nothing_is_overruled_in_silence(hima: hima_kg.KnowledgeGraph, query: str, on: str, is_told: bool) -> None:
    """Where dated events go before what a passage says of no certain day, the passage is named beside the answer."""
    told = "dated events go before wp:BR.p2.s2, which would have it otherwise"
    assert (told in hima.ask(query, on=on).remarks) == is_told


def test_a_no_against_a_passage(hima: hima_kg.KnowledgeGraph) -> None:
    """That something is not so is certain of a day only if no passage says that it is, by the property or its inverse."""
    for pattern in (":aito-mark-latn auto:owner {}", "{} auto:owns :aito-mark-latn"):
        denied = {owner: hima.ask(f"ASK {{ {pattern.format(owner)} }}", on="2023").rows for owner in (":seres", ":huawei")}
        assert denied == {
            ":seres": [{"answer": False, "certainty": "unknown"}],
            ":huawei": [{"answer": True, "certainty": "implied"}],
        }


@pytest.mark.parametrize(
    ("head", "is_told"),
    [
        ("", True),
        ('; kg:asOf "2018"^^xsd:gYear', True),
        ('; kg:asOf "2023"^^xsd:gYear', False),
        ('; kg:asOf "2023-01-01T00:00:00"^^xsd:dateTime', False),
        ('; kg:asOf "--12-14"^^xsd:gMonthDay', True),
        ("; kg:modality kg:Opinion", False),
        ("; kg:rank kg:Deprecated", False),
    ],
    ids=["of no day", "of another day", "of a day on which it holds", "of a moment", "of no year", "opinion", "deprecated"],
)
def test_what_speaks_of_another_day(say: Callable[..., Path], head: str, is_told: bool) -> None:
    """A claim stands against a no only if it counts, and does not speak as of a day on which what it says may hold."""
    other = f"n:s2 a kg:Claim ; kg:document :new ; kg:locator 's2' {head} . n:s2 {{ :lynx l:keeper :beryl }}"
    folder = say(
        ':lynx a l:Seal ; l:sealOf :amber . :h a l:Handover ; kg:about :lynx ; l:taker :beryl ; l:giver :amber ; kg:date "2022-05"^^xsd:gYearMonth .',
        before=other,
    )
    hima_kg.build(folder)
    answer = hima_kg.open(folder).ask("ASK { :lynx l:keeper :beryl }", on="2020")
    assert answer.rows == [{"answer": False, "certainty": "unknown" if is_told else "certain"}]
    assert any("n:s2, which would have it otherwise" in remark for remark in answer.remarks) == is_told


def test_nothing_then(run: Run, home: Path) -> None:
    """Where nothing holds on a day, and something does on another, that is said."""
    done = run("query", "members", "--on", "2022", cwd=home)
    assert done.stdout == "alliance,member,brand,claim,modality,certainty\n"
    assert done.stderr == "note: nothing of it may be so on 2022; without a day there is an answer\n"


def test_any_day(hima: hima_kg.KnowledgeGraph) -> None:
    """Asked as of any day at all, nothing that begins or ends is certain."""
    rows = hima.ask("SELECT ?o { :wenjie auto:owner ?o }", on="..").rows
    assert {(row["o"], row["certainty"]) for row in rows} == {(":huawei", "possible"), (":seres", "possible")}


def test_names_in_time(hima: hima_kg.KnowledgeGraph) -> None:
    """A brand goes by the names that were given to it: in each language from another month on, until they are changed."""

    def names(thing: str, on: str) -> set[tuple[object, object]]:
        answer = hima.ask(f"SELECT ?name {{ {thing} sdo:alternateName ?name }}", on=on)
        return {(row["name"], row["certainty"]) for row in answer}

    assert names(":maextro", "2024-06") == set()
    assert names(":maextro", "2024-08-15") == {("尊界", "certain"), ("Maextro", "possible")}
    assert names(":maextro", "2024-12") == {("尊界", "certain"), ("Maextro", "certain")}
    assert names(":aito", "2023-02") == {("AITO", "implied")}
    assert names(":aito", "2023-04") == {("Huawei AITO", "possible"), ("AITO", "possible")}


def test_work_in_time(hima: hima_kg.KnowledgeGraph) -> None:
    """A stated state with a date of its own has begun in it: Seres makes the cars from the month of the launch on."""
    asked = "SELECT ?who { ?who auto:worksOn :manufacturing }"
    assert hima.ask(asked, on="2021-11").rows == []
    assert hima.ask(asked, on="2021-12-15").rows == [{"who": ":seres", "certainty": "possible"}]
    assert {row["certainty"] for row in hima.ask(asked, on="2022")} == {"certain"}


def test_after_the_last_document(hima: hima_kg.KnowledgeGraph) -> None:
    """Of a day after all documents it is said that none speaks of it."""
    answer = hima.ask("SELECT ?o { :aito-mark-latn auto:owner ?o }", on="2030")
    assert answer.remarks == ["no document speaks of a day after 2025-12-14; what held then is taken to hold on"]
    assert hima.ask("SELECT ?o { :aito-mark-latn auto:owner ?o }", on="2025-06").remarks == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * { ?m auto:owner+ ?o }", r"auto:owner\+ cannot be followed as of a day"),
        ("SELECT * { ?m !auto:owner ?o }", "!auto:owner cannot be followed as of a day"),
        ("SELECT * { ?m !auto:markOf ?o }", "!auto:markOf cannot be followed as of a day"),
        ("SELECT * { ?m auto:script|!auto:markOf ?o }", "!auto:markOf cannot be followed as of a day"),
        ("SELECT * { ?m ^(!auto:markOf) ?o }", r"!auto:markOf\) cannot be followed as of a day"),
        ("SELECT * { ?m auto:owner ?o ~ ?r }", "what is said of a statement"),
        ("CONSTRUCT { _:x :p ?m } WHERE { ?m auto:owner ?o }", "a thing without a name cannot be made as of a day"),
        ("CONSTRUCT WHERE { ?m auto:owner [] }", "a thing without a name cannot be made as of a day"),
        ("SELECT * { (1 2) auto:owner ?o }", "lists and quoted triples"),
        ("SELECT * { << ?m auto:owner ?o >> auto:script ?s }", "quoted triples"),
        ("DESCRIBE :wenjie", "DESCRIBE tells all that is said"),
    ],
)
def test_what_cannot_be_asked(hima: hima_kg.KnowledgeGraph, text: str, message: str) -> None:
    """What cannot be asked as of a day is refused, with another way to ask."""
    with pytest.raises(QueryError, match=message) as caught:
        hima.ask(text, on="2024").rows  # noqa: B018 - the answer is worked out when it is read
    assert caught.value.hint


@pytest.mark.parametrize("cls", ["auto:Membership", "org:Membership", "kg:State", "rdf:Statement"])
def test_a_class_above(hima: hima_kg.KnowledgeGraph, cls: str) -> None:
    """States that are asked for by a class above theirs hold on a day like those that are asked for by their own."""
    query = f"SELECT DISTINCT ?m {{ ?m a {cls} ; auto:member :seres }}"
    assert [row["certainty"] for row in hima.ask(query, on="2024-10")] == ["possible", "possible"]
    assert hima.ask(query, on="1990").rows == []


def test_signs_by_their_numbers(hima: hima_kg.KnowledgeGraph) -> None:
    """A property is the same however its IRI is written."""
    query = r"SELECT ?o { :wenjie <https://w3id.org/hima-kg/auto#\u006fwner> ?o }"
    assert [row["o"] for row in hima.ask(query, on="2010")] == [":seres"]


def test_one_remark_of_a_graph(hima: hima_kg.KnowledgeGraph) -> None:
    """A graph without anything certain, and with something that may be so, is not said to have nothing that may be."""
    (remark,) = hima.ask("CONSTRUCT WHERE { :wenjie auto:owner ?o }", on="2024-12-31").remarks
    assert remark == "a graph holds what is certain; 2 more may be so"


@pytest.mark.parametrize("style", ["csv", "json", "xml", "table", "md"])
def test_every_format(run: Run, home: Path, style: str) -> None:
    """How surely is a column like any other, in every format of answers."""
    text = "SELECT ?o { :wenjie auto:owner ?o }"
    told = run("query", "-e", text, "--on", "2023-12", "-f", style, cwd=home).stdout
    assert "certainty" in told
    assert "certain" in told.replace("certainty", "")
    if style == "json":
        assert json.loads(told)["results"]["bindings"][0]["certainty"] == {"type": "literal", "value": "certain"}


def test_any_day_of_a_parameter(run: Run, tiny: Path) -> None:
    """Two dots are any day, where a query declares the day itself as where it does not."""
    text = "SELECT ?x WHERE { ?x kg:earliest ?first FILTER(?on <= ?first && ?first <= ?onEnd) }"
    (tiny / "queries" / "dated.rq").write_text(f"# What is dated?\n# param on: date = 2018\n{text}", "utf-8")
    run("build", cwd=tiny)
    every, some = (run("query", "dated", *words, cwd=tiny).stdout.split() for words in (["--on", ".."], []))
    assert len(every) > len(some) > 1
    assert run("query", "dated", "-p", "on=..", cwd=tiny).stdout.split() == every


def test_show(run: Run, home: Path) -> None:
    """Show leaves out what does not hold on the day, and says of the rest how surely it does."""
    then = run("show", ":wenjie", "--on", "2023-12", cwd=home).stdout
    assert "Wenjie: owner Huawei   2023-06 – …  (certain; Chinese AITO mark to Huawei)" in then.replace(
        "disputed from 2024-07-01; ", ""
    )
    assert "owner Seres" not in then
    assert "owner Seres" in run("show", ":wenjie", cwd=home).stdout


def test_export(hima: hima_kg.KnowledgeGraph) -> None:
    """An export as of a day has the statements that are certain then, and the states that may hold, each with how surely."""
    then = ox.Store()
    then.load(hima.export("nq", on="2024-12-31"), ox.RdfFormat.N_QUADS)
    owners = f"SELECT ?m ?o {{ ?m <{AUTO}owner> ?o }}"
    assert {(row["m"].value[ID:], row["o"].value[ID:]) for row in then.query(owners)} == {
        ("aito-mark-latn", "seres"),
        ("aito-patents", "seres"),
        ("stelato-mark-latn", "baic-bluepark"),
    }
    sure = f"SELECT ?how {{ ?s <{RDF}subject> <{THING}wenjie> ; <{KG}certainty> ?how }}"
    assert {row["how"].value.removeprefix(KG) for row in then.query(sure)} == {"Disputed", "Possible"}
    assert hima.export("nq", on="2024-12-31") != hima.export("nq")


AUTO, KG, THING = "https://w3id.org/hima-kg/auto#", "https://w3id.org/hima-kg/core#", "https://w3id.org/hima-kg/id/"
RDF, ID = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", len(THING)


def test_network(hima: hima_kg.KnowledgeGraph) -> None:
    """The network as of a day has the edges that may hold then."""
    then = hima.network(on="2023-12-31")
    assert then.edges[":wenjie", ":huawei", "auto:owner"]["certainty"] == "certain"
    assert not then.has_edge(":wenjie", ":seres")
    assert then.graph["title"] == "Harmony Intelligent Mobility Alliance · 2023-12-31"
    assert hima.network().has_edge(":wenjie", ":seres")


def test_stats(run: Run, home: Path) -> None:
    """Stats as of a day count the states that hold then, by how surely."""
    counts = json.loads(run("stats", "--on", "2024-12-31", "--json", cwd=home).stdout)["states"]
    assert counts["disputed"] == 1
    assert counts["certain"] > 5


def test_from(hima: hima_kg.KnowledgeGraph) -> None:
    """How surely a statement holds is looked up in the graphs that the query names: a claim by itself knows no states."""
    text = "SELECT ?m ?o FROM <https://w3id.org/hima-kg/claim/wikipedia/BR.p2.s2> WHERE { ?m auto:owner ?o }"
    assert hima.ask(text, on="2023-12").values("certainty") == ["unknown"] * len(hima.ask(text)) != []


@pytest.mark.parametrize("counted", ["", " GROUP BY ?b ?p"])
def test_no_date(hima: hima_kg.KnowledgeGraph, counted: str) -> None:
    """What bears no date is not called certain on any day, beside what holds for a time."""
    rows = hima.ask(f"SELECT ?b ?p {{ ?b ?p :huawei . :aito-mark-latn ?p ?any }}{counted}", on="2023-01-15").rows
    assert {row["certainty"] for row in rows if row["p"] == "auto:owner"} == {"implied", "unknown"}
    rows = hima.ask(f"SELECT ?b ?p {{ :hima ?p ?b . ?b a auto:Brand }}{counted}", on="2010").rows
    assert {(row["p"], row["certainty"]) for row in rows} == {("auto:allianceBrand", None)}
    text = "CONSTRUCT { ?m ?p ?o } { ?m ?p ?o VALUES ?m { :aito-mark-latn } }"
    every, then = ({row["predicate"] for row in hima.ask(text, on=on)} for on in (None, "2023-01-15"))
    assert every - then == {"auto:owner"}


def test_limit_that_is_not_reached(hima: hima_kg.KnowledgeGraph) -> None:
    """A limit that is not reached leaves no row out, whatever worlds it is in."""
    text = "SELECT ?m {{ {{ SELECT ?m {{ ?m a auto:Trademark }} LIMIT 50 }} FILTER NOT EXISTS {{ ?m auto:owner :seres }} }} ORDER BY ?m {}"
    rows = hima.ask(text.format(""), on="2024-12-31").rows
    assert {":wenjie": "possible"}.items() <= {row["m"]: row["certainty"] for row in rows}.items()
    assert hima.ask(text.format("LIMIT 100"), on="2024-12-31").rows == rows


@pytest.mark.parametrize(
    ("order", "key", "is_down"),
    [
        ("?m", "m", False),
        ("DESC(?m) ?o", "m", True),
        ("DESC(STR(?m))", "m", True),
        ("STRLEN(STR(?m)) ?m", None, False),
        ("ASC(?n) ?m", "n", False),
    ],
)
def test_order_of_all_worlds(hima: hima_kg.KnowledgeGraph, order: str, key: str | None, is_down: bool) -> None:
    """Rows come in the order that a query asks for, whichever world they are of; pages of them make up the whole."""
    text = (
        "SELECT ?m ?o (COUNT(?o) AS ?n) {{ ?m a auto:Trademark OPTIONAL {{ ?m auto:owner ?o }} }} GROUP BY ?m ?o ORDER BY {} {}"
    )
    rows = hima.ask(text.format(order, ""), on="2023-06-15").rows
    assert {*rows[0]} == {"m", "o", "n", "certainty"}
    keys = [row[key] if key else (len(str(row["m"])), row["m"]) for row in rows]
    assert keys == sorted(keys, reverse=is_down)  # type: ignore[type-var]
    assert len({*map(str, keys)}) > 1
    assert len(rows) > len({row["m"] for row in rows}), "some marks have rows of more than one world"
    pages = (hima.ask(text.format(order, f"LIMIT 5 OFFSET {start}"), on="2023-06-15") for start in range(0, len(rows), 5))
    assert [row for answer in pages for row in answer] == rows


@pytest.mark.parametrize(
    ("dates", "day", "keepers"),
    [
        (("2021", "2021-06"), "2020-12", {":amber": "implied"}),
        (("2021", "2021-06"), "2021-03", {":amber": "possible", ":beryl": "possible"}),
        (("2021", "2021-06"), "2021-06-15", {":amber": "possible", ":beryl": "possible", ":guild": "possible"}),
        (("2021", "2021-06"), "2021-09-15", {":guild": "certain"}),
        (("2021-06", "2021"), "2021-03", {":amber": "implied"}),
        (("2021-06", "2021"), "2021-09", {":beryl": "possible", ":guild": "possible"}),
        (("2022-05", "2021"), "2021-03", {":amber": "possible", ":beryl": "possible", ":guild": "possible"}),
    ],
)
def test_a_change_is_bounded_by_its_neighbours(
    say: Callable[..., Path], dates: tuple[str, str], day: str, keepers: dict[str, str]
) -> None:
    """A change of a whole year is over when the next one has happened for sure, and not begun before the last one can have."""
    datatype = {4: "gYear", 7: "gYearMonth"}
    told = (
        f':{name} a l:Handover ; kg:about :owl ; l:giver {giver} ; l:taker {taker} ; kg:date "{date}"^^xsd:{datatype[len(date)]} .'
        for name, giver, taker, date in zip("ab", (":amber", ":beryl"), (":beryl", ":guild"), dates, strict=True)
    )
    kg = hima_kg.build(say(":owl a l:Seal ; l:sealOf :amber . " + " ".join(told)))
    rows = kg.ask("SELECT ?who { :owl l:keeper ?who }", on=day)
    assert {row["who"]: row["certainty"] for row in rows} == keepers
    bounds = kg.ask("SELECT ?s (COUNT(*) AS ?n) { ?s a kg:State ; kg:startLatest ?day } GROUP BY ?s HAVING(COUNT(*) > 1)")
    assert bounds.rows == []


@pytest.mark.parametrize(
    ("said", "day", "keepers"),
    [
        ("", "2010", {":amber": "possible", ":beryl": "possible"}),
        ("", "2024-06", {":beryl": "certain"}),
        ("; kg:date '2022/..'^^<http://id.loc.gov/datatypes/edtf/EDTF>", "2021", {":amber": "implied"}),
        ("; kg:date '2022/..'^^<http://id.loc.gov/datatypes/edtf/EDTF>", "2023", {":amber": "possible", ":beryl": "possible"}),
        ("; kg:date '2022/..'^^<http://id.loc.gov/datatypes/edtf/EDTF>", "2024-06", {":beryl": "certain"}),
        ("; kg:status kg:Announced", "2024-06", {":beryl": "unknown"}),
    ],
)
def test_a_change_without_a_date(say: Callable[..., Path], said: str, day: str, keepers: dict[str, str]) -> None:
    """What is reported as done, on a day that nobody tells, was done by the day of which the report speaks."""
    sold = f":owl a l:Seal ; l:sealOf :amber . :sold a l:Handover ; kg:about :owl ; l:giver :amber ; l:taker :beryl {said} ."
    kg = hima_kg.build(say(sold, before=":new kg:asOf '2024-05'^^xsd:gYearMonth ."))
    assert {row["who"]: row["certainty"] for row in kg.ask("SELECT ?who { :owl l:keeper ?who }", on=day)} == keepers


def test_absence_that_the_day_decides(tiny: Path) -> None:
    """What is so only because something does not hold on the day is certain; what is so on any day bears no certainty."""
    kg = hima_kg.build(tiny)
    absent = "FILTER NOT EXISTS { :moth l:keeper :beryl }"
    assert kg.ask(f"ASK {{ {absent} }}", on="2016").rows == [{"answer": True, "certainty": "certain"}]
    assert kg.ask("SELECT (COUNT(?m) AS ?n) { ?m l:keeper :beryl }", on="2016").rows == [{"n": 0, "certainty": "certain"}]
    assert kg.ask("SELECT * { :moth a l:Seal OPTIONAL { :moth l:keeper :beryl } }", on="2016").rows == [{"certainty": None}]
    assert kg.ask(f"SELECT ?m {{ ?m a l:Seal {absent} }}", on="2016").rows == [{"m": ":moth", "certainty": "certain"}]
    assert kg.ask(absent.join(("SELECT ?m { ?m a l:Seal ", " }")).replace(":moth", ":amber"), on="2016").rows == [
        {"m": ":moth", "certainty": None}
    ]


def test_counts_of_what_may_hold(hima: hima_kg.KnowledgeGraph) -> None:
    """Where what may hold is counted, a note says that numbers between may be so: two owners on one day exclude each other."""
    told = hima.ask("SELECT (COUNT(?o) AS ?n) { :wenjie auto:owner ?o }", on="2023-06-15")
    assert [(row["n"], row["certainty"]) for row in told] == [(2, "possible"), (0, "possible")]
    assert "what lies between may be so, too" in told.remarks[0]
    assert hima.ask("SELECT (COUNT(?o) AS ?n) { :wenjie auto:owner ?o }", on="2023-12").remarks == []


def test_limit_of_a_graph(hima: hima_kg.KnowledgeGraph) -> None:
    """A limit of CONSTRUCT is one of solutions, each of which gives all triples of the template."""
    text = (
        "CONSTRUCT { ?m auto:owner ?o . ?m a ?t } { ?m auto:owner ?o ; a ?t FILTER(?t = auto:Trademark) } ORDER BY ?m LIMIT 1"
    )
    assert {row["predicate"] for row in hima.ask(text, on="2025-06")} == {"auto:owner", "rdf:type"}


def test_worlds() -> None:
    """A row is as sure as the narrowest world from which on it is always there, as often as it is there."""
    answers = ["-", "-a", "-a", "-ab", "-abb", "-abbc"]
    graded = worlds(lambda level: answers[level])
    assert graded == [("-", None), ("a", "certain"), ("b", "disputed"), ("b", "possible"), ("c", "unknown")]
    assert worlds(lambda level: [str(min(level, 3))]) == [("3", "disputed"), ("2", "possible"), ("1", "possible")]
    assert worlds(lambda level: ["three" if level else "none"]) == [("three", "certain")]
    assert worlds(lambda level: ["gone"] if level < 3 else []) == [("gone", "possible")]
