"""A build: whole or not at all, and nothing when nothing changed."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

import hima_kg
from hima_kg import builds, making, reader
from hima_kg.errors import FactError, StoreError
from hima_kg.project import Project
from hima_kg.weighing import Scan


def test_makes(tiny: Path) -> None:
    """A build leaves a store, a manifest, the Turtle export and the view."""
    built = hima_kg.build(tiny)
    assert built.fresh
    assert {p.name for p in (tiny / "build").iterdir()} == {"BUILD.json", "stores", "records", "tiny.html", "tiny.ttl", ".lock"}
    manifest = json.loads((tiny / "build" / "BUILD.json").read_text("utf-8"))
    assert manifest["digest"] == built.manifest.digest
    assert manifest["counts"]["claims"] == 7
    assert len(manifest["inputs"]["facts/letter.trig"]) == 64
    assert set(manifest["versions"]) == {"hima-kg", "pyoxigraph"}


def test_unchanged(tiny: Path) -> None:
    """A build of unchanged input does nothing, and one that is forced gives the same digest and the same bytes."""
    first = hima_kg.build(tiny)
    before = {name: (tiny / "build" / name).read_bytes() for name in ("tiny.ttl", "tiny.html")}
    assert not hima_kg.build(tiny).fresh
    again = hima_kg.build(tiny, force=True)
    assert again.fresh
    assert again.manifest.digest == first.manifest.digest
    assert before == {name: (tiny / "build" / name).read_bytes() for name in before}


@pytest.mark.parametrize("text", ["", "@prefix", "gone"])
def test_changed_while_it_is_read(tiny: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """A build of files that change meanwhile is refused, and the graph that was there stays."""
    digest = hima_kg.build(tiny).manifest.digest
    file, scan = tiny / "facts" / "letter.trig", reader.scan

    def meddle(*known: object) -> Scan:
        seen = scan(*known)  # type: ignore[arg-type]
        file.write_text(text, "utf-8") if text != "gone" else file.unlink()
        return seen

    monkeypatch.setattr(reader, "scan", meddle)
    with pytest.raises(StoreError, match="changed while they were read"):
        hima_kg.build(tiny, force=True)
    assert hima_kg.open(tiny).manifest.digest == digest


@pytest.mark.parametrize("name", ["facts/letter.trig", "ontology/lamps.ttl", "queries/lamps.rq", "hima-kg.toml"])
def test_changed(tiny: Path, name: str) -> None:
    """A change in any input makes a new build."""
    hima_kg.build(tiny)
    text = (tiny / name).read_text("utf-8")
    (tiny / name).write_text(
        text.replace("Lamp guild", "Guild of lamps") if name.endswith("toml") else text + "\n# a remark\n", "utf-8"
    )
    assert hima_kg.build(tiny).fresh


def test_failure_keeps_the_old(tiny: Path, say: Callable[..., Path]) -> None:
    """A build that finds errors changes nothing: the old graph goes on serving."""
    before = hima_kg.build(tiny).manifest.digest
    with pytest.raises(FactError):
        hima_kg.build(say(":moth l:sealOff :amber ."))
    assert hima_kg.open(tiny).manifest.digest == before
    assert hima_kg.open(tiny).is_intact()


def test_failed_query_stops_a_build(tiny: Path) -> None:
    """A query that no longer gives its expected rows stops the build, at the row."""
    (tiny / "queries" / "lamps.csv").write_text("lamps\n25\n", "utf-8")
    with pytest.raises(FactError) as caught:
        hima_kg.build(tiny)
    said = [str(p.place) + " " + p.message for p in caught.value.problems if p.code == "test"]
    assert said == [
        "queries/lamps.csv:1:1 lamps (no parameters) gives 24, which is not expected",
        "queries/lamps.csv:2:1 lamps (no parameters) does not give 25",
    ]
    assert str(caught.value).endswith("`hima-kg test --accept` writes it into the file")


def test_two_at_once(tiny: Path) -> None:
    """A second build in the same folder is told who holds it."""
    hima_kg.build(tiny)
    with (tiny / "build" / ".lock").open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("4711\n")
        held.flush()
        with pytest.raises(StoreError, match=r"another build is at work in .* \(process 4711\)"):
            hima_kg.build(tiny)


def test_who_waits_for_a_build(tiny: Path) -> None:
    """Who reads the graph that ships, and finds somebody building it, waits until that is done."""
    held, released = builds.lock(tiny / "build"), threading.Event()

    def release() -> None:
        released.set()
        held.__exit__(None, None, None)

    held.__enter__()
    threading.Timer(0.3, release).start()
    with builds.lock(tiny / "build", wait=True):
        assert released.is_set()


def test_readers_keep_their_graph(tiny: Path, say: Callable[..., Path]) -> None:
    """A graph that is open answers as before while a new one is built, and the next reader sees the new one."""
    hima_kg.build(tiny)
    reader = hima_kg.open(tiny)
    (tiny / "queries" / "lamps.csv").unlink()
    hima_kg.build(say(":cedar a l:Workshop ; skos:prefLabel 'Cedar'@en ; l:lamps 5 ."))
    assert reader.ask("lamps").values("lamps") == [24]
    assert hima_kg.open(tiny).ask("lamps").values("lamps") == [29]


def test_sweeps_up(tiny: Path) -> None:
    """What a killed build left behind is gone after the next, and old stores do not pile up."""
    hima_kg.build(tiny)
    (tiny / "build" / "stores" / ".new-1").mkdir()
    for _ in range(4):
        hima_kg.build(tiny, force=True)
    assert len(list((tiny / "build" / "stores").iterdir())) == 2


def test_stored_as_derived(tiny: Path, say: Callable[..., Path]) -> None:
    """What is stored is what was derived in memory, each statement once in a graph, however often it is said."""
    say(":moth a l:Workshop ; skos:prefLabel 'Zur Motte'@DE-ch, 'a \\n . line' .")
    graph = hima_kg.build(tiny)
    assert graph.lines == making.make(Project.at(tiny)).store.lines()
    assert len({*graph.lines}) == len(graph.lines) == graph.manifest.counts["quads"]


def test_refused_leaves_nothing(tiny: Path, say: Callable[..., Path]) -> None:
    """A build that is refused leaves nothing where the stores are, whether it parses or not."""
    manifest = hima_kg.build(tiny).manifest
    for wrong in (":cedar a l:Workshop ; l:lamps 'five' .", ":cedar a"):
        with pytest.raises(FactError):
            hima_kg.build(say(wrong))
        assert [file.name for file in (tiny / "build" / "stores").iterdir()] == [manifest.store]


def test_export_that_fails(tiny: Path, say: Callable[..., Path]) -> None:
    """If the view cannot be written, the old graph stays, and the next build does not take the half for the whole."""
    before = hima_kg.build(tiny).manifest.digest
    (tiny / "build" / "tiny.html").unlink()
    (tiny / "build" / "tiny.html").mkdir()
    with pytest.raises(StoreError, match=r"tiny\.html cannot be written"):
        hima_kg.build(say(":cedar a l:Workshop ; skos:prefLabel 'Cedar'@en ."))
    assert hima_kg.open(tiny).manifest.digest == before
    (tiny / "build" / "tiny.html").rmdir()
    graph = hima_kg.build(tiny)
    assert graph.fresh
    assert (tiny / "build" / "tiny.html").read_text("utf-8") == graph.page()


def test_emptied_store(tiny: Path) -> None:
    """A store that opens and holds nothing is damaged, not an answer."""
    manifest = hima_kg.build(tiny).manifest
    folder = tiny / "build" / "stores" / manifest.store
    shutil.rmtree(folder)
    ox.Store(str(folder)).flush()
    with pytest.raises(StoreError, match="files are missing, or not as they were built"):
        hima_kg.open(tiny)


def test_closed_store(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that may not be read is not called damaged."""
    hima_kg.build(tiny)

    def closed(path: Path) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", closed)  # nobody keeps root from reading
    with pytest.raises(StoreError, match="cannot be read: Permission denied"):
        hima_kg.open(tiny)


