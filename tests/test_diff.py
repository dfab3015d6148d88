"""What changed between two graphs: folders, revisions in git, exported files."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hima_kg
from hima_kg import places, trig
from hima_kg.diff import compare, diff
from hima_kg.differences import Difference, Value
from hima_kg.editions import Edition
from hima_kg.errors import ProjectError
from hima_kg.places import Source
from hima_kg.store import Store
from tests.conftest import HEAD, TINY, Run, copied

ID = "https://example.org/lamps/"


def git(folder: Path, *words: str) -> str:
    """Run git in a folder, as somebody whose settings do not matter."""
    who = {f"GIT_{role}_{part}": "x@example.org" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    env = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return subprocess.run(["git", *words], cwd=folder, env=env, check=True, capture_output=True, text=True).stdout


def commit(folder: Path) -> None:
    """Commit all that is in a folder, in a repository that is made for it."""
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "a revision")


def edit(file: Path, before: str, after: str) -> None:
    """Replace a text that stands in a file."""
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")


@pytest.fixture
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second copy of the tiny project."""
    return copied(TINY, tmp_path_factory.mktemp("other"))


def text(said: Value) -> str:
    """Return a value's text, without what all names start with."""
    return str(said.value.value).removeprefix(ID)


def told(found: Difference) -> set[tuple[str, ...]]:
    """Return the changed statements in a few words each."""
    short = found.prefixes.compact
    return {
        (change.kind, short(change.subject), short(change.predicate), *map(text, filter(None, (change.before, change.after))))
        for change in found.facts
    }


def test_golden(run: Run, tiny: Path) -> None:
    """A difference is told by counts first, then by thing and claim, with the places of what came and of what went."""
    commit(tiny)
    edit(
        tiny / "facts" / "chronicle.trig",
        ':beryl a l:Workshop ; skos:prefLabel "Beryl"@en ; l:lamps 12',
        ':beryl a l:Workshop ; skos:prefLabel "Beryl"@en ; l:lamps 13',
    )
    edit(
        tiny / "facts" / "letter.trig",
        "e:s3 { :moth a l:Seal ; l:sealOf :beryl . }",
        "e:s3 { :moth a l:Seal . :amber l:lamps 12 . }",
    )
    (tiny / "facts" / "new.trig").write_text(f'{HEAD}\nn:s1 {{ :reed a l:Workshop ; skos:prefLabel "Reed"@en . }}\n', "utf-8")
    (tiny / "queries" / "seals.rq").write_text("# Which seals are there?\nSELECT ?seal { ?seal a l:Seal }\n", "utf-8")
    done = run("diff", "HEAD", cwd=tiny)
    assert done.stdout == GOLDEN
    assert (done.returncode, done.stderr) == (1, "")
    assert not (tiny / "build").exists()


GOLDEN = """\
HEAD → the files here

statements  2 added, 1 removed, 1 changed, 1 cited otherwise
sources     1 document added, 1 claim added
derived     1 added, 1 removed (--derived lists them)
conflicts   1 removed
answers     1 of 2 questions answered otherwise
queries     1 added

New things
  Reed

Statements
  Beryl  :beryl
    c:s1  Chronicle of Lamps ¶1 s1
      ~ lamps  12 → 13  facts/chronicle.trig:14
  Moth  :moth
    e:s3  A letter s3
      - seal of  Beryl  HEAD:facts/letter.trig:27
  Reed  :reed
    n:s1  New s1
      + type     workshop  facts/new.trig:12
      + name@en  Reed      facts/new.trig:12

Cited anew (+), no longer cited (-)
  Amber: lamps 12
    + e:s3  A letter s3  facts/letter.trig:27

Sources
  + document :new  New     facts/new.trig:9
  + claim n:s1     New s1  facts/new.trig:10

Conflicts
  - value contradiction: Moth
      Amber / Beryl
      between c:s1, e:s3

Answers
  lamps  How many lamps are there in all?
      - 24
      + 25

Queries
  + seals
"""


def test_nothing_changed(run: Run, tiny: Path, other: Path) -> None:
    """Two folders that say the same have no difference, exit code 0, whether they are built or not, and however written."""
    hima_kg.build(other)
    (tiny / "facts" / "letter.trig").rename(tiny / "facts" / "a-letter.trig")
    done = run("diff", str(other), cwd=tiny)
    assert (done.returncode, done.stdout) == (0, "no difference\n")
    assert json.loads(run("diff", str(other), ".", "--json", cwd=tiny).stdout)["same"] is True


