"""Documents and their passages, and passages held against the documents' texts."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hima_kg
from hima_kg import ProjectError, verification
from hima_kg.texts import Text, compared, fingerprint
from tests.conftest import HEAD, LAWS, TINY, Run, copied

SENTENCES = {
    "p1": "Amber is a café and a workshop.",
    "p2": "In March 2018 the Moth seal went to Beryl.",
    "p3": "Beryl made 1,200 lamps in a year.",
    "p4": "琥珀工坊造了十二盏灯。",
    "p5": "灯会定于三月。",
    "p6": "Heron paints lanterns.",
}
TEXT = "# Lamps\n\n{p1} {p2} And so on.\n\n{p3}\n\n{p4}{p5}\n\n{p6}\n".format(**SENTENCES)
STATEMENTS = {
    "p1": ':amber a l:Workshop ; skos:prefLabel "Amber"@en, "琥珀"@zh-hans .',
    "p2": ':moth-given a l:Handover ; skos:prefLabel "Moth given"@en ; kg:about :moth ; l:giver :amber ; l:taker :beryl ; kg:date "2018-03"^^xsd:gYearMonth .',
    "p3": ':beryl a l:Workshop ; skos:prefLabel "Beryl"@en ; l:lamps 1200 .',
    "p4": ":amber a l:Workshop ; l:lamps 12 .",
    "p5": ':feast a l:Feast ; skos:prefLabel "灯会"@zh-hans .',
    "p6": ':heron a l:Workshop ; skos:prefLabel "Heron"@en .',
}


def place(sentence: str, text: str = TEXT) -> str:
    """Return where a sentence stands in a text, as a claim says it."""
    start = compared(text).index(compared(sentence))
    return f"oa:start {start} ; oa:end {start + len(compared(sentence))} ;"


def told(marks: Mapping[str, str], document: str = ":almanac", claims: str = "a") -> str:
    """Return a file of facts: a document with a claim for each sentence, described by these marks."""
    head = HEAD.split(":new a kg:Document")[0].replace("claim/new/", f"claim/{claims}/")
    lines = [
        f'{head}@prefix oa: <http://www.w3.org/ns/oa#> .\n{document} a kg:Document ; dct:title "The {claims} almanac"@en .'
    ]
    for name, mark in marks.items():
        lines.append(f'n:{name} a kg:Claim ; kg:document {document} ; {mark} kg:locator "{name}" .')
        lines.append(f"n:{name} {{ {STATEMENTS[name]} }}")
    return "\n".join(lines)


def marked(text: str = TEXT) -> dict[str, str]:
    """Return the places and fingerprints of all sentences."""
    return {name: f'{place(s, text)} kg:fingerprint "{fingerprint(s)}" ;' for name, s in SENTENCES.items()}


def made(folder: Path, marks: Mapping[str, str]) -> hima_kg.KnowledgeGraph:
    """Build the lamp guild with the almanac in it."""
    (folder / "facts" / "almanac.trig").write_text(told(marks), "utf-8")
    (folder / "queries" / "lamps.csv").unlink(missing_ok=True)  # it counts lamps without the almanac's
    return hima_kg.build(folder)


@pytest.fixture(scope="module")
def guild(tmp_path_factory: pytest.TempPathFactory) -> hima_kg.KnowledgeGraph:
    """The lamp guild with the almanac, every claim of which is marked."""
    return made(copied(TINY, tmp_path_factory.mktemp("guild")), marked())


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    """Put texts into a folder by file name."""

    def write(**texts: str | bytes) -> Path:
        folder = tmp_path / "texts"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, text in texts.items():
            (folder / f"{name}.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
        return folder

    return write


def fates(graph: hima_kg.KnowledgeGraph, folder: Path) -> dict[str, str]:
    """Return what became of each of the almanac's passages."""
    (almanac,) = graph.verify(folder, "almanac")
    return {check.passage.claims[0].locator: check.status for check in almanac.checks}


def check(graph: hima_kg.KnowledgeGraph, folder: Path, name: str) -> verification.Verdict:
    """Return what became of one passage."""
    (almanac,) = graph.verify(folder, ":almanac")
    return next(check for check in almanac.checks if check.passage.claims[0].locator == name)


ALL_FOUND = dict.fromkeys(SENTENCES, "found")