def test_not_built(tiny: Path) -> None:
    """A project that is not built yet says how to build it."""
    with pytest.raises(StoreError, match="has not been built yet") as caught:
        hima_kg.open(tiny)
    assert caught.value.hint == "run: hima-kg build"


@pytest.mark.parametrize("damage", ["", "{", '{"format": 0}', '{"format": 1}', "[]"])
def test_damaged_manifest(tiny: Path, damage: str) -> None:
    """A damaged manifest, or one of another version, is named, and the next build mends it."""
    hima_kg.build(tiny)
    (tiny / "build" / "BUILD.json").write_text(damage, "utf-8")
    with pytest.raises(StoreError, match=r"is damaged|another version"):
        hima_kg.open(tiny)
    assert hima_kg.build(tiny).fresh


def test_missing_store(tiny: Path) -> None:
    """A store whose files are gone is named, and the next build mends it."""
    manifest = hima_kg.build(tiny).manifest
    for file in (tiny / "build" / "stores" / manifest.store).iterdir():
        file.unlink()
    with pytest.raises(StoreError, match="files are missing, or not as they were built"):
        hima_kg.open(tiny)
    assert hima_kg.build(tiny).fresh


def test_cannot_write(tiny: Path) -> None:
    """An output folder that cannot be made is said in one line."""
    (tiny / "build").write_text("a file", "utf-8")
    with pytest.raises(StoreError, match="cannot be written"):
        hima_kg.build(tiny)


