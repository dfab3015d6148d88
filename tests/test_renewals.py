"""A build after an edit of facts is made out of the one before it, and is, byte for byte, what a whole build makes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hima_kg
from hima_kg import digests, publications, reach, renewals, rules
from hima_kg.bodies import law
from hima_kg.edits import FactsFile, difference
from hima_kg.errors import FactError, TooFarError
from hima_kg.terms import Prefixes
from hima_kg.turtle import patched, turtle
from hima_kg.why import Why
from tests.conftest import HEAD, LAWS, ROOT, TINY, copied


@pytest.fixture(autouse=True)
def small_stores_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store is renewed however small it is, whatever it takes."""
    monkeypatch.setattr(renewals, "WORTH", 0)
    monkeypatch.setattr(reach, "WORK", 200_000)


@pytest.fixture
def whole_builds(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The output folders of the builds that were made anew, in order."""
    made = list[Path]()
    whole = publications._whole
    monkeypatch.setattr(publications, "_whole", lambda *of: (made.append(of[0].output), whole(*of))[1])
    return made


def left(folder: Path) -> dict[str, object]:
    """Return all that a build leaves, but for what differs between any two builds: the names and sums of the store's files."""
    manifest = json.loads((folder / "build" / "BUILD.json").read_text("utf-8"))
    exports = {name: (folder / "build" / name).read_bytes() for name in manifest["exports"]}
    return {name: manifest[name] for name in manifest.keys() - {"files", "store", "check"}} | exports


def built(folder: Path, *, force: bool = False) -> tuple[object, ...]:
    """Return what a build of a folder says, leaves and answers; or what it complains about."""
    try:
        graph = hima_kg.build(folder, force=force)
    except FactError as error:
        return (error.problems,)
    return graph.problems, left(folder), graph.lines


def test_rules_can_be_followed(hima: hima_kg.KnowledgeGraph) -> None:
    """An edit can be followed through every rule of the engine and of this repository: none makes each build a whole one."""
    for rule in rules.read(hima.project):
        assert law(rule.name, rule.text, hima.store).bodies


# The law

SEALS = st.sampled_from([":moth", ":owl"])
WHO = st.sampled_from([":amber", ":beryl", ":guild", ":cedar"])
DATES = st.sampled_from(["'2018'^^xsd:gYear", "'2018-04'^^xsd:gYearMonth", "'2020-05-02'^^xsd:date", "'2019-06-21'^^xsd:date"])
STATUS = st.sampled_from(["", "; kg:status kg:Announced", "; kg:status kg:Planned", "; kg:status kg:Occurred"])
EVENT = st.integers(0, 3)
SAID = st.one_of(
    st.builds(
        ":h{} a l:Handover ; kg:about {} ; l:giver {} ; l:taker {} ; kg:date {} {} .".format,
        EVENT, SEALS, WHO, WHO, DATES, STATUS,
    ),
    st.builds(":h{} a l:Handover ; kg:after :h{} .".format, EVENT, EVENT),
    st.builds(":h{} a l:Handover ; kg:fulfils :h{} ; kg:date {} .".format, EVENT, EVENT, DATES),
    st.builds(":f{} a l:Feast ; kg:status kg:Planned ; kg:date {} .".format, EVENT, DATES),
    st.builds(":f{} a l:Feast ; kg:fulfils :f{} ; kg:date {} .".format, EVENT, EVENT, DATES),
    st.builds("{} a l:Seal ; l:sealOf {} .".format, SEALS, WHO),
    st.builds("{} a l:Workshop ; l:lamps {} .".format, WHO, st.integers(1, 3)),
    st.builds("{} a l:Workshop ; skos:altLabel 'Mò'@zh-latn-pinyin, '{}'@ko .".format, WHO, st.sampled_from(["모", "호박"])),
    st.builds("{} a l:Seal ; skos:prefLabel '{}'@en .".format, SEALS, st.sampled_from(["Owl", "Amber", "Moth"])),
    st.builds(":seat{} a l:Seat ; l:inGuild :guild ; l:sitter {} .".format, EVENT, WHO),
    st.builds(":seat{} a l:Seat ; l:inGuild :guild ; l:sitter {} ; kg:date {} .".format, EVENT, WHO, DATES),
)  # fmt: skip
WORTH = st.sampled_from(["", "", "", "; kg:modality kg:Opinion ", "; kg:rank kg:Deprecated ", "; kg:openList true "])
CLAIM = st.tuples(st.sampled_from(["chronicle", "letter"]), WORTH, st.lists(SAID, min_size=1, max_size=2))
EDITS = st.lists(st.tuples(st.integers(0, 5), st.none() | CLAIM), min_size=2, max_size=4)
Claims = dict[int, tuple[str, str, list[str]]]
ABOUT = "n:{0} a kg:Claim ; kg:document :{1} ; kg:locator '{0}' {2}.\n"
THINGS = ":owl a l:Seal ; l:sealOf :amber . :cedar a l:Workshop . :guild a l:Guild ."
EVENTS = "".join(f":h{n} a l:Handover . :f{n} a l:Feast . :seat{n} a l:Seat . " for n in range(4))


def say(folder: Path, claims: Claims, edition: int) -> None:
    """Write claims into a file of the tiny project, after one that says what everything is, and the number of the edition."""
    told = [HEAD, f"n:s1 {{ {THINGS} {EVENTS} }}\n# edition {edition}\n"]
    for number, (document, worth, said) in sorted(claims.items()):
        told.append(ABOUT.format(f"c{number}", document, worth) + f"n:c{number} {{\n    {' '.join(said)}\n}}\n")
    (folder / "facts" / "new.trig").write_text("".join(told), "utf-8")


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two copies of the tiny project, without rows that its queries must give."""
    folders = [copied(TINY, tmp_path_factory.mktemp(name)) for name in ("edited", "anew")]
    for folder in folders:
        (folder / "queries" / "lamps.csv").unlink()
    return folders[0], folders[1]


@settings(max_examples=10 * LAWS, suppress_health_check=list(HealthCheck))
@given(first=st.dictionaries(st.integers(0, 5), CLAIM, max_size=6), edits=EDITS)
def test_any_edits(twins: tuple[Path, Path], first: Claims, edits: list[tuple[int, tuple[str, str, list[str]] | None]]) -> None:
    """Whatever claims are added, changed and taken out, one after the other, each build leaves what a whole build leaves."""
    edited, anew = twins
    claims = dict(first)
    for edition, (number, claim) in enumerate([(-1, None), *edits]):
        claims = {**claims, number: claim} if claim else {n: c for n, c in claims.items() if n != number}
        for folder in twins:
            say(folder, claims, edition)
        assert built(edited) == built(anew, force=True)


def test_a_conflict_that_a_rank_does_not_settle(twins: tuple[Path, Path]) -> None:
    """Two values contradict each other still where a deprecated claim gives one that others give, too: before an edit and after."""
    edited, anew = twins
    owned: Claims = {0: ("chronicle", "", [":owl a l:Seal ; l:sealOf :cedar ."])}
    again = ("letter", "; kg:rank kg:Deprecated ", [":owl a l:Seal ; l:sealOf :cedar ."])
    for edition, claims in enumerate([owned, owned | {1: again}, {1: again}]):
        for folder in twins:
            say(folder, claims, edition)
        renewed = built(edited)
        assert renewed == built(anew, force=True)
        assert any(":owl" in problem.message for problem in renewed[0]) == (0 in claims)


# The repository's own graph


@pytest.fixture(scope="module")
def hima_twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two copies of the repository's own project, without rows that its queries must give; one is built."""
    folders = [copied(ROOT, tmp_path_factory.mktemp(name)) for name in ("edited", "anew")]
    for folder in folders:
        for file in (folder / "queries").glob("*.csv"):
            file.unlink()
    hima_kg.build(folders[0])
    return folders[0], folders[1]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("autonews.trig", "auto:units 1000000", "auto:units 1000001"),
        ("wikipedia.trig", '"2023-06"^^xsd:gYearMonth', '"2023-10"^^xsd:gYearMonth'),
        ("autonews.trig", "a kg:Claim ;", "a kg:Claim ; kg:rank kg:Deprecated ;"),
        ("autonews.trig", "a kg:Claim ;", "a kg:Claim ; kg:modality kg:Opinion ;"),
        ("wikipedia.trig", "kg:status kg:Planned", "kg:status kg:Announced"),
        ("wikipedia.trig", '"Yu Chengdong"@en ;', '"Richard"@en ;'),
    ],
)
def test_an_edit(hima_twins: tuple[Path, Path], whole_builds: list[Path], file: str, old: str, new: str) -> None:
    """A number, a date, the worth of a claim, a plan that is done, a name: each is followed to all that depends on it."""
    edited, anew = hima_twins
    text = (anew / "facts" / file).read_text("utf-8")
    assert old in text
    for folder in hima_twins:
        (folder / "facts" / file).write_text(text.replace(old, new, 1), "utf-8")
    try:
        renewed = built(edited)
        assert whole_builds == []
        assert renewed == built(anew, force=True)
    finally:
        for folder in hima_twins:
            (folder / "facts" / file).write_text(text, "utf-8")
        hima_kg.build(edited)


