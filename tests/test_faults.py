"""Faults on purpose: whatever is killed, full, damaged or meant to harm, a reader gets the right graph or one clear message.

`make faults` runs more rounds than CI does; a round's seed stands in the name of its test.
"""

import json
import os
import random
import re
import resource
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from venv import create

import faults
import pytest
from faults import HIMA_KG, WHICH, current, edition, ended, killed, leftovers, listener, on_terminal, readers, stopped

import hima_kg
from hima_kg import builds
from hima_kg.health import doctor
from tests.conftest import HEAD, TINY, Run, copied

ROUNDS = int(os.environ.get("HIMA_KG_FAULTS", "1"))
SEEDS = range(ROUNDS)
MANY = ROUNDS > 1


def failed(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether a command ended with one clear message and exit code 1; it may note first what changed after the build."""
    said = done.stderr.removeprefix(
        next((line for line in done.stderr.splitlines(keepends=True) if line.startswith("note: ")), "")
    )
    return done.returncode == 1 and said.startswith("error: ") and "Traceback" not in said


def sound(folder: Path) -> bool:
    """Whether doctor finds nothing wrong."""
    return all(ok for _, ok, _ in doctor(folder))


def published(folder: Path) -> list[bytes]:
    """Return the files that a build leaves for others to read."""
    return [(folder / "build" / name).read_bytes() for name in ("tiny.ttl", "tiny.html")]


# Killed, and read meanwhile


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_at_any_time(tiny: Path, seed: int) -> None:
    """Whenever a build is killed, every reader sees the old graph or the new one, and the next build leaves nothing over."""
    by, moments = random.Random(seed), 8
    edition(tiny, 0)
    hima_kg.build(tiny)
    with readers(tiny) as told:
        took = faults.seconds(lambda: killed("build", "--force", cwd=tiny))
        for number in range(1, moments + 1):
            before = current(tiny)
            edition(tiny, number)
            killed("build", cwd=tiny, seconds=took * (number - by.random()) / moments)
            assert current(tiny) in (before, number)
        hima_kg.build(tiny)
        assert current(tiny) == moments
    assert len(told) > moments
    answers = {line for line in told if not line.startswith("note: facts/")}  # changed after the build that answers
    assert answers <= {f"{number},edition {number}" for number in range(moments + 1)}
    assert leftovers(tiny) == []
    assert sound(tiny)


@pytest.mark.parametrize("step", range(1, 40 if MANY else 14))
def test_killed_at_each_step(tiny: Path, step: int) -> None:
    """Killed before any change that it makes to a file, a build leaves the old graph or the new one, and nothing to sweep up later."""
    edition(tiny, 0)
    hima_kg.build(tiny)
    before = published(tiny)
    edition(tiny, 1)
    killed("build", cwd=tiny, step=step)
    assert current(tiny) in (0, 1)
    edition(tiny, 0)
    hima_kg.build(tiny)
    assert current(tiny) == 0
    assert published(tiny) == before
    hima_kg.build(tiny, force=True)
    assert leftovers(tiny) == []


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("command", "name"), [("export", "out.ttl"), ("view", "out.html")])
def test_killed_export(tiny: Path, seed: int, command: str, name: str) -> None:
    """An export or a view that is killed leaves the old file or the new one, whole, and the next one sweeps up."""
    by, words, out = random.Random(seed), (command, "-o", name), tiny / name
    edition(tiny, 0)
    hima_kg.build(tiny)
    took = faults.seconds(lambda: killed(*words, cwd=tiny))
    old = out.read_bytes()
    edition(tiny, 1)
    new = published(hima_kg.build(tiny).project.root)[command == "view"]
    assert old != new
    for kill in ({"step": 1}, {"step": 2}, *({"seconds": took * by.uniform(0.3, 1)} for _ in range(4))):
        out.write_bytes(old)
        killed(*words, cwd=tiny, **kill)
        assert out.read_bytes() in (old, new)
    assert killed(*words, cwd=tiny) == 0
    assert out.read_bytes() == new
    assert leftovers(tiny) == []


@pytest.mark.parametrize("step", range(1, 9 if MANY else 4))
def test_slow_reader(tiny: Path, step: int) -> None:
    """A reader that is held up while it opens the graph gets an answer, however many builds go by."""
    edition(tiny, 0)
    hima_kg.build(tiny)
    reader = stopped("query", "-e", WHICH, cwd=tiny, step=step)
    for number in (1, 2, 3):
        edition(tiny, number)
        hima_kg.build(tiny)
    if reader.poll() is None:
        reader.send_signal(faults.signal.SIGCONT)
    out, errors = reader.communicate(timeout=60)
    assert errors == ""
    assert out.splitlines()[1:] in [[f"{number},edition {number}"] for number in range(4)]


@pytest.mark.parametrize("seed", SEEDS)
def test_many_builds_at_once(tiny: Path, run: Run, seed: int) -> None:
    """Of many builds in one folder one builds, the others say who is at it, and the graph is sound."""
    edition(tiny, seed)
    words = [*HIMA_KG, "build", "--force"]
    builds = [
        subprocess.Popen(words, cwd=tiny, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(20 if MANY else 6)
    ]
    ends = [(build.communicate(timeout=120)[1], build.returncode) for build in builds]
    assert 0 in {code for _, code in ends}
    assert all("Traceback" not in said for said, _ in ends)
    assert all(code == 1 and "another build is at work" in said for said, code in ends if code)
    assert run("doctor", cwd=tiny).returncode == 0
    assert current(tiny) == seed
    assert leftovers(tiny) == []


# A full disk


def test_file_size_limit(tiny: Path, run: Run) -> None:
    """Where files may not grow as large as a build needs, a build and an export say so, and the old graph answers."""
    edition(tiny, 0)
    hima_kg.build(tiny)
    (tiny / "out.html").write_text("old", "utf-8")
    edition(tiny, 1)
    by = random.Random(ROUNDS)
    for size in (0, 1, 8_000, 30_000, 100_000, 250_000, *(int(2 ** by.uniform(0, 18)) for _ in range(ROUNDS - 1))):
        limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (size, size))
        for words in (("build",), ("view", "-o", "out.html")):
            done = run(*words, cwd=tiny, preexec_fn=limit)
            assert failed(done), (size, words, done.returncode, done.stderr)
        assert current(tiny) == 0, size
        assert (tiny / "out.html").read_text("utf-8") == "old"
    hima_kg.build(tiny)
    assert current(tiny) == 1
    assert leftovers(tiny) == []


@pytest.mark.parametrize("free", [0, 100_000, 300_000, 500_000, 800_000] if MANY else [0, 700_000])
def test_full_disk(tiny: Path, run: Run, free: int) -> None:
    """A build on a full disk says so, keeps the old graph, and is well again once there is room; if no disk can be had, a quota is."""
    edition(tiny, 0)
    disk, filler, limit = tiny / "build", tiny / "build" / "filler", None
    disk.mkdir()
    is_disk = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8M", "none", disk], capture_output=True).returncode == 0
    try:
        hima_kg.build(tiny)
        edition(tiny, 1)
        if is_disk:
            room = os.statvfs(disk)
            filler.write_bytes(bytes(max(0, room.f_bavail * room.f_frsize - free)))
        else:
            limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (free // 3, free // 3))
        done = run("build", cwd=tiny, preexec_fn=limit)
        assert failed(done), (done.returncode, done.stderr)
        assert current(tiny) == 0
        assert sound(tiny)
        filler.unlink(missing_ok=True)
        assert run("build", cwd=tiny).returncode == 0
        assert current(tiny) == 1
        assert leftovers(tiny) == []
    finally:
        if is_disk:
            subprocess.run(["umount", "-l", disk], check=True)


# Damaged files

HARMS = [faults.flipped, faults.cut, faults.gone, *[faults.zeroed] * MANY]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_damaged_file(tiny: Path, tmp_path_factory: pytest.TempPathFactory, harm: faults.Harm, seed: int) -> None:
    """Whichever file of a build is damaged, doctor tells, a query answers rightly or fails, and the next build mends it."""
    by, build = random.Random(seed), tiny / "build"
    store = hima_kg.build(tiny).manifest.store
    kept = shutil.copytree(build, tmp_path_factory.mktemp("kept") / "build")
    files = sorted(file.name for file in (build / "stores" / store).iterdir())
    tables = [name for name in files if name.endswith(".sst")]
    assert len(files) > len(tables) > 2
    for file in sorted({"BUILD.json", *files} - {*by.sample(tables, len(tables) - 2)}):  # of tables there are many, all alike
        name = file if file == "BUILD.json" else f"stores/{store}/{file}"
        shutil.rmtree(build)
        shutil.copytree(kept, build)
        faults.damage(build / name, harm, by)
        asked = ended("query", "lamps", cwd=tiny)
        assert failed(asked) or (asked.returncode, asked.stdout) == (0, "lamps\n24\n"), (name, asked.stdout, asked.stderr)
        assert not sound(tiny), name
        hima_kg.build(tiny)
        assert sound(tiny), name
        assert hima_kg.open(tiny).ask("lamps").values("lamps") == [24]


def test_damage_is_named(tiny: Path, run: Run) -> None:
    """Doctor leaves with exit code 1 and names the store that is damaged."""
    store = hima_kg.build(tiny).manifest.store
    faults.damage(tiny / "build" / "stores" / store / "CURRENT", faults.flipped, random.Random(0))
    done = run("doctor", cwd=tiny)
    assert done.returncode == 1
    (told,) = [line for line in done.stdout.splitlines() if line.startswith("BAD")]
    assert store in told
    assert "hima-kg build" in told


# Other versions


@pytest.mark.parametrize("change", [{"format": 0}, {"format": 1000, "novelty": []}])
def test_other_format(tiny: Path, run: Run, change: dict[str, object]) -> None:
    """A build by another version of the program is named as that, left as it is, and made anew by the next build."""
    hima_kg.build(tiny)
    manifest = tiny / "build" / "BUILD.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text("utf-8")) | change), "utf-8")
    done = run("query", "lamps", cwd=tiny)
    assert failed(done)
    assert "another version of hima-kg" in done.stderr
    assert run("build", cwd=tiny).returncode == 0
    assert run("query", "lamps", cwd=tiny).stdout == "lamps\n24\n"


@pytest.mark.parametrize("old", ["0.3.22", "0.4.11"])
def test_older_engine(tiny: Path, run: Run, tmp_path_factory: pytest.TempPathFactory, old: str) -> None:
    """A store that an older engine wrote is named or read, never upgraded in place, and made anew by the next build."""
    kg = hima_kg.build(tiny)
    folder = tmp_path_factory.mktemp("old")
    (folder / "all.nq").write_bytes(b"".join(kg.lines))
    create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", f"pyoxigraph=={old}"], check=True)
    kind = '"application/n-quads"' if old.startswith("0.3") else "format=ox.RdfFormat.N_QUADS"
    load = f"import pyoxigraph as ox; s = ox.Store('store'); s.bulk_load(open('all.nq', 'rb'), {kind}); s.flush()"
    subprocess.run([python, "-c", load], cwd=folder, check=True)
    staged = builds.staging(tiny / "build")
    shutil.copytree(folder / "store", staged)
    written = {file.name: builds.fingerprint(file) for file in staged.iterdir()}
    about = replace(kg.manifest, store="old", files=written, versions={"pyoxigraph": old})
    builds.swap(tiny / "build", staged, about)  # as a program of that day would have
    done = run("query", "lamps", cwd=tiny)
    assert (failed(done) and "stores/old " in done.stderr) or done.stdout == "lamps\n24\n"
    assert {file.name: builds.fingerprint(file) for file in (tiny / "build" / "stores" / "old").iterdir()} == written
    assert run("build", cwd=tiny).returncode == 0
    assert run("query", "lamps", cwd=tiny).stdout == "lamps\n24\n"
    assert sound(tiny)


# Reaching out

OUTSIDE = Path("/etc/passwd")


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <{url}> {{ ?s ?p ?o }}",
        "SELECT * FROM <file://{file}> {{ ?s ?p ?o }}",
        "SELECT * FROM NAMED <{url}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        "SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ VALUES ?e {{ <{url}> }} SERVICE ?e {{ ?s ?p ?o }} }}",
        "SELECT * {{ BIND(1 AS ?a) FILTER(?a<5)SERVICE#>\n<{url}> {{ ?x ?y ?z }} }}",
        "SELECT * {{ SERVICESILENT<{url}>{{ ?s ?p ?o }} }}",
        "SELECT * {{ VALUES ?x {{ true }} ?s ?p trueSERVICE<{url}>{{ ?s ?p ?o }} }}",
        "PREFIX x: <{url}> SELECT * {{ SERVICEx:{{ ?s ?p ?o }} }}",
        "SELECT * {{ VALUES ?x {{ '''a' }} SERVICE<{url}>{{ ?s ?p ?o }} }}",
        "LOAD <{url}>",
        "LOAD <file://{file}>",
        "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    ],
)
def test_query_stays_inside(tiny: Path, run: Run, query: str) -> None:
    """Neither a query nor rdflib's Dataset over the store reaches the network or a file outside."""
    kg = hima_kg.build(tiny)
    with listener() as (url, callers):
        text = query.format(url=url, file=OUTSIDE)
        done = run("query", "-e", text, cwd=tiny)
        told = ""
        with suppress(Exception):  # a refusal, by whichever library
            told = str([*kg.dataset().query(text)])
        with suppress(Exception):
            kg.dataset().update(text)
    assert callers == []
    assert "root:" not in done.stdout + done.stderr + told
    assert "Traceback" not in done.stderr
    assert kg.is_intact()


@pytest.mark.parametrize("call", ["SERVICE<{url}>", "FILTER(1<5)SERVICE#>\n<{url}>", "SERVICESILENT<{url}>"])
def test_project_stays_inside(tiny: Path, run: Run, call: str) -> None:
    """Neither a rule, nor a named query, nor a shape reaches the network, whether it is compiled or left to pySHACL."""
    said = "SELECT {this} WHERE {{ BIND(1 AS ?a) {call} {{ {this} ?y ?z }} }}"
    with listener() as (url, callers):
        asked = {this: said.format(this=this, call=call.format(url=url)) for this in ("$this", "?this")}
        shape = "@prefix l: <https://example.org/lamps/terms#> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        shape += "l:Out a sh:NodeShape ; sh:targetClass l:Seal ; {} .\n"
        check = f"sh:sparql [ sh:message 'x' ; sh:select '''{asked['$this']}''' ]"
        nested = f"sh:property [ sh:path l:sealOf ; sh:node [ {check} ] ]"
        files = {
            "ontology/rules/out.rq": f"CONSTRUCT {{ ?this l:sealOf ?this }} {asked['?this'].partition('WHERE')[2]}",
            "queries/out.rq": asked["?this"],
            "ontology/shapes/out.ttl": shape.format(check),
            "ontology/shapes/nested.ttl": shape.format(nested),
        }
        for name, text in files.items():
            (tiny / name).parent.mkdir(exist_ok=True)
            (tiny / name).write_text(text, "utf-8")
            done = run("build", cwd=tiny)
            if "nested" not in name or call.startswith("SERVICE<"):  # rdflib does not read the others as a SERVICE
                assert done.returncode in (1, 3), (name, done.stdout)
                assert "would ask the network" in done.stderr or "federated query" in done.stderr, (name, done.stderr)
            assert "Traceback" not in done.stderr
            (tiny / name).unlink()
    assert callers == []


@pytest.mark.parametrize("words", ["owl:imports", "rdfs:seeAlso", "sh:shapesGraph", "kg:document"])
def test_data_stays_inside(tiny: Path, run: Run, words: str) -> None:
    """Nothing that a fact, an ontology or a shape points to is fetched or read, by the engine or by pySHACL."""
    head = """@prefix kg: <https://w3id.org/hima-kg/core#> . @prefix l: <https://example.org/lamps/terms#> .
        @prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix s: <https://example.org/lamps/shapes#> . @prefix sh: <http://www.w3.org/ns/shacl#> .
        """
    left_to_pyshacl = "s:Loop a sh:NodeShape ; sh:targetClass l:Seal ; sh:property [ sh:path l:sealOf ; sh:node s:Loop ] ."
    with listener() as (url, callers):
        points = f"<https://example.org/lamps/all> a owl:Ontology ; {words} <{url}>, <file://{OUTSIDE}> .\n"
        for name, more in (("facts/out.ttl", ""), ("ontology/out.ttl", ""), ("ontology/shapes/out.ttl", left_to_pyshacl)):
            (tiny / name).parent.mkdir(exist_ok=True)
            (tiny / name).write_text(head + points + more, "utf-8")
        done = run("build", cwd=tiny)
    assert callers == []
    assert "root:" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", "facts/x.ttl facts/x.trig ontology/x.ttl ontology/x.rq ontology/shapes/x.ttl queries/x.rq "
    "queries/lamps.csv hima-kg.toml".split())  # fmt: skip