def test_built_is_not_read_again(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds of the same digest are told to be the same without a look at their quads."""
    hima_kg.build(tiny)
    monkeypatch.setattr(Store, "lines", None)
    assert not diff(tiny, tiny)


def test_stale_build(tiny: Path, other: Path) -> None:
    """What counts is what the files say: a build that they have left behind is not taken for them."""
    hima_kg.build(tiny)
    edit(tiny / "facts" / "chronicle.trig", '"Moth"@en', '"Moth seal"@en')
    assert told(diff(other, tiny)) == {("changed", ":moth", "skos:prefLabel", "Moth", "Moth seal")}


def test_changed_is_within_a_claim_or_document(tiny: Path, other: Path) -> None:
    """One value for another is a change within a claim, or within a document; across documents it came and went."""
    edit(tiny / "facts" / "chronicle.trig", "l:sealOf :amber", "l:sealOf :guild")
    edit(tiny / "facts" / "letter.trig", '"2020-05-02"^^xsd:date', '"2020-05-03"^^xsd:date')
    edit(tiny / "facts" / "chronicle.trig", "l:taker :beryl", "l:taker :guild")
    edit(tiny / "facts" / "letter.trig", ":moth-to-beryl a l:Handover", ":moth-to-beryl a l:Handover ; l:taker :amber")
    assert told(diff(other, tiny)) == {
        ("changed", ":moth", "l:sealOf", "amber", "guild"),
        ("changed", ":moth-to-amber", "kg:date", "2020-05-02", "2020-05-03"),
        ("changed", ":moth-to-beryl", "l:taker", "beryl", "guild"),
        ("added", ":moth-to-beryl", "l:taker", "amber"),
    }


def test_changed_across_claims(say: Callable[..., Path], other: Path) -> None:
    """A value that another claim of the same document gives instead is a change; one of another document is not."""
    moved = say("")
    edit(
        moved / "facts" / "new.trig",
        "n:s1 {\n\n}",
        'n:s2 a kg:Claim ; kg:document :new ; kg:locator "s2" . n:s2 { :amber kg:remark "new" . }',
    )
    (other / "facts" / "new.trig").write_text(f'{HEAD}\nn:s1 {{ :amber kg:remark "old" . }}\n', "utf-8")
    assert told(diff(other, moved)) == {("changed", ":amber", "kg:remark", "old", "new")}
    edit(moved / "facts" / "new.trig", "n:s2 a kg:Claim ; kg:document :new", "n:s2 a kg:Claim ; kg:document :letter")
    assert {kind for kind, *_ in told(diff(other, moved))} == {"added", "removed"}


def test_names_in_languages(tiny: Path, other: Path) -> None:
    """A name takes the place of the one in its language."""
    edit(tiny / "facts" / "chronicle.trig", '"琥珀"@zh-hans', '"琥珀坊"@zh-hans')
    edit(tiny / "facts" / "chronicle.trig", '"호박"@ko', '"호박방"@ko')
    assert told(diff(other, tiny)) == {
        ("changed", ":amber", "skos:prefLabel", "琥珀", "琥珀坊"),
        ("changed", ":amber", "skos:prefLabel", "호박", "호박방"),
    }


def test_cited_otherwise(say: Callable[..., Path], other: Path) -> None:
    """A statement that one more claim makes is the same statement, cited anew, with the claim and its place."""
    folder = say(":moth a l:Seal .")
    found = diff(other, folder)
    assert found.facts == []
    (change,) = found.cited
    place = f"{os.path.relpath(folder)}/facts/new.trig:13:9"
    assert [(p.claim, p.locator, str(p.place)) for p in change.gained] == [(f"{ID}claim/new/s1", "s1", place)]
    assert change.lost == []


def test_rank(tiny: Path, other: Path) -> None:
    """A claim that is deprecated is told of as such, and with it what leaves the graph."""
    edit(tiny / "facts" / "letter.trig", 'kg:locator "s3"', 'kg:locator "s3" ; kg:rank kg:Deprecated')
    found = diff(other, tiny)
    assert told(found) == {("removed", ":moth", "l:sealOf", "beryl")}
    (change,) = found.sources
    assert [said and said.value.value.rpartition("#")[2] for said in (change.before, change.after)] == ["Normal", "Deprecated"]
    assert [change.kind for change in found.conflicts] == ["changed"]


@pytest.mark.parametrize("weight", ["kg:rank kg:Deprecated", "kg:modality kg:Opinion"])
def test_no_longer_counted(say: Callable[..., Path], other: Path, weight: str) -> None:
    """A statement that only claims make that do not count has left the graph, and is back when one of them counts again."""
    second = "n:s2 a kg:Claim ; kg:document :new ; kg:locator 's2' ; kg:rank kg:Deprecated . n:s2 { :moth kg:remark 'old'@en }"
    said = ":moth kg:remark 'old'@en ."
    shutil.copy(say(said, before=second) / "facts" / "new.trig", other / "facts")
    folder = say(said, before=f"{second} n:s1 {weight} .")
    for a, b, kind in ((other, folder, "removed"), (folder, other, "added")):
        (change,) = diff(a, b).facts
        assert (change.kind, text(change.said)) == (kind, "old")
        assert [passage.claim[-2:] for passage in change.said.passages] == ["s1"]


def test_vocabulary(tiny: Path, other: Path) -> None:
    """What the ontology says is told apart from facts, and so is what then follows."""
    edit(tiny / "ontology" / "lamps.ttl", "; rdfs:subPropertyOf l:belongsTo", "")
    found = diff(other, tiny)
    assert (len(found.vocabulary), found.facts) == (1, [])
    assert {found.prefixes.compact(change.predicate) for change in found.derived} == {"l:belongsTo"}


def test_derived_on_demand(run: Run, tiny: Path, other: Path) -> None:
    """What rules gave is counted, and listed if asked for: states as a whole, with their old and their new bounds."""
    edit(tiny / "facts" / "letter.trig", '"2020-05-02"^^xsd:date', '"2020-05-03"^^xsd:date')
    plain = run("diff", str(other), ".", cwd=tiny).stdout
    assert "derived     7 added, 7 removed, 6 changed (--derived lists them)" in plain
    assert "States" not in plain
    listed = run("diff", str(other), ".", "--derived", cwd=tiny).stdout
    assert "  ~ Moth: keeper Amber   2020-05-02 – …  (occurred; disputed from 2021-06-01; Moth back to Amber)\n" in listed
    assert "  → Moth: keeper Amber   2020-05-03 – …  (occurred; disputed from 2021-06-01; Moth back to Amber)\n" in listed
    table = json.loads(run("diff", str(other), ".", "--derived", "--json", cwd=tiny).stdout)
    assert {state["before"]["object"] for state in table["derived"]["states"]} == {":amber", ":beryl"}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("12", '"12"', "12 (xsd:integer) → 12 (xsd:string)"),
        (":beryl", "'Beryl'", "Beryl (:beryl) → Beryl (xsd:string)"),
        ("'caf\u00e9'", "'cafe\u0301'", r"caf\xe9 → cafe\u0301"),
        ("'two words '", "'two words'", '"two words " → "two words"'),
        (f"'{'on and ' * 9}on'", f"'{'on and ' * 9}off'", "…n and on and on → …n and on and off"),
        ("12000", "13000", "12,000 → 13,000"),
    ],
)
def test_what_looks_alike(say: Callable[..., Path], other: Path, run: Run, before: str, after: str, told: str) -> None:
    """Where one value took the place of another, it is seen in what they differ, and JSON has datatypes and languages."""
    (other / "facts" / "new.trig").write_text(
        (say(f":beryl l:note {before} .") / "facts" / "new.trig").read_text("utf-8"), "utf-8"
    )
    folder = say(f":beryl l:note {after} .")
    for project in (folder, other):
        edit(
            project / "ontology" / "lamps.ttl",
            "l:lamps a owl:",
            "l:note a owl:AnnotationProperty ; rdfs:label 'note'@en . l:lamps a owl:",
        )
    done = run("diff", str(other), ".", cwd=folder)
    assert f"~ note  {told}  facts/new.trig" in done.stdout, done.stdout + done.stderr
    (change,) = json.loads(run("diff", str(other), ".", "--json", cwd=folder).stdout)["statements"]
    assert (change["before"]["value"], change["before"]["datatype"]) != (change["after"]["value"], change["after"]["datatype"])


def test_questions(say: Callable[..., Path], other: Path) -> None:
    """A query is asked without parameters where it needs none, and with every set of parameters that its rows ask with."""
    for folder in (say(""), other):
        (folder / "queries" / "keepers.csv").write_text("seal,on,keeper,certainty\nMoth,2019,,\nmoth,2021-01-01,,\n", "utf-8")
    edit(other / "facts" / "letter.trig", "l:giver :beryl ; l:taker :amber", "l:giver :beryl ; l:taker :guild")
    found = diff(other, say(""))
    assert found.asked == 4
    plain, change = found.answers
    assert (plain.query, plain.parameters, plain.removed) == ("keepers", {}, [(":moth", ":guild")])
    assert (change.query, change.parameters) == ("keepers", {"seal": "moth", "on": "2021-01-01"})
    assert (change.removed, change.added) == ([(":moth", ":guild", "certain")], [(":moth", ":amber", "certain")])


def test_refusals(run: Run, tiny: Path, other: Path) -> None:
    """A question that one side cannot be asked, for it does not know the thing or the query is broken, says why."""
    (other / "queries" / "keepers.csv").write_text("seal,on,keeper,certainty\nSun,2019,,\n", "utf-8")
    (other / "queries" / "lamps.rq").write_text("SELECT (SUM(?n) AS ?lamps) WHERE { ?x l:lamps }\n", "utf-8")
    edit(tiny / "facts" / "chronicle.trig", '"Moth"@en', '"Sun"@en')
    done = run("diff", str(other), ".", cwd=tiny)
    assert done.returncode == 1
    assert "before: nothing is called 'Sun'" in done.stdout
    assert "lamps  How many lamps are there in all?\n      + 24\n      before: " in done.stdout


def test_queries_of_one_side(tiny: Path, other: Path) -> None:
    """Queries that one side only has are told by name, and a query that is asked in another way by its answers."""
    (tiny / "queries" / "keepers.rq").rename(tiny / "queries" / "holders.rq")
    edit(tiny / "queries" / "lamps.rq", "SUM(?n)", "COUNT(?n)")
    found = diff(other, tiny)
    assert (found.gone_queries, found.new_queries) == (["keepers"], ["holders"])
    assert [(change.removed, change.added) for change in found.answers] == [([("24",)], [("2",)])]
    assert not found.facts


@pytest.mark.parametrize("format", ["nq", "trig"])
def test_exports(run: Run, tiny: Path, format: str) -> None:
    """An export holds the whole graph: it is compared as the folder is, and asked the folder's questions."""
    kg = hima_kg.build(tiny)
    file = tiny.parent / f"before.{format}"
    file.write_bytes(kg.export(format))
    assert run("diff", str(file), cwd=tiny).returncode == 0
    edit(tiny / "facts" / "letter.trig", ":amber a l:Workshop ; l:lamps 12", ":amber a l:Workshop ; l:lamps 13")
    found = diff(file, tiny)
    assert {tuple(c.claim for c in change.after.passages) for change in found.facts if change.after} == {
        (f"{ID}claim/letter/s1",)
    }
    assert [change.added for change in found.answers] == [[("37",)]]


@pytest.mark.parametrize("format", ["ttl", "nt"])
def test_best_only(run: Run, tiny: Path, format: str) -> None:
    """A file of triples holds the best graph only: facts are compared, and standard error says so."""
    kg = hima_kg.build(tiny)
    file = tiny.parent / f"before.{format}"
    file.write_bytes(kg.export(format))
    same = run("diff", str(file), cwd=tiny)
    assert (same.returncode, same.stdout) == (0, "no difference\n")
    assert same.stderr == f"{file} holds the best graph only: statements are compared, and nothing else\n"
    edit(tiny / "facts" / "chronicle.trig", '"Moth"@en', '"Moth seal"@en')
    edit(tiny / "facts" / "letter.trig", '"2020-05-02"^^xsd:date', '"2020-05-03"^^xsd:date')
    assert told(diff(file, tiny)) == {
        ("changed", ":moth", "skos:prefLabel", "Moth", "Moth seal"),
        ("changed", ":moth-to-amber", "kg:date", "2020-05-02", "2020-05-03"),
    }


def test_revisions(run: Run, tiny: Path) -> None:
    """Two revisions are compared as they were, in a project that is a folder of its repository, from anywhere in it."""
    repository = tiny.parent / "repository"
    copied(tiny, repository / "lamps")
    commit(repository)
    git(repository, "tag", "first")
    edit(repository / "lamps" / "facts" / "chronicle.trig", '"Moth"@en', '"Moth seal"@en')
    commit(repository)
    edit(repository / "lamps" / "facts" / "chronicle.trig", '"Moth seal"@en', '"Moth"@en')
    done = run("diff", "first", "HEAD", cwd=repository / "lamps" / "facts")
    assert done.returncode == 1
    assert "~ name@en  Moth → Moth seal  HEAD:facts/chronicle.trig:15" in done.stdout
    assert run("diff", "first", cwd=repository / "lamps").returncode == 0
    hook = {**os.environ, "GIT_DIR": "/nowhere/.git", "GIT_WORK_TREE": "/nowhere", "GIT_INDEX_FILE": "/nowhere/index"}
    assert run("diff", "first", cwd=repository / "lamps", env=hook).returncode == 0
    assert run("diff", "HEAD", "--project", "lamps", cwd=repository).returncode == 1


@pytest.mark.parametrize("eol", ["", "core.autocrlf=true", "core.eol=crlf"])
@pytest.mark.parametrize("again", [False, True], ids=["as written", "checked out anew"])
def test_clean_tree(run: Run, tmp_path: Path, eol: str, again: bool) -> None:
    """A clean tree does not differ from HEAD, whatever attributes and settings say of archives and line ends, and links too."""
    lamps = copied(TINY, tmp_path / "repository" / "a lamp 琥珀")
    (lamps / ".gitattributes").write_text("letter.trig export-ignore\nnew* export-subst\n* text=auto\n*.rq ident\n", "utf-8")
    said = '"""$Format:%H$\n$Id$\nof two lines"""'
    (lamps / "facts" / "new 灯.trig").write_text(f"{HEAD}\nn:s1 {{ :amber kg:remark {said} . }}\n", "utf-8")
    (lamps / "shared").mkdir()
    (lamps / "facts" / "letter.trig").rename(lamps / "shared" / "letter.trig")
    (lamps / "facts" / "letter.trig").symlink_to("../shared/letter.trig")
    commit(lamps.parent)
    if eol:
        git(lamps, "config", *eol.split("="))
    if again:
        shutil.rmtree(lamps / "facts")
        git(lamps, "checkout", "--", ".")
    assert git(lamps, "status", "--porcelain") == ""
    done = run("diff", "HEAD", cwd=lamps)
    assert (done.returncode, done.stdout) == (0, "no difference\n"), done.stderr
    assert git(lamps, "status", "--porcelain") == ""


def test_links_that_lead_out(run: Run, tiny: Path) -> None:
    """A link in a revision that leads out of the project is not followed."""
    outside = tiny.parent / "outside.trig"
    outside.write_text("nothing that parses", "utf-8")
    (tiny / "facts" / "new.trig").symlink_to(outside)
    (tiny / "facts" / "newer.trig").symlink_to("../../outside.trig")
    commit(tiny)
    (tiny / "facts" / "new.trig").unlink()
    (tiny / "facts" / "newer.trig").unlink()
    assert run("diff", "HEAD", cwd=tiny).returncode == 0


def test_broken_revision(run: Run, tiny: Path) -> None:
    """A revision whose files do not parse is told with its problems, each place with the revision before it."""
    edit(tiny / "facts" / "letter.trig", "e:s3 {", "e:s3 { x")
    commit(tiny)
    edit(tiny / "facts" / "letter.trig", "e:s3 { x", "e:s3 {")
    done = run("diff", "HEAD", cwd=tiny)
    assert done.returncode == 3
    assert done.stdout == ""
    assert "HEAD:facts/letter.trig:27:8: error[syntax]" in done.stderr


def test_revision_without_facts(run: Run, tiny: Path) -> None:
    """A revision from before there was a project, or before its facts, says so."""
    git(tiny, "init", "--quiet")
    git(tiny, "commit", "--quiet", "--allow-empty", "--message", "nothing yet")
    git(tiny, "add", "ontology")
    git(tiny, "commit", "--quiet", "--message", "an ontology")
    for revision, says in (
        ("HEAD~1", "HEAD~1 has no project in "),
        ("HEAD", "HEAD: "),
        ("HEAD", "is not a project: it has no facts/"),
    ):
        done = run("diff", revision, cwd=tiny)
        assert (done.returncode, done.stdout) == (2, "")
        assert says in done.stderr


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("nonesuch", "nonesuch is no file, no folder of a project and no revision"),
        ("--output=x", "--output=x is no file, no folder of a project and no revision"),
        ("queries", "queries is no file, no folder of a project and no revision"),
        ("facts/letter.trig", "facts/letter.trig is no export: it has no graph:claims"),
        ("hima-kg.toml", "hima-kg.toml is no export that can be compared"),
    ],
)
def test_wrong_words(run: Run, tiny: Path, word: str, says: str) -> None:
    """A word that is nothing to compare with is answered in a line or two, exit code 2."""
    git(tiny, "init", "--quiet")
    done = run("diff", "--", word, cwd=tiny)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {says}")


