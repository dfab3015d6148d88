"""What happened when: events in order, plans beside outcomes, and bars that are never surer than their days."""

import json
import os
import re
from collections.abc import Callable
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hima_kg
from hima_kg.dates import Period, between, period
from hima_kg.entities import State
from hima_kg.errors import columns
from hima_kg.reports.bars import Axis
from hima_kg.reports.entity import entity
from hima_kg.reports.entity import table as entity_table
from hima_kg.reports.pen import Signs, cut
from hima_kg.reports.timeline import table as timeline_table
from hima_kg.reports.timeline import timeline as told
from hima_kg.terms import KG, XSD
from hima_kg.timeline import Event, overlaps, timeline
from tests.conftest import Run

DAYS = st.dates(date(2020, 1, 1), date(2024, 1, 1)).map(date.isoformat)
MAYBE = st.none() | DAYS
BASES = st.sampled_from([KG + name for name in ("Occurred", "Announced", "Stated", "Implied")])
SPANS = st.builds(
    lambda starts, ends, doubt, basis: State("s", "a", "p", "b", basis, *starts, *ends, doubt),
    st.tuples(MAYBE, MAYBE).filter(lambda two: not all(two) or two[0] <= two[1]),
    st.tuples(MAYBE, MAYBE).filter(lambda two: not all(two) or two[0] <= two[1]),
    MAYBE,
    BASES,
)
WENJIE = """\
Wenjie  :wenjie

2023-06  occurred   Chinese AITO mark to Huawei
                    by Huawei; about Wenjie; from Seres Group; to Huawei; [wp:HP.p2.s2]
2024-07  announced  Chinese AITO marks to Seres Group, announced
                    by Huawei; about AITO patents, Wenjie; from Huawei; to Seres Group; reason brand
                    ownership rule; [wp:BR.p2.s3]

               2023                    2024                    2025
               ┬───────────────────────┬───────────────────────┬───────────────────────
owner
  Seres Group ←··········░░
    … – 2023-06; implied; [wp:HP.p2.s2]
  Huawei                 ░░████████████████████████╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱→
    2023-06 – …; disputed from 2024-07-01; [wp:HP.p2.s2]
  Seres Group                                      ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░→
    2024-07.. – …; announced; [wp:BR.p2.s3]

█ certain   ░ possible   ╱ disputed   · implied   ← → goes on
"""
MOTH = """\
Moth  :moth

2018-03..2018-05  occurred   Moth to Beryl
                             about Moth; giver Amber; taker Beryl; [c:s2] [e:s1]
2020-05-02        occurred   Moth back to Amber
                             about Moth; giver Beryl; taker Amber; [e:s1]
2021-06           announced  Moth to the guild, announced
                             about Moth; giver Amber; taker Lamp Guild; [e:s2]

              2017        2018        2019        2020        2021
              ┬───────────┬───────────┬───────────┬───────────┬───────────
keeper
  Amber      ←··············░░░
    … – 2018-03..2018-05; implied; [c:s2] [e:s1]
  Beryl                     ░░░███████████████████████░
    2018-03..2018-05 – 2020-05-02; [c:s2] [e:s1]
  Amber                                               ░████████████╱╱╱╱╱╱╱→
    2020-05-02 – …; disputed from 2021-06-01; [e:s1]
  Lamp Guild                                                       ░░░░░░░→
    2021-06.. – …; announced; [e:s2]

█ certain   ░ possible   ╱ disputed   · implied   ← → goes on
"""


def test_chain_of_title(run: Run, home: Path) -> None:
    """A mark's timeline shows its transfers, and who owned it when as bars: certain, possible, disputed, implied."""
    assert run("timeline", ":wenjie", cwd=home, env={**os.environ, "COLUMNS": "100"}).stdout == WENJIE


def test_another_project(run: Run, tiny: Path) -> None:
    """Any project's events and states are told so, at the width of 80 columns in a pipe."""
    run("build", cwd=tiny)
    env = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    assert run("timeline", "moth", cwd=tiny, env=env).stdout == MOTH


