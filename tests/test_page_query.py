"""The page with SPARQL, as a reader asks it in a real browser; and the files of others that it brings along."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

import hima_kg
from hima_kg import KnowledgeGraph
from hima_kg.page import engine
from tests.browser import Visit, launch
from tests.test_sparql import COMPARED

VENDOR = Path(hima_kg.__file__).parent / "page" / "vendor"
QUERIES = sorted(path.stem for path in (Path(__file__).parent.parent / "queries").glob("*.rq"))
NEEDED = {"entity-links": {"thing": ":huawei"}, "names": {"thing": ":wenjie"}, "who-said": {"thing": ":aito"}}
ASKED = [
    *((name, NEEDED.get(name, {})) for name in QUERIES),
    ("who-owns", {"mark": "问界"}),
    ("who-owns", {"mark": "https://w3id.org/hima-kg/id/wenjie"}),
    ("events", {"from": "2024", "to": "2024-06"}),
    ("events", {"from": "2024-02-29/..", "to": "2025-40"}),
    ("conflicts", {"thing": "wenjie"}),
    ("conflicts", {"thing": ":sales-hima-2024"}),
]
EVIL = (
    *("</script><script>hit()</script>", "<!--<script>", "javascript:hit()", "'-hit()-'", "{{ hit() }}${hit()}"),
    *('<img src=x onerror="hit()">', '"><svg onload=hit()>', '<a href="javascript:hit()">href</a>', "\u202egpj.exe\u2066"),
    "<iframe srcdoc='<script>parent.hit()</script>'>",
)
PAIRS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield launch(playwright)


@pytest.fixture(scope="module")
def visit(browser: Browser) -> Iterator[Visit]:
    """Open a page's file; in the end it must have asked for nothing and complained of nothing."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    asked, complaints = list[str](), list[str]()
    context.on("request", lambda request: asked.append(request.url))
    context.on("console", lambda message: complaints.append(message.text))
    context.on("weberror", lambda error: complaints.append(str(error.error)))

    def opened(file: Path, fragment: str = "") -> Page:
        page = context.new_page()
        page.goto(f"{file.as_uri()}#tab=query{fragment}")
        page.wait_for_selector("html[data-ready]")
        return page

    yield opened
    context.close()
    assert complaints == []
    assert {url.partition(":")[0] for url in asked} <= {"file", "data", "blob"}


