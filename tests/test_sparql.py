"""Queries as text: tokens, parameters, rules."""

import re

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hima_kg
from hima_kg import sparql
from hima_kg.errors import ProjectError, QueryError
from hima_kg.queries import NamedQuery
from hima_kg.terms import Prefixes
from hima_kg.updates import Construct


@given(st.text())
def test_tokens_lose_nothing(text: str) -> None:
    """The tokens of any text, joined, are the text."""
    assert "".join(token.text for token in sparql.tokens(text)) == text


@given(st.text())
def test_values_stay_values(text: str) -> None:
    """A parameter's value is a value, whatever it holds: it cannot change the query."""
    query = NamedQuery.parse("q", "# param x: string\nSELECT ?x (STR(?x) AS ?y) { }")
    bound = query.bindings({"x": text.replace("\x00", "")}, lambda name, _: name)
    assert [row["y"].value for row in ox.Store().query(sparql.bind(query.text, bound))] == [text.replace("\x00", "")]


def test_strings_and_comments_are_left() -> None:
    """A name that looks like a parameter in a string, a comment or an IRI is left as it is."""
    text = '# ?x\nSELECT ?y { <http://e/?x> ?y "?x" FILTER(?x < 3) }'
    assert sparql.bind(text, {"x": "7"}) == text.replace("FILTER(?x", "FILTER(7")


COMPARED = [
    "SELECT ?x { VALUES ?x { 1 2 3 4 5 } BIND(3 AS ?a) FILTER(?x<?a&&?b>3) }",
    "SELECT ?x { VALUES ?x { 1 2 3 4 5 } FILTER(?x<3&&?b>3) }",
    "SELECT ?x { VALUES ?x { 1 2 3 4 5 } FILTER(xsd:integer(?x)<3&&?b>3) }",
    "SELECT ?x { VALUES ?x { 1 2 3 4 5 } FILTER(true&&?x<=2&&?b>3) }",
    "SELECT ?x { VALUES ?x { 1 2 3 4 5 } FILTER xsd:boolean(?x<3&&?b>3) }",
    "SELECT ?x (?x<3&&?b>3 AS ?small) { VALUES ?x { 1 2 } }",
    "SELECT ?x { VALUES ?x { 1 2 3 4 5 } } GROUP BY ?x HAVING(?x<3&&?b>3)",
    "SELECT ?x { VALUES ?x { 1 2 } } ORDER BY (?x<3&&?b>3) ?x",
    "SELECT ?x { VALUES ?x { 1 2 3 } FILTER EXISTS { VALUES ?c { 1 2 } FILTER(?x<3&&?b>3) } }",
    "SELECT ?x { { SELECT ?x (?x<3&&?b>3 AS ?n) { VALUES ?x { 1 2 } } ORDER BY (?x<2&&?b>1) ?x } }",
    "SELECT ?x { VALUES ?x { 1 2 } FILTER(IF(?x<3&&?b>3,true,false)) }",
]


NAMED = [
    "ASK { ?s<urn:p>?o . ?o<urn:q>?b }",
    "ASK { ?s <urn:p> (?a<urn:x>?b<urn:y>) }",
    "ASK { ?s (<urn:p>|<urn:q>)+ ?b }",
    "ASK { VALUES (?s ?b) { (<urn:a>'x'^^<urn:t>) } }",
    "SELECT ?s { FILTER(?s IN(<urn:a>,<urn:b>)) } VALUES (?s) { (<urn:a>) }",
    "SELECT ?s { FILTER(?s=<urn:a>||?s=<urn:b>) }",
    "SELECT ?s (?s AS ?t) { { SELECT ?s { ?s<urn:p>?o } ORDER BY DESC(?s) } ?s<urn:q>?b }",
    "SELECT ?s { ?s ?p ?o FILTER(?o < 3) ?s<urn:q>?b }",
]


@pytest.mark.parametrize("text", COMPARED)
def test_comparing_without_spaces(text: str) -> None:
    """A parameter is bound between two signs that compare, where the grammar alone would see an IRI, wherever they stand."""
    prefixes = {"xsd": "http://www.w3.org/2001/XMLSchema#"}
    bound = sparql.bind(text, {"b": "9"})
    assert "?b" not in bound
    assert sorted(row["x"].value for row in ox.Store().query(bound, prefixes=prefixes)) == ["1", "2"]


@pytest.mark.parametrize("text", NAMED)
def test_iris_without_spaces(text: str) -> None:
    """An IRI that follows a term at once is one, in patterns, lists, paths and data."""
    assert [t.text for t in sparql.tokens(text) if t.kind == "iri"] == re.findall("<urn:[a-z]>", text)


def test_ordering_by_a_parameter() -> None:
    """A query may group and order by its parameters."""
    bound = sparql.bind("SELECT ?on (COUNT(*) AS ?n) { } GROUP BY ?on ORDER BY ?on", {"on": '"x"'})
    assert [(row["on"].value, row["n"].value) for row in ox.Store().query(bound)] == [("x", "1")]