def test_documents(guild: hima_kg.KnowledgeGraph) -> None:
    """A document is told with its passages in the order of the text, and with the gaps between them."""
    (almanac,) = guild.sources("The a almanac")
    assert [claim.locator for claim in almanac.claims] == list(SENTENCES)
    assert [compared(TEXT)[start:end] for start, end in almanac.gaps] == ["# Lamps ", " And so on. "]
    covered = almanac.length - len("# Lamps ") - len(" And so on. ")
    assert almanac.coverage == covered / len(compared(TEXT))
    assert almanac.modalities == {"stated": 6}


def test_counts_agree(hima: hima_kg.KnowledgeGraph) -> None:
    """Documents have the claims and statements that `stats` counts, and every claim of ours can be verified."""
    counted = {row["document"]: (row["claims"], row["facts"]) for row in hima.stats()["documents"]}
    documents = hima.sources()
    assert {hima.prefixes.compact(d.iri): (len(d.claims), d.statements) for d in documents} == counted
    assert all(passage.span and passage.fingerprint for d in documents for passage in d.passages)


def test_claims_share_a_passage(hima: hima_kg.KnowledgeGraph) -> None:
    """What one passage states and what it merely reports are two claims of one passage."""
    (news,) = hima.sources("autonews")
    shared = [passage for passage in news.passages if len({claim.modality for claim in passage.claims}) > 1]
    assert shared
    assert len(news.passages) < len(news.claims)


def test_without_places(tiny: Path) -> None:
    """Where no claim tells its place, coverage is not known, and the claims stand in the order of their locators."""
    hima_kg.build(tiny)
    (chronicle,) = hima_kg.open(tiny).sources(":chronicle")
    assert (chronicle.coverage, chronicle.length, chronicle.gaps) == (None, 0, [])
    assert [claim.locator for claim in chronicle.claims] == ["¶1 s1", "¶1 s2", "¶2 s1", "¶2 s2"]


@pytest.mark.parametrize("name", [":moth", "src:autonews", "Moth", "almanack"])
def test_no_document(guild: hima_kg.KnowledgeGraph, name: str) -> None:
    """What is no document is refused, and the documents are named."""
    with pytest.raises(ProjectError, match="documents are :almanac, :chronicle, :letter"):
        guild.sources(name)


def test_listing(run: Run, home: Path) -> None:
    """`sources` lists the documents, and `sources DOCUMENT` the claims of one with the gaps between them."""
    listed = run("sources", cwd=home).stdout
    assert "src:wikipedia" in listed
    assert "94 %" in listed
    one = run("sources", "src:wikipedia", cwd=home).stdout.splitlines()
    assert any(line.split() == ["–", "no", "claim", "0–78"] for line in one)
    assert any("wp:HP.p2.s3-reason   attributed" in line for line in one)
    assert len(json.loads(run("sources", "--json", cwd=home).stdout)) == 2
    assert json.loads(run("sources", "wikipedia", "--json", cwd=home).stdout)["text"][0]["start"] == 78


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        normalize("NFD", TEXT),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace(" ", " \u3000\t ").replace("\n", "\n \n"),
        "\ufeff" + TEXT,
        TEXT + "\nA new ending. 新的结尾。",
    ],
    ids=["same", "NFD", "CRLF", "white space", "byte order mark", "more at the end"],
)
def test_found(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path], text: str) -> None:
    """A passage is found however white space, line ends and accents are encoded, and whatever is added after it."""
    assert fates(guild, put(almanac=text)) == ALL_FOUND


def test_moved(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path]) -> None:
    """A sentence that is put in moves all that comes after it, and the new places are told."""
    texts = put(almanac=TEXT.replace("In March", "A sentence more. In March"))
    assert fates(guild, texts) == {**dict.fromkeys(SENTENCES, "moved"), "p1": "found"}
    moved = check(guild, texts, "p4")
    assert moved.passage.start is not None
    assert moved.start == moved.passage.start + len("A sentence more. ")
    assert moved.text == SENTENCES["p4"]


def test_swapped(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path]) -> None:
    """Passages that change places are moved, not gone."""
    one, other = SENTENCES["p2"], SENTENCES["p6"]
    swapped = TEXT.replace(one, "@").replace(other, one).replace("@", other)
    assert "changed" not in fates(guild, put(almanac=swapped)).values()


