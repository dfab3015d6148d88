"""The command line, run as a user runs it: what it prints, where, and with which exit code."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

import hima_kg
from hima_kg.answers import Answer
from hima_kg.errors import ProjectError, columns, printable
from hima_kg.tables import folded
from hima_kg.terminal import FORMATS, rendered
from tests.conftest import Run


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ("query nothing", 2, "there is no query named 'nothing'"),
        ("query events -p from", 2, "NAME=VALUE"),
        ("query names", 2, "needs thing"),
        ("qurey names", 2, "did you mean query?"),
        ("query who-owns -p on=soon", 2, "is not a date"),
        ("query who-owns -p on", 2, "NAME=VALUE"),
        ("query who-owns -p self=x", 2, "who-owns has no parameter 'self'"),
        ("query who-owns -p query=x", 2, "who-owns has no parameter 'query'"),
        ("view --query who-owns -p lang=en -o -", 2, "who-owns has no parameter 'lang'"),
        ("query who-owns --on 2019 -p on=2021", 2, "--on and -p on=… both give a day"),
        ("view --query who-owns --on 2019 -p on=2021 -o -", 2, "--on and -p on=… both give a day"),
        ("query sales --on 2023-06..2024-06", 2, "2024 or 2023-06/2024-06"),
        ("query", 2, "give a query's name"),
        ("query sales --json", 2, "write -f json"),
        ("check --json", 2, "write -f json"),
        ("query -e ASK{ -f json", 3, "query:1:"),
        ("query missing.rq", 2, "missing.rq cannot be read"),
        ("query sales -f ttl", 2, "does not suit this query"),
        ("qurey", 2, "No such command 'qurey'"),
        ("show nobody", 2, "nothing is called 'nobody'"),
        ("show :wenji", 2, "nothing is said about :wenji\n  did you mean :wenjie?"),
        ("conflicts :wenji", 2, "did you mean :wenjie?"),
        ("path :wenji :seres", 2, "did you mean :wenjie?"),
        ("timeline :wenji", 2, "did you mean :wenjie?"),
        ("why :wenji", 2, "did you mean :wenjie?"),
        ("find qqqqq", 2, "nothing is called 'qqqqq'"),
        ("find qqqqq --json", 2, "nothing is called 'qqqqq'"),
        ("export -f docx", 2, "is not a format"),
        ("export", 2, "say where to"),
        ("show aito --lang zh_hans", 2, "--lang takes a language tag such as en, ko or zh-hans"),
        ("query sales -o x.xlsx", 2, ".xlsx is not a format of answers"),
        ("build --project /nowhere", 2, "is not a folder"),
        ("query sales -o /nowhere/x.csv", 1, "cannot be written"),
        ("export -f ttl -o build/BUILD.json", 2, "is by what a build finds its store"),
    ],
)
def test_wrong_usage(run: Run, home: Path, words: str, code: int, says: str) -> None:
    """What is used wrongly is said in a line or two, with the exit code of its kind, and never with a traceback."""
    done = run(*words.split(), cwd=home)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "words",
    [
        ("query", "sales-totals", "--on", ""),
        ("query", "brands", "-p", "alliance="),
        ("timeline", ""),
        ("timeline", "--from", ""),
        ("timeline", "--to", ""),
        ("conflicts", ""),
        ("conflicts", "--kind", ""),
        ("diff", ""),
        ("diff", ".", ""),
        ("sources", "--verify", ""),
        ("stats", "--project", ""),
        ("init", ""),
    ],
)
def test_empty_words(run: Run, home: Path, words: tuple[str, ...]) -> None:
    """An empty word, as an unset shell variable gives, is wrong usage: it is never taken for a word left out."""
    done = run(*words, cwd=home)
    assert (done.returncode, done.stdout) == (2, "")
    assert "rror: " in done.stderr


@pytest.mark.parametrize("word", ["<x>", "<a b>", "<>", "http://[x", "<http://a/%zz>", ":%zz"])
@pytest.mark.parametrize(
    "words",
    [
        "show",
        "timeline",
        "why",
        "why :wenjie auto:markOf",
        "without",
        "conflicts",
        "sources",
        "path :wenjie",
        "query names -p",
    ],
)
def test_no_iri(home: Path, words: str, word: str) -> None:
    """What can be no IRI is an unknown name, and never reaches a query."""
    from click.testing import CliRunner

    from hima_kg.cli import main

    given = f"thing={word}" if words.endswith("-p") else word
    done = CliRunner().invoke(main, [*words.split(), given, "--project", str(home)])
    assert done.exit_code == 2, done.output
    assert "SELECT" not in done.output
    assert "ASK" not in done.output


@pytest.mark.parametrize("command", ["show", "timeline", "conflicts", "without"])
def test_nowhere(run: Run, home: Path, command: str) -> None:
    """An IRI that stands nowhere is an unknown name, too."""
    done = run(command, "<urn:nothing>", cwd=home)
    assert (done.returncode, done.stdout) == (2, "")


def test_broken_named_query(run: Run, tiny: Path) -> None:
    """A named query that was broken after the build is shown with its file, line and column."""
    run("build", cwd=tiny)
    (tiny / "queries" / "keepers.rq").write_text("# Who?\n# param on: date\nSELECT ?x {\n  ?x a l:Seal ?on }\n", "utf-8")
    done = run("query", "keepers", "--on", "2024", cwd=tiny)
    assert done.returncode == 3
    assert "queries/keepers.rq:4:15: error: '?on' is a term too many" in done.stderr


def test_build_twice(run: Run, tiny: Path) -> None:
    """A build prints what it made and what it doubts; the next one says that nothing changed."""
    first = run("build", cwd=tiny)
    assert first.returncode == 0
    assert "Lamp guild: 57 statements in 7 claims from 2 documents" in first.stdout
    assert "3 doubts, printed above" in first.stdout
    assert first.stderr.count("warning[conflict]") == 3
    again = run("build", cwd=tiny)
    assert "nothing changed, so nothing was built" in again.stdout
    assert again.stderr == ""


def test_build_fails(run: Run, say: Callable[..., Path]) -> None:
    """A build with an error exits with 1, one whose files do not parse with 3."""
    folder = say(":moth l:sealOff :amber .")
    assert run("build", cwd=folder).returncode == 1
    (folder / "facts" / "new.trig").write_text("x", "utf-8")
    assert run("build", cwd=folder).returncode == 3


def test_check_formats(run: Run, say: Callable[..., Path]) -> None:
    """Check reports for people, as JSON, and as SARIF with lines and columns, and writes nothing."""
    folder = say(":moth l:sealOff :amber .")
    human = run("check", cwd=folder)
    assert human.returncode == 1
    assert "facts/new.trig:13:7: error[unknown-term]" in human.stdout
    (wrong,) = [p for p in json.loads(run("check", "-f", "json", cwd=folder).stdout) if p["severity"] == "error"]
    assert (wrong["path"], wrong["line"], wrong["column"], wrong["code"]) == ("facts/new.trig", 13, 7, "unknown-term")
    sarif = json.loads(run("check", "-f", "sarif", cwd=folder).stdout)
    assert sarif["version"] == "2.1.0"
    spots = [r["locations"][0]["physicalLocation"] for r in sarif["runs"][0]["results"] if r["ruleId"] == "unknown-term"]
    assert spots[0]["region"] == {"startLine": 13, "startColumn": 7, "endColumn": 16}
    assert not (folder / "build").exists()
    (folder / "facts" / "new.trig").rename(folder / "facts" / "my röd.trig")
    assert '"uri": "facts/my%20r%C3%B6d.trig"' in run("check", "-f", "sarif", cwd=folder).stdout


def test_folding_loses_nothing() -> None:
    """A long line is broken at spaces for a terminal, with every sign of it, those that are spelled out among them."""
    text = "aaaa \x1b bbbb cccc dddd eeee ffff"
    assert folded(text, 20).split() == printable(text).split()


def test_query_formats(run: Run, home: Path) -> None:
    """A query's answer comes as CSV in a pipe, and in each format that is asked for."""
    rows = list(csv.DictReader(io.StringIO(run("query", "sales-totals", cwd=home).stdout)))
    assert [row["difference"] for row in rows] == ["0", "0", "4139"]
    answer = json.loads(run("query", "sales-totals", "-f", "json", cwd=home).stdout)
    assert answer["head"]["vars"] == ["year", "stated", "computed", "difference", "claim"]
    assert run("query", "sales-totals", "-f", "tsv", cwd=home).stdout.startswith("?year\t?stated")
    assert run("query", "sales-totals", "-f", "xml", cwd=home).stdout.startswith("<?xml")
    assert run("query", "sales-totals", "-f", "md", cwd=home).stdout.startswith("| year | stated |")
    triples = run("query", "-e", "CONSTRUCT WHERE { :aito a ?t }", "-f", "ttl", cwd=home).stdout
    assert len(list(ox.parse(triples, ox.RdfFormat.TURTLE))) == 2
    assert json.loads(run("query", "-e", "ASK { :aito a auto:Brand }", "-f", "json", cwd=home).stdout)["boolean"] is True
    assert run("query", "-e", "ASK { :aito a auto:Brand }", cwd=home).stdout == "yes\n"


