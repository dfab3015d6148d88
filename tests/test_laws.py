"""Laws of time, doubt and proof, over generated worlds: seals that are handed over, announced and done, with dates of any kind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hima_kg import making
from hima_kg.answers import ask
from hima_kg.project import Project
from hima_kg.queries import NamedQuery
from hima_kg.states import LEVELS, NEVER, Day, Timed, standing, statements
from hima_kg.store import Store
from hima_kg.terms import COMMON, Prefixes
from hima_kg.worlds import worlds
from tests.conftest import HEAD, LAWS, TINY, copied

RDF_TYPE = COMMON["rdf"] + "type"

DATES = st.one_of(
    st.dates(date(2018, 1, 1), date(2021, 12, 31)).map(lambda day: (day.isoformat(), "xsd:date")),
    st.dates(date(2018, 1, 1), date(2021, 12, 31)).map(lambda day: (f"{day:%Y-%m}", "xsd:gYearMonth")),
    st.integers(2018, 2021).map(lambda year: (str(year), "xsd:gYear")),
    st.dates(date(2018, 1, 1), date(2021, 12, 31)).map(
        lambda day: (f"{day:%Y-%m}/..", "<http://id.loc.gov/datatypes/edtf/EDTF>")
    ),
    st.dates(date(2018, 1, 1), date(2021, 12, 31)).map(
        lambda day: (f"../{day:%Y-%m}", "<http://id.loc.gov/datatypes/edtf/EDTF>")
    ),
    st.none(),
)
WHO = st.sampled_from([":amber", ":beryl", ":guild"])
HANDOVERS = st.lists(
    st.tuples(WHO, WHO, DATES, st.sampled_from(["kg:Occurred", "kg:Occurred", "kg:Announced"])).filter(lambda h: h[0] != h[1]),
    min_size=1,
    max_size=5,
)
ALL = NamedQuery.parse("all", "SELECT ?seal ?who { ?seal l:keeper ?who }")


Handover = tuple[str, str, tuple[str, str] | None, str]


def claims(handovers: list[Handover]) -> list[str]:
    """Return a claim in TriG for each handover of a new seal, and one for the seal."""
    told = [":owl a l:Seal ; skos:prefLabel 'Owl'@en ; l:sealOf :amber ."]
    for number, (giver, taker, when, status) in enumerate(handovers):
        dated = f"; kg:date '{when[0]}'^^{when[1]} " if when else ""
        told.append(
            f":h{number} a l:Handover ; kg:about :owl ; l:giver {giver} ; l:taker {taker} ; kg:status {status} {dated}."
        )
    about = "n:c{0} a kg:Claim ; kg:document :new ; kg:locator 'c{0}' .\nn:c{0} {{ {1} }}\n"
    return [about.format(number, statements) for number, statements in enumerate(told)]


def made(folder: Path, *files: list[str]) -> Store:
    """Return the tiny project, derived, with files of some claims."""
    for old in (folder / "facts").glob("new*.trig"):
        old.unlink()
    for number, told in enumerate(files):
        (folder / "facts" / f"new{number}.trig").write_text(HEAD + "".join(told), "utf-8")
    return making.make(Project.find(folder)).store


def world(folder: Path, handovers: list[Handover]) -> Store:
    """Return the tiny project, derived, with some handovers of a new seal."""
    return made(folder, claims(handovers))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tiny project for all generated worlds."""
    return copied(TINY, tmp_path_factory.mktemp("worlds"))


def asked(store: Store, on: str) -> dict[tuple[str, str], str]:
    """Return who keeps what on a day, and how surely, by a question."""
    answer = ask(store, ALL, {"on": on}, prefixes=Prefixes(store.prefixes))
    return {(str(row["seal"]), str(row["who"])): str(row["certainty"]) for row in answer}


QUESTIONS = [
    "SELECT ?a ?b { ?a l:keeper ?b }",
    "SELECT DISTINCT ?b { ?a l:keeper ?b }",
    "SELECT ?a ?b { { ?a l:keeper ?b } UNION { ?a l:sealOf ?b } }",
    "SELECT ?a ?b ?c { ?a l:keeper ?b . ?a l:sealOf ?c OPTIONAL { ?c l:keeper ?d } }",
    "SELECT ?a ?b { ?a a l:Seal OPTIONAL { ?a l:keeper ?b } }",
    "SELECT ?a { ?a a l:Seal MINUS { ?a l:keeper :amber } }",
    "SELECT ?a { ?a a l:Seal FILTER NOT EXISTS { ?a l:keeper :amber FILTER NOT EXISTS { ?a l:keeper :beryl } } }",
    "SELECT ?a (COUNT(?b) AS ?n) { ?a a l:Seal ; l:keeper ?b } GROUP BY ?a HAVING(COUNT(?b) > 1)",
    "SELECT ?a ?p { ?a ?p :amber }",
    "SELECT ?a { ?a a kg:State ; rdf:object :beryl }",
    "SELECT ?a ?b { ?a (l:keeper|^l:keeper|l:sealOf) ?b }",
    "SELECT ?a { { SELECT DISTINCT ?a { ?a l:keeper ?b } } }",
    "ASK { :owl l:keeper :amber }",
    "ASK { FILTER NOT EXISTS { :owl l:keeper :amber } }",
]


