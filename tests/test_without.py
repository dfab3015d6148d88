"""What falls if a source is retracted."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import hima_kg
from hima_kg import making
from hima_kg.errors import ProjectError
from hima_kg.project import Project
from hima_kg.retractions import Retraction, retract
from tests.conftest import HEAD, Run

CONFLICTS = """
conflict:one a kg:Conflict ; skos:prefLabel "one"@en ; kg:kind kg:AmbiguousReference ; kg:between n:s1 ; kg:about :moth .
conflict:two a kg:Conflict ; skos:prefLabel "two"@en ; kg:kind kg:ScopeMismatch ; kg:between n:s1, c:s1 ; kg:about :moth .
conflict:three a kg:Conflict ; skos:prefLabel "three"@en ; kg:kind kg:ScopeMismatch ; kg:between n:s1, c:s1, c:s2 ;
    kg:prefer n:s1 ; kg:about :moth .
"""
MORE = """
@prefix c: <https://example.org/lamps/claim/chronicle/> .
@prefix conflict: <https://w3id.org/hima-kg/conflict/> .
"""


def statements(found: Retraction) -> set[tuple[str, str, str]]:
    """Return the statements that are lost, as CURIEs."""
    short = found.difference.prefixes.compact
    value = {c: getattr(c.said.value, "value", "") for c in found.lost}
    return {(short(c.subject), short(c.predicate), short(v) if "://" in (v := value[c]) else v) for c in found.lost}


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return the bytes and the times of all files below a folder."""
    return {str(file): (file.read_bytes(), file.stat().st_mtime_ns) for file in sorted(folder.rglob("*")) if file.is_file()}


def test_golden(run: Run, tiny: Path) -> None:
    """A retraction is told by counts first, then what nobody says any more, what no longer follows, and what is answered."""
    done = run("without", ":letter", cwd=tiny)
    assert done.stdout == GOLDEN
    assert (done.returncode, done.stderr) == (0, "")


def test_what_follows_anew(run: Run, home: Path) -> None:
    """What a passage kept from following stands under a heading of its own, not under what no longer follows."""
    parts = run("without", "wp:BR.p2.s2", cwd=home).stdout.split("\n\n")
    signs = {part.split("\n")[0]: {line.strip()[0] for line in part.split("\n") if line.startswith("    ")} for part in parts}
    assert (signs["No longer follows"], signs["Follows anew"]) == ({"-"}, {"+"})


GOLDEN = """\
Without A letter  :letter, 3 claims

statements  19 lost, which nobody says any more; 4 statements on fewer claims (--all lists them)
derived     84 gone, 3 changed
states      2 gone, 2 changed
conflicts   1 new, 2 gone, 1 changed
answers     1 of 2 questions answered otherwise

Nobody speaks any more of
  Moth back to Amber · Moth to the guild, announced · Sun Feast held

Nobody says any more
  Moth  :moth
    - seal of  Beryl  e:s3  facts/letter.trig:27
  Moth to Beryl  :moth-to-beryl
    - date  2018-05  e:s1  facts/letter.trig:16

States
  ~ Moth: keeper Amber   … – 2018-03..2018-05  (implied; Moth to Beryl)
  → Moth: keeper Amber   … – 2018-03  (implied; Moth to Beryl)
  ~ Moth: keeper Beryl   2018-03..2018-05 – 2020-05-02  (occurred; Moth to Beryl)
  → Moth: keeper Beryl   2018-03 – …  (occurred; Moth to Beryl)
  - Moth: keeper Amber   2020-05-02 – …  (occurred; disputed from 2021-06-01; Moth back to Amber)
  - Moth: keeper Lamp Guild   2021-06.. – …  (announced; Moth to the guild, announced)

No longer follows
  Moth  :moth
    - belongs to  Beryl

Conflicts
  - date contradiction: Moth to Beryl
      not after 2018-03-31 by one claim, not before 2018-05-01 by another
      between c:s2, e:s1
  ~ outdated statement: Moon Feast
      due by 2019-12-31; the newest document speaks as of 2021-01-01 and no outcome is reported
      → due by 2019-12-31; the newest document speaks as of 2020-01-01 and no outcome is reported
  + outdated statement about Sun Feast
      due by 2019-12-31; the newest document speaks as of 2020-01-01 and no outcome is reported
      in c:s3
  - value contradiction: Moth
      Amber / Beryl
      between c:s1, e:s3

Answers
  keepers  Who kept a seal? Asked with --on, also how surely on that day.
      - :moth  :amber
"""