@pytest.mark.parametrize(
    "data", [b"<urn:x> <urn:y>", b"\x00\xff", bytes(range(256)), b'<urn:a> <urn:b> "\xe9" .', rb'<urn:x\u003Ey> <urn:p> "1" .']
)
@pytest.mark.parametrize("suffix", ["nq", "trig", "ttl", "nt"])
def test_broken_file(run: Run, tiny: Path, data: bytes, suffix: str) -> None:
    """A file that does not parse as what its name says is told with its line, exit code 3."""
    (tiny / f"broken.{suffix}").write_bytes(data)
    done = run("diff", f"broken.{suffix}", cwd=tiny)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"broken.{suffix}:1:")
    assert "error[syntax]" in done.stderr


def test_no_git(tiny: Path, run: Run) -> None:
    """Where there is no repository, or no git, a word that only git could know says so."""
    done = run("diff", "HEAD", cwd=tiny, env={**os.environ, "GIT_CEILING_DIRECTORIES": str(tiny.parent)})
    assert done.returncode == 2
    assert "is in no git repository to have such a revision" in done.stderr
    command = [sys.executable, "-m", "hima_kg", "diff", "HEAD"]
    done = subprocess.run(
        command, cwd=tiny, capture_output=True, text=True, check=False, env={**os.environ, "PATH": "/nowhere"}
    )
    assert done.returncode == 2
    assert "HEAD is no file and no project, and git is not installed" in done.stderr