def test_all_formats_of_answers(hima: hima_kg.KnowledgeGraph) -> None:
    """Every format that `query` offers can be had of rows or of a graph."""
    asked = [hima.ask(text) for text in ("SELECT ?b { ?b a auto:Brand }", "CONSTRUCT WHERE { ?b a auto:Brand }")]
    for format in FORMATS:
        assert any(_is_rendered(answer, format) for answer in asked), format


def _is_rendered(answer: Answer, format: str) -> bool:
    try:
        return bool(rendered(answer, format))
    except ProjectError:
        return False


def test_table_lines_up(run: Run, home: Path) -> None:
    """A table's columns line up whatever scripts stand in them."""
    lines = run("query", "names", "-p", "thing=:aito", "-f", "table", cwd=home).stdout.splitlines()
    rule = lines[1]
    start = rule.index("  ") + 2
    for line in lines[2:]:
        lead = ""
        while columns(lead) < start:
            lead = line[: len(lead) + 1]
        assert columns(lead) == start
        assert lead.endswith(" ")


def test_query_from_file_and_input(run: Run, home: Path, tmp_path: Path) -> None:
    """A query comes from a file or from standard input too, and its answer goes to a file, whose name gives the format."""
    (tmp_path / "q.rq").write_text("SELECT ?b { ?b a auto:Brand } ORDER BY ?b LIMIT 1", "utf-8")
    out = tmp_path / "rows.json"
    assert run("query", str(tmp_path / "q.rq"), "-o", str(out), cwd=home).returncode == 0
    assert json.loads(out.read_text("utf-8"))["results"]["bindings"][0]["b"]["value"].endswith("/id/aito")
    done = run("query", "-", cwd=home, input="ASK { :aito auto:madeBy :seres }")
    assert done.stdout == "yes\n"