def test_plan_and_outcome(run: Run, tiny: Path) -> None:
    """A plan that was fulfilled stands on one line with its outcome; one whose day has passed without any is overdue."""
    run("build", cwd=tiny)
    text = run("timeline", cwd=tiny, env={**os.environ, "COLUMNS": "80"}).stdout
    lines = [line.strip() for line in text.splitlines()]
    assert "planned for 2019 → done 2019-06-21; [e:s2]" in lines
    assert not any("Sun Feast" in line and "held" not in line for line in lines)
    assert lines[lines.index("2019              overdue    Moon Feast") + 1] == "planned for 2019, no outcome reported; [c:s3]"


def test_overdue(hima: hima_kg.KnowledgeGraph) -> None:
    """What was expected by the end of 2024, and of which no document reports an outcome, is overdue."""
    (car,) = [event for event in hima.timeline(":maextro").events if event.iri.endswith("first-maextro-built")]
    assert (car.overdue, car.earliest, car.latest) == (True, None, "2024-12-31")
    text = told(hima.timeline(":maextro"), hima.labels(), hima.prefixes)
    assert "..2024            overdue    first Maextro vehicle built\n" in text
    assert "expected by end of 2024, no outcome reported; " in text


def test_undated(hima: hima_kg.KnowledgeGraph) -> None:
    """An event without a date is not before what it comes after, or stands at the end; no date is made up for it."""
    found = hima.timeline(":aito")
    text = told(found, hima.labels(), hima.prefixes)
    assert "2023-03..  occurred   Huawei AITO becomes AITO again\n                      after AITO becomes Huawei AITO" in text
    dated = [event.is_dated for event in found.events]
    assert dated == sorted(dated, reverse=True)


def test_window(run: Run, home: Path) -> None:
    """A window keeps what can lie in it, and says how much has no date."""
    found = json.loads(run("timeline", "--from", "2023-06", "--to", "2023-11", "--json", cwd=home).stdout)
    assert [event["id"] for event in found["events"]] == [
        ":hima-establishment",
        ":huawei-aito-naming-reverted",
        ":wenjie-to-huawei",
        ":hima-establishment-announcement",
        ":luxeed-s7-launch",
        ":first-maextro-built",
        ":hima-stores-plan-2024",
        ":hima-stores-plan-2025",
    ]
    assert found["undated"] == 21
    for wrong, says in ((["--from", "soon"], "is not a date"), (["--from", "2024", "--to", "2023"], "2024 is after 2023")):
        done = run("timeline", *wrong, cwd=home)
        assert (done.returncode, done.stdout) == (2, "")
        assert says in done.stderr


@pytest.mark.parametrize("window", ["1990 1991", "2030 2031", ".. 2023", "2025 ..", ".. ..", "0001-01-01 9999-12-31"])
def test_any_window(hima: hima_kg.KnowledgeGraph, window: str) -> None:
    """Any window can be shown, however far from what is known, or open to a side."""
    since, until = (None if date == ".." else date for date in window.split())
    found = hima.timeline(since=since, until=until)
    days = since and str(period(since).earliest), until and str(period(until).latest)
    first, last = days[0] or "", days[1] or "9999-12-31"
    dated = [event for event in hima.timeline().events if event.is_dated]
    inside = {e.iri for e in dated if (e.earliest or "") <= last and first <= (e.latest or "9999-12-31")}
    assert {event.iri for event in found.events if event.is_dated} == inside
    assert all(overlaps(state.start_earliest, state.end_latest, *days) for state in found.states)
    assert told(found, hima.labels(), hima.prefixes).count("goes by") >= 1


def test_only_what_leads_to_it(hima: hima_kg.KnowledgeGraph) -> None:
    """A thing's timeline has the events that lead to it by any property, and the states that it is part of."""
    seres = hima.prefixes.expand(":seres")
    found = hima.timeline("세레스")
    assert all(seres in {thing for _, thing in event.roles} for event in found.events)
    assert all(seres in (state.subject, state.object) for state in found.states)
    assert len(found.events) == 3


def test_opinions_are_said_to_be(hima: hima_kg.KnowledgeGraph) -> None:
    """A plan that only an opinion speaks of is told as one."""
    text = told(hima.timeline(":advanced-driving-functions"), hima.labels(), hima.prefixes)
    assert "[gan:p4.s2 opinion]" in text