def test_assigned_parameter() -> None:
    """A query that assigns its own parameter is refused."""
    with pytest.raises(QueryError, match="assigns"):
        sparql.bind("SELECT * { BIND(1 AS ?x) }", {"x": "2"})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"on": "yesterday"}, "'yesterday' is not a date"),
        ({"onn": "2024"}, "no parameter 'onn'"),
        ({}, "needs on"),
        ({"on": "2024", "n": "many"}, "of type integer"),
    ],
)
def test_wrong_values(given: dict[str, str], says: str) -> None:
    """A parameter that is missing, misspelt or of another type is named, as wrong usage."""
    query = NamedQuery.parse("q", "# param on: date\n# param n: integer?\nASK {}")
    with pytest.raises(QueryError, match=says) as caught:
        query.bindings(given, lambda name, _: name)
    assert caught.value.exit_code == 2


def test_parameter_that_is_asked_for() -> None:
    """A query may ask whether an optional parameter was given, and select it inside and outside; a text stays as it is."""
    assert "FILTER(true || ?x = 5)" in sparql.bind("SELECT ?x { FILTER(BOUND(?m) || ?x = ?m) }", {"m": "5"})
    said = """ASK { FILTER(bound( # is it?
 ?m ) && "BOUND(?m)" != "x") } # BOUND(?m)"""
    assert sparql.bind(said, {"m": "5"}) == 'ASK { FILTER(true && "BOUND(?m)" != "x") } # BOUND(?m)'
    nested = sparql.bind("SELECT ?m { { SELECT ?m ?x { BIND(1 AS ?x) } } }", {"m": "5"})
    assert [row["m"].value for row in ox.Store().query(nested)] == ["5"]


def test_values_cannot_break_out() -> None:
    """A parameter that is a thing is a name, and what is none is refused before it reaches the query."""
    names = Prefixes({"": "https://example.org/"})
    for value in ("<urn:x> a ?k . SERVICE <http://127.0.0.1/> { } <urn:y>", ":a b", ":re{ed", "<a b>"):
        with pytest.raises(ProjectError, match="is not a name"):
            names.expand(value)


@pytest.mark.parametrize(
    "rule",
    [
        "CONSTRUCT { ?o :q ?s } WHERE { ?s :p ?o # a note }\n}",
        "CONSTRUCT { ?o :q ?s . } WHERE { ?s :p ?o }",
        "construct { ?o :q ?s } where { SELECT ?s ?o WHERE { ?s :p ?o } }",
        "CONSTRUCT # {\n{ ?o :q ?s } { ?s :p ?o }",
    ],
)
def test_rules_as_people_write_them(rule: str) -> None:
    """A rule may end in a comment or a dot, hold a sub-select, and leave WHERE out; it gives what is new, and that once."""
    store = ox.Store()
    prefixes = {"": "urn:"}
    store.update("INSERT DATA { :a :p :b . :c :p :d . :d :q :c }", prefixes=prefixes)
    store.update(Construct.parse(rule).into("urn:g"), prefixes=prefixes)
    assert [str(q.subject) for q in store.quads_for_pattern(None, None, None, ox.NamedNode("urn:g"))] == ["<urn:b>"]


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("SELECT ?s { ?s ?p ?o }", "a rule is a CONSTRUCT query"),
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3", "goes on with LIMIT"),
        ("CONSTRUCT { ?s :p _:b . _:b :q ?o } WHERE { ?s ?p ?o }", "makes no blank nodes, and this one has _:b"),
        ("CONSTRUCT { ?s :p [ :q ?o ] } WHERE { ?s ?p ?o }", r"makes no blank nodes, and this one has \["),
        ("CONSTRUCT { ?s :p ?n } WHERE { ?s ?p ?o BIND(BNODE() AS ?n) }", "this one has BNODE"),
        ("CONSTRUCT { ?s ?p ?o } FROM <urn:g> WHERE { ?s ?p ?o }", "this one has FROM"),
    ],
)
def test_what_is_no_rule(rule: str, says: str) -> None:
    """What a rule cannot be is said in words."""
    with pytest.raises(QueryError, match=says):
        Construct.parse(rule)


def test_dots_in_names(hima: hima_kg.KnowledgeGraph) -> None:
    """Names with several dots, as citations have, are asked for as they are printed; a mistake is shown at its place."""
    asked = "SELECT ?o { GRAPH wp:BR.p2.s2 { :wenjie auto:owner ?o } }"
    assert hima.ask(asked).values("o") == [":huawei"]
    assert len(hima.dataset().query(asked)) == 1
    with pytest.raises(QueryError) as caught:
        hima.ask("SELECT ?o { GRAPH wp:BR.p2.s2 { :wenjie auto:owner ?o } } LIMIT 1.5 OFFSET ,")
    assert caught.value.place
    assert caught.value.place.column in range(66, 78)