def test_broken_query_file(run: Run, tiny: Path) -> None:
    """What is wrong with a query in a file of one's own is told with the file, its line and its column."""
    run("build", cwd=tiny)
    wrong = {
        "# Who?\nSELECT ?x { foo ?x }": (3, "bad.rq:2:13: error: 'foo' is not a word of SPARQL"),
        "# param who: irri\nSELECT ?x { ?x a ?who }": (3, "bad.rq:1: error: 'irri' is not a type of parameters"),
        "# param who: iri\nSELECT ?x { ?x a ?who }": (2, "bad needs who"),
    }
    for text, (code, says) in wrong.items():
        (tiny / "bad.rq").write_text(text, "utf-8")
        done = run("query", "bad.rq", cwd=tiny)
        assert (done.returncode, done.stdout) == (code, "")
        assert says in done.stderr


def test_empty_answer_explains_itself(run: Run, home: Path) -> None:
    """An empty answer says on standard error which term does not occur, or which pattern matches nothing; it is no failure."""
    absent = run("query", "-e", "SELECT ?x { ?x a auto:Brnd }", cwd=home)
    assert (absent.returncode, absent.stdout) == (0, "x\n")
    assert absent.stderr == "empty: auto:Brnd does not occur in the graph; did you mean auto:Brand?\n"
    joined = run("query", "-e", "SELECT ?x { ?x a auto:Brand . ?x auto:owner ?y }", cwd=home)
    assert joined.stderr == "empty: nothing matches: ?x auto:owner ?y  (joined with what stands before it)\n"


def test_a_name_without_its_language_explains_itself(run: Run, home: Path) -> None:
    """A text that stands in the graph with a language is not that text without one, and the literal that stands is told."""
    asked = run("query", "-e", 'SELECT ?mark { ?mark skos:prefLabel "问界" }', cwd=home)
    assert 'it stands as "问界"@zh-hans' in asked.stderr


def test_a_day_before_all_dates(run: Run, home: Path) -> None:
    """What is implied of a day before all dates of the documents is told with a note, as is what holds after them."""
    for day, note in (("1900", "no document gives a date before 2021-12-01"), ("2030", "no document speaks of a day after")):
        assert note in run("query", "who-owns", "-p", "mark=:wenjie", "--on", day, cwd=home).stderr
    assert "gives a date" not in run("query", "who-owns", "-p", "mark=:wenjie", "--on", "2024", cwd=home).stderr


def test_no_as_of_a_day(run: Run, home: Path) -> None:
    """Where a question of yes or no is answered with yes but for the day, a note says so."""
    denied = run("query", "-e", "ASK { :aito-mark-latn auto:owner :seres }", "--on", "2024-01", cwd=home)
    assert "without a day the answer is yes" in denied.stderr


def test_view_of_a_query_as_of_a_day(run: Run, tiny: Path) -> None:
    """A page of what a query finds is asked for the day, too: its parameter, or what holds then."""
    (tiny / "queries" / "at.rq").write_text(
        "# Which seals?\n# param on: date\nSELECT ?s { ?s a l:Seal FILTER(?on > '1'^^xsd:date) }"
    )
    assert run("build", cwd=tiny).returncode == 0
    for words in (["--on", "2018"], ["-p", "on=2018"]):
        drawn = run("view", "--query", "at", *words, "-o", "at.html", cwd=tiny)
        assert (drawn.returncode, drawn.stdout) == (0, "")


def test_discounted_answer_explains_itself(run: Run, home: Path) -> None:
    """Where only a claim that is deprecated, opinion or a plan would answer, the empty answer says so."""
    told = run("query", "-e", "SELECT ?o { ?o auto:share 0.25 }", cwd=home).stderr
    assert "it stands only in claims that do not count" in told


