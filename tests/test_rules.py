"""What follows from what: on the tiny project, which knows lamps and nothing of cars."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

import hima_kg
from hima_kg.agenda import Rule
from hima_kg.errors import FactError, ProjectError
from hima_kg.terms import COMMON
from hima_kg.timeline import timeline


@pytest.mark.parametrize(
    ("on", "keepers"),
    [
        ("2017-01-01", ":amber implied"),
        ("2018-04", ":amber possible, :beryl possible"),
        ("2019", ":beryl certain"),
        ("2020-06-01", ":amber certain"),
        ("2022", ":amber disputed, :guild possible"),
    ],
)
def test_keepers(kg: hima_kg.KnowledgeGraph, on: str, keepers: str) -> None:
    """Who kept a seal on a day follows from the events, whatever words the project has for keeping."""
    assert told(kg, ":moth", on) == keepers


def told(kg: hima_kg.KnowledgeGraph, seal: str, on: str) -> str:
    """Return who kept a seal on a day, in words."""
    return ", ".join(f"{row['keeper']} {row['certainty']}" for row in kg.ask("keepers", seal=seal, on=on))


@pytest.mark.parametrize(
    ("events", "on", "keepers"),
    [
        # dates of different precision: who takes what the other gave comes after
        (["amber beryl 2023-03 gYearMonth", "beryl cedar 2023 gYear"], "2025", ":cedar certain"),
        (["amber beryl 2023 gYear", "beryl cedar 2023-03 gYearMonth"], "2025", ":cedar certain"),
        (["amber beryl 2023-06 gYearMonth", "beryl cedar 2023-06 gYearMonth"], "2025", ":cedar certain"),
        (["amber beryl 2023-06 gYearMonth", "amber cedar 2023-06 gYearMonth"], "2025", ":beryl possible, :cedar possible"),
        # open-ended dates
        (["amber beryl 2024-07/.. EDTF"], "2025", ":amber possible, :beryl possible"),
        (["amber beryl 2022-01 gYearMonth", "beryl cedar 2024-07/.. EDTF"], "2023", ":beryl certain"),
        (["amber beryl 2022-01 gYearMonth", "beryl cedar 2024-07/.. EDTF"], "2026", ":beryl possible, :cedar possible"),
        (["amber beryl 2022-01 gYearMonth", "beryl cedar ../2024-07 EDTF"], "2023", ":beryl possible, :cedar possible"),
        (["amber beryl 2022-01 gYearMonth", "beryl cedar ../2024-07 EDTF"], "2025", ":cedar certain"),
        # given away to nobody that is named
        (["amber beryl 2022-01 gYearMonth", "beryl - 2024-01 gYearMonth"], "2025", ""),
    ],
)
def test_order_of_changes(say: Callable[..., Path], events: list[str], on: str, keepers: str) -> None:
    """Changes are put in order by their dates and by who takes from whom; what cannot be ordered stays possible."""
    lines = [":owl a l:Seal ; skos:prefLabel 'Owl'@en ; l:sealOf :amber . :cedar a l:Workshop ; skos:prefLabel 'Cedar'@en ."]
    for number, event in enumerate(events):
        giver, taker, date, datatype = event.split()
        kind = "<http://id.loc.gov/datatypes/edtf/EDTF>" if datatype == "EDTF" else f"xsd:{datatype}"
        to = f"l:taker :{taker} ;" if taker != "-" else ""
        lines.append(f":h{number} a l:Handover ; kg:about :owl ; l:giver :{giver} ; {to} kg:date '{date}'^^{kind} .")
    assert told(hima_kg.build(say("\n".join(lines))), ":owl", on) == keepers


@pytest.mark.parametrize(
    ("dates", "ends", "after"),
    [
        (["", ""], None, ":beryl unknown, :cedar unknown"),
        (["", "2020"], "2020-01-01", ":beryl unknown, :cedar possible"),
        (["../2020", ""], "2020-12-31", ":beryl possible, :cedar unknown"),
        (["2020", ""], "2020-01-01", ":beryl possible, :cedar unknown"),
    ],
)
def test_ends_that_nobody_dates(say: Callable[..., Path], dates: list[str], ends: str | None, after: str) -> None:
    """What two changes without an order can have ended has no bound that no source gives, and is not certain either."""
    lines = [":owl a l:Seal ; skos:prefLabel 'Owl'@en ; l:sealOf :amber . :cedar a l:Workshop ; skos:prefLabel 'Cedar'@en ."]
    for taker, date in zip((":beryl", ":cedar"), dates, strict=True):
        when = f"; kg:date '{date}'^^<http://id.loc.gov/datatypes/edtf/EDTF>" if date else ""
        lines.append(f":to-{taker[1:]} a l:Handover ; kg:about :owl ; l:taker {taker} {when} .")
    kg = hima_kg.build(say("\n".join(lines)))
    bounds = {state.object.rpartition("/")[2]: state.end_earliest for state in kg.show(":owl").states}
    assert bounds["beryl"] == ends
    assert "0001-01-01" not in kg.turtle()
    assert told(kg, ":owl", "2024") == after


@pytest.mark.parametrize("weight", ["kg:rank kg:Deprecated", "kg:modality kg:Opinion"])
def test_doubted_plan(say: Callable[..., Path], weight: str) -> None:
    """A claim that does not count cannot turn what occurred into a plan."""
    planned = (
        f"n:s2 a kg:Claim ; kg:document :new ; kg:locator 's2' ; {weight} . n:s2 {{ :moth-to-amber kg:status kg:Planned }}"
    )
    kg = hima_kg.build(say(":amber a l:Workshop .", before=planned))
    assert told(kg, ":moth", "2020-06-01") == ":amber certain"


def test_planned_and_occurred(say: Callable[..., Path]) -> None:
    """One claim says that an event occurred and another that it is planned: that is a conflict, and the event stays."""
    said = "n:s2 a kg:Claim ; kg:document :new ; kg:locator 's2' . n:s2 { :moth-to-amber kg:status kg:Occurred }"
    kg = hima_kg.build(say(":moth-to-amber kg:status kg:Planned .", before=said))
    assert told(kg, ":moth", "2020-06-01") == ":amber certain"
    assert "value contradiction about :moth-to-amber: kg:Occurred / kg:Planned" in [p.message for p in kg.problems]


def test_bounds_of_a_contradicted_date(kg: hima_kg.KnowledgeGraph) -> None:
    """An event that two claims date differently lies anywhere between, and the conflict names both claims."""
    (row,) = kg.ask("SELECT ?a ?z { :moth-to-beryl kg:earliest ?a ; kg:latest ?z }").rows
    assert (str(row["a"]), str(row["z"])) == ("2018-03-01", "2018-05-31")
    claims = kg.ask("SELECT ?c { ?x kg:kind kg:DateContradiction ; kg:between ?c } ORDER BY ?c").values("c")
    assert claims == ["c:s2", "e:s1"]


def test_doubt_ends_with_the_state(kg: hima_kg.KnowledgeGraph) -> None:
    """An announced change puts in doubt the state that holds when it is announced, and none that had ended."""
    assert kg.ask("SELECT ?o { ?s kg:disputedFrom ?d ; rdf:object ?o }").values("o") == [":amber"]


HANDOVER = (
    ":{} a l:Handover ; kg:about :owl ; l:giver :{} ; l:taker :{} ; kg:date '{}'^^<http://id.loc.gov/datatypes/edtf/EDTF> {}."
)
OWL = ":owl a l:Seal ; skos:prefLabel 'Owl'@en ; l:sealOf :amber . :cedar a l:Workshop ; skos:prefLabel 'Cedar'@en . "
AMBER = HANDOVER.format("first", "nobody-known", "amber", "2010", "")


@pytest.mark.parametrize(
    ("events", "on", "keepers"),
    [
        # of a ring in one year it is not known who was last, unless the order is told
        ([("a", "amber", "beryl", "2018"), ("b", "beryl", "cedar", "2018"), ("c", "cedar", "amber", "2018")], "2020", "amber possible, beryl possible, cedar possible"),
        ([("a", "amber", "beryl", "2018", "; kg:after :first "), ("b", "beryl", "cedar", "2018", "; kg:after :a "), ("c", "cedar", "amber", "2018", "; kg:after :b ")], "2020", "amber certain"),
        # a second report of one change takes nothing away
        ([("a", "amber", "beryl", "2012"), ("b", "amber", "beryl", "2012-06")], "2020", "beryl certain"),
        # what was announced has lapsed after another change
        ([("a", "amber", "cedar", "2011-05", "; kg:status kg:Announced "), ("b", "amber", "beryl", "2013")], "2012", "amber disputed, cedar possible"),
        ([("a", "amber", "cedar", "2011-05", "; kg:status kg:Announced "), ("b", "amber", "beryl", "2013")], "2020", "beryl certain"),
        # an announcement of what is so already puts nothing in doubt
        ([("a", "amber", "beryl", "2012-04"), ("b", "amber", "beryl", "2012-06", "; kg:status kg:Announced ")], "2020", "beryl certain"),
        # one for a day that is not known, or by the end of some year, puts it in doubt from the beginning
        ([("a", "amber", "beryl", "2012-04"), ("b", "beryl", "cedar", "../2013", "; kg:status kg:Announced ")], "2020", "beryl disputed, cedar unknown"),
        ([("a", "amber", "beryl", "2012-04"), ("b", "beryl", "cedar", "2012", "; kg:status kg:Announced ")], "2020", "beryl disputed, cedar possible"),
        ([("a", "amber", "beryl", "2012-04"), ("b", "beryl", "cedar", "../2011", "; kg:status kg:Announced ")], "2020", "beryl certain"),
        # of two changes in one year, the one that takes from the owner before comes first
        ([("a", "amber", "beryl", "2018"), ("b", "beryl", "amber", "2018")], "2020", "amber certain"),
        ([("z", "amber", "beryl", "2015"), ("a", "beryl", "amber", "2018"), ("b", "amber", "beryl", "2018")], "2020", "beryl certain"),
        # what is taken back was so until then, and goes back to the giver
        ([("a", "amber", "beryl", "2012"), ("b", "nobody", "nobody", "2014", "; kg:reverses :a ")], "2013", "beryl certain"),
        ([("a", "amber", "beryl", "2012"), ("b", "nobody", "nobody", "2014", "; kg:reverses :a ")], "2015", "amber certain"),
        ([("a", "amber", "beryl", "2012"), ("b", "nobody", "nobody", "2014", "; kg:reverses :a "), ("c", "amber", "cedar", "2016")], "2017", "cedar certain"),
        ([("a", "amber", "beryl", "2012"), ("b", "nobody", "nobody", "2014", "; kg:reverses :a ; kg:about :cedar ")], "2015", "beryl certain"),
        # and comes after it, whatever the months are
        ([("a", "amber", "beryl", "2012"), ("b", "beryl", "amber", "2012-05", "; kg:reverses :a ")], "2011", "amber certain"),
        ([("a", "amber", "beryl", "2012"), ("b", "nobody", "nobody", "2012-05", "; kg:reverses :a ")], "2013", "amber certain"),
        ([("a", "amber", "beryl", "2012"), ("b", "beryl", "amber", "../2013", "; kg:reverses :a ")], "2011", "amber certain"),
        # what was taken back returns when that is taken back in its turn
        ([("a", "amber", "beryl", "2012"), ("b", "nobody", "nobody", "2014", "; kg:reverses :a "), ("c", "nobody", "nobody", "2016", "; kg:reverses :b ")], "2015", "amber certain"),
        ([("a", "amber", "beryl", "2012"), ("b", "nobody", "nobody", "2014", "; kg:reverses :a "), ("c", "nobody", "nobody", "2016", "; kg:reverses :b ")], "2017", "beryl certain"),
        ([("a", "amber", "beryl", "2012"), ("b", "nobody", "nobody", "2014", "; kg:reverses :a "), ("c", "nobody", "nobody", "2016", "; kg:reverses :b ; kg:about :cedar ")], "2017", "amber certain"),
        # and is in doubt where that is announced alone
        ([("a", "amber", "beryl", "2012"), ("b", "nobody", "nobody", "2014-05", "; kg:reverses :a ; kg:status kg:Announced ")], "2015", "amber possible, beryl disputed"),
        ([("a", "amber", "beryl", "2012"), ("b", "nobody", "nobody", "2014-05", "; kg:reverses :a "), ("c", "nobody", "nobody", "2016-05", "; kg:reverses :b ; kg:status kg:Announced ")], "2017", "amber disputed, beryl possible"),
        # of a chain within one year the end is known
        ([("a", "amber", "beryl", "2018"), ("b", "beryl", "cedar", "2018"), ("c", "cedar", "guild", "2018")], "2020", "guild certain"),
        # an order that contradicts the dates leaves open who has it
        ([("a", "amber", "beryl", "2015"), ("b", "beryl", "cedar", "2014", "; kg:after :a ")], "2016", "beryl possible, cedar possible"),
        # who gives a part away had it by the change before, and not before that
        ([("a", "amber", "beryl", "2012-03"), ("b", "beryl", "beryl, :cedar", "2014-06")], "2011", "amber certain"),
        ([("a", "amber", "beryl", "2012-03"), ("b", "beryl", "beryl, :cedar", "2014-06")], "2015", "beryl certain, cedar certain"),
        # what is given once more by the same was theirs again in between
        ([("a", "amber", "beryl", "2012"), ("b", "amber", "beryl", "2015")], "2014", "amber possible, beryl possible"),
        ([("a", "amber", "beryl", "2012"), ("b", "amber", "beryl", "2015")], "2020", "beryl certain"),
        # nor does one that was taken back
        ([("a", "amber", "cedar", "2011-05", "; kg:status kg:Announced "), ("b", "nobody", "nobody", "2012", "; kg:reverses :a ")], "2011-09", "amber certain"),
    ],
)  # fmt: skip
def test_what_ends_a_state(say: Callable[..., Path], events: list[tuple[str, ...]], on: str, keepers: str) -> None:
    """A state ends by a change to another value, in the order that is known, and is in doubt by one that is still open."""
    lines = [HANDOVER.format(*event, *[""] * (5 - len(event))) for event in events]
    lines = [line.replace("kg:about :owl ; l:giver :nobody ; l:taker :nobody ;", "") for line in lines]
    said = told(hima_kg.build(say(OWL + AMBER.replace("l:giver :nobody-known ; ", "") + " ".join(lines))), ":owl", on)
    assert ", ".join(sorted(said.replace(":", "").split(", "))) == keepers


def test_no_state_ends_before_it_can(say: Callable[..., Path]) -> None:
    """Who takes one part after the other holds from one change to the next: no state can end later than it has ended."""
    parts = [("a", "amber", "beryl, :cedar", "2012"), ("b", "beryl", "cedar", "2014"), ("c", "cedar", "guild", "2018")]
    kg = hima_kg.build(
        say(OWL + AMBER.replace("l:giver :nobody-known ; ", "") + " ".join(HANDOVER.format(*part, "") for part in parts))
    )
    assert kg.ask("SELECT ?s { ?s a kg:State ; kg:endEarliest ?a ; kg:endLatest ?z FILTER(?a > ?z) }").rows == []
    assert [told(kg, ":owl", on) for on in ("2013", "2015", "2019")] == [
        ":beryl certain, :cedar certain",
        ":cedar certain",
        ":guild certain",
    ]


def test_doubt_ends_with_the_outcome(tiny: Path, say: Callable[..., Path]) -> None:
    """An announced change whose outcome is told puts nothing in doubt; what was done holds from its own day."""
    assert told(hima_kg.build(tiny), ":moth", "2021-07") == ":amber disputed, :guild possible"
    done = "l:giver :amber ; l:taker :guild ; kg:fulfils :moth-to-guild"
    kg = hima_kg.build(say(f':moth-given a l:Handover ; kg:about :moth ; {done} ; kg:date "2021-08"^^xsd:gYearMonth .'))
    assert [told(kg, ":moth", on) for on in ("2021-07", "2021-09")] == [":amber certain", ":guild certain"]


def test_an_outcome_for_some(say: Callable[..., Path]) -> None:
    """An outcome for one of the things that an announcement is about leaves the doubt about the others."""
    things = ":hawk a l:Seal ; skos:prefLabel 'Hawk'@en ; l:sealOf :amber . "
    begun = ":was a l:Handover ; kg:about :owl, :hawk ; l:taker :amber ; kg:date '2010'^^xsd:gYear . "
    plan = ":plan a l:Handover ; kg:about :owl, :hawk ; l:giver :amber ; l:taker :beryl ; kg:status kg:Announced ; kg:date '2015'^^xsd:gYear . "
    done = ":done a l:Handover ; l:giver :amber ; l:taker :beryl ; kg:fulfils :plan ; kg:date '2017'^^xsd:gYear{} . "
    kg = hima_kg.build(say(OWL + things + begun + plan + done.format(" ; kg:about :hawk")))
    assert [told(kg, thing, "2016") for thing in (":owl", ":hawk")] == [":amber disputed, :beryl possible", ":amber certain"]
    assert {event.iri.rpartition("/")[2] for event in timeline(kg.store, kg.prefixes.expand(":owl")).events} == {
        "was",
        "plan",
        "done",
    }
    kg = hima_kg.build(say(OWL + things + begun + plan + done.format("")))
    assert [told(kg, thing, "2016") for thing in (":owl", ":hawk")] == [":amber certain"] * 2


def test_a_plan_that_is_done_in_parts(say: Callable[..., Path]) -> None:
    """A plan is overdue as long as it is not done for all that it is about, and stands beside what was done until then."""
    plan = ":plan a l:Handover ; kg:status kg:Planned ; kg:about :owl, :hawk ; l:taker :beryl ; kg:date '2012'^^xsd:gYear . "
    parts = [
        f":{thing}-given a l:Handover ; kg:fulfils :plan ; kg:about :{thing} ; l:taker :beryl ; kg:date '2012'^^xsd:gYear . "
        for thing in ("owl", "hawk")
    ]
    seals = ":owl a l:Seal ; l:sealOf :amber . :hawk a l:Seal ; l:sealOf :amber . "
    for done, is_open in ((parts[:0], True), (parts[:1], True), (parts, False)):
        kg = hima_kg.build(say(seals + plan + "".join(done)))
        assert any("outdated statement about :plan" in problem.message for problem in kg.problems) == is_open
        assert any(event.iri.endswith("/plan") for event in kg.timeline().events) == is_open


def test_a_state_cites_who_tells_of_it(say: Callable[..., Path]) -> None:
    """A state is cited to the claims that give its value or its date, and to none that only speaks of the event."""
    other = "n:s2 a kg:Claim ; kg:document :new ; kg:locator 's2' . n:s2 { :given a l:Handover ; l:taker :cedar }"
    third = "n:s3 a kg:Claim ; kg:document :new ; kg:locator 's3' . n:s3 { :given kg:date '2018-06'^^xsd:gYearMonth }"
    facts = ":owl a l:Seal ; l:sealOf :amber . :cedar a l:Workshop . :given a l:Handover ; kg:about :owl ; l:taker :beryl ."
    kg = hima_kg.build(say(facts, before=f"{other} {third}"))
    cited = {state.object.rpartition("/")[2]: [c.locator for c in state.claims] for state in kg.show(":owl").states}
    assert cited == {"beryl": ["s1", "s3"], "cedar": ["s2", "s3"]}


def test_two_beginnings(say: Callable[..., Path]) -> None:
    """Of a state of which two claims contradict each other on its begin, and one tells an end, nothing is sure after that."""
    second = "n:s2 a kg:Claim ; kg:document :new ; kg:locator 's2' . n:s2 { :seat kg:date '2015'^^xsd:gYear }"
    dated = "'2010/2012'^^<http://id.loc.gov/datatypes/edtf/EDTF>"
    kg = hima_kg.build(say(f"{OWL} :seat a l:Seat ; l:inGuild :guild ; l:sitter :cedar ; kg:date {dated} .", before=second))
    asked = "SELECT ?sitter { :guild l:hasMember ?sitter FILTER(?sitter = :cedar) }"
    assert [kg.ask(asked, on=on).values("certainty") for on in ("2009", "2011", "2018")] == [[], ["possible"], ["possible"]]


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


def test_headers_of_rules(tiny: Path) -> None:
    """A rule says what it does in the first comment that is no header; a comment in its pattern says nothing of when it runs."""
    rule = "# stage: states\n# recursive: no\n# A seal is a seal.\nCONSTRUCT { ?s a l:Seal } WHERE { ?s l:sealOf ?o\n# stage: notes\n}"
    path = tiny / "ontology" / "rules" / "seals.rq"
    path.write_text(rule, "utf-8")
    read = Rule.read(path, "seals.rq")
    assert (read.sentence, read.stage, read.recursive) == ("A seal is a seal.", "states", False)


def test_endless_rule(tiny: Path) -> None:
    """A rule that mints new names for ever is stopped, and named."""
    rule = "CONSTRUCT { ?s l:belongsTo ?n } WHERE { ?x l:belongsTo ?s BIND(IRI(CONCAT(STR(?s), 'x')) AS ?n) }"
    (tiny / "ontology" / "rules" / "runaway.rq").write_text(rule, "utf-8")
    with pytest.raises(ProjectError, match="still add statements: ontology/rules/runaway.rq"):
        hima_kg.build(tiny)


@pytest.mark.parametrize("given", ["NOW()", "UUID()", "STRUUID()", "rand()"])
def test_fickle_rule(tiny: Path, given: str) -> None:
    """A rule that would give something else in each build is refused: the same files give the same graph."""
    rule = f"CONSTRUCT {{ ?s kg:remark ?n }} WHERE {{ ?s l:lamps ?any BIND({given} AS ?n) }}"
    (tiny / "ontology" / "rules" / "fickle.rq").write_text(rule, "utf-8")
    with pytest.raises(FactError, match=r"ontology/rules/fickle\.rq:1:60: error\[syntax\] a rule gives the same each time"):
        hima_kg.build(tiny)


@pytest.mark.parametrize(
    ("rule", "at"),
    [
        ("SELECT ?s { ?s ?p ?o }", "2:1"),
        ("CONSTRUCT { ?s l:lamps [ l:lamps ?o ] }\nWHERE { ?s l:lamps ?o }", "2:24"),
        ("CONSTRUCT { ?s l:lamps ?n }\nWHERE { ?s l:lamps ?o BIND(BNODE() AS ?n) }", "3:28"),
        ("CONSTRUCT { ?s l:lamps ?o }\nWHERE { ?s l:lamps ?o } LIMIT 3", "3:25"),
        ("CONSTRUCT { ?s l:lamps ?o } FROM l:x\nWHERE { ?s l:lamps ?o }", "2:29"),
    ],
)
def test_what_no_rule_has(tiny: Path, rule: str, at: str) -> None:
    """What a query may have and a rule may not is told where it stands."""
    (tiny / "ontology" / "rules" / "odd.rq").write_text(f"# What follows.\n{rule}\n", "utf-8")
    with pytest.raises(FactError) as caught:
        hima_kg.build(tiny)
    assert [str(problem.place) for problem in caught.value.problems] == [f"ontology/rules/odd.rq:{at}"]


def test_broken_rule(tiny: Path) -> None:
    """A rule that does not parse is reported at its line and column."""
    (tiny / "ontology" / "rules" / "broken.rq").write_text("# Broken.\nCONSTRUCT { ?s a ?t } WHERE { ?s ; }", "utf-8")
    with pytest.raises(FactError, match=r"ontology/rules/broken\.rq:2:\d+: error\[syntax\]"):
        hima_kg.build(tiny)


def test_turned_round(tiny: Path, say: Callable[..., Path]) -> None:
    """A rule that turns statements round and reads what it writes ends, though a text cannot be turned round."""
    told = "<https://example.org/lamps/terms#told>"
    (tiny / "ontology" / "told.ttl").write_text(f"{told} a <{COMMON['rdf']}Property> .", "utf-8")
    (tiny / "ontology" / "rules" / "round.rq").write_text(
        "# Both ways.\nCONSTRUCT { ?y l:told ?x } WHERE { ?x l:told ?y }", "utf-8"
    )
    built = hima_kg.build(say(":moth l:told 'old'@en , :amber ."))
    assert built.ask("SELECT ?x { ?x l:told :moth }").values("x") == [":amber"]


@pytest.mark.parametrize(
    ("dated", "begins"),
    [("", "2019-05-05"), ("; kg:date '--08-31'^^xsd:gMonthDay", "2019-05-05"), ("; kg:date '2020'^^xsd:gYear", "2020-01-01")],
)
def test_after(say: Callable[..., Path], dated: str, begins: str) -> None:
    """An event that comes after another is not before its first day, if its own date does not say more."""
    kg = hima_kg.build(say(f":fair a l:Feast ; kg:date '2019-05-05'^^xsd:date . :feast a l:Feast ; kg:after :fair {dated} ."))
    assert [str(row["day"]) for row in kg.ask("SELECT ?day { :feast kg:earliest ?day }")] == [begins]