def test_glued(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A passage that now begins inside a word is found too; in a text too long for that, the report says so."""
    texts = put(almanac=TEXT.replace("Heron", "xHeron"))
    assert fates(guild, texts)["p6"] == "moved"
    monkeypatch.setattr(verification, "EVERYWHERE", 1)
    (almanac,) = guild.verify(texts, "almanac")
    assert not almanac.everywhere
    assert almanac.counts["changed"] == 1


def test_changed(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path]) -> None:
    """A number that was edited is a change; the sentence that is there now is shown as a guess, and what it rests on."""
    texts = put(almanac=TEXT.replace("1,200", "1,300"))
    assert fates(guild, texts) == {**ALL_FOUND, "p3": "changed"}
    guess = check(guild, texts, "p3")
    assert guess.text == "Beryl made 1,300 lamps in a year."
    assert guess.clues == ("Beryl",)


def test_changed_in_chinese(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path]) -> None:
    """Sentences of a script without spaces are told apart by their punctuation."""
    guess = check(guild, put(almanac=TEXT.replace("十二", "十三")), "p4")
    assert (guess.status, guess.text, guess.clues) == ("changed", "琥珀工坊造了十三盏灯。", ("Amber",))


def test_changed_and_elsewhere(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path]) -> None:
    """A sentence that was edited and moved is found again by the names and dates that it holds."""
    away = TEXT.replace(SENTENCES["p2"] + " ", "") + "\nIn 2018, in March, the Moth seal was given to Beryl."
    guess = check(guild, put(almanac=away), "p2")
    assert guess.text == "In 2018, in March, the Moth seal was given to Beryl."
    assert guess.clues == ("Beryl", "Moth", "2018", "March")


@pytest.mark.parametrize("name", SENTENCES)
def test_gone(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path], name: str) -> None:
    """Where a passage is taken out and nothing is put in, no other passage is taken for it."""
    gone = check(guild, put(almanac=TEXT.replace(SENTENCES[name], "")), name)
    assert gone.status == "changed"
    assert gone.text not in SENTENCES.values()


def test_gone_between_neighbours(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path]) -> None:
    """Where the neighbours have moved together by a passage's length, it is gone, and what stood beside it is no guess."""
    gone = check(guild, put(almanac=TEXT.replace(SENTENCES["p2"] + " ", "")), "p2")
    assert (gone.status, gone.text) == ("changed", "")


def test_far_fetched(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path]) -> None:
    """A passage that was cut out is gone, though a sentence elsewhere holds some of its names."""
    cut = TEXT.replace(SENTENCES["p2"] + " ", "") + "\nBeryl has the Moth seal in a drawer."
    gone = check(guild, put(almanac=cut), "p2")
    assert (gone.status, gone.text) == ("changed", "")


def test_guess_beside_what_is_found(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path]) -> None:
    """What is guessed does not overlap a passage that is found."""
    text = TEXT.replace(SENTENCES["p2"] + " ", "").replace(
        "Heron paints lanterns.", "Beryl, Moth, 2018, March: Heron paints lanterns."
    )
    (almanac,) = guild.verify(put(almanac=text), "almanac")
    taken = [(c.start or 0, c.end or 0) for c in almanac.checks if c.status in ("found", "moved")]
    guessed = [(c.start or 0, c.end or 0) for c in almanac.checks if c.status == "changed" and c.text]
    assert not [1 for start, end in guessed for first, last in taken if start < last and first < end]