def test_fifth_brand(home: Path) -> None:
    """Without the news article nobody speaks of a fifth brand, and the encyclopaedia's four stay."""
    found = retract(Project.at(home), ["src:autonews"])
    short = found.difference.prefixes.compact
    assert ":shangje-as-printed" in map(short, found.difference.gone_things)
    assert (":hima", "auto:allianceBrand", ":shangje-as-printed") in statements(found)
    assert (":hima", "auto:allianceBrand", ":aito") not in statements(found)
    brands = next(change for change in found.difference.answers if change.query == "brands")
    assert {row[1] for row in brands.before.rows} - {row[1] for row in brands.after.rows} == {":shangje-as-printed"}
    kinds = {short(change.iri): change.kind for change in found.difference.conflicts}
    assert kinds["conflict:spelling.shangje-as-printed.ee9dd6a1"] == "removed"
    assert kinds["conflict:share.aito-production-share-autonews.c553d15f"] == "removed"


def test_document_by_any_name(run: Run, home: Path) -> None:
    """A document is named by its CURIE, its IRI, or its title in any script; a claim by its CURIE or its IRI."""
    by_curie = run("without", "src:autonews", "--json", cwd=home).stdout
    assert by_curie == run("without", "<https://w3id.org/hima-kg/source/autonews>", "--json", cwd=home).stdout
    title = "화웨이 주도 하모니 모빌리티 연합, 5개 중국 완성차 파트너 협력 심화"
    assert by_curie == run("without", title, "--json", cwd=home).stdout
    claim = run("without", "gan:p3.s2-share", "--json", cwd=home).stdout
    assert claim == run("without", "https://w3id.org/hima-kg/claim/autonews/p3.s2-share", "--json", cwd=home).stdout
    assert json.loads(claim)["claims"] == ["gan:p3.s2-share"]


def test_fewer_claims(run: Run, tiny: Path) -> None:
    """What another claim says too is not lost; it stands on fewer claims, which are counted, and listed with --all."""
    short = run("without", "e:s1", cwd=tiny).stdout
    assert "; 3 statements on fewer claims (--all lists them)" in short
    assert "On fewer claims" not in short
    everything = run("without", "e:s1", "--all", cwd=tiny).stdout
    assert "On fewer claims\n  Amber: type workshop\n    - e:s1  A letter s1  facts/letter.trig:13\n" in everything


def test_said_by_what_does_not_count(say: Callable[..., Path]) -> None:
    """What is left to a deprecated claim is lost: it is not in the graph any more."""
    second = "n:s2 a kg:Claim ; kg:document :new ; kg:locator 's2' ; kg:rank kg:Deprecated . n:s2 { :moth kg:remark 'old'@en }"
    found = retract(Project.find(say(":moth kg:remark 'old'@en .", before=second)), ["n:s1"])
    assert [change.said.value.value for change in found.lost] == ["old"]
    assert found.weaker == []


def test_new_conflict(tiny: Path) -> None:
    """Where the report of an outcome is retracted, the plan is overdue: a conflict that was not there."""
    found = retract(Project.at(tiny), ["e:s2"])
    appeared = [change for change in found.difference.conflicts if change.kind == "added"]
    assert [found.difference.prefixes.compact(change.known.about[0]) for change in appeared] == [":sun-feast"]


def test_plan_that_was_done(say: Callable[..., Path]) -> None:
    """Without the claim that an event happened, it is a plan again, and no longer in the best graph."""
    folder = say(":moon-feast a l:Feast ; kg:status kg:Occurred .")
    found = retract(Project.at(folder), ["n:s1"])
    planned = "ASK { :moon-feast a l:Feast }"
    assert found.difference.a.store.ask(planned)
    assert not found.difference.b.store.ask(planned)


