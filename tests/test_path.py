"""How two things are connected: the shortest chains that mean something, each step with its passages."""

import json
import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hima_kg
from hima_kg.errors import ProjectError
from hima_kg.paths import paths
from hima_kg.reports.path import path as told
from hima_kg.store import Store
from hima_kg.terms import COMMON
from tests.conftest import Run

COCKPIT = """\
HarmonyOS Cockpit – Luxeed: no direct link; all chains run through Huawei

1  HarmonyOS Cockpit – Huawei – Luxeed
   HarmonyOS Cockpit: developer Huawei
       Harmony Intelligent Mobility Alliance (Wikipedia): HarmonyOS Cockpit ¶1 s1 [wp:TC.p1.s1]
   HarmonyOS Cockpit APIs opened: about HarmonyOS Cockpit, agent Huawei
       Harmony Intelligent Mobility Alliance (Wikipedia): HarmonyOS Cockpit ¶1 s2 [wp:TC.p1.s2]
   Luxeed: developed with Huawei
       Harmony Intelligent Mobility Alliance (Wikipedia): Luxeed ¶1 s1 [wp:BL.p1.s1]
   closer cooperation in HIMA (announced): about Luxeed, agent Huawei
       화웨이 주도 하모니 모빌리티 연합, 5개 중국 완성차 파트너 협력 심화: ¶3 s1 [gan:p3.s1];
       title [gan:title]
"""
SEAL = """\
Moth – Beryl: linked directly

1  Moth – Beryl
   Moth: keeper Beryl
       2018-03..2018-05 – 2020-05-02
       by rule:state-begun: From an event on, the value that it gives holds, or none if it only
       takes one away; perhaps, if it was announced and neither done since nor taken back.
       A letter: s1 [e:s1]
       Chronicle of Lamps: ¶1 s2 [c:s2]
   Moth: seal of Beryl
       A letter: s3 [e:s3]
   Moth back to Amber (2020-05-02): giver Beryl, about Moth
       A letter: s1 [e:s1]
"""


def things(found: hima_kg.paths.Paths) -> list[tuple[str, ...]]:
    """Return the local names of the things on each chain."""
    return [tuple(thing.rpartition("/")[2] for thing in chain.things) for chain in found.chains]


@pytest.mark.parametrize("bound", [{"most": 0}, {"longest": -1}])
def test_at_least_one(hima: hima_kg.KnowledgeGraph, bound: dict[str, int]) -> None:
    """No chain at all, or one of no step, cannot be asked for."""
    with pytest.raises(hima_kg.ProjectError, match="at least one"):
        hima.path(":aito", ":huawei", **bound)  # type: ignore[arg-type]


def test_third_party(run: Run, home: Path) -> None:
    """Where the only link runs through a third party, that is said, and each step cites its passages."""
    done = run("path", ":harmonyos-cockpit", ":luxeed", cwd=home, env={**os.environ, "COLUMNS": "100"})
    assert (done.returncode, done.stdout) == (0, COCKPIT)


def test_another_project(run: Run, tiny: Path) -> None:
    """A statement that holds for a time is told with its bounds, and with the rule that it follows from."""
    run("build", cwd=tiny)
    assert run("path", "moth", "beryl", cwd=tiny, env={**os.environ, "COLUMNS": "100"}).stdout == SEAL


def test_event_is_a_link(hima: hima_kg.KnowledgeGraph) -> None:
    """An event is no station: those who take part in it are one step apart, and it says in which roles."""
    found = hima.path(":seres", ":huawei")
    (chain,) = found.chains
    events = {link.event: link for link in chain.steps[0].links if link.event}
    transfer = events[hima.prefixes.expand(":wenjie-to-huawei")]
    roles = {(hima.prefixes.compact(p), hima.prefixes.compact(thing)) for p, thing in transfer.roles}
    assert roles == {("auto:from", ":seres"), ("auto:to", ":huawei"), ("kg:agent", ":huawei")}
    assert [claim.claim for claim in transfer.claims] == [hima.prefixes.expand("wp:HP.p2.s2")]


def test_event_at_an_end(hima: hima_kg.KnowledgeGraph) -> None:
    """An event can be an end of a chain."""
    assert things(hima.path(":wenjie-to-huawei", ":aito"))[0] == ("wenjie-to-huawei", "wenjie", "aito")


def test_no_third_party(hima: hima_kg.KnowledgeGraph) -> None:
    """Where other ways are left without a thing, it is not said to be the only one; chains come by length."""
    found = hima.path(":seres", ":chery")
    assert found.through == ()
    assert things(found)[0] == ("seres", "hima", "chery")
    assert [len(chain.steps) for chain in found.chains] == [2, 3, 3]


def test_no_detours(hima: hima_kg.KnowledgeGraph) -> None:
    """A chain that only walks around a shorter one is not told: none of its things are linked past the others."""
    found = hima.path(":yu-chengdong", ":aito", most=9).chains
    assert found
    for chain in found:
        for n, thing in enumerate(chain.things):
            assert not any(hima.path(thing, far, longest=1).chains for far in chain.things[n + 2 :])


