"""A project's folder and settings: what is in it is read, and what cannot be read is told, never read over."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import hima_kg
from hima_kg.project import Project

Change = Callable[[Path], object]
CASES: dict[str, tuple[Change, str]] = {
    "a link to nowhere": (lambda p: (p / "facts" / "x.trig").symlink_to(p / "none"), "facts/x.trig is a link to nothing"),
    "a link to itself": (
        lambda p: (p / "facts" / "x.trig").symlink_to("x.trig"),
        "facts/x.trig is a link that leads to itself",
    ),
    "a link to a folder": (
        lambda p: ((p / "more").mkdir(), (p / "facts" / "more").symlink_to("../more")),
        "facts/more is a link to a folder, which is not followed",
    ),
    "a pipe": (lambda p: os.mkfifo(p / "facts" / "x.trig"), "facts/x.trig is not a file"),
    "a folder": (lambda p: (p / "queries" / "x.csv").mkdir(), "queries/x.csv is not a file"),
    "settings in a folder": (
        lambda p: ((p / "hima-kg.toml").unlink(), (p / "hima-kg.toml").mkdir()),
        "hima-kg.toml is not a file",
    ),
    "two queries of a name": (
        lambda p: ((p / "queries" / "sub").mkdir(), (p / "queries" / "sub" / "lamps.rq").write_text("SELECT * {}")),
        "queries/lamps.rq and queries/sub/lamps.rq are both called lamps",
    ),
    "a rule named like one of the engine's": (
        lambda p: (p / "ontology" / "types.rq").write_text("CONSTRUCT WHERE { ?s ?p ?o }"),
        "hima_kg/core/rules/types.rq and ontology/types.rq are both called types",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_refused(tiny: Path, case: str) -> None:
    """What bears the name of an input and is none, and names that stand for two files, are refused, not read over."""
    change, says = CASES[case]
    change(tiny)
    with pytest.raises(hima_kg.ProjectError, match=says):
        hima_kg.build(tiny)


def test_unreadable_folder(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that may not be read is told: the graph is not made without what is in it."""
    (tiny / "facts" / "closed").mkdir()
    scan = os.scandir

    def closed(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", closed)  # nobody keeps root from reading
    with pytest.raises(hima_kg.ProjectError, match="facts/closed cannot be read: Permission denied"):
        Project.at(tiny).inputs()


def test_lock_of_an_editor(tiny: Path) -> None:
    """The link to nowhere with which an editor marks a file that it has open is no input."""
    (tiny / "facts" / ".#letter.trig").symlink_to("somebody@somewhere.1")
    assert hima_kg.build(tiny).manifest.counts["claims"]


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("languages = [1]", "1 is not a language"),
        ("x = " + "[" * 5000, "brackets are nested too deep"),
        (f'name = "{"x" * 101}"', "cannot name files"),
        ('languages = ["not a tag"]', "'not a tag' is not a language"),
        ('prefixes = {_ = "urn:x:"}', "'_' = 'urn:x:' is not a prefix"),
        ('prefixes = {1a = "urn:x:"}', "'1a' = 'urn:x:' is not a prefix"),
        ('prefixes = {"a." = "urn:x:"}', "'a.' = 'urn:x:' is not a prefix"),
        ('prefixes = {"½" = "urn:x:"}', "'½' = 'urn:x:' is not a prefix"),
        ('prefixes = {"ª" = "urn:x:"}', "'ª' = 'urn:x:' is not a prefix"),
        ('prefixes = {"𐀀" = "urn:x:"}', "'𐀀' = 'urn:x:' is not a prefix"),
        ('prefixes = {a = "https://x.org/%zz"}', "'a' = 'https://x.org/%zz' is not a prefix"),
        ('prefixes = {a = "https://x.org/#a#"}', "'a' = 'https://x.org/#a#' is not a prefix"),
        ('prefixes = {skos = "urn:x:"}', "skos: stands for http://www.w3.org/2004/02/skos/core#"),
    ],
)
def test_settings_refused(tiny: Path, setting: str, says: str) -> None:
    """Settings that cannot be are refused by name: no tag of a language, a prefix that Turtle or SPARQL does not take."""
    (tiny / "hima-kg.toml").write_text(setting, "utf-8")
    with pytest.raises(hima_kg.ProjectError, match=says):
        hima_kg.build(tiny)


def test_rare_languages(tiny: Path) -> None:
    """A language can be one of a private use, or a registered one with an older kind of tag, as in facts."""
    (tiny / "hima-kg.toml").write_text('languages = ["en", "x-private", "i-klingon", "zh-x-guild"]', "utf-8")
    assert hima_kg.build(tiny).project.settings.languages[1:] == ("x-private", "i-klingon", "zh-x-guild")


def test_a_prefix_of_the_settings_and_of_a_file(tiny: Path) -> None:
    """A file whose prefix is another one in the settings is told, as is one that disagrees with another file."""
    file = tiny / "hima-kg.toml"
    file.write_text('prefixes = {l = "urn:x:"}', "utf-8")
    (first, *_) = (problem for problem in hima_kg.check(tiny) if problem.code == "prefix")
    assert first.message == "l: is <https://example.org/lamps/terms#> here and <urn:x:> elsewhere"