def test_curated_conflicts(say: Callable[..., Path]) -> None:
    """A curated conflict falls with its last claim, or with all but one of several; else it goes on without the claim."""
    folder = say(":moth kg:remark 'old'@en .", before=CONFLICTS, head=MORE + HEAD)
    found = retract(Project.at(folder), [":new"])
    label = found.labels()
    assert {label[change.iri]: change.kind for change in found.difference.conflicts} == {
        "one": "removed",
        "two": "removed",
        "three": "changed",
    }
    (changed,) = (change for change in found.difference.conflicts if change.kind == "changed")
    assert changed.after is not None
    assert len(changed.after.claims) == 2
    assert not found.difference.b.store.ask("ASK { GRAPH ?g { ?conflict kg:prefer ?claim } }")


def test_emptied_document(say: Callable[..., Path]) -> None:
    """A document that loses its last claim stays, for nobody has retracted it; one that is named goes."""
    folder = say(":moth kg:remark 'old'@en .")
    there = "ASK { GRAPH graph:claims { :new a kg:Document } }"
    assert retract(Project.at(folder), ["n:s1"]).difference.b.store.ask(there)
    assert not retract(Project.at(folder), [":new"]).difference.b.store.ask(there)


def test_same_as_never_written(say: Callable[..., Path]) -> None:
    """The graph without a document is, byte for byte, that of files which do not have it; put back, it is the whole again."""
    folder = say(":moth-to-reed a l:Handover ; l:taker :amber ; kg:about :moth ; kg:date '2017-02'^^xsd:gYearMonth .")
    whole = hima_kg.build(folder)
    found = retract(whole.project, [":new"])
    text = (folder / "facts" / "new.trig").read_text("utf-8")
    (folder / "facts" / "new.trig").unlink()
    assert hima_kg.build(folder).lines == found.difference.b.lines
    (folder / "facts" / "new.trig").write_text(text, "utf-8")
    again = hima_kg.build(folder)
    assert (again.lines, again.manifest.digest) == (whole.lines, whole.manifest.digest)


@pytest.mark.parametrize("claim", ["c:s1", "c:s2", "c:s3", "c:s4", "e:s1", "e:s2", "e:s3"])
def test_nothing_but_losses(tiny: Path, claim: str) -> None:
    """Whichever claim is retracted, nobody says anything that nobody said before."""
    found = retract(Project.at(tiny), [claim])
    assert {change.kind for change in found.lost} <= {"removed"}
    assert all(change.lost and not change.gained for change in found.weaker)
    assert {change.kind for change in found.difference.sources} == {"removed"}
    assert not found.difference.vocabulary


def test_leaving_out_nothing(tiny: Path) -> None:
    """A graph that leaves nothing out is the graph."""
    assert making.derive(Project.at(tiny)).lines() == making.make(Project.at(tiny)).store.lines()


def test_nothing_is_touched(run: Run, tiny: Path) -> None:
    """Neither the files nor the store are written to, in their bytes or their times, and nothing is built."""
    before = snapshot(tiny)
    assert run("without", ":letter", cwd=tiny).returncode == 0
    assert snapshot(tiny) == before
    hima_kg.build(tiny)
    before = snapshot(tiny)
    assert run("without", ":letter", "c:s1", cwd=tiny).returncode == 0
    assert snapshot(tiny) == before


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nonesuch", "nothing is called 'nonesuch'"),
        (":moth", ":moth is no document and no claim"),
        (":lettre", "did you mean :letter?"),
        ("c:s9", "did you mean c:s"),
        ("zz:s1", "the prefix zz: is not declared"),
    ],
)
def test_unknown(run: Run, tiny: Path, name: str, says: str) -> None:
    """A name that is neither a document's nor a claim's is answered with a near one, exit code 2."""
    done = run("without", name, cwd=tiny)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


def test_no_name(run: Run, tiny: Path) -> None:
    """Something must be retracted."""
    assert run("without", cwd=tiny).returncode == 2


def test_python(tiny: Path) -> None:
    """`KnowledgeGraph.without` takes documents and claims, and gives what is lost, what is weaker, and the difference."""
    found = hima_kg.build(tiny).without(":letter", "c:s4")
    assert (len(found.documents), len(found.claims)) == (1, 4)
    assert (":beryl", "kg:remark", "careless") in statements(found)
    assert {found.difference.prefixes.compact(change.subject) for change in found.weaker} == {
        ":amber",
        ":beryl",
        ":moth",
        ":moth-to-beryl",
    }
    with pytest.raises(ProjectError, match="no document and no claim"):
        hima_kg.open(tiny).without(":moth")