def test_modality(run: Run, home: Path) -> None:
    """A step that rests on an inference says so."""
    done = run("path", ":saic-motor", ":shangje-as-printed", cwd=home)
    assert "SAIC Motor – Shanghai (partner, as printed) – Shangje (as printed)" in done.stdout
    assert "¶1 s1 (inferred) [gan:p1.s1-saic]" in done.stdout


def test_nothing_links(run: Run, home: Path) -> None:
    """Where nothing links two things, exit code 1 and what each of them is linked to; plans and opinions do not count."""
    done = run("path", ":charging-map", ":car-manufacturing", cwd=home, env={**os.environ, "COLUMNS": "100"})
    assert done.returncode == 1
    assert done.stdout == (
        "charging map – car manufacturing: nothing links them\n"
        "  charging map is linked to nothing; plans, opinions and deprecated claims do not count\n"
        "  car manufacturing is linked only to Huawei\n"
    )


def test_too_far(run: Run, home: Path) -> None:
    """Where chains are only longer than asked for, that is said, and not that there are none."""
    done = run("path", ":harmonyos-cockpit", ":luxeed", "--longest", "1", cwd=home)
    assert done.returncode == 1
    assert "no chain of at most 1 step\n" in done.stdout
    assert "--longest N looks further" in done.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nobody", ":aito"), "nothing is called 'nobody'"),
        ((":wenji", ":aito"), "did you mean :wenjie?"),
        ((":aito", "아이토"), "are the same thing"),
        (("问界", ":aito"), "is the name of 2 things"),
    ],
)
def test_wrong_usage(run: Run, home: Path, words: tuple[str, str], says: str) -> None:
    """Names that are unknown, shared or the same are told with a hint, and exit code 2."""
    done = run("path", *words, cwd=home)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


def test_json(run: Run, home: Path) -> None:
    """JSON has every link of every step, with claims, and states with their four bounds."""
    found = json.loads(run("path", ":wenjie", ":huawei", "--json", cwd=home).stdout)
    (owner, announced) = found["chains"][0]["steps"][0]["links"]
    assert (owner["property"], owner["states"][0]["start_latest"]) == ("auto:owner", "2023-06-30")
    assert {claim["claim"] for claim in owner["claims"]} == {"wp:BR.p2.s2", "wp:HP.p2.s2"}
    assert announced["status"] == "kg:Announced"


def test_what_holds(hima: hima_kg.KnowledgeGraph) -> None:
    """As of a day, the links that do not hold then are none, and the others say how surely they do."""

    def owner(on: str) -> object:
        (link, *_) = hima.path(":wenjie", ":seres", on=on).chains[0].steps[0].links
        return link.certainty

    assert owner("2022-04-01") == "implied"
    assert owner("2024-08") == "possible"
    assert len(hima.path(":wenjie", ":seres", on="2023-12").chains[0].steps) > 1
    assert hima.path(":wenjie", ":seres").chains[0].steps[0].links[0].certainty is None


def test_only_what_holds_is_cited(hima: hima_kg.KnowledgeGraph) -> None:
    """A link that held twice is told, as of a day, by the state that holds then, and by the passages that tell of that one."""
    (ever, *_) = hima.path(":wenjie", ":seres").chains[0].steps[0].links
    (before, *_) = hima.path(":wenjie", ":seres", on="2022-04-01").chains[0].steps[0].links
    assert [state.basis.rpartition("#")[2] for state in ever.states] == ["Implied", "Announced"]
    assert [state.basis.rpartition("#")[2] for state in before.states] == ["Implied"]
    passages = [[claim.claim.rpartition("/")[2] for claim in link.claims] for link in (ever, before)]
    assert passages == [["BR.p2.s3", "HP.p2.s2"], ["HP.p2.s2"]]


def test_events_in_time(hima: hima_kg.KnowledgeGraph) -> None:
    """What happens later links nobody yet."""

    def events(on: str) -> set[object]:
        chains = hima.path(":aito", ":huawei", on=on, longest=1).chains
        return {
            link.certainty for chain in chains for step in chain.steps for link in step.links if link.event and link.earliest
        }

    assert events("2021-06") == set()
    assert events("2021-12-15") == {"possible"}
    assert "certain" in events("2023")


HEAD = """
INSERT DATA {{
  GRAPH graph:claims {{ n:c a kg:Claim ; kg:document n:d ; kg:locator "s1" ; kg:modality kg:Stated ; kg:rank kg:Normal }}
  {triples} GRAPH n:c {{ {triples} }}
}}"""


def world(edges: set[tuple[int, int]]) -> Store:
    """Return a store in which numbered things are linked."""
    store = Store.memory({**COMMON, "n": "http://example.org/"})
    triples = " ".join(f"n:t{a} n:knows n:t{b} ." for a, b in sorted(edges))
    store.update(HEAD.format(triples=triples))
    return store


EDGES = st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda two: two[0] != two[1]), max_size=14)