def test_too_long(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a text is too long to search it for every passage that differs, the rest is counted and said."""
    monkeypatch.setattr(verification, "BETWEEN_WORDS", 1)
    monkeypatch.setattr(verification, "EVERYWHERE", 1)
    (almanac,) = guild.verify(put(almanac=TEXT.replace("1,200", "1,300").replace("十二", "十三")), "almanac")
    assert (almanac.counts["changed"], almanac.unsearched) == (2, 1)


def test_repeated(tiny: Path, put: Callable[..., Path]) -> None:
    """Of two places with the same words, a passage is at the one where the passages around it lead one to expect it."""
    text = TEXT + "\n" + SENTENCES["p1"]
    graph = made(tiny, marked(text))
    moved = check(graph, put(almanac="Put in. " + text), "p1")
    assert moved.start == compared("Put in. " + text).index(SENTENCES["p1"])


def test_unmarked(tiny: Path, put: Callable[..., Path], run: Run) -> None:
    """A claim that has a place and no fingerprint is shown with the fingerprint to paste, and is no difference."""
    made(tiny, {**marked(), "p3": place(SENTENCES["p3"])})
    texts = put(almanac=TEXT)
    shown = run("sources", "--verify", str(texts), cwd=tiny)
    line = next(line for line in shown.stdout.splitlines() if "to mark it" in line)
    mark = line.split(":  ")[1]
    assert shown.returncode == 0
    assert fates(made(tiny, {**marked(), "p3": f"{place(SENTENCES['p3'])} {mark} ;"}), texts) == ALL_FOUND


def test_unplaced(tiny: Path, put: Callable[..., Path], run: Run) -> None:
    """A claim without a place is shown the sentence that has most of its names, numbers and dates; one without such is told."""
    marks = {**marked(), "p3": f'kg:fingerprint "{fingerprint(SENTENCES["p3"])}" ;', "p4": ""}
    made(tiny, marks)
    texts = put(almanac=TEXT)
    shown = run("sources", "--verify", str(texts), cwd=tiny)
    assert "a guess is 94–127, for it holds Beryl, 1200" in shown.stdout
    assert "1 claim has no oa:start and oa:end, and no sentence has enough of" in shown.stdout
    assert shown.returncode == 0
    advised = next(line for line in shown.stdout.splitlines() if "if that is it" in line).split(":  ")[1]
    assert check(made(tiny, {**marks, "p3": f"{advised} ;"}), texts, "p3").status == "found"


def test_beyond_the_text(tiny: Path, put: Callable[..., Path]) -> None:
    """A place beyond the end of the text is no trouble."""
    graph = made(tiny, {**marked(), "p3": "oa:start 9000 ; oa:end 9010 ;"})
    assert check(graph, put(almanac=TEXT), "p3").text == ""
    assert check(graph, put(almanac=""), "p1").status == "changed"


def test_other_names(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path]) -> None:
    """A document's text is found by its passages where no file has its name."""
    texts = put(a="Nothing of it.", scan_7="A line before. " + TEXT, zz=SENTENCES["p1"])
    assert set(fates(guild, texts).values()) == {"moved"}


def test_two_of_a_name(tiny: Path, put: Callable[..., Path]) -> None:
    """Of two documents with one local name, a file belongs to the one whose passages it has."""
    (tiny / "facts" / "second.trig").write_text(told({"p1": ""}, "<https://example.org/second/almanac>", "b"), "utf-8")
    graph = made(tiny, marked())
    verified = {one.document.iri: one.file for one in graph.verify(put(almanac=TEXT))}
    assert verified["https://example.org/lamps/almanac"] == "almanac.txt"
    assert verified["https://example.org/second/almanac"] is None


def test_missing_document(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path], run: Run) -> None:
    """A document without a file is told and is no error, unless there is a file for none."""
    shown = run("sources", "--verify", str(put(almanac=TEXT)), cwd=guild.project.root)
    assert any(line.split()[:3] == [":letter", "no", "file"] for line in shown.stdout.splitlines())
    assert shown.returncode == 0
    none = run("sources", "--verify", str(put(other="x")), cwd=guild.project.root)
    assert (none.returncode, none.stdout) == (2, "")
    assert "no file" in none.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [("Amber".encode("utf-16"), "is not UTF-8"), ("琥珀".encode("gb18030"), "is not UTF-8"), (None, "holds no texts")],
)
def test_bad_texts(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path], run: Run, text: bytes | None, says: str) -> None:
    """A text in another encoding, and a folder without texts, end with exit code 2 and a hint."""
    texts = put(almanac=text) if text else put()
    done = run("sources", "--verify", str(texts), cwd=guild.project.root)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--verify /nowhere", "is not a folder"),
        ("--verify README", "is not a folder"),
        ("--all", "add --verify DIR"),
        ("nothing", "nothing is called 'nothing'"),
    ],
)
def test_wrong_use(run: Run, home: Path, words: str, says: str) -> None:
    """Wrong usage of `sources` ends with exit code 2 and says what to do."""
    done = run("sources", *words.split(), cwd=home)
    assert done.returncode == 2
    assert says in done.stderr