@pytest.fixture(scope="module")
def file(hima: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The alliance's page with SPARQL."""
    return written(hima.page(sparql=True), tmp_path_factory)


@pytest.fixture(scope="module")
def page(visit: Visit, file: Path) -> Page:
    """That page, opened once for all who only ask it."""
    return visit(file)


def written(html: str, folders: pytest.TempPathFactory) -> Path:
    path = folders.mktemp("page") / "page.html"
    path.write_text(html, "utf-8")
    return path


def ask(page: Page, query: str) -> Page:
    """Write a query into the page and run it by the keyboard, then wait for what comes of it."""
    if not page.is_visible("#sparql"):
        page.click("#tab-query")
    page.fill("#sparql", query)
    page.press("#sparql", "Control+Enter")
    return settled(page)


def settled(page: Page) -> Page:
    page.wait_for_selector("#answer[data-state=done], #answer[data-state=mistake]")
    return page


def rows(page: Page) -> list[list[str]]:
    return [row.locator("td").all_inner_texts() for row in page.locator("table.answer tbody tr").all()]


def told(page: Page) -> str:
    """Return what stands in the answer, on one line."""
    return " ".join(page.inner_text("#answer").split())


@pytest.mark.parametrize(("name", "values"), ASKED, ids=lambda one: one if isinstance(one, str) else "")
def test_named_queries(page: Page, hima: KnowledgeGraph, name: str, values: dict[str, str]) -> None:
    """Every question of the project is answered in the page as by the command line, byte for byte in CSV."""
    page.click(f"[data-query={name}]")
    for parameter, value in values.items():
        page.fill(f"[name={parameter}]", value)
    if values:
        page.wait_for_selector("#answer:not([data-state=loading]):not([data-state=running])")
        page.click("#run")
    settled(page)
    known = hima.ask(name, **values)
    expect(page.locator("#answer .mistake")).to_have_count(0)
    assert page.locator("#answer .none").count() == (0 if known else 1)
    if known:
        with page.expect_download() as download:
            page.click("#answer .csv")
        assert Path(download.value.path()).read_bytes() == known.serialize("csv")


def test_names_open(page: Page) -> None:
    """Things stand in the answer by their names, as links to what is said of them."""
    ask(page, "SELECT ?mark WHERE { ?mark a auto:Trademark } ORDER BY ?mark")
    page.locator("table.answer .link", has_text="Wenjie").first.click()
    expect(page.locator("#reading h2")).to_have_text("Wenjie")
    assert "n=:wenjie" in page.evaluate("location.href")


def test_found(page: Page) -> None:
    """What the rows name is ringed in the network, until the reader clears it."""
    ask(page, "SELECT ?brand WHERE { ?brand a auto:Brand }")
    count = len(rows(page))
    page.get_by_role("button", name=f"Show {count} in the network").click()
    expect(page.locator("#network")).to_be_visible()
    expect(page.locator("#found")).to_contain_text(f"{count} found by the query")
    assert page.evaluate("view.state.found.size") == count
    page.click("#found button")
    expect(page.locator("#found")).to_have_count(0)
    assert page.evaluate("view.state.found.size") == 0


def test_best_graph_and_claims(page: Page, hima: KnowledgeGraph) -> None:
    """Without GRAPH a query asks the best graph; every claim is a graph of its own, as on the command line."""
    for pattern in ("?s ?p ?o", "GRAPH ?g { ?s ?p ?o }", "GRAPH graph:claims { ?s a kg:Claim }"):
        query = f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}"
        assert rows(ask(page, query)) == hima.ask(query).cells()


def test_truth_and_graphs(page: Page) -> None:
    """ASK gives yes or no, CONSTRUCT and DESCRIBE give Turtle with the project's prefixes."""
    assert told(ask(page, "ASK { :wenjie a auto:Trademark }")).endswith("Yes")
    assert told(ask(page, "ASK { :wenjie a auto:Brand }")).endswith("No")
    graph = ask(page, "CONSTRUCT { ?m a auto:Trademark } WHERE { ?m a auto:Trademark . FILTER(?m = :wenjie) }")
    assert ":wenjie a auto:Trademark ." in graph.inner_text(".turtle")
    assert "@prefix auto: <" in graph.inner_text(".turtle")
    assert ":wenjie" in ask(page, "DESCRIBE :wenjie").inner_text(".turtle")


def test_order_of_columns(page: Page) -> None:
    """A query for everything has its columns in the order in which it names them, and one that lists them as it lists them."""
    for query, columns in (
        ("select distinct * { ?z auto:owner ?b OPTIONAL { ?b a ?a } }", ["z", "b", "a"]),
        ("SELECT ?b ?z { ?z auto:owner ?b }", ["b", "z"]),
    ):
        assert ask(page, query).locator("table.answer th").all_inner_texts() == columns


def test_odd_answers(page: Page) -> None:
    """Columns may be called anything, a triple term is written as the command line writes it, and a long text is cut where shown."""
    assert rows(ask(page, "SELECT ?constructor ?x { VALUES (?constructor ?x) { (UNDEF 1) } }")) == [["", "1"]]
    ask(page, "SELECT (TRIPLE(:aito, auto:madeBy, 'c') AS ?t) {}")
    with page.expect_download() as download:
        page.click("#answer .csv")
    assert b"/id/aito https://w3id.org/hima-kg/auto#madeBy c\r\n" in Path(download.value.path()).read_bytes()
    assert len(rows(ask(page, doubled(times=13)))[0][0]) == 2001