def test_timeout(run: Run, home: Path) -> None:
    """A query that runs too long is ended, with exit code 4."""
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    done = run("query", "-e", endless, "--timeout", "0.5", cwd=home)
    assert done.returncode == 4
    assert "no answer after 0.5 seconds" in done.stderr


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("ASK " + "{" * 5_000 + "}" * 5_000, "nested more than 500 deep"),
        ("ASK { FILTER(" + " || ".join(["true"] * 20_000) + ") }", "more than 2,000 operators"),
        ("ASK { " + " UNION ".join(["{ ?s ?p ?o }"] * 5_000) + " }", "more than 2,000 operators"),
        ("ASK { ?s " + "/".join(["rdf:rest"] * 500) + " ?o }", "more than 200 steps"),
        ("ASK { ?s ?p '" + "x" * 300_000 + "' }", "longer than 262,144 characters"),
    ],
)
def test_queries_that_break_engines(run: Run, home: Path, query: str, says: str) -> None:
    """Queries that would overrun the engine's stack, or run for ever, are refused with a message."""
    done = run("query", "-", cwd=home, input=query)
    assert (done.returncode, done.stdout) == (3, "")
    assert says in done.stderr
    assert len(done.stderr) < 300


def test_long_lists(run: Run, home: Path) -> None:
    """A long list in VALUES or IN is no long chain."""
    values = " ".join(f"<https://example.org/{n}>" for n in range(5_000))
    assert run("query", "-", cwd=home, input=f"ASK {{ VALUES ?s {{ {values} }} ?s ?p ?o }}").stdout == "no\n"


@pytest.mark.parametrize("options", [[], ["--timeout", "60"]])
def test_ctrl_c(home: Path, options: list[str]) -> None:
    """Ctrl-C ends a query at once, whatever the engine is doing, and leaves no process behind."""
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    command = [sys.executable, "-m", "hima_kg", "query", "-e", endless, *options]
    with subprocess.Popen(command, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as asked:
        with pytest.raises(subprocess.TimeoutExpired):
            asked.wait(1.5)
        asked.send_signal(signal.SIGINT)
        assert asked.wait(5) == -signal.SIGINT
        assert asked.stdout is not None
        assert asked.stdout.read() == b""  # which waits for every process that has it open
    with pytest.raises(ProcessLookupError):
        os.killpg(asked.pid, 0)


def test_what_is_open_already(home: Path, run: Run, tmp_path: Path) -> None:
    """An answer for /dev/stdout comes after what was written there, and takes nothing away."""
    with (tmp_path / "all.txt").open("wb") as out:
        out.write(b"before\n")
        out.flush()
        command = [sys.executable, "-m", "hima_kg", "query", "-e", "ASK {}", "-o", "/dev/stdout"]
        subprocess.run(command, cwd=home, stdout=out, check=True)
        out.write(b"after\n")
    assert (tmp_path / "all.txt").read_text("utf-8") == "before\nyes\nafter\n"


def test_who_may_read_stays(home: Path, run: Run, tmp_path: Path) -> None:
    """A file that is written over may be read by whom it could be read before; a name may be as long as the disk has it."""
    (tmp_path / "own.csv").touch(0o600)
    for name in ("own.csv", "x" * 250 + ".csv"):
        assert run("query", "-e", "ASK {}", "-o", str(tmp_path / name), cwd=home).returncode == 0
    assert (tmp_path / "own.csv").stat().st_mode & 0o777 == 0o600
    (tmp_path / "ring.csv").symlink_to("ring.csv")
    done = run("query", "-e", "ASK {}", "-o", str(tmp_path / "ring.csv"), cwd=home)
    assert (done.returncode, "cannot be written: Too many levels of symbolic links" in done.stderr) == (1, True)
    for name in ("none", "99"):
        shut = run("query", "-e", "ASK {}", "-f", "csv", "-o", f"/dev/fd/{name}", cwd=home)
        assert (shut.returncode, shut.stderr.count("\n")) == (1, 1), shut.stderr
    full = run("query", "-e", "ASK {}", "-o", "/dev/full", cwd=home)
    assert (full.returncode, full.stderr) == (1, "error: /dev/full cannot be written: No space left on device\n")


@pytest.mark.parametrize(
    ("tag", "thing", "name"),
    [
        ("KO", ":seres", "세레스"),
        ("ko-KR", ":seres", "세레스"),
        ("zh-Hans-CN", ":wenjie", "问界"),
        ("fr", ":seres", "Seres Group"),
    ],
)
def test_language_tags(run: Run, home: Path, tag: str, thing: str, name: str) -> None:
    """A tag means the same in any case, and a more precise one what it is more precise of."""
    assert run("show", thing, "--lang", tag, cwd=home).stdout.startswith(f"{name}  {thing}\n")


def test_names_of_queries(run: Run, tiny: Path) -> None:
    """A query's name may have spaces, and its file's ending any case."""
    (tiny / "queries" / "한 글.rq").write_text("# What?\nSELECT (1 AS ?n) {}\n", "utf-8")
    (tiny / "queries" / "CAPS.RQ").write_text("# What?\nSELECT (2 AS ?n) {}\n", "utf-8")
    (tiny / "queries" / "CAPS.csv").write_text("n\n2\n", "utf-8")
    assert run("build", cwd=tiny).returncode == 0
    assert run("query", "한 글", cwd=tiny).stdout == "n\n1\n"
    assert run("query", "CAPS", cwd=tiny).stdout == "n\n2\n"


def test_doubts_beside_json(run: Run, tiny: Path) -> None:
    """What a build doubts is told also where its outcome is printed as JSON, on the other stream."""
    done = run("build", "--json", cwd=tiny)
    assert json.loads(done.stdout)["fresh"]
    assert done.stderr.count("warning[") == 3


def test_two_days(run: Run, home: Path) -> None:
    """A query is asked as of one day."""
    done = run("query", "who-owns", "-p", "on=2024", "--on", "2023", cwd=home)
    assert (done.returncode, "--on and -p on=… both give a day" in done.stderr) == (2, True)


def test_links_and_pipes(home: Path, run: Run, tmp_path: Path) -> None:
    """An answer goes through a link to the file behind it, and into a named pipe as into any file."""
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    (tmp_path / "real.csv").write_text("old", "utf-8")
    assert run("query", "-e", "ASK {}", "-o", str(tmp_path / "link.csv"), cwd=home).returncode == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text("utf-8") == "yes\n"
    os.mkfifo(tmp_path / "pipe.csv")
    with subprocess.Popen(["cat", tmp_path / "pipe.csv"], stdout=subprocess.PIPE) as cat:
        assert run("query", "-e", "ASK {}", "-o", str(tmp_path / "pipe.csv"), cwd=home).returncode == 0
        assert cat.communicate(timeout=10)[0] == b"yes\n"


def test_many_calls(tmp_path: Path) -> None:
    """The command line can be called from Python as often as one likes, and leaves the streams as they were."""
    code = "import sys; from hima_kg.cli import main; was = sys.stdout\nfor _ in range(1500): main(['--version'], standalone_mode=False)\nassert sys.stdout is was"
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True).returncode == 0