def test_font_of_the_settings(tiny: Path) -> None:
    """A check looks at the font, too, that the settings name."""
    file = tiny / "hima-kg.toml"
    file.write_text('font = "none.otf"', "utf-8")
    with pytest.raises(hima_kg.ProjectError, match=r"none\.otf is not a file"):
        hima_kg.check(tiny)
    (tiny / "none.otf").write_bytes(b"no font")
    with pytest.raises(hima_kg.ProjectError, match=r"none\.otf"):
        hima_kg.check(tiny)


def test_prefixes_of_any_script(tiny: Path) -> None:
    """A prefix has letters of any script, and the Turtle with it is read by anybody."""
    file = tiny / "hima-kg.toml"
    file.write_text('prefixes = {"灯-1" = "urn:x:", "" = "urn:y:", "灯" = "https://灯.example/a%20b/"}', "utf-8")
    assert Project.at(tiny).settings.prefixes == {"灯-1": "urn:x:", "": "urn:y:", "灯": "https://灯.example/a%20b/"}


@pytest.mark.parametrize(
    ("line", "term", "hint"),
    [
        ("l:Sale a owl:Class ; rdfs:subClassOf l:Handovr .", "l:Handovr", "did you mean l:Handover?"),
        ("l:Handover kg:yieldsFormer l:givr .", "l:givr", "did you mean l:giver?"),
        ("l:tutor a owl:ObjectProprety .", "owl:ObjectProprety", "did you mean owl:ObjectProperty?"),
        ("l:Sale rdfs:subClasOf l:Handover .", "rdfs:subClasOf", "did you mean rdfs:subClassOf?"),
        ("l:Handover kg:needFormer true .", "kg:needFormer", "did you mean kg:needsFormer?"),
        ("l:keeper rdfs:domain l:Xylophone .", "l:Xylophone", "declare it in ontology/, or take it out"),
    ],
)
def test_misspelt_in_the_ontology(tiny: Path, line: str, term: str, hint: str) -> None:
    """A term that the ontology uses and nobody declares is an error with its place, as in the facts."""
    file = tiny / "ontology" / "lamps.ttl"
    file.write_text(f"{file.read_text('utf-8')}\n{line}\n", "utf-8")
    (problem,) = [p for p in hima_kg.check(tiny) if p.code == "vocabulary" and "is not in the ontology" in p.message]
    assert problem.message == f"{term} is not in the ontology"
    assert problem.hint == hint
    assert line.index(term) == problem.place.column - 1


def test_terms_of_others(tiny: Path) -> None:
    """Terms of vocabularies that nobody here declares, and things that the facts describe, are no mistakes."""
    file = tiny / "ontology" / "lamps.ttl"
    extra = "l:Guild rdfs:subClassOf <https://schema.org/Organization> ; rdfs:seeAlso l:nothing . l:keeper owl:hasValue <https://example.org/lamps/amber> ."
    file.write_text(f"{file.read_text('utf-8')}\n{extra}\n", "utf-8")
    assert not [p for p in hima_kg.check(tiny) if p.code == "vocabulary"]


@pytest.mark.parametrize(
    ("line", "spot", "says"),
    [
        ('l:Handover kg:yields "keeper" .', "kg:yields of l:Handover is the text 'keeper'", "and it takes a term"),
        ('l:keeper owl:inverseOf "keeps" .', "owl:inverseOf of l:keeper is the text 'keeps'", "and it takes a term"),
        (
            "l:Feast kg:yields l:keeper ; kg:yieldsSubject kg:about .",
            "l:Feast has kg:yields and no kg:yieldsObject",
            "nothing follows",
        ),
        ("l:Feast kg:yieldsFormer l:giver .", "l:Feast has kg:yieldsFormer and no kg:yields", "nothing follows"),
        (
            "l:Feast kg:yields l:keeper ; kg:yieldsSubject kg:about ; kg:yieldsObject l:taker, l:giver .",
            "kg:yieldsObject of l:Feast leads two ways",
            "is open",
        ),
        (
            "l:Guild kg:yields l:keeper ; kg:yieldsSubject kg:about ; kg:yieldsObject l:taker .",
            "l:Guild is no class of events or of states",
            "holds at no time",
        ),
    ],
)
def test_what_an_ontology_says_in_vain(tiny: Path, line: str, spot: str, says: str) -> None:
    """What rules would stumble over, or pass by in silence, is told with its place: a text for a term, a yield of nothing."""
    ontology = tiny / "ontology" / "lamps.ttl"
    lines = ontology.read_text("utf-8").count("\n")
    ontology.write_text(ontology.read_text("utf-8") + line + "\n", "utf-8")
    with pytest.raises(hima_kg.FactError) as caught:
        hima_kg.build(tiny)
    (problem,) = caught.value.problems
    assert (problem.place.path, problem.place.line) == (f"ontology/{ontology.name}", lines + 1)
    assert spot in problem.message
    assert says in problem.message


@pytest.mark.parametrize(("there", "missing"), [("ontology", "facts"), ("facts", "ontology")])
def test_half_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str, missing: str) -> None:
    """In a folder that lacks facts/ or ontology/ that is said; the graph that ships with the package is not taken for it."""
    (tmp_path / there).mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(hima_kg.ProjectError, match=f"it has no {missing}/"):
        Project.find()