def test_no_project(run: Run, tmp_path: Path) -> None:
    """In a repository without a project, a revision is refused: it is never taken for one of the graph that we bring."""
    (tmp_path / "notes.txt").write_text("notes", "utf-8")
    commit(tmp_path)
    done = run("diff", "HEAD", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no project around" in done.stderr


def test_python(tiny: Path, other: Path) -> None:
    """`KnowledgeGraph.diff` compares an open graph with another, or with a folder."""
    before = hima_kg.build(other)
    edit(tiny / "facts" / "chronicle.trig", '"Moth"@en', '"Moth seal"@en')
    after = hima_kg.build(tiny)
    assert told(before.diff(after)) == told(before.diff(tiny)) == {("changed", ":moth", "skos:prefLabel", "Moth", "Moth seal")}
    assert not after.diff(str(tiny))
    with pytest.raises(ProjectError, match="/nowhere is no file"):
        before.diff("/nowhere")


def test_json(run: Run, tiny: Path, other: Path) -> None:
    """In JSON, each statement carries its claims with document, locator and place, before and after."""
    edit(tiny / "facts" / "chronicle.trig", '"Moth"@en', '"Moth seal"@en')
    table = json.loads(run("diff", str(other), ".", "--json", cwd=tiny).stdout)
    (statement,) = table["statements"]
    near = os.path.relpath(other, tiny)
    claim = {"claim": "c:s1", "document": ":chronicle", "locator": "¶1 s1"}
    before, after = f"{near}/facts/chronicle.trig:15:37", "facts/chronicle.trig:15:37"
    assert statement == {
        "change": "changed",
        "subject": ":moth",
        "property": "skos:prefLabel",
        "before": {
            "value": "Moth",
            "datatype": "rdf:langString",
            "language": "en",
            "claims": [{**claim, "place": before}],
            "place": before,
        },
        "after": {
            "value": "Moth seal",
            "datatype": "rdf:langString",
            "language": "en",
            "claims": [{**claim, "place": after}],
            "place": after,
        },
    }


def test_languages(run: Run, tiny: Path, other: Path) -> None:
    """`--lang` chooses the language of names."""
    edit(tiny / "facts" / "chronicle.trig", ":amber a l:Workshop", ":amber a l:Workshop ; kg:remark 'old'@en")
    assert "\n  호박  :amber\n" in run("diff", str(other), ".", "--lang", "ko", cwd=tiny).stdout


def test_long(run: Run, say: Callable[..., Path], other: Path) -> None:
    """A long difference is cut short, and says how much more there is; `--all` lists it."""
    folder = say(" ".join(f':lamp-{n:02} a l:Workshop ; skos:prefLabel "lamp {n:02}"@en .' for n in range(40)))
    short = run("diff", str(other), ".", cwd=folder).stdout
    assert "  … 16 more things (--all lists them)" in short
    assert "  … 28 more things (--all lists them)" in short
    everything = run("diff", str(other), ".", "--all", cwd=folder).stdout
    assert "more things" not in everything
    assert everything.count("+ type     workshop") == 40


def test_many_places(tiny: Path) -> None:
    """Many places are found by following the files once, and are those that looking for each one finds."""
    files = [Source(file, file.name) for file in sorted((tiny / "facts").glob("*.trig"))]
    wanted = {
        places.Written(said.graph, said.subject.value, said.predicate.value, said.object.value): None
        for file in files
        for said in trig.statements(file.path.read_text("utf-8"))
    }
    few = places.among(files, wanted)
    many = places.among(files, [*wanted, *(places.Written("", str(n), "", "") for n in range(places.FEW))])
    assert few == many
    assert set(few) == set(wanted)


TERMS = st.sampled_from(["a", "b", "c"]).map(lambda name: ox.NamedNode(ID + name))
VALUES = st.one_of(
    TERMS, st.sampled_from([ox.Literal("x"), ox.Literal("x", language="en"), ox.Literal("y", language="en"), ox.Literal(1)])
)
Fact = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal, str]
FACTS = st.lists(st.tuples(TERMS, TERMS, VALUES, st.sampled_from(["s1", "s2", "t1"])), max_size=12)