def test_link_out(tiny: Path, run: Run, name: str) -> None:
    """No command shows what stands in a file outside to which a file of the project leads."""
    hima_kg.build(tiny)
    link = tiny / name
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(OUTSIDE)
    for words in (("build",), ("check",), ("queries",), ("test",), ("query", "x")):
        done = run(*words, cwd=tiny)
        assert "root:" not in done.stdout + done.stderr, words
        assert "Traceback" not in done.stderr, words


# What is printed on a terminal

STEERING = "A\x1b]0;owned\x07\x1b[31m\r\x7f\x9b1m\u202eB\u2066C"
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def steering(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose names, locators, titles, files and queries would steer a terminal, built."""
    folder = copied(TINY, tmp_path_factory.mktemp(STEERING.replace("\r", "")))
    text, iri = "".join(f"\\u{ord(c):04X}" for c in STEERING), "https://example.org/lamps/x\u202ey"
    head = HEAD.replace('"New"@en', f'"New {text}"@en').replace('"s1"', f'"s1 {text}"')
    facts = f"""n:s1 {{ :cedar a l:Workshop ; skos:prefLabel "Cedar {text}"@en, "Cedar"@ko ; kg:remark "so {text}"@en .
        <{iri}> a l:Seal ; skos:prefLabel "{text}"@en ; l:sealOf :cedar, :amber .
        :gift a l:Handover ; skos:prefLabel "Gift {text}"@en ; kg:about <{iri}> ; l:giver :cedar ; l:taker :amber ;
          kg:date "2020"^^xsd:gYear . }}"""
    (folder / "facts" / f"{STEERING.replace('/', '')}.trig").write_text(head + facts, "utf-8")
    question = f"# Which {STEERING.replace(chr(13), '')}?\n# param of: string = {STEERING.replace(chr(13), '')}\n"
    (folder / "queries" / f"q{STEERING}.rq").write_text(question + "SELECT ?x { ?x a l:Workshop FILTER(?of != '') }", "utf-8")
    (folder / "hima-kg.toml").write_text(f"name = 'tiny'\ntitle = {json.dumps('Guild ' + STEERING)}\n", "utf-8")
    hima_kg.build(folder)
    return folder


@pytest.mark.parametrize(
    "words",
    [
        ("build", "--force"),
        ("build",),
        ("check",),
        ("check", "-f", "human", "--project", "."),
        ("doctor",),
        ("stats",),
        ("test",),
        ("queries",),
        ("find", "Cedar"),
        ("find", STEERING),
        ("show", ":cedar"),
        ("show", "n:s1"),
        ("show", "https://example.org/lamps/x\u202ey"),
        ("show", ":amber"),
        ("show", STEERING),
        ("query", f"q{STEERING}"),
        ("query", STEERING),
        ("query", STEERING + ".rq"),
        ("query", "-e", f"SELECT {STEERING}"),
        ("query", "-e", f"ASK {{ ?x {STEERING}:y ?z }}"),
        ("query", "-e", "SELECT ?x { ?x l:none <https://example.org/\u202e> }"),
        ("query", "-e", "SELECT ?s ?o { ?s skos:prefLabel ?o }"),
        ("query", "-e", "SELECT ?s ?o { ?s skos:prefLabel ?o }", "-f", "md"),
        ("query", "-e", "SELECT ?a\u202eb { ?s ?p ?a\u202eb }"),
        ("query", "-e", "SELECT ?title ?at { GRAPH ?g { ?c kg:locator ?at . ?d dct:title ?title } }", "-f", "table"),
        ("query", "lamps", "-p", STEERING),
        ("query", "lamps", "-p", f"{STEERING}=1"),
        ("query", "keepers", "--on", STEERING),
        ("query", "keepers", "--on", "2020", "-p", f"seal={STEERING}"),
        ("query", "keepers", "--on", "2020"),
        ("query", "lamps", "-f", STEERING),
        ("query", "lamps", "-o", f"x.{STEERING}"),
        ("query", "lamps", "-o", f"none/{STEERING}.csv"),
        ("query", "lamps", "--timeout", STEERING),
        ("export", "-o", f"none/{STEERING}.ttl"),
        ("export", "-f", STEERING),
        ("view", "-o", f"{STEERING}.html"),
        ("view", "-o", f"none/{STEERING}.html"),
        ("init", f"none-{STEERING}"),
        ("init", "."),
        ("build", "--project", STEERING),
        (STEERING,),
        ("build", STEERING),
        ("build", f"--{STEERING}"),
    ],
    ids=lambda words: " ".join(words).encode("unicode_escape").decode(),
)
def test_terminal(steering: Path, words: tuple[str, ...]) -> None:
    """No command prints a character that steers a terminal or turns the direction of its text."""
    said = on_terminal(*words, cwd=steering)
    assert said != ""
    assert RAW.findall(said) == []
    assert "Traceback" not in said


@pytest.mark.parametrize("name", ["facts/{}.trig", "ontology/{}.ttl", "ontology/{}.rq", "queries/{}.rq", "hima-kg.toml"])
@pytest.mark.parametrize("command", ["build", "check"])
def test_terminal_on_errors(tiny: Path, name: str, command: str) -> None:
    """What does not parse is shown without what would steer a terminal, wherever it stands and whatever its file is called."""
    (tiny / name.format(STEERING)).write_text(f"# {STEERING}\n<{STEERING}> {STEERING} = .\n", "utf-8")
    said = on_terminal(command, cwd=tiny)
    assert "error" in said
    assert RAW.findall(said) == []


# Loops


@pytest.mark.parametrize(
    "rule",
    [
        "{ ?new l:belongsTo ?x } WHERE { ?x l:belongsTo ?y BIND(IRI(CONCAT(STR(?x), MD5(STR(?y)))) AS ?new) }",
        "{ ?new a l:Seal } WHERE { ?x a l:Seal . ?y a l:Body BIND(IRI(CONCAT(STR(:), MD5(CONCAT(STR(?x), STR(?y))))) AS ?new) }",
        "{ ?new a l:Body } WHERE { ?x a l:Body . ?y a l:Body BIND(IRI(CONCAT(STR(:), MD5(CONCAT(STR(?x), STR(?y))))) AS ?new) }",
        "{ ?x l:lamps ?more } WHERE { ?x l:lamps ?n BIND(?n + 1 AS ?more) }",
    ],
)
def test_rule_without_end(tiny: Path, rule: str) -> None:
    """A rule that never comes to an end, however fast it grows, ends the build with a message that names it."""
    (tiny / "ontology" / "rules" / "runaway.rq").write_text(f"# More and more.\nCONSTRUCT {rule}", "utf-8")
    limit = partial(resource.setrlimit, resource.RLIMIT_AS, (4 << 30, 4 << 30))  # for the sake of the machine
    done = ended("build", cwd=tiny, preexec_fn=limit)
    assert "Traceback" not in done.stderr
    assert (done.returncode in (1, 2), "runaway" in done.stderr) == (True, True), done.stderr[-2000:]


@pytest.mark.parametrize(
    "rule",
    [
        "{ ?x l:belongsTo ?z } WHERE { ?x l:belongsTo ?y . ?y l:belongsTo ?z }",
        "{ ?y l:belongsTo ?x } WHERE { ?x l:belongsTo ?y }",
        "{ ?x l:belongsTo ?y } WHERE { ?x l:belongsTo ?y }",
        "{ ?x l:belongsTo ?y } WHERE { ?x a l:Body . ?y a l:Body }",
    ],
)
def test_rule_about_itself(tiny: Path, rule: str) -> None:
    """A rule that reads what it writes comes to an end by itself."""
    (tiny / "ontology" / "rules" / "round.rq").write_text(f"# Round.\nCONSTRUCT {rule}", "utf-8")
    assert ended("build", cwd=tiny).returncode == 0


PATTERN = "sh:property [ sh:path skos:prefLabel ; sh:pattern '^(a+)+$' ]"


@pytest.mark.parametrize(
    "shape",
    [
        f"s:Slow a sh:NodeShape ; sh:targetClass l:Workshop ; {PATTERN} .",
        f"s:Slow a sh:NodeShape ; sh:targetClass l:Workshop ; {PATTERN} ; sh:property [ sh:path l:partner ; sh:node s:Slow ] .",
        "s:Slow a sh:NodeShape ; sh:targetClass l:Body ; sh:node s:Slow .",
        "s:Slow a sh:NodeShape ; sh:targetClass l:Body ; sh:not s:Slow .",
        "s:Slow a sh:NodeShape ; sh:targetClass l:Body ; sh:node s:Other . s:Other a sh:NodeShape ; sh:or ( s:Slow s:Other ) .",
    ],
)
def test_slow_shape(tiny: Path, say: Callable[..., Path], shape: str) -> None:
    """A shape that leads back to itself, or a pattern that backtracks for ever, does not keep a build from ending, which names it."""
    with (tiny / "ontology" / "shapes.ttl").open("a", encoding="utf-8") as file:
        file.write(f"@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n{shape}\n")
    with (tiny / "ontology" / "lamps.ttl").open("a", encoding="utf-8") as file:
        file.write("l:partner a owl:ObjectProperty .\n")
    done = ended("build", cwd=say(f":cedar a l:Workshop ; skos:prefLabel '{'a' * 60}!'@en ; l:partner :cedar ."))
    assert "Traceback" not in done.stderr
    assert done.returncode == 0 or "s:Slow" in done.stderr or "^(a+)+$" in done.stderr, done.stderr


# The same bytes


@pytest.mark.parametrize("seed", SEEDS)
def test_same_bytes_anywhere(tmp_path: Path, seed: int) -> None:
    """The same project gives the same bytes in any folder, time zone, locale and order in which its files were made."""
    by, seen = random.Random(seed), set()
    files = [file for file in TINY.rglob("*") if file.is_file() and "build" not in file.parts]
    places = [("C", "UTC"), ("C.UTF-8", "Asia/Seoul"), ("POSIX", "America/St_Johns"), ("", "Pacific/Kiritimati")]
    for locale, zone in places:
        folder = tmp_path / "".join(by.choices("abcä 琥x-", k=by.randint(1, 30)))
        for file in by.sample(files, len(files)):
            target = folder / file.relative_to(TINY)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
            os.utime(target, (by.randrange(2**31), by.randrange(2**31)))
        env = {**os.environ, "LC_ALL": locale, "TZ": zone, "PYTHONHASHSEED": str(by.randrange(2**32))}
        subprocess.run([*HIMA_KG, "build"], cwd=folder, env=env, check=True, capture_output=True)
        subprocess.run([*HIMA_KG, "export", "-o", "all.nq"], cwd=folder, env=env, check=True)
        seen.add((*published(folder), (folder / "all.nq").read_bytes(), hima_kg.open(folder).manifest.digest))
    assert len(seen) == 1
