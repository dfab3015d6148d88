"""The named queries: what an analyst or a trademark researcher asks, and what the graph answers."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from subprocess import CompletedProcess

import pyoxigraph as ox
import pytest

import hima_kg
from hima_kg.answers import ask
from hima_kg.entities import find
from hima_kg.errors import ProjectError, QueryError
from tests.conftest import ROOT


def test_every_query_is_tested() -> None:
    """There are at least fifteen named queries, and each has the rows that it must give beside it."""
    queries = {p.stem for p in (ROOT / "queries").glob("*.rq")}
    assert len(queries) >= 15
    assert queries == {p.stem for p in (ROOT / "queries").glob("*.csv")}


def test_every_query_asks_a_question(hima: hima_kg.KnowledgeGraph) -> None:
    """Each named query says in its first line what it answers."""
    assert all(query.question.endswith("?") for query in hima.queries.values())


@pytest.mark.parametrize(
    ("on", "english", "chinese"),
    [
        ("2023-01-15", {(":huawei", "implied")}, {(":seres", "implied")}),
        ("2023-06-15", {(":huawei", "implied")}, {(":huawei", "possible"), (":seres", "possible")}),
        ("2023-12-31", {(":huawei", "implied")}, {(":huawei", "certain")}),
        ("2024-07-15", {(":huawei", "possible"), (":seres", "possible")}, {(":huawei", "disputed"), (":seres", "possible")}),
        ("2024-12-31", {(":seres", "certain")}, {(":huawei", "disputed"), (":seres", "possible")}),
    ],
)
def test_two_marks_on_five_days(
    hima: hima_kg.KnowledgeGraph, on: str, english: set[tuple[str, str]], chinese: set[tuple[str, str]]
) -> None:
    """Who owned the English and the Chinese mark of one brand is told for any day, no more surely than the sources allow."""
    for mark, owners in ((":aito-mark-latn", english), (":wenjie", chinese)):
        assert {(row["owner"], row["certainty"]) for row in hima.ask("who-owns", mark=mark, on=on)} == owners


def test_an_owner_without_a_date(hima: hima_kg.KnowledgeGraph) -> None:
    """An owner whom a passage names without a date is told beside those who got the mark by an event, as unknown."""
    terms = (ox.NamedNode(hima.prefixes.expand(name)) for name in (":wenjie", "auto:owner", ":chery", "wp:BR.p2.s2"))
    mark, owns, owner, claim = terms
    said = [ox.Quad(mark, owns, owner), ox.Quad(mark, owns, owner, claim)]
    store = hima.store.part([*hima.store.matching(), *said])
    rows = ask(store, hima.queries["who-owns"], {"mark": ":wenjie", "on": "2024-12-31"}, prefixes=hima.prefixes).rows
    owners = {row["owner"]: (row["event"], row["certainty"]) for row in rows}
    assert owners == {
        ":huawei": (":wenjie-to-huawei", "disputed"),
        ":seres": (":wenjie-to-seres", "possible"),
        ":chery": (None, "unknown"),
    }


def test_a_mark_by_its_name(hima: hima_kg.KnowledgeGraph) -> None:
    """A parameter takes a name in any script, and its class says which of the things so called is meant."""
    by_name = hima.ask("who-owns", mark="问界", on="2023-12-31").rows
    assert by_name == hima.ask("who-owns", mark=":wenjie", on="2023-12-31").rows
    assert by_name[0]["claim"] == "wp:HP.p2.s2"


def test_the_name_that_is_shown(hima: hima_kg.KnowledgeGraph) -> None:
    """A name that several things have is that of the one thing which is shown by it."""
    assert hima.show("Maextro").iri == hima.prefixes.expand(":maextro")
    assert ":maextro-mark-latn" in [hima.prefixes.compact(found.iri) for found in find(hima.store, "Maextro") if found.is_same]


def test_an_ambiguous_name(hima: hima_kg.KnowledgeGraph) -> None:
    """A name that stands for several things is not guessed at: they are listed."""
    with pytest.raises(ProjectError, match="is the name of 2 things") as caught:
        hima.show("问界")
    assert ":aito (auto:Brand)" in caught.value.hint
    assert ":wenjie (auto:Trademark)" in caught.value.hint


@pytest.mark.parametrize(
    ("given", "mark"), [("wenjie", ":wenjie"), ("aito", ":aito-mark-latn"), ("<https://w3id.org/hima-kg/id/wenjie>", ":wenjie")]
)
def test_the_class_decides(hima: hima_kg.KnowledgeGraph, given: str, mark: str) -> None:
    """What is asked for is of the class that the parameter names, whatever else is called so."""
    assert set(hima.ask("who-owns", mark=given, on="2024").values("mark")) == {mark}


def test_wrong_class(hima: hima_kg.KnowledgeGraph) -> None:
    """A thing of another class than the parameter's is refused."""
    with pytest.raises(ProjectError, match=":huawei is not of the class auto:Trademark") as caught:
        hima.ask("who-owns", mark=":huawei", on="2024")
    assert caught.value.hint == "it is a auto:TechnologyCompany"