def test_engine_goes_down(home: Path) -> None:
    """What takes the engine down takes its worker alone: the answer is a message."""
    code = "import os, hima_kg.worker as w; w.isolated(lambda: os.abort(), 9)"
    done = subprocess.run([sys.executable, "-c", code], cwd=home, capture_output=True, text=True)
    assert "SlowError: error: the query took the engine down (signal 6)" in done.stderr


def test_mistakes_of_ours_are_not_swallowed(home: Path) -> None:
    """An error in a worker that nobody expected is told as what it is."""
    code = "import hima_kg.worker as w; w.isolated(lambda: {}['missing'], 9)"
    done = subprocess.run([sys.executable, "-c", code], cwd=home, capture_output=True, text=True)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, "KeyError: 'missing'")


def test_on(run: Run, home: Path) -> None:
    """--on gives the day, month or year to ask about."""
    done = run("query", "who-owns", "-p", "mark=问界", "--on", "2023-12", cwd=home)
    assert done.stdout == (
        "mark,owner,basis,event,claim,certainty\n"
        "https://w3id.org/hima-kg/id/wenjie,https://w3id.org/hima-kg/id/huawei,https://w3id.org/hima-kg/core#Occurred,"
        "https://w3id.org/hima-kg/id/wenjie-to-huawei,https://w3id.org/hima-kg/claim/wikipedia/HP.p2.s2,certain\n"
    )


def test_show(run: Run, home: Path) -> None:
    """Show tells names, statements with their passages, and states with their bounds."""
    told = run("show", ":wenjie", cwd=home).stdout
    assert "zh-hans          问界" in told
    assert "Harmony Intelligent Mobility Alliance (Wikipedia): Brands ¶2 s2" in told
    assert "owner Huawei   2023-06 – …  (occurred; disputed from 2024-07-01; Chinese AITO mark to Huawei)" in told
    table = json.loads(run("show", ":wenjie", "--json", cwd=home).stdout)
    assert table["names"]["zh-hans"] == ["问界"]
    assert {c["claim"] for s in table["statements"] if s["property"] == "auto:markOf" for c in s["claims"]} >= {"wp:HP.p2.s2"}


def test_show_everything(run: Run, say: Callable[..., Path]) -> None:
    """A property of one's own whose name ends in "label" is a fact and no name; figures in a claim are as everywhere else."""
    folder = say(":moth l:label 'paper, gilt' . :amber l:wicks 12345 .")
    terms = folder / "ontology" / "lamps.ttl"
    added = 'l:label a owl:DatatypeProperty ; rdfs:label "paper label"@en . l:wicks a owl:DatatypeProperty .'
    terms.write_text(terms.read_text("utf-8") + added, "utf-8")
    assert run("build", cwd=folder).returncode == 0
    assert "\n  paper label\n    paper, gilt\n" in run("show", ":moth", cwd=folder).stdout
    assert "Amber: l:wicks 12,345\n" in run("show", "n:s1", cwd=folder).stdout