def test_side_by_side(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path], run: Run) -> None:
    """What differs is printed beside its claim, its statements and its place in facts/; `--all` prints the rest too."""
    texts = put(almanac=TEXT.replace("1,200", "1,300"))
    shown = run("sources", "--verify", str(texts), cwd=guild.project.root)
    assert shown.returncode == 1
    assert "Beryl made 1,300 lamps in a year." in shown.stdout
    assert "│ n:p3  p3" in shown.stdout
    assert "│ facts/almanac.trig:15" in shown.stdout
    assert "│ · Beryl (workshop): lamps 1200" in shown.stdout
    assert SENTENCES["p6"] not in shown.stdout
    whole = run("sources", "--verify", str(texts), "--all", cwd=guild.project.root)
    assert all(sentence in whole.stdout for name, sentence in SENTENCES.items() if name != "p3")


def test_moved_is_a_difference(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path], run: Run) -> None:
    """Passages that only moved end with exit code 1 too, each in a line with its new place."""
    shown = run("sources", "--verify", str(put(almanac="New. " + TEXT)), cwd=guild.project.root)
    assert shown.returncode == 1
    assert any(line.split()[:4] == ["n:p1", "p1", "8–39", "13–44"] for line in shown.stdout.splitlines())


def test_json(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path], run: Run) -> None:
    """`--json` gives the counts, and each passage that differs with its guess, its claims and their places."""
    texts = put(almanac=TEXT.replace("1,200", "1,300"))
    (almanac,) = json.loads(run("sources", "almanac", "--verify", str(texts), "--json", cwd=guild.project.root).stdout)
    assert almanac["counts"] == {"found": 5, "moved": 0, "changed": 1, "unmarked": 0, "unplaced": 0}
    (passage,) = almanac["passages"]
    assert passage["guess"]
    assert passage["now"]["fingerprint"] == fingerprint("Beryl made 1,300 lamps in a year.")
    assert passage["claims"][0]["place"] == "facts/almanac.trig:15:1"


def test_nothing_is_kept(guild: hima_kg.KnowledgeGraph, put: Callable[..., Path], run: Run) -> None:
    """The texts are read and never written into the project."""
    root = guild.project.root
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    run("sources", "--verify", str(put(almanac=TEXT)), "--all", cwd=root)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


WORDS = st.text("abc 琥珀\n,1", min_size=1, max_size=30)
"""What may stand beside a passage; a bare accent could not, since it would become part of the passage's last letter."""
INSIDE = {TEXT.index(sentence) + n for sentence in SENTENCES.values() for n in range(1, len(sentence))}
OUTSIDE = sorted({*range(len(TEXT) + 1)} - INSIDE)
LAW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100 * LAWS)


@LAW
@given(words=WORDS, at=st.sampled_from(OUTSIDE))
def test_insertion_moves(guild: hima_kg.KnowledgeGraph, tmp_path: Path, words: str, at: int) -> None:
    """Whatever is put in outside passages, every passage is found or moved, never gone."""
    (tmp_path / "almanac.txt").write_text(TEXT[:at] + words + TEXT[at:], "utf-8")
    assert set(fates(guild, tmp_path).values()) <= {"found", "moved"}


@LAW
@given(name=st.sampled_from(sorted(SENTENCES)), data=st.data(), char=st.sampled_from("xyz九0"))
def test_edit_changes(guild: hima_kg.KnowledgeGraph, tmp_path: Path, name: str, data: st.DataObject, char: str) -> None:
    """Whatever single character of a passage is edited, that passage is changed and the others are found."""
    sentence = SENTENCES[name]
    at = data.draw(st.integers(0, len(sentence) - 1))
    edited = sentence[:at] + char + sentence[at + 1 :]
    (tmp_path / "almanac.txt").write_text(TEXT.replace(sentence, edited), "utf-8")
    assert fates(guild, tmp_path) == (ALL_FOUND if edited == sentence else {**ALL_FOUND, name: "changed"})


@LAW
@given(st.text())
def test_texts_are_compared_alike(raw: str) -> None:
    """However a text is cut into paragraphs, what passages are counted in is the same, and sentences lie inside it."""
    text = Text.parse(raw)
    assert text.text == compared(raw)
    assert all(0 <= start < end <= len(text.text) for start, end in text.sentences)