def told(store: Store, question: str, on: str | None = None) -> list[tuple[str, ...]]:
    """Return the rows of a question, perhaps as of a day, in some fixed order."""
    given = {"on": on} if on else {}
    return sorted(
        map(tuple, ask(store, NamedQuery.parse("question", question), given, prefixes=Prefixes(store.prefixes)).cells())
    )


def graph_of(store: Store, day: Day, level: int) -> Store:
    """Return a graph that holds, of all that holds for a time, just what is as sure as a level on a day."""
    sure = {name for number, name in enumerate(LEVELS, start=1) if number <= level}
    holding, levels = standing(store, day), statements(store, day)
    states = {row["state"].value for row in store.select("SELECT ?state { ?state kg:basis ?basis }")}
    gone = states - {state for state, how in holding.items() if how in sure}
    then = Store.memory(store.prefixes)
    for s, p, o in store.select("SELECT ?s ?p ?o { ?s ?p ?o }"):
        is_gone = p.value == RDF_TYPE and s.value in gone
        if not is_gone and (str(s), p.value, str(o)) not in levels:
            then.extend([ox.Quad(s, p, o)])
    kept = [key for key, how in levels.items() if how in sure and not key[2].endswith("#Nobody>")]
    then.update("INSERT DATA { " + " ".join(f"{s} <{p}> {o} ." for s, p, o in kept) + " }")
    return then


def bounds(store: Store) -> Iterator[str]:
    """Go through the days on which anything can change: the bounds of all states."""
    for name in ("startEarliest", "startLatest", "endEarliest", "endLatest", "disputedFrom", "disputedUntil"):
        yield from (row["day"].value for row in store.select(f"SELECT ?day {{ ?state a kg:State ; kg:{name} ?day }}"))


@settings(max_examples=12 * LAWS)
@given(handovers=HANDOVERS, day=st.dates(date(2017, 6, 1), date(2022, 6, 30)))
def test_three_ways_agree(folder: Path, handovers: list[Handover], day: date) -> None:
    """A rewritten question, the states one by one, and a plain reading of their bounds tell the same."""
    store, on = world(folder, handovers), day.isoformat()
    short = Prefixes(store.prefixes).compact
    keeper = Prefixes(store.prefixes).expand("l:keeper")
    told = {
        (short(s.strip("<>")), short(o.strip("<>"))): level
        for (s, p, o), level in statements(store, Day.parse(on)).items()
        if p == keeper and level != NEVER and not o.endswith("#Nobody>")
    }
    assert asked(store, on) == told
    assert standing(store, Day.parse(on)) == {state: level for state, level in read(store, on) if level}


@settings(max_examples=10 * LAWS)
@given(handovers=HANDOVERS, day=st.dates(date(2017, 6, 1), date(2022, 6, 30)))
def test_as_of_is_as_in_worlds(folder: Path, handovers: list[Handover], day: date) -> None:
    """A question as of a day is told what graphs that hold just what is so then tell, and how surely all of them do.

    What all of them tell and the graph of all days does not is so because of the day, and certain.
    """
    store, on = world(folder, handovers), day.isoformat()
    graphs = {level: graph_of(store, Day.parse(on), level) for level in range(len(LEVELS) + 1)}
    for question in QUESTIONS:
        graded = worlds(lambda level: told(graphs[level], question))  # noqa: B023 - asked at once
        answer = told(store, question, on)
        if question.startswith("ASK"):
            graded = [row for row in graded if row[0] == ("true",)] or [(("false",), answer[0][-1])]
            assert answer[0] != ("false", "") or told(store, question) == [("false",)]
        always = told(store, question)
        assert answer == sorted((*row, sure or ("" if row in always else "certain")) for row, sure in graded)