# What is left to a whole build


def touch(folder: Path, file: str, old: str, new: str) -> None:
    """Change a text in a file."""
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(("module", "bound", "value"), [(renewals, "WORTH", 30_000), (reach, "WORK", 1)], ids=["small", "long"])
def test_what_is_quicker_made_anew(
    tiny: Path, whole_builds: list[Path], monkeypatch: pytest.MonkeyPatch, module: ModuleType, bound: str, value: int
) -> None:
    """Where a store is small, or more has to be looked at than a whole build is worth, a whole build is made."""
    monkeypatch.setattr(module, bound, value)
    hima_kg.build(tiny)
    touch(tiny, "facts/letter.trig", '"2018-05"', '"2019-05"')
    assert hima_kg.build(tiny).fresh
    assert len(whole_builds) == 2


def test_what_is_left_to_a_whole_build(tiny: Path, whole_builds: list[Path]) -> None:
    """Another ontology, another file, other prefixes, a record that is damaged: the build is made anew, and says the same."""
    hima_kg.build(tiny)
    changes = [
        lambda: touch(tiny, "ontology/lamps.ttl", "@prefix", "# more to come\n@prefix"),
        lambda: (tiny / "facts" / "more.trig").write_text(HEAD + "n:s1 { :owl a l:Workshop . }\n", "utf-8"),
        lambda: touch(tiny, "facts/more.trig", "@prefix n:", "@prefix o: <https://example.org/o/> .\n@prefix n:"),
        lambda: (
            touch(tiny, "facts/more.trig", ":owl a", ":owl2 a"),
            next((tiny / "build" / "records").glob("*/notes.json")).write_bytes(b"00000000\n{}"),
        ),
    ]
    for number, change in enumerate(changes, 2):
        change()
        assert hima_kg.build(tiny).fresh
        assert len(whole_builds) == number
    touch(tiny, "facts/more.trig", ":owl2 a", ":owl3 a")
    assert hima_kg.build(tiny).fresh
    assert len(whole_builds) == len(changes) + 1