def test_what_was_taken_back(say: Callable[..., Path]) -> None:
    """What was taken back says by what, in the timeline of whatever it is about; an announcement takes nothing back."""
    plan = ":plan a l:Handover ; skos:prefLabel 'The plan'@en ; kg:status kg:Planned ; kg:about :moth ; l:taker :beryl ; kg:date '2031'^^xsd:gYear . "
    back = ":back a l:Feast ; skos:prefLabel 'The end of it'@en ; kg:reverses :plan ; kg:date '2020-05'^^xsd:gYearMonth {}. "
    for status, is_back in (("", True), ("; kg:status kg:Announced ", False)):
        kg = hima_kg.build(say(plan + back.format(status)))
        found = kg.timeline(":moth")
        (event,) = [one for one in found.events if one.iri.endswith("/plan")]
        assert [iri.rpartition("/")[2] for iri in event.reversed_by] == ["back"] * is_back
        assert any(one.iri.endswith("/back") for one in found.events)
        assert ("taken back by The end of it" in " ".join(told(found, kg.labels(), kg.prefixes).split())) == is_back


def test_an_opinion_fulfils_nothing(say: Callable[..., Path]) -> None:
    """A plan of which only an opinion says that it was done is overdue, and the opinion stands beside it."""
    opinion = "n:s2 a kg:Claim ; kg:document :new ; kg:locator 's2' ; kg:modality kg:Opinion . "
    opinion += "n:s2 { :bell a l:Feast ; kg:fulfils :fair ; kg:date '2016'^^xsd:gYear }"
    kg = hima_kg.build(say(":fair a l:Feast ; kg:status kg:Planned ; kg:date '2015'^^xsd:gYear .", before=opinion))
    told = {event.iri.rpartition("/")[2]: event for event in timeline(kg.store).events}
    assert told["fair"].overdue
    assert told["bell"].fulfils == ()


def test_languages(hima: hima_kg.KnowledgeGraph) -> None:
    """Names, properties and statuses are told in the language that is asked for, and wide letters keep bars in line."""
    text = told(hima.timeline(":wenjie"), hima.labels("zh"), hima.prefixes, width=90)
    assert text.startswith("问界  :wenjie\n")
    assert "2024-07  已宣布  " in text
    bars = [line for line in text.splitlines() if line.endswith("→")]
    assert len({columns(line) for line in bars}) == 1


def test_plain_ascii(run: Run, home: Path) -> None:
    """Where the terminal has no blocks, bars are ASCII, and names that it cannot show keep the columns in line."""
    env = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "", "COLUMNS": "80"}
    done = run("timeline", ":wenjie", "--lang", "zh", cwd=home, env=env)
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "\n  Huawei            -############//////////////////>\n" in done.stdout


def test_unknown(run: Run, home: Path) -> None:
    """A name that nothing has is told with the near one, with exit code 2."""
    done = run("timeline", ":wenji", cwd=home)
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean :wenjie?" in done.stderr


def test_values_that_are_texts(hima: hima_kg.KnowledgeGraph) -> None:
    """A state whose value is a text, such as a name, is a bar like any other."""
    found = hima.timeline(":wenjie")
    named = State("s", ":wenjie", "p", "享界 by name", KG + "Occurred", "2023-01-01", "2023-01-31", datatype=XSD + "string")
    text = told(hima_kg.timeline.Timeline(None, None, None, None, (), (*found.states, named)), hima.labels(), hima.prefixes)
    assert "\n  享界 by name " in text


def test_one_state_whoever_tells_of_it(hima: hima_kg.KnowledgeGraph) -> None:
    """What is shown of a thing has the states of its timeline, the same bounds and passages, and so has its JSON."""
    shown = {state.iri: state for state in hima.show(":wenjie").states}
    timed = {state.iri: state for state in hima.timeline(":wenjie").states}
    assert shown == {iri: timed[iri] for iri in shown}
    assert all(state.claims for state in shown.values())
    text = entity(hima.show(":wenjie"), hima.labels(), hima.prefixes)
    assert re.search(
        r"owner Seres Group   2024-07.*announced\)\n +Harmony Intelligent Mobility Alliance \(Wikipedia\): Brands ¶2 s3",
        text,
    )
    states = {state["id"]: state for state in entity_table(hima.show(":wenjie"), hima.prefixes)["states"]}
    drawn = timeline_table(hima.timeline(":wenjie"), {}, hima.prefixes)["states"]
    assert states == {state["id"]: state for state in drawn if state["id"] in states}


