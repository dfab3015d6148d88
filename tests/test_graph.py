"""The graph as Python has it: what a caller may give, and what is told of what."""

import os
import pickle
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

import hima_kg
from hima_kg.entities import cited_states
from hima_kg.errors import FactError, KgError, Place, Problem, ProjectError, UsageError
from hima_kg.network import state_claims
from tests.conftest import HEAD


def test_parameters_are_values(tiny: Path) -> None:
    """A parameter is given as what it is: truth, a number, a day."""
    (tiny / "queries" / "told.rq").write_text(
        "# What is given.\n# param flag: boolean\n# param day: date\nSELECT ?flag ?day {}\n", "utf-8"
    )
    graph = hima_kg.build(tiny)
    for flag in (True, False):
        assert graph.ask("told", flag=flag, day=date(2020, 1, 2)).rows == [{"flag": flag, "day": date(2020, 1, 2)}]


def test_a_query_in_a_file(tiny: Path) -> None:
    """A path is asked as the query in that file; a moment, as data frames have them, is its day."""
    kg = hima_kg.build(tiny)
    file = tiny / "mine.rq"
    file.write_text("# param l: language\nSELECT ?n { :amber skos:prefLabel ?n FILTER(LANG(?n) = ?l) }", "utf-8")
    assert [row["n"] for row in kg.ask(file, l="zh-Hans")] == ["琥珀"]
    text = "ASK { :moth l:keeper :beryl }"
    assert [bool(kg.ask(text, on=day)) for day in (datetime(2019, 1, 1, 12), datetime(2016, 1, 1))] == [True, False]
    assert kg.ask(text, on="2016").rows == [{"answer": False, "certainty": "certain"}]


def test_answers_are_told_apart(kg: hima_kg.KnowledgeGraph) -> None:
    """An answer is printed by its columns, without reading its rows; a column that it does not have is named."""
    answer = kg.ask("SELECT ?lamp ?keeper { ?lamp l:keeper ?keeper } ORDER BY ?lamp LIMIT 1")
    assert repr(answer) == "<Answer: lamp, keeper>"
    assert len(answer.values("lamp")) == 1
    assert repr(answer) == "<Answer: lamp, keeper; 1 row>"
    with pytest.raises(UsageError, match=r"no column 'keper'(?s:.)*did you mean keeper"):
        answer.values("keper")


def test_names_of_some_things(kg: hima_kg.KnowledgeGraph) -> None:
    """The names of some things are asked for by IRI; what is none is refused, and never part of a query."""
    moth = kg.prefixes.expand(":moth")
    assert kg.labels(of=[moth]) == {moth: "Moth"}
    for wrong in ("not an iri", f"{moth}> }} SERVICE <http://127.0.0.1:9/> {{ ?thing ?b ?c }} VALUES ?z {{ <urn:y"):
        with pytest.raises(ProjectError, match="names are given to IRIs"):
            kg.labels(of=[wrong])


def test_edges_tell_their_times_in_order(hima: hima_kg.KnowledgeGraph) -> None:
    """What held at several times is told the earliest first, where its beginning is not known, too."""
    held = hima.network().edges[":wenjie", ":seres", "auto:owner"]["validity"]
    assert held == "… – 2023-06 (implied); 2024-07.. – … (announced)"


@pytest.mark.parametrize("error", [FactError([Problem(Place("a.trig", 2), "error", "syntax", "x")]), UsageError("x", hint="y")])
def test_errors_are_handed_on(error: KgError) -> None:
    """What a process of a pool raises arrives in another with all that it says."""
    other = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (type(other), str(other), other.exit_code) == (type(error), str(error), error.exit_code)


def test_numbers_that_are_too_large(tiny: Path) -> None:
    """A number that the engine cannot reckon with is refused as a parameter, as it is in facts."""
    (tiny / "queries" / "more.rq").write_text(
        "# param least: integer\nSELECT ?x { ?x l:lamps ?n FILTER(?n > ?least) }", "utf-8"
    )
    kg = hima_kg.build(tiny)
    assert len(kg.ask("more", least=2**63 - 1)) == 0
    with pytest.raises(UsageError, match="larger than sums are reckoned with"):
        kg.ask("more", least=2**63)