def test_row_cap(page: Page) -> None:
    """At most a thousand rows are given, and the page says that there are more; a smaller LIMIT is kept."""
    ask(page, "SELECT ?s WHERE { ?s ?p ?o }\nVALUES ?unused { 1 2 } # all of them")
    assert "1,000 rows · the first 1,000; there are more" in told(page)
    page.get_by_role("button", name="Show more").click()
    assert "10 rows" in told(ask(page, "SELECT ?s WHERE { ?s ?p ?o } LIMIT 10"))
    assert "there are more" in told(ask(page, "SELECT ?s WHERE { { SELECT ?s { ?s ?p ?o } LIMIT 2000 } } LIMIT 5000 OFFSET 3"))


def doubled(*, times: int) -> str:
    """Return a query whose answer is one text of a letter, doubled so many times."""
    steps = " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(times))
    return f"SELECT ?x{times} {{ BIND('x' AS ?x0) {steps} }}"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * WHERE { SERVICE <https://example.org/> { ?s ?p ?o } }", "SERVICE would ask the network"),
        ("LOAD <https://example.org/>", "LOAD changes a graph"),
        ("PREFIX x: <urn:x> INSERT DATA { x:a x:b x:c }", "INSERT changes a graph"),
        ("DELETE WHERE { ?s ?p ?o }", "DELETE changes a graph"),
        ("SELECT ?x WHERE {\n  ?x a auto:Brand ;\n    skos:prefLabel ?n", "{ is never closed. Line 1, column 17"),
        ("SELECT ?x WHERE {\n  FILTER(?x = 1\n}", "( is never closed. Line 2, column 9"),
        ("SELECT ?x\nWHERE { ?x a cars:Brand }", "The prefix cars: is not declared. Line 2, column 14"),
        ("SELECT ?x WHERE {\n  ?x a :B ?y }", "The query does not parse. The mistake is here or before. Line 2, column 15"),
        ("SELECT ?x {} GROUPED", "The query does not parse. The mistake is here or before. Line 1, column 21"),
        ("# param n: integer\nSELECT ?n {}", "The query needs a value for n."),
        ("# param n: integer = many\nSELECT ?n {}", "n cannot be many. Write it like 2024."),
        ("# param x: iri = :x> ; <urn:y\nSELECT ?x {}", "Nothing is called :x> ; <urn:y."),
        ("# param x: iri auto:Brand = :wenjie\nSELECT ?x {}", ":wenjie is not of the class auto:Brand."),
        ("# param on: date = yesterday\nSELECT ?on {}", "on cannot be yesterday."),
        ("# param x: integer = 1\nSELECT * { BIND(2 AS ?x) }", "The query assigns ?x itself"),
        ("SELECT * {}" + " " * 40_000, "The query is longer than 32,768 characters."),
        ("# param n: integer = {}\nSELECT ?n {}", "n cannot be {}. Write it like 2024."),
        (doubled(times=25), "The answer has more than 20 million characters."),
        ("SELECT * {" + "{" * 16_000 + "}" * 16_001, "The engine broke down over this query"),
    ],
)
def test_refused(page: Page, query: str, message: str) -> None:
    """What changes a graph, asks the network or does not parse is refused, with its place; the next query is answered."""
    assert message in told(ask(page, query))
    assert rows(ask(page, "SELECT ?x { VALUES ?x { 7 } }")) == [["7"]]


@pytest.mark.parametrize("text", COMPARED)
def test_comparing_without_spaces(page: Page, text: str) -> None:
    """A parameter is bound between two signs that compare, as the command line binds it."""
    assert sorted(row[0] for row in rows(ask(page, f"# param b: integer = 9\n{text}"))) == ["1", "2"]