def edition(facts: list[Fact]) -> Edition:
    """Return an edition of some facts, each in a claim; claims that start alike are of one document."""
    kg, claims = "https://w3id.org/hima-kg/core#", ox.NamedNode("https://w3id.org/hima-kg/graph/claims")
    store = Store.memory({"": ID})
    store.extend(ox.Quad(s, p, o, ox.NamedNode(ID + claim)) for s, p, o, claim in facts)
    store.extend(
        ox.Quad(ox.NamedNode(ID + claim), ox.NamedNode(kg + "document"), ox.NamedNode(ID + claim[0]), claims)
        for claim in {claim for *_, claim in facts}
    )
    return Edition("some", store)


def kinds(found: Difference, kind: str) -> list[tuple[object, ...]]:
    """Return the statements of a kind, with both sides."""
    return [
        (
            c.subject,
            c.predicate,
            c.before and (str(c.before.value), c.before.passages),
            c.after and (str(c.after.value), c.after.passages),
        )
        for c in (*found.facts, *found.cited)
        if c.kind == kind
    ]


@given(FACTS)
def test_same(facts: list[Fact]) -> None:
    """A graph does not differ from itself, in whatever order it is told."""
    assert not compare(edition(facts), edition(facts[::-1]))


@given(FACTS, FACTS)
def test_reversed(
    one: list[Fact],
    two: list[Fact],
) -> None:
    """Turned round, what was added is removed, what was removed is added, and what changed has changed back."""
    there, back = compare(edition(one), edition(two)), compare(edition(two), edition(one))
    turned = {"added": "removed", "removed": "added", "changed": "changed", "cited": "cited"}
    for kind, other in turned.items():
        assert sorted(map(str, kinds(there, kind))) == sorted(
            str((s, p, after, before)) for s, p, before, after in kinds(back, other)
        )


@given(FACTS, FACTS)
def test_patch(
    one: list[Fact],
    two: list[Fact],
) -> None:
    """Whoever takes away what is gone and puts in what came has the second graph's statements; nothing is told twice."""
    found = compare(edition(one), edition(two))
    gone = [(c.subject, c.predicate, c.before.value) for c in found.facts if c.before]
    came = [(c.subject, c.predicate, c.after.value) for c in found.facts if c.after]
    first, second = ({(s.value, p.value, o) for s, p, o, _ in facts} for facts in (one, two))
    assert len(gone) == len(set(gone))
    assert len(came) == len(set(came))
    assert (first - set(gone)) | set(came) == second