def test_symlink_out(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file that leads out of the project is not read, and its content is not shown."""
    secret = tmp_path_factory.mktemp("outside") / "secret.trig"
    secret.write_text("root:x:0:0", "utf-8")
    (tiny / "facts" / "link.trig").symlink_to(secret)
    with pytest.raises(hima_kg.ProjectError, match=r"facts/link\.trig leads out of the project") as caught:
        hima_kg.build(tiny)
    assert "root:" not in str(caught.value)


def test_same_bytes_under_any_seed(tiny: Path) -> None:
    """The same input gives the same bytes under every hash seed and locale."""
    code = "import hima_kg, sys; kg = hima_kg.build(sys.argv[1], force=True); print(kg.manifest.digest)"
    seen = set()
    for seed, locale in (("0", "C"), ("1", "C.UTF-8"), ("4711", "POSIX")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale}
        subprocess.run([sys.executable, "-c", code, str(tiny)], env=env, check=True, capture_output=True)
        seen.add(tuple((tiny / "build" / name).read_bytes() for name in ("tiny.ttl", "tiny.html")))
    assert len(seen) == 1


def test_settings(tiny: Path) -> None:
    """A setting that is misspelt, or of another type, is shown where it stands, with what to do."""
    for text, says in (
        ("titel = 'x'", "toml:1:1: error: unknown setting 'titel'\n   1 | titel = 'x'\n     | ^^^^^\n  did you mean title?"),
        (
            "[prefixes]\nex = 'https://e.org/'\n'1 x' = 'https://e.org/'",
            "toml:3:1: error: '1 x' = 'https://e.org/' is not a prefix",
        ),
        ("title = 'x' 2", "toml:1:13: error: Expected newline"),
        ("title = 3", "must be a text in quotes, not 3"),
        ("title =", "hima-kg.toml:1:8: error: Invalid value"),
        ("name = '../../evil'", "cannot name files"),
        ("prefixes = { ex = 5 }", "is not a prefix"),
        ("prefixes = { '1 x' = 'https://e.org/' }", "is not a prefix"),
    ):
        (tiny / "hima-kg.toml").write_text(text, "utf-8")
        with pytest.raises(hima_kg.ProjectError) as caught:
            hima_kg.build(tiny)
        assert says in str(caught.value)