def test_undated_owner(hima: hima_kg.KnowledgeGraph) -> None:
    """An owner that a passage names without a date is told as that, where no transfer is known."""
    (row,) = hima.ask("who-owns", mark="智界", on="2025").rows
    assert (row["owner"], row["certainty"], row["claim"]) == (":huawei", "unknown", "wp:BR.p2.s2")


def test_python_parameters(hima: hima_kg.KnowledgeGraph) -> None:
    """Parameters may be Python values: a year, a day."""
    assert hima.ask("who-owns", mark=":wenjie", on=2023).values("certainty") == ["possible", "possible"]
    assert hima.ask("who-owns", mark=":wenjie", on=date(2023, 12, 31)).values("certainty") == ["certain"]


def test_queries_only_read(hima: hima_kg.KnowledgeGraph) -> None:
    """An update is refused as one."""
    with pytest.raises(QueryError, match="INSERT changes a graph"):
        hima.ask("INSERT DATA { :a a :b }")


def test_an_unknown_name(hima: hima_kg.KnowledgeGraph) -> None:
    """A name that nothing has is answered with one that is near."""
    with pytest.raises(ProjectError, match="nothing is called 'Stelatto'") as caught:
        hima.show("Stelatto")
    assert "Stelato" in caught.value.hint


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("wenjie", ":aito"),
        ("wj", ":aito"),
        ("问界", ":aito"),
        ("아이토", ":aito"),
        ("ＡＩＴＯ", ":aito"),
        ("wènjiè", ":aito"),
        ("hmzx", ":hima"),
        ("hongmeng zhixing", ":hima"),
        ("화웨이", ":huawei"),
        ("hwawei", ":huawei"),
        ("享界", ":stelato"),
        ("xiangjie", ":stelato"),
        ("리처드", ":yu-chengdong"),
    ],
)
def test_found_in_any_script(hima: hima_kg.KnowledgeGraph, words: str, first: str) -> None:
    """A thing is found by its characters, pinyin with or without tones, initials, Hangul, romanised Hangul, full width."""
    assert hima.prefixes.compact(hima.find(words)[0].iri) == first


def test_members_change_and_do_not_conflict(hima: hima_kg.KnowledgeGraph) -> None:
    """Four members in one document and five in a later one are a change in time, told with its certainty."""
    rows = {(row["member"], row["claim"]): row["certainty"] for row in hima.ask("members", on="2025-12-31")}
    assert rows[":seres", "gan:p1.s1"] == "certain"
    assert rows[":seres", "wp:L.p1.s2"] == "possible"
    assert rows[":shanghai-partner", "gan:p1.s1"] == "certain"
    assert rows[":baic-bluepark", "wp:L.p1.s2"] == "possible"
    assert len(hima.ask("members", on="2022")) == 0


def test_python_values(hima: hima_kg.KnowledgeGraph) -> None:
    """Rows come as Python values: CURIEs, whole numbers, decimals, days, None."""
    row = hima.ask("sales-totals").rows[-1]
    assert row == {"year": "2024", "stated": 444956, "computed": 449095, "difference": 4139, "claim": "wp:SA.T.2024"}
    price = hima.ask("prices").rows[0]
    assert price["amount"] == Decimal(36000)
    assert price["qualifier"] is None
    assert str(hima.ask("chain-of-title", mark=":wenjie").rows[0]["earliest"]) == "2023-06-01"


