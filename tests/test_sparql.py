"""Queries as text: tokens, parameters, rules."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hima_kg import sparql
from hima_kg.errors import QueryError
from hima_kg.queries import NamedQuery


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