def test_a_change_that_reaches_far(tiny: Path, whole_builds: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a change reaches more of the graph than is worth following, the build is made anew."""
    hima_kg.build(tiny)
    monkeypatch.setattr(reach, "WORLD", 2)
    touch(tiny, "facts/chronicle.trig", '"Moth"@en', '"Night moth"@en')
    assert hima_kg.build(tiny).fresh
    assert len(whole_builds) == 2


def test_a_rule_whose_names_are_relative(tiny: Path, tmp_path: Path) -> None:
    """A rule that names things by a base of its own is followed like any other, and backwards, too."""
    rule = "# sizes\nBASE <https://example.org/lamps/terms>\nCONSTRUCT { ?s <#size> ?n } WHERE { ?s <#sealOf> ?o . ?o <#lamps> ?n }"
    (tiny / "ontology" / "rules" / "sizes.rq").write_text(rule, "utf-8")
    with (tiny / "ontology" / "lamps.ttl").open("a", encoding="utf-8") as ontology:
        ontology.write('\nl:size a owl:DatatypeProperty ; rdfs:label "size"@en .\n')
    (tiny / "queries" / "lamps.csv").unlink()
    touch(tiny, "facts/chronicle.trig", "l:sealOf :amber", "l:sealOf :beryl")
    hima_kg.build(tiny)
    touch(tiny, "facts/chronicle.trig", '"Beryl"@en ; l:lamps 12', '"Beryl"@en ; l:lamps 13')
    renewed = built(tiny)
    assert renewed == built(copied(tiny, tmp_path / "anew"), force=True)
    kg = hima_kg.open(tiny)
    assert kg.ask("SELECT ?n { :moth l:size ?n }").values("n") == [13]
    reason = kg.why(":moth", "l:size", "13")
    assert isinstance(reason, Why)
    assert [proof.sentence for proof in reason.told.proofs] == ["sizes"]


def test_an_edit_that_makes_something_wrong(tiny: Path) -> None:
    """An error is told as a whole build tells it, and the graph that was there stays; mended, it is built."""
    digest = hima_kg.build(tiny).manifest.digest
    touch(tiny, "facts/chronicle.trig", "l:sealOf :amber", "l:sealof :amber")
    with pytest.raises(FactError) as caught:
        hima_kg.build(tiny)
    assert [p.code for p in caught.value.problems if p.severity == "error"] == ["unknown-term"]
    assert hima_kg.open(tiny).manifest.digest == digest
    touch(tiny, "facts/chronicle.trig", "l:sealof :amber", "l:sealOf :amber")
    assert hima_kg.build(tiny).manifest.digest == digest


def test_an_edit_that_makes_something_doubtful(tiny: Path) -> None:
    """A claim whose graph is taken out says nothing, and a build says so, now and as long as it is so."""
    hima_kg.build(tiny)
    text = (tiny / "facts" / "chronicle.trig").read_text("utf-8")
    graph = text[text.index("c:s2 {") : text.index("}", text.index("c:s2 {")) + 1]
    (tiny / "facts" / "chronicle.trig").write_text(text.replace(graph, ""), "utf-8")
    assert [p.code for p in hima_kg.build(tiny).problems].count("empty-claim") == 1
    touch(tiny, "facts/chronicle.trig", '"Moth"@en', '"Night moth"@en')
    assert [p.code for p in hima_kg.build(tiny).problems].count("empty-claim") == 1


# The parts

WORDS = st.text(st.sampled_from("xy .{}#<>\"'\\\n:;"), max_size=12)
LITERALS = st.builds(lambda text: str(ox.Literal(text)), WORDS) | WORDS.map(
    lambda text: f'"""{text.replace(chr(92), "").replace(chr(34), "")}"""'
)
COMMENTS = st.builds("# {}\n".format, WORDS.map(lambda text: text.replace("\n", " ")))
GAPS = st.sampled_from([" ", "\n", "\n\n"]) | COMMENTS.map(lambda text: " " + text)
FACTS = st.builds("{}:a{}:p{}{}{} .{}".format, GAPS, GAPS, GAPS, LITERALS | st.just("1.5") | st.just("<urn:x#y.z>"), GAPS, GAPS)
GRAPHS = st.builds("{}:g{}{{{}}}".format, GAPS, GAPS, st.lists(FACTS, max_size=2).map("".join))


@settings(max_examples=300 * LAWS)
@given(st.lists(FACTS | GRAPHS, max_size=5), GAPS)
def test_a_file_is_cut_into_statements(pieces: list[str], end: str) -> None:
    """Whatever stands in texts, comments and names, the statements of a file say one by one what it says as a whole."""
    text = FactsFile("a.trig", ".trig", "@prefix : <urn:x:> .\n" + "".join(pieces) + end)
    said = [quad for statement in text.statements[1:] for quad in text.quads([statement])]
    assert said == list(ox.parse(text.text.encode(), ox.RdfFormat.TRIG))
    assert len(text.statements) == 1 + len(pieces) + 1


@pytest.mark.parametrize(
    "text",
    [
        ":a :p 'b",
        ":g { :a :p :b .",
        ":g { { :a :p :b } }",
        ":a :p :b . }",
        ":a :p <<( :c :d :e )>> .",
        "@base <urn:y:> . :a :p :b .",
    ],
)
def test_a_file_that_cannot_be_cut(text: str) -> None:
    """What is not closed, or means something else elsewhere, is left to a whole build."""
    whole = FactsFile("a.trig", ".trig", f"@prefix : <urn:x:> .\n{text}\n")
    with pytest.raises(TooFarError):
        whole.quads(whole.statements[len(whole.prefixes) :])


def test_what_is_said_twice_is_still_said() -> None:
    """A fact that is taken out of one place and stands in another is not gone."""
    said = ":g { :a :p :b } :h { :a :p :b } GRAPH <urn:x:g> { :a :q :c } \n :g { :a :p :b , :d }"
    before, now = (
        FactsFile("a.trig", ".trig", f"@prefix : <urn:x:> .\n{text}") for text in (said, said[len(":g { :a :p :b }") :])
    )
    assert difference([before], [now]) == (set(), set())
    gone, new = difference([before], [FactsFile("a.trig", ".trig", now.text.replace(":b , :d", ":d"))])
    assert ([str(quad.object) for quad in gone], new) == (["<urn:x:b>"], set())


LINES = st.builds(
    lambda s, p, o, g: f"<urn:x:{s}> <urn:{p}:p> {o}{g} .\n".encode(),
    st.sampled_from(["a", "b", "b/c", "d"]),
    st.sampled_from(["x", "y"]),
    st.sampled_from(["<urn:x:a>", '"y:p"', '"1"^^<http://www.w3.org/2001/XMLSchema#integer>']),
    st.sampled_from(["", " <urn:z:claim>", " <https://w3id.org/hima-kg/graph/derived>"]),
)


@settings(max_examples=300 * LAWS)
@given(st.sets(LINES), st.sets(LINES))
def test_what_is_patched(before: set[bytes], now: set[bytes]) -> None:
    """Turtle and seals that follow a change are those of the graph as it is."""
    prefixes = Prefixes({"x": "urn:x:", "y": "urn:y:", "z": "urn:z:"})
    old, new = ({s: sorted(lines) for s, lines in _by_subject(all_).items()} for all_ in (before, now))
    changed = {s: (old.get(s, []), new.get(s, [])) for s in old.keys() | new.keys() if old.get(s) != new.get(s)}
    text = turtle(sorted(before), prefixes).encode()
    assert patched(text, changed, prefixes).decode() == turtle(sorted(now), prefixes)
    gone, fresh = ([seal for side in sides if side for seal in digests.seals(side)] for sides in _sides(changed))
    assert digests.resealed(digests.seals(sorted(before)), gone, fresh) == digests.seals(sorted(now))


def _by_subject(lines: set[bytes]) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    for line in lines:
        found.setdefault(line.split(b" ")[0], []).append(line)
    return found


def _sides(changed: dict[bytes, tuple[list[bytes], list[bytes]]]) -> Iterator[list[list[bytes]]]:
    yield [old for old, _ in changed.values()]
    yield [new for _, new in changed.values()]