def test_sparql_text(hima: hima_kg.KnowledgeGraph) -> None:
    """SPARQL text is asked as it is, with the project's prefixes; ASK is true or false; CONSTRUCT gives triples."""
    assert hima.ask("ASK { :aito a auto:Brand }")
    assert not hima.ask("ASK { :aito a auto:Person }")
    (triple,) = hima.ask("CONSTRUCT { ?b rdfs:seeAlso ?m } WHERE { ?m auto:markOf ?b FILTER(?m = :wenjie) }").rows
    assert triple == {"subject": ":aito", "predicate": "rdfs:seeAlso", "object": ":wenjie"}


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ("SELECT ?x { ?x a auto:Brand ", "query:1:11: error: '{' is never closed", "close it"),
        (
            "SELECT ?x { ?x a auto:Brand ?x auto:madeBy ?y }",
            "query:1:29: error: '?x' is a term too many",
            "end the triple before it",
        ),
        ("SELECT ?x { ?x a auto:Brand . FILER(?x > 1) }", "query:1:31: error: 'FILER' is not a word", "did you mean FILTER?"),
        ('SELECT ?x { ?x a "open }', "query:1:18: error: this text is never closed", ""),
        ("SELECT ?x { ?x a atuo:Brand }", "the prefix atuo: is not declared", "hima-kg stats"),
        ("SELECT ?x { ?x a auto:Brand . FILTER(?x = }", "query:1:43", "close that one first"),
    ],
)
def test_broken_query(hima: hima_kg.KnowledgeGraph, text: str, says: str, hint: str) -> None:
    """A query that does not parse is shown with the spot, not with the grammar."""
    with pytest.raises(QueryError) as caught:
        hima.ask(text)
    assert says in str(caught.value)
    assert hint in caught.value.hint
    assert len(str(caught.value)) < 300


def test_unknown_query(hima: hima_kg.KnowledgeGraph) -> None:
    """A query's name that is misspelt is answered with the near one."""
    with pytest.raises(ProjectError, match="no query named 'memebers'") as caught:
        hima.ask("memebers")
    assert caught.value.hint == "did you mean members?"


def test_service_is_not_called(hima: hima_kg.KnowledgeGraph) -> None:
    """A query cannot make the engine ask the network, read a file, or reach a graph that the store does not have."""
    with pytest.raises(QueryError, match="SERVICE would ask the network"):
        hima.ask("SELECT * { service <http://127.0.0.1:9/> { ?s ?p ?o } }")
    assert len(hima.ask("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }")) == 0


def test_expected_rows(tiny: Path) -> None:
    """Expected rows carry the parameters that they are asked with, and can be taken over from what a query gives."""
    from hima_kg import expected

    kg = hima_kg.build(tiny)
    path = tiny / "queries" / "keepers.csv"
    path.write_text("seal,on,keeper\n:moth,2019,\n:moth,2016,\n", "utf-8")
    assert expected.accept(kg.store, kg.queries["keepers"], path, path.name, kg.prefixes).decode() == (
        "seal,on,keeper\n:moth,2019,:beryl\n:moth,2016,:amber\n"
    )


def test_accepted_rows_stay_where_they_are(tiny: Path) -> None:
    """Rows that a query still gives keep their places in the file, and new ones come after; a parameter may be left out."""
    from hima_kg import expected

    kg = hima_kg.build(tiny)
    query = "# Which workshops have lamps?\n# param least: integer = 1\nSELECT ?w { ?w l:lamps ?n FILTER(?n >= ?least) } ORDER BY ?w"
    (tiny / "queries" / "workshops.rq").write_text(query, "utf-8")
    path = tiny / "queries" / "workshops.csv"
    path.write_text("least,w\n,:beryl\n,:gone\n13,\n", "utf-8")
    accepted = expected.accept(kg.store, kg.queries["workshops"], path, path.name, kg.prefixes).decode()
    assert accepted == "least,w\n,:beryl\n,:amber\n13,\n"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("lamps\n24,1\n", "the row has 2 cells, and there are 1 columns"),
        ('lamps\n"24\n', "unexpected end of data"),
    ],
)
def test_ragged_rows(tiny: Path, rows: str, says: str) -> None:
    """Expected rows that are not as wide as their header, or never close a quote, are refused by file and line."""
    (tiny / "queries" / "lamps.csv").write_text(rows, "utf-8")
    (problem,) = (p for p in hima_kg.check(tiny) if p.severity == "error")
    assert (str(problem.place), problem.code, problem.message) == ("queries/lamps.csv:2", "syntax", says)