def test_kinds_of_values(run: Run, say: Callable[..., Path]) -> None:
    """JSON tells a number from a text, a text in a language from one in none, and a thing from a text that reads like it."""
    folder = say(":moth l:note 12, '12', 'zwölf'@de, :amber, ':amber' .")
    terms = folder / "ontology" / "lamps.ttl"
    terms.write_text(f"{terms.read_text('utf-8')} l:note a owl:AnnotationProperty .", "utf-8")
    assert run("build", cwd=folder).returncode == 0
    kinds = {("12", "xsd:integer", None), ("12", "xsd:string", None), ("zwölf", "rdf:langString", "de")}
    kinds |= {(":amber", None, None), (":amber", "xsd:string", None)}

    def told(statements: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
        return {(s["object"], s["datatype"], s["language"]) for s in statements if s["property"] == "l:note"}

    assert told(json.loads(run("show", ":moth", "--json", cwd=folder).stdout)["statements"]) == kinds
    assert told(json.loads(run("why", "n:s1", "--json", cwd=folder).stdout)["says"]) == kinds
    assert told([json.loads(run("why", ":moth", "l:note", "zwölf", "--json", cwd=folder).stdout)]) == {
        ("zwölf", "rdf:langString", "de")
    }


def test_escapes_in_a_pipe(run: Run, say: Callable[..., Path]) -> None:
    """An escape code in a fact is spelled out in a pipe as on a terminal, and not dropped."""
    folder = say(":moth skos:altLabel 'a\\u001B[31mb' .")
    assert run("build", cwd=folder).returncode == 0
    assert r"a\x1b[31mb" in run("show", ":moth", cwd=folder).stdout


def test_show_a_term(run: Run, home: Path) -> None:
    """Show tells what a class or a property of the ontology means, and no heading stands over nothing."""
    told = run("show", "kg:date", cwd=home).stdout
    assert "The date as the source gives it; its datatype is its precision." in told
    assert "said of others" not in told
    assert "trademark transfer  auto:TrademarkTransfer" in run("show", "auto:owner", cwd=home).stdout


def test_what_changed_after_the_build(run: Run, tiny: Path) -> None:
    """Who asks a graph whose files were changed since is told so; what is only touched, or is a query, has not changed it."""
    run("build", cwd=tiny)
    asked = ("query", "lamps")
    letter = tiny / "facts" / "letter.trig"
    letter.touch()
    (tiny / "queries" / "new.rq").write_text("# What?\nSELECT * { ?s ?p ?o }\n", "utf-8")
    assert run(*asked, cwd=tiny).stderr == ""
    letter.write_text(letter.read_text("utf-8") + "# more\n", "utf-8")
    assert run(*asked, cwd=tiny).stderr == "note: facts/letter.trig changed after the build, which `hima-kg build` takes in\n"
    letter.unlink()
    (tiny / "ontology" / "rules" / "new.rq").write_text(
        "# New.\nCONSTRUCT { ?s l:near ?o } WHERE { ?s l:sealOf ?o }\n", "utf-8"
    )
    assert run("show", ":moth", cwd=tiny).stderr.startswith("note: facts/letter.trig and 1 more changed after the build")


def test_show_a_misspelt_thing(run: Run, home: Path) -> None:
    """A name that nothing has is told with the near one."""
    done = run("show", ":wenji", cwd=home)
    assert done.returncode == 2
    assert "did you mean :wenjie?" in done.stderr


def test_show_a_claim(run: Run, home: Path) -> None:
    """A citation can be followed: show a claim and see its document, its passage, and what it says."""
    told = run("show", "wp:HP.p2.s2", cwd=home).stdout
    assert "Pre-HIMA establishment ¶2 s2" in told
    assert "  says\n" in told
    assert "Chinese AITO mark to Huawei: date 2023-06" in told


def test_find(run: Run, home: Path) -> None:
    """Find lists things with the name that fits, in JSON too."""
    assert run("find", "wj", cwd=home).stdout.splitlines()[2].split() == [":aito", "Wènjiè", "AITO", "auto:Brand"]
    assert run("find", "group seres", cwd=home).stdout.splitlines()[2].split()[0] == ":seres"
    assert json.loads(run("find", "아이토", "--json", cwd=home).stdout)[0]["id"] == ":aito"


def test_export_and_view(run: Run, home: Path, tmp_path: Path) -> None:
    """Export and view write the files that they are told to, or to standard output."""
    target = tmp_path / "x.ttl"
    assert run("export", "-o", str(target), cwd=home).returncode == 0
    assert target.read_bytes() == (home / "build" / "hima.ttl").read_bytes()
    assert run("export", "-f", "nq", "-o", "-", cwd=home).stdout.startswith("<http")
    assert run("view", "-o", str(tmp_path / "x.html"), cwd=home).returncode == 0
    assert (tmp_path / "x.html").read_bytes() == (home / "build" / "hima.html").read_bytes()
    for words in (("show", ":aito", "--json"), ("query", "brands", "-f", "json"), ("query", "brands", "-f", "xml")):
        assert run(*words, cwd=home).stdout.endswith(("}\n", ">\n"))
    assert run("query", "brands", "-o", str(tmp_path / "x.json"), cwd=home).returncode == 0
    assert (tmp_path / "x.json").read_text("utf-8").endswith("}\n")


def test_tests(run: Run, home: Path) -> None:
    """Test runs every query that carries expected rows."""
    done = run("test", cwd=home)
    assert done.returncode == 0
    assert done.stdout.endswith("0 differences\n")


def test_a_query_that_is_no_text(tiny: Path, run: Run) -> None:
    """A query from standard input that is not UTF-8 is told as such; a byte order mark before one is let be."""
    assert run("build", cwd=tiny).returncode == 0
    command = [sys.executable, "-m", "hima_kg", "query", "-"]
    for text, code, says in (
        (b"SELECT ?s { ?s a l:Seal } # caf\xe9\n", 2, "standard input is not UTF-8"),
        (b"\xef\xbb\xbfASK {}", 0, ""),
    ):
        done = subprocess.run(command, cwd=tiny, input=text, capture_output=True, timeout=60)
        assert done.returncode == code
        assert says in done.stderr.decode()
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("query", "keepers", "-o", ""),
        ("view", "-o", ""),
        ("export", "-o", "x.ttl", "-f", ""),
        ("query", "keepers", "-p", "seal=:moth", "-p", "seal=:owl"),
        ("query", "-e", "CONSTRUCT WHERE { ?s a l:Seal }", "-f", "csv"),
        ("query", "-e", "CONSTRUCT WHERE { ?s a l:Seal }", "-o", "seals.csv"),
    ],
)
def test_words_that_cannot_be_meant(run: Run, tiny: Path, words: tuple[str, ...]) -> None:
    """An empty word, a parameter given twice, and a graph as CSV are wrong usage, and nothing is written."""
    assert run("build", cwd=tiny).returncode == 0
    before = sorted(tiny.iterdir())
    assert run(*words, cwd=tiny).returncode == 2
    assert sorted(tiny.iterdir()) == before