def read(store: Store, on: str) -> Iterator[tuple[str, str | None]]:
    """Go through all states with how surely each holds on a day, by a plain reading of its bounds."""
    names = ("basis", "startEarliest", "startLatest", "endEarliest", "endLatest", "disputedFrom", "disputedUntil")
    optional = " ".join(f"OPTIONAL {{ ?state kg:{name} ?{name} }}" for name in names)
    for row in store.select(f"SELECT * {{ ?state a kg:State {optional} }}"):
        basis, first, sure, ending, ended, disputed, until = (row[name].value if row[name] else None for name in names)
        basis = basis.rpartition("#")[2]
        last = on if basis == "Stated" else (date.fromisoformat(on) + timedelta(1)).isoformat()
        if (first and on < first) or (ended and ended < last):
            yield row["state"].value, None
        elif not (sure <= on if sure else basis == "Implied"):
            yield row["state"].value, "possible" if first or (sure and basis != "Stated") else "unknown"
        elif (ending or ended) and (ending or "") < last:
            yield row["state"].value, "possible"
        elif disputed and disputed <= on and on <= (until or on):
            yield row["state"].value, "disputed"
        else:
            yield row["state"].value, "implied" if basis == "Implied" else "certain"


BOUND = st.none() | st.sampled_from(["2018-01-01", "2019-06-30", "2020-02-29"])


@settings(max_examples=50 * LAWS)
@given(
    states=st.lists(st.tuples(st.sampled_from(["Stated", "Implied", "Occurred"]), *([BOUND] * 6)), max_size=20),
    day=st.dates(date(2017, 12, 31), date(2020, 3, 1)),
)
def test_any_bounds(states: list[tuple[str | None, ...]], day: date) -> None:
    """Whatever bounds a rule of a project gives a state, SPARQL and Python tell alike how surely it holds."""
    names = ("basis", "startEarliest", "startLatest", "endEarliest", "endLatest", "disputedFrom", "disputedUntil")
    store, on = Store.memory({**COMMON, "": "urn:"}), Day.parse(day.isoformat())
    for number, known in enumerate(states):
        days = [f"kg:{name} '{one}'^^xsd:date" for name, one in zip(names[1:], known[1:], strict=True) if one]
        store.update(
            f"INSERT DATA {{ <urn:s{number}> {' ; '.join(['a kg:State ; rdf:subject :a ; rdf:object :b', f'kg:basis kg:{known[0]}', *days])} }}"
        )
    assert standing(store, on) == {state: how for state, how in read(store, day.isoformat()) if how}
    held = Timed(store)
    assert standing(store, on) == {
        f"urn:s{number}": LEVELS[level - 1]
        for number in range(len(states))
        if (level := held.state_level(on, "", ox.NamedNode(f"urn:s{number}"))) <= len(LEVELS)
    }


@settings(max_examples=12 * LAWS)
@given(handovers=HANDOVERS, day=st.dates(date(2017, 6, 1), date(2022, 6, 30)), later=st.integers(1, 400))
def test_no_change_without_a_bound(folder: Path, handovers: list[Handover], day: date, later: int) -> None:
    """Two days between which no state can begin or end have the same answers."""
    store = world(folder, handovers)
    after = day + timedelta(later)
    between = [bound for bound in bounds(store) if day.isoformat() < bound <= after.isoformat()]
    then = after if not between else date.fromisoformat(min(between)) - timedelta(1)
    assert asked(store, day.isoformat()) == asked(store, then.isoformat())


@settings(max_examples=12 * LAWS)
@given(handovers=HANDOVERS, day=st.dates(date(2018, 1, 1), date(2021, 12, 31)))
def test_certain_is_possible(folder: Path, handovers: list[Handover], day: date) -> None:
    """What is certain in a month is so on each of its days, and what may be so on a day may be so in its month."""
    store = world(folder, handovers)
    month, on = asked(store, f"{day:%Y-%m}"), asked(store, day.isoformat())
    assert {key for key, level in month.items() if level == "certain"} <= {
        key for key, level in on.items() if level == "certain"
    }
    assert set(on) <= set(month)
    assert set(month.values()) <= set(LEVELS)


@settings(max_examples=8 * LAWS)
@given(handovers=HANDOVERS, shuffle=st.randoms(use_true_random=False))
def test_order_does_not_matter(folder: Path, handovers: list[Handover], shuffle: random.Random) -> None:
    """The same claims in another order, and in other files, give the same graph."""
    told = claims(handovers)
    before = world(folder, handovers).lines()
    shuffle.shuffle(told)
    cut = shuffle.randrange(len(told) + 1)
    assert made(folder, told[:cut], told[cut:]).lines() == before


@settings(max_examples=8 * LAWS)
@given(handovers=HANDOVERS, more=HANDOVERS)
def test_adding_never_removes(folder: Path, handovers: list[Handover], more: list[Handover]) -> None:
    """A claim that is added takes no statement away from another, and taken out again leaves the graph as it was."""
    before = world(folder, handovers).lines()
    after = world(folder, handovers + more).lines()
    assert {line for line in before if b"/claim/" in line.rsplit(b"<", 1)[-1]} <= set(after)
    assert world(folder, handovers).lines() == before