def test_an_announcement_is_no_deed(say: Callable[..., Path]) -> None:
    """As of a day, an event that bears no date links things, but one that was only announced links them perhaps."""
    for status, certainty in (("", "undated"), (" ; kg:status kg:Announced", "possible")):
        folder = say(f":h a l:Feast ; l:taker :kin, :far{status} . :kin a l:Workshop . :far a l:Workshop .")
        hima_kg.build(folder)
        (step,) = hima_kg.open(folder).path(":kin", ":far", on="2020").chains[0].steps
        assert [link.certainty for link in step.links] == [certainty]


@given(EDGES)
def test_there_and_back(edges: set[tuple[int, int]]) -> None:
    """The chains from B to A are those from A to B, turned round, and every step is a link."""
    store = world(edges)
    one, other = "http://example.org/t0", "http://example.org/t1"
    there, back = (paths(store, *ends, most=9) for ends in ((one, other), (other, one)))
    assert [chain.things for chain in there.chains] == [chain.things[::-1] for chain in back.chains]
    assert set(there.through) == set(back.through)
    linked = {frozenset((f"http://example.org/t{a}", f"http://example.org/t{b}")) for a, b in edges}
    assert all(frozenset(two) in linked for chain in there.chains for two in pairwise(chain.things))


@given(EDGES)
def test_as_short_as_can_be(edges: set[tuple[int, int]]) -> None:
    """The first chain is as short as networkx's, and what all chains run through are the things that part the ends."""
    import networkx as nx

    graph = nx.Graph([(0, 0), (1, 1), *edges])
    found = paths(world(edges), "http://example.org/t0", "http://example.org/t1", longest=9)
    assert bool(found.chains) == nx.has_path(graph, 0, 1)
    if not found.chains:
        assert found.whole
        return
    assert len(found.chains[0].steps) == nx.shortest_path_length(graph, 0, 1)
    parting = {n for n in graph if n > 1 and not nx.has_path(graph.subgraph(graph.nodes - {n}), 0, 1)}
    assert set(found.through) == {f"http://example.org/t{n}" for n in parting}


def test_hub() -> None:
    """A thing over which most others are linked in the same way is an end of chains, and a station only if there is no other."""
    spokes = {(n, 0) for n in range(1, 60)}
    around = world(spokes | {(1, 70), (70, 71), (71, 2)})
    name = "http://example.org/t{}".format
    assert things(paths(around, name(1), name(2))) == [("t1", "t70", "t71", "t2")]
    assert things(paths(around, name(1), name(0))) == [("t1", "t0")]
    only = paths(world(spokes), name(1), name(2))
    assert things(only) == [("t1", "t0", "t2")]
    assert only.chains[0].hubs == 1
    assert only.through == (name(0),)


def test_hub_is_told(say: Callable[..., Path], run: Run) -> None:
    """A chain over a hub says that it is one."""
    seals = " ".join(f':s{n} a l:Seal ; skos:prefLabel "Seal {n}"@en ; l:sealOf :guild .' for n in range(40))
    folder = say(f":guild a l:Guild . {seals}")
    run("build", cwd=folder)
    done = run("path", ":s1", ":s2", cwd=folder)
    assert "over a hub" in done.stdout


def test_what_a_rule_gives(say: Callable[..., Path], run: Run) -> None:
    """A link that nobody states comes with the rule that gives it."""
    folder = say(
        ":owl a l:Seal ; skos:prefLabel 'Owl'@en ; l:sealOf :amber . :cedar a l:Workshop ; skos:prefLabel 'Cedar'@en ."
    )
    rule = "# Cedar makes all seals.\nCONSTRUCT { ?seal l:near :cedar } WHERE { ?seal a l:Seal }"
    (folder / "ontology" / "rules" / "near.rq").write_text(f"PREFIX : <https://example.org/lamps/>\n{rule}", "utf-8")
    with (folder / "ontology" / "lamps.ttl").open("a", encoding="utf-8") as ontology:
        ontology.write("\nl:near a owl:ObjectProperty ; rdfs:label 'near'@en .\n")
    run("build", cwd=folder)
    assert "Owl: near Cedar\n       by rule:near: Cedar makes all seals.\n" in run("path", ":owl", ":cedar", cwd=folder).stdout
    link = json.loads(run("path", ":owl", ":cedar", "--json", cwd=folder).stdout)["chains"][0]["steps"][0]["links"][0]
    assert (link["claims"], link["rules"]) == ([], ["rule:near"])


def test_same_thing(hima: hima_kg.KnowledgeGraph) -> None:
    """A thing is not connected to itself."""
    with pytest.raises(ProjectError, match="same thing"):
        hima.path(":aito", ":aito")


def test_text_is_text(hima: hima_kg.KnowledgeGraph) -> None:
    """A terminal without signs gets the same in ASCII."""
    text = told(hima.path(":wenjie", ":huawei"), hima.labels(), hima.prefixes, encoding="ascii")
    assert text.isascii()