def test_empty_rows(tiny: Path, run: Callable[..., CompletedProcess[str]]) -> None:
    """A file without rows is told, and --accept fills it, columns and all."""
    rows = tiny / "queries" / "lamps.csv"
    rows.write_text("", "utf-8")
    (problem,) = (p for p in hima_kg.check(tiny) if p.severity == "error")
    assert problem.message == "the file is empty"
    assert run("test", "--accept", cwd=tiny).returncode == 0
    assert rows.read_text("utf-8") == "lamps\n24\n"


def test_rows_that_ask_nothing(tiny: Path) -> None:
    """Rows of a query with parameters that are a header alone test nothing, and are told."""
    (tiny / "queries" / "keepers.csv").write_text("seal,on,keeper\n", "utf-8")
    (problem,) = (p for p in hima_kg.check(tiny) if p.severity == "error")
    assert problem.message == "no row says with which seal and on keepers is asked, so nothing is"


def test_rows_with_iris_written_out(tiny: Path) -> None:
    """Expected rows may write IRIs out, as the CSV of an answer does."""
    iri = "https://example.org/lamps/{}".format
    rows = f"seal,on,keeper\n{iri('moth')},2019,{iri('beryl')}\n:moth,2016,<{iri('amber')}>\n"
    (tiny / "queries" / "keepers.csv").write_text(rows, "utf-8")
    assert [p for p in hima_kg.check(tiny) if p.severity == "error"] == []


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("SELECT * { ?z ?b ?y OPTIONAL { ?y a ?a } }", "z b y a"),
        ("select distinct # all of it\n* { ?z ?b ?y }", "z b y"),
        ("SELECT*{ { SELECT ?x { ?x a ?class } } BIND(1 AS ?a) }", "x a"),
        ("SELECT (COUNT(*) AS ?b) (1 AS ?a) { ?z ?y ?x }", "b a"),
    ],
)
def test_order_of_columns(kg: hima_kg.KnowledgeGraph, query: str, columns: str) -> None:
    """A query for everything has its columns in the order in which it names them, as one that lists them has."""
    assert kg.ask(query).columns == columns.split()
    assert kg.ask(query).serialize("csv").decode().split("\r\n")[0] == columns.replace(" ", ",")


def test_odd_cells(say: Callable[..., Path], run: Callable[..., CompletedProcess[str]]) -> None:
    """Accepted rows pass, whatever is in their cells: line ends of any kind, a page of text; so do rows saved on Windows."""
    folder = say(f":moth skos:altLabel 'two\\r\\nlines', 'a\\rb', 'c\\nd', '{'long ' * 40_000}'.")
    (folder / "queries" / "others.rq").write_text(
        "# What else is it called?\nSELECT ?name { :moth skos:altLabel ?name }", "utf-8"
    )
    rows = folder / "queries" / "others.csv"
    rows.write_text("", "utf-8")
    assert run("test", "--accept", cwd=folder).returncode == 0
    assert rows.stat().st_size > 200_000
    assert run("build", cwd=folder).returncode == 0
    assert run("test", cwd=folder).stdout.endswith(" 0 differences\n")
    edited = folder / "facts" / "new.trig"
    edited.write_text(edited.read_text("utf-8").replace("'two\\r\\nlines', 'a\\rb', ", ""), "utf-8")
    assert run("test", "--accept", cwd=folder).returncode == 0
    assert run("build", cwd=folder).returncode == 0
    rows.write_bytes(rows.read_bytes().replace(b"\n", b"\r\n"))
    assert run("test", cwd=folder).stdout.endswith(" 0 differences\n")


def test_accept_what_cannot_be_asked(tiny: Path, run: Callable[..., CompletedProcess[str]]) -> None:
    """What keeps --accept from asking a query is told with the file."""
    (tiny / "queries" / "keepers.csv").write_text("seal,on,keper\n:moth,2019,:beryl\n", "utf-8")
    done = run("test", "--accept", cwd=tiny)
    assert done.returncode == 1
    assert "queries/keepers.csv:1:1: error[test] keepers: there is no column keper" in done.stderr


def test_corroborated_facts_count_once(say: Callable[..., Path]) -> None:
    """Sums and counts are exact when two passages say the same."""
    assert hima_kg.build(say(":amber a l:Workshop ; l:lamps 12 .")).ask("lamps").values("lamps") == [24]