def test_windows_are_dates(hima: hima_kg.KnowledgeGraph) -> None:
    """A window of the timeline is given as a date, a number or a text."""
    windows = [("2024-01-01", "2024"), (date(2024, 1, 1), 2024)]
    text, typed = (hima.timeline(since=since, until=until) for since, until in windows)
    assert text == typed
    assert text.events != hima.timeline().events


def test_place_of_a_claim(tiny: Path) -> None:
    """The place of a claim is asked for by CURIE or IRI, and a claim that nobody makes has none."""
    graph = hima_kg.build(tiny)
    place = graph.place("c:s1")
    assert place == graph.place(graph.prefixes.expand("c:s1"))
    assert str(place) == "facts/chronicle.trig:11:1"
    with pytest.raises(ProjectError, match="nothing is said about c:s99"):
        graph.place("c:s99")


def test_queries_are_as_written_now(tiny: Path) -> None:
    """A named query that is edited is the new one, in the list as in the answers."""
    graph, file = hima_kg.build(tiny), tiny / "queries" / "lamps.rq"
    before = graph.queries["lamps"].text
    file.write_text("# One.\nSELECT (1 AS ?one) {}\n", "utf-8")
    os.utime(file, ns=(1, file.stat().st_mtime_ns + 1))
    assert graph.queries["lamps"].text != before
    assert graph.ask("lamps").values("one") == [1]


def test_views_tell_their_own_doubts(tiny: Path) -> None:
    """What there is to doubt about a view is told with it, and with no other."""
    graph = hima_kg.build(tiny)
    doubts = list(graph.problems)
    empty = graph.view(query="SELECT ?s { ?s ?p :nobody }")
    assert [problem.code for problem in empty.problems] == ["empty-page"]
    assert graph.view().problems == []
    assert graph.problems == doubts
    assert graph.page() == graph.view().html


def test_a_state_has_one_set_of_claims(say: Callable[..., Path]) -> None:
    """A state rests on the claims that give its value or its date, wherever it is told; not on all that name the value."""
    graph = hima_kg.build(say(":moth-to-beryl kg:agent :beryl ."))
    drawn = state_claims(graph.store)
    told = {state.iri: {claim.claim for claim in state.claims} for state in cited_states(graph.store, "?state a kg:State")}
    assert told == {iri: drawn.get(iri, set()) for iri in told}
    assert not any(claim.endswith("new/s1") for claims in told.values() for claim in claims)


def test_moments_are_days(kg: hima_kg.KnowledgeGraph) -> None:
    """A moment is the day that it is in, wherever a day is asked for, and it is shown as that day."""
    moment, day = datetime(2018, 6, 30, 12), "2018-06-30"
    assert kg.timeline(since=moment, until=moment) == kg.timeline(since=day, until=day)
    assert kg.stats(on=moment) == kg.stats(on=day)
    assert kg.view(on=moment) == kg.view(on=day)
    assert kg.network(on=moment).graph == kg.network(on=day).graph


def test_a_place_is_of_a_claim(kg: hima_kg.KnowledgeGraph) -> None:
    """Claims have a place in the files; a thing that claims speak of is none, and that is said."""
    assert str(kg.place("c:s1")).startswith("facts/chronicle.trig:")
    with pytest.raises(ProjectError, match=":moth is no claim"):
        kg.place(":moth")


def test_documents_are_counted_once(say: Callable[..., Path]) -> None:
    """A document with titles in several languages is told of once."""
    kg = hima_kg.build(
        say(
            ":owl a l:Workshop .",
            before=':new dct:title "Letter"@en, "편지"@ko .',
            head="@prefix dct: <http://purl.org/dc/terms/> .\n" + HEAD,
        )
    )
    assert [row["document"] for row in kg.stats()["documents"]].count(":new") == 1


def test_states_that_are_over(say: Callable[..., Path]) -> None:
    """What is shown of a thing as of a day has no states that are over, neither in time nor among what names the thing."""
    kg = hima_kg.build(
        say(
            ":seat a l:Seat ; l:inGuild :guild ; l:sitter :amber ; kg:date '2015/2016'^^<http://id.loc.gov/datatypes/edtf/EDTF> ."
        )
    )
    named = {day: {fact.subject.rpartition("/")[2] for fact in kg.show(":guild", on=day).facts} for day in ("2015-06", "2018")}
    assert ["seat" in subjects for subjects in named.values()] == [True, False]