def test_a_graph_in_a_pipe(run: Run, tiny: Path) -> None:
    """A graph that nobody says how to print is Turtle in a pipe."""
    assert run("build", cwd=tiny).returncode == 0
    assert ":moth a l:Seal ." in run("query", "-e", "CONSTRUCT WHERE { ?s a l:Seal }", cwd=tiny).stdout


@pytest.mark.parametrize("words", [("check",), ("build", "--force"), ("test",)])
def test_an_interrupt_ends_what_the_engine_does(run: Run, tiny: Path, words: tuple[str, ...]) -> None:
    """Ctrl-C ends a build, a check and a test whose queries would take days, and the graph that was there stays."""
    assert run("build", cwd=tiny).returncode == 0
    before = run("query", "lamps", cwd=tiny).stdout
    (tiny / "queries" / "slow.rq").write_text(
        "# How many?\nSELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }\n", "utf-8"
    )
    (tiny / "queries" / "slow.csv").write_text("n\n1\n", "utf-8")
    command = [sys.executable, "-m", "hima_kg", *words]
    with subprocess.Popen(command, cwd=tiny, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(6)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) != 0
        assert process.stderr
        assert b"Traceback" not in process.stderr.read()
    assert run("query", "lamps", cwd=tiny).stdout == before


def test_a_doubt_is_no_difference(run: Run, tiny: Path) -> None:
    """A query that names what is not there is doubted, by `test` as by `build`, and both go on."""
    (tiny / "queries" / "new.rq").write_text("# What?\nSELECT ?x { ?x l:sealOff ?y }\n", "utf-8")
    assert run("build", cwd=tiny).returncode == 0
    done = run("test", cwd=tiny)
    assert (done.returncode, done.stdout) == (0, "1 file of expected rows, 0 differences\n")
    assert "did you mean l:sealOf?" in done.stderr


@pytest.mark.parametrize("words", [("check",), ("test", "--accept")])
def test_rows_without_a_query(run: Run, tiny: Path, words: tuple[str, ...]) -> None:
    """Expected rows of a query that is not there are told as such."""
    (tiny / "queries" / "stray.csv").write_text("lamps\n", "utf-8")
    done = run(*words, cwd=tiny)
    assert done.returncode == 2
    assert "queries/stray.csv expects rows of a query that is not there\n  where is stray.rq?" in done.stderr


def test_accept(run: Run, tiny: Path) -> None:
    """--accept takes over what the queries give by the files as they are, before any build."""
    letter = tiny / "facts" / "letter.trig"
    letter.write_text(
        letter.read_text("utf-8").replace(":amber a l:Workshop ; l:lamps 12 .", ":amber a l:Workshop ; l:lamps 13 ."), "utf-8"
    )
    assert run("build", cwd=tiny).returncode == 1
    assert run("test", "--accept", cwd=tiny).stdout == "queries/lamps.csv\n"
    assert (tiny / "queries" / "lamps.csv").read_text("utf-8") == "lamps\n37\n"
    assert run("build", cwd=tiny).returncode == 0


def test_accept_refuses_what_is_wrong(run: Run, tiny: Path) -> None:
    """--accept takes over no answer of facts that are wrong, and their answers are no news: only what is wrong is told."""
    assert run("build", cwd=tiny).returncode == 0
    letter, rows = tiny / "facts" / "letter.trig", tiny / "queries" / "lamps.csv"
    letter.write_text(letter.read_text("utf-8").replace("l:lamps 12", "l:lampz 13"), "utf-8")
    before = rows.read_bytes()
    refused = run("test", "--accept", cwd=tiny)
    assert refused.returncode == 1
    assert "did you mean l:lamps?" in refused.stderr
    assert rows.read_bytes() == before
    told = run("check", cwd=tiny)
    assert "error[unknown-term]" in told.stdout
    assert "error[test]" not in told.stdout