def test_values_stay_values(page: Page) -> None:
    """A parameter's value cannot change the shape of its query, whatever is written there."""
    query = '# param s: string\nSELECT ?s ("?s" AS ?text) WHERE { } # ?s'
    page.fill("#sparql", query)
    for value in ('"', '" } # ', "\\", "'); DROP ALL", "{} ?x", *EVIL):
        page.fill("[name=s]", value)
        page.press("[name=s]", "Enter")
        settled(page)
        escaped = re.sub("[\u202a-\u202e\u2066-\u2069]", lambda sign: f"⟨U+{ord(sign[0]):X}⟩", value)
        assert rows(page) == [[escaped.strip(), "?s"]]


def test_time_limit(
    visit: Visit, hima: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query that takes too long is stopped, the page says so, and asks the next one of a new engine."""
    assert engine.SECONDS == 10
    monkeypatch.setattr(engine, "SECONDS", 1)
    page = visit(written(hima.page(sparql=True), tmp_path_factory))
    assert "Stopped after 1 seconds, and another engine is starting." in told(ask(page, PAIRS))
    assert rows(ask(page, "SELECT ?x { VALUES ?x { 7 } }")) == [["7"]]


def test_stop(page: Page) -> None:
    """While a query runs, the limit is shown, and the button that ran it stops it."""
    page.fill("#sparql", PAIRS)
    page.click("#run")
    expect(page.locator("#answer .progress")).to_contain_text("10 seconds at most")
    page.get_by_role("button", name="Stop").click()
    assert "Stopped." in told(settled(page))


def test_stop_at_the_start(visit: Visit, file: Path) -> None:
    """The engine is stopped while it starts, too, and the next query is answered."""
    page = visit(file)
    page.fill("#sparql", "ASK {}")
    page.evaluate("document.getElementById('run').click(); document.getElementById('run').click()")
    assert "Stopped." in told(settled(page))
    assert told(ask(page, "ASK {}")).endswith("Yes")


def test_another_question(page: Page) -> None:
    """Who takes another question while one runs gets the answer to that one."""
    page.fill("#sparql", PAIRS)
    page.click("#run")
    expect(page.locator("#answer .progress")).to_contain_text("10 seconds at most")
    page.click("[data-query=members]")
    settled(page)
    assert page.locator("table.answer thead th").first.inner_text() == "alliance"
    assert page.locator("table.answer tbody tr").count() > 5


def test_links_do_not_run(visit: Visit, file: Path) -> None:
    """A link fills a query in, with values for its own parameters, and never runs it."""
    page = visit(file, "&rq=who-owns&rp=mark%3D%253Awenjie%26evil%3D1")
    expect(page.locator("#sheet h2")).to_contain_text("Who owned a trademark on a day")
    expect(page.locator("[name=mark]")).to_have_value(":wenjie")
    expect(page.locator("[name=evil]")).to_have_count(0)
    text = "".join(EVIL) + "\nSELECT * WHERE { ?s ?p ?o }"
    other = visit(file, f"&rq={quote(text)}&rp=%00%26")
    expect(other.locator("#sparql")).to_have_value(text)
    for one in (page, other):
        one.wait_for_timeout(300)
        assert one.get_attribute("#answer", "data-state") == ""
        assert one.evaluate("performance.getEntriesByType('resource').length") == 0
    page.click("#run")
    assert len(rows(settled(page))) > 0
    again = visit(file, page.evaluate("location.href").partition("#tab=query")[2])
    expect(again.locator("[name=mark]")).to_have_value(":wenjie")


def test_evil_strings(say: Callable[..., Path], visit: Visit, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever the data or a question says is only text in the page."""
    names = ", ".join(json.dumps(name, ensure_ascii=False) for name in EVIL if "\u202e" not in name)
    project = say(f':evil a l:Seal ; l:sealOf :amber ; skos:prefLabel "Evil"@en ; skos:altLabel {names} .')
    lines = [f"# {EVIL[0]}", f"# param name: string? = {EVIL[5]}", "SELECT ?name { :evil skos:altLabel ?name }"]
    (project / "queries" / "evil.rq").write_text("\n".join(lines), "utf-8")
    page = visit(written(hima_kg.build(project).page(sparql=True), tmp_path_factory))
    page.click("[data-query=evil]")
    settled(page)
    assert rows(page) == [[EVIL[5]]]
    page.fill("#sparql", "SELECT ?name { :evil skos:altLabel ?name }")
    page.click("#run")
    assert sorted(text for (text,) in rows(settled(page))) == sorted(name for name in EVIL if "\u202e" not in name)
    for column in ('?s ("x"^^<javascript:hit()> AS ?t)', "(IRI('javascript:hit()') AS ?t)", "(<https://e.org/\u202e> AS ?t)"):
        ask(page, f"SELECT {column} WHERE {{ VALUES ?s {{ :evil }} }}")
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.evaluate("typeof hit") == "undefined"
    assert page.locator("#sheet :is(script, img, iframe)").count() == 0


@pytest.mark.parametrize(("lang", "found"), [("en", "23 rows"), ("zh-hans", "23 行"), ("ko", "23행")])
def test_languages(visit: Visit, file: Path, lang: str, found: str) -> None:
    """The tab speaks the reader's language, in every word."""
    page = visit(file, f"&lang={lang}")
    assert found in told(ask(page, "SELECT * { GRAPH graph:claims { ?c a kg:Claim } } LIMIT 23"))


def test_words() -> None:
    """Every word of the tab is there in every language, with as many places for what it speaks of."""
    words = json.loads((VENDOR.parent / "query.json").read_text("utf-8"))
    known = {key: said.count("{}") for key, said in words["en"].items()}
    assert all({key: said.count("{}") for key, said in words[lang].items()} == known for lang in words)


def test_only_when_asked(hima: KnowledgeGraph) -> None:
    """A page has the engine only if it is asked for; with it, it stays below 2.7 MB, and is the same every time."""
    plain, whole = hima.page(), hima.page(sparql=True)
    assert all(word not in plain for word in ("wasm-unsafe-eval", "worker-src", 'id="wasm"', "queryTab = "))
    assert "'wasm-unsafe-eval'" in whole
    assert "worker-src blob:" in whole
    assert len(whole.encode()) <= 2_700_000
    assert whole == hima.page(sparql=True)


def test_command(run: Callable[..., object], home: Path, tmp_path: Path) -> None:
    """`hima-kg view --with-sparql` writes that page."""
    run("view", "--with-sparql", "-o", str(tmp_path / "page.html"), cwd=home)
    assert (tmp_path / "page.html").read_text("utf-8") == hima_kg.open(home).page(sparql=True)


@pytest.mark.parametrize("asset", json.loads((VENDOR / "MANIFEST.json").read_text("utf-8")), ids=lambda asset: asset["file"])
def test_manifest(asset: dict[str, object]) -> None:
    """Every file of others is what the manifest says: its size, its SHA-256, and a licence's text beside it."""
    home = files("pyvis") if "pyvis" in str(asset["package"]) else files("hima_kg") / "page" / "vendor"
    data = (home / str(asset["file"])).read_bytes()
    assert (len(data), sha256(data).hexdigest()) == (asset["bytes"], asset["sha256"])
    if "unpacked" in asset:
        whole = gzip.decompress(data)
        assert {"bytes": len(whole), "sha256": sha256(whole).hexdigest()} == asset["unpacked"]
    assert {path.name for path in (VENDOR / str(asset["name"])).glob("LICENSE*")} == {"LICENSE-APACHE", "LICENSE-MIT"}


def test_manifest_is_whole() -> None:
    """No file of others is in the package that no manifest names."""
    manifests = {path.parent: json.loads(path.read_text("utf-8")) for path in VENDOR.rglob("MANIFEST.json")}
    listed = {folder / row["file"] for folder, rows in manifests.items() for row in rows}
    there = {path for path in VENDOR.rglob("*") if path.is_file()}
    assert {path for path in there if not re.search("LICENSE|OFL|README|MANIFEST", path.name)} <= listed