@given(SPANS, st.integers(12, 200))
def test_sure_inside_possible(state: State, width: int) -> None:
    """A column is solid only if the state holds for certain on all of its days, and blank only if it holds on none."""
    axis = Axis.over("2020-01-01", "2024-01-01", width)
    assert axis.width <= width
    bar = axis.bar(state, Signs())[1:]
    for cell, first, end in zip(bar, axis.edges, axis.edges[1:], strict=False):
        days = {state.on(date.fromordinal(day).isoformat()) for day in range(first, end)}
        assert (cell == "█") == (days == {"certain"})
        assert (cell == " ") == (days == {None})


@given(SPANS, DAYS)
def test_certain_lies_between(state: State, day: str) -> None:
    """What holds for certain on a day has begun before it for sure, and cannot have ended."""
    if state.on(day) == "certain":
        assert state.start_latest is not None
        assert state.start_latest <= day <= (state.end_earliest or "9999")
        assert day != state.end_earliest or state.basis == KG + "Stated"


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)), st.integers(0, 3_000_000), st.integers(12, 120))
def test_axis_has_its_days(first: date, length: int, width: int) -> None:
    """An axis has its first and last day, in columns that follow each other, whatever the width."""
    last = date.fromordinal(min(first.toordinal() + length, date.max.toordinal()))
    axis = Axis.over(first.isoformat(), last.isoformat(), width)
    assert axis.edges[0] <= first.toordinal()
    assert last.toordinal() < axis.edges[-1]
    assert list(axis.edges) == sorted(set(axis.edges))
    labels, rule = axis.ticks(Signs())
    assert columns(labels) <= columns(rule) == axis.width + 1


BOUNDS = st.tuples(MAYBE, MAYBE).filter(lambda two: not all(two) or two[0] <= two[1])


@given(st.lists(BOUNDS.filter(any), max_size=8))
def test_order(bounds: list[tuple[str | None, str | None]]) -> None:
    """An event that ended before another began comes before it."""
    from hima_kg.timeline import _order

    events = sorted((Event(str(n), "", *two) for n, two in enumerate(bounds)), key=_order)
    for before, after in combinations(events, 2):
        assert not (after.latest and before.earliest and after.latest < before.earliest)


@given(BOUNDS.filter(any))
def test_written_as_it_is(bounds: tuple[str | None, str | None]) -> None:
    """A date is written as short as can be, and still means the same days."""
    text = between(*bounds)
    first, dots, last = text.partition("..")
    period = Period.parse(f"{first or '..'}/{last or '..'}" if dots else text)
    assert (period.earliest and period.earliest.isoformat(), period.latest and period.latest.isoformat()) == bounds


@given(BOUNDS, BOUNDS)
def test_windows(days: tuple[str | None, str | None], window: tuple[str | None, str | None]) -> None:
    """What can lie on a day of a window is in it, and nothing else."""
    first, last = (date.fromisoformat(day or open) for day, open in zip(days, ("2019-01-01", "2025-01-01"), strict=True))
    since, until = (date.fromisoformat(day or open) for day, open in zip(window, ("2019-01-01", "2025-01-01"), strict=True))
    assert overlaps(*days, *window) == (max(first, since) <= min(last, until))


@pytest.mark.parametrize("width", [*range(1, 12), 20, 39, 77, 300])
def test_any_width(hima: hima_kg.KnowledgeGraph, width: int) -> None:
    """However narrow or wide a terminal is, the timeline is told."""
    found = hima.timeline(":wenjie")
    for encoding in ("utf-8", "ascii"):
        text = told(found, hima.labels("zh"), hima.prefixes, width=width, encoding=encoding)
        assert ":wenjie" in text
        listed = [re.sub(r"[^A-Za-z0-9]", "", line) for line in text.splitlines()]
        assert "wpHPp2s2" in "".join(listed)


@given(st.text("a琥\u0301 ", max_size=8), st.integers(-2, 9), st.sampled_from(["…", "..."]))
def test_cut(text: str, room: int, more: str) -> None:
    """A text that is cut has room where it goes."""
    assert columns(cut(text, room, more)) <= max(room, 0)


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_fits(hima: hima_kg.KnowledgeGraph, width: int) -> None:
    """The bars fit the terminal's width, and what has no room is cut or goes on in the next line."""
    text = told(hima.timeline(":wenjie"), hima.labels(), hima.prefixes, width=width)
    assert any("█" in line and "certain" not in line for line in text.splitlines())
    assert [line for line in text.splitlines() if columns(line) > width] == []