@pytest.mark.parametrize("words", [("view", "-o", "."), ("export", "-f", "ttl", "-o", "/"), ("query", "lamps", "-o", ".")])
def test_output_is_a_folder(run: Run, tiny: Path, words: tuple[str, ...]) -> None:
    """A folder in the place of a file is told, however it is written."""
    run("build", cwd=tiny)
    refused = run(*words, cwd=tiny)
    assert refused.returncode != 0
    assert "is a folder" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_stale(run: Run, tiny: Path) -> None:
    """What looks at the build says so where the files are others by now."""
    assert run("build", cwd=tiny).returncode == 0
    assert "files have changed" not in run("test", cwd=tiny).stderr + run("doctor", cwd=tiny).stdout
    letter = tiny / "facts" / "letter.trig"
    letter.write_text(letter.read_text("utf-8") + "\n# a remark\n", "utf-8")
    assert "note: files have changed since the build" in run("test", cwd=tiny).stderr
    assert "files have changed since: hima-kg build" in run("doctor", cwd=tiny).stdout


def test_queries_and_stats(run: Run, home: Path) -> None:
    """Queries and counts are listed, in JSON too."""
    assert "Who owned a trademark on a day" in run("queries", cwd=home).stdout
    assert {q["name"] for q in json.loads(run("queries", "--json", cwd=home).stdout)} >= {"who-owns", "members", "plans"}
    stats = json.loads(run("stats", "--json", cwd=home).stdout)
    assert stats["counts"]["documents"] == 2
    assert [d["document"] for d in stats["documents"]] == ["src:autonews", "src:wikipedia"]
    assert "claims" in run("stats", cwd=home).stdout


def test_doctor(run: Run, tiny: Path) -> None:
    """Doctor tells a sound store from one that is missing or damaged."""
    missing = run("doctor", cwd=tiny)
    assert "fonttools " in missing.stdout  # what the package needs, it tells itself
    assert missing.returncode == 1
    assert "has not been built yet" in missing.stdout
    run("build", cwd=tiny)
    assert run("doctor", cwd=tiny).returncode == 0
    table = max((tiny / "build" / "stores").rglob("*.sst"), key=lambda file: file.stat().st_size)
    data = table.read_bytes()
    table.write_bytes(data[:99] + bytes([data[99] ^ 1]) + data[100:])
    damaged = run("doctor", cwd=tiny)
    assert damaged.returncode == 1
    assert "not what was built" in damaged.stdout


def test_init(run: Run, tmp_path: Path) -> None:
    """The starter project builds at once, and its query answers."""
    assert run("init", "bikes", cwd=tmp_path).returncode == 0
    assert run("build", cwd=tmp_path / "bikes").returncode == 0
    assert "heron" in run("query", "makers", cwd=tmp_path / "bikes").stdout
    assert run("show", "苍鹭工坊", cwd=tmp_path / "bikes").stdout.startswith("Heron Works  :heron")
    again = run("init", "bikes", cwd=tmp_path)
    assert again.returncode == 2
    assert "bikes is not empty" in again.stderr


def test_outside_any_project(run: Run, tmp_path: Path) -> None:
    """Outside any project the graph that ships with the package answers."""
    done = run(
        "query",
        "sales-totals",
        cwd=tmp_path,
        env={"PATH": "", "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    assert "444956" in done.stdout


def test_ascii_terminal(run: Run, home: Path) -> None:
    """A terminal whose encoding has no Hangul gets UTF-8 all the same, and no crash."""
    for words in (("find", "아이토"), ("query", "names", "-p", "thing=:aito"), ("show", ":aito")):
        done = run(*words, cwd=home, env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PATH": "", "PYTHONUTF8": "0"})
        assert done.returncode == 0, done.stderr
        assert "아이토" in done.stdout


@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        ("--help >/dev/full", 2, "No space left on device"),
        ("query sales >/dev/full", 2, "No space left on device"),
        ("stats >/dev/full", 2, "No space left on device"),
        ("query - <&-", 3, "does not parse"),
        ("query sales >&-", 0, ""),
        ("query 'SELECT nonsense {' 2>&-", 3, ""),
        ("query sales --timeout nan", 2, "nan is none"),
        ("query sales --timeout inf", 2, "not in the range"),
    ],
)
def test_odd_streams(home: Path, command: str, code: int, says: str) -> None:
    """A full disk, a closed stream or a timeout that is no number gives a message, not a traceback."""
    done = subprocess.run(["sh", "-c", f"{sys.executable} -m hima_kg {command}"], cwd=home, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_closed_pipe(home: Path) -> None:
    """A reader that closes the pipe early gets no traceback."""
    command = f"{sys.executable} -m hima_kg export -f nq | head -c 1 >/dev/null"
    done = subprocess.run(["sh", "-c", command], cwd=home, capture_output=True, text=True)
    assert done.stderr == ""
