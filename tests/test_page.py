"""The offline network page, as a reader meets it in a real browser."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from hima_kg.page import render
from hima_kg.page.palette import THEMES, contrast, themed

EVIL = (
    *("</script><script>hit()</script>", "<!--<script>", "javascript:hit()", "__proto__", "'-hit()-'", "{{ hit() }}${hit()}"),
    *('<img src=x onerror="hit()">', '"><svg onload=hit()>', '<a href="javascript:hit()">href</a>'),
    *("\u202egpj.exe\u2066", "\u0000\u0085\u2028]]>", "<iframe srcdoc='<script>parent.hit()</script>'>"),
)
COLORS = ("#0072b2", "#56b4e9", "#f0e442", "#d55e00", "#cc79a7", "#999999", "#000000", "#ffffff", "#e69f00", "#009e73")
LANGUAGES = ["en", "zh-hans", "ko"]
Visit = Callable[..., Page]


def drawn_as(shape: str, color: str, lane: int, importance: int, *names: str) -> dict[str, Any]:
    row = {"comment": "", "shape": shape, "color": color, "lane": lane, "importance": importance}
    return {"label": dict(zip(LANGUAGES, names, strict=True)), **row}


def bicycles(*, wheels: int = 0, races: int = 0, spice: str = "") -> nx.MultiDiGraph:
    """Make a network of two bicycle makers, the race where they met, and as many wheels and races as wanted."""
    said = {"document": "doc:1", "locator": f"¶2 s1{spice}", "modality": {"en": "reported"}, "modality_id": "kg:Reported"}
    clash = {"id": "x:1", "label": {"en": f"founding year{spice}"}, "kind": {"en": "contradiction"}, "claims": ["c:1"]}
    sold = {"property": "b:units", "value": f"77{spice}", "link": False, "lang": None, "claims": ["c:1"], "rule": None}
    of_crane = {"property": "b:of", "value": "b:crane", "link": True, "lang": None, "claims": ["c:1"], "rule": None}
    network = nx.MultiDiGraph(
        title=f"Bicycles{spice}",
        digest="ab12cd34ef56ab12",
        languages=LANGUAGES,
        classes={
            "b:Maker": drawn_as("box", "#56B4E9", 1, 3, "maker", "制造商", "제조사"),
            "b:Wheel": drawn_as("diamond", "#F0E442", 2, 2, "wheel", "车轮", "바퀴"),
            "b:Race": drawn_as("square", "#D55E00", 6, 2, "race", "比赛", "경주"),
        },
        properties={
            f"b:{name}": {"label": {"en": f"{name}{spice}"}, "color": color, "line": line}
            for name, color, line in (("makes", "#0072B2", "thick"), ("won", None, None), ("founded", None, "none"))
        },
        documents={"doc:1": {"title": f"Spokes{spice}", "lang": "en", "publisher": spice, "source": spice or "https://e.org"}},
        claims={"c:1": {**said, "rank_id": "kg:Deprecated", "speakers": ["b:crane"]}},
        kinds={"b:Count": {"en": "count"}},
        asides={"b:sold": {"label": {"en": f"sold{spice}"}, "cls": "b:Count", "statements": [sold, of_crane]}},
        rules={"b:rule": f"wins follow races{spice}"},
        conflicts=[{**clash, "about": ["b:crane"], "prefer": [], "arithmetic": f"2 ≠ 3{spice}", "remark": spice or None}],
    )
    founded = {"property": "b:founded", "value": f"1911{spice}", "link": False, "lang": "en", "claims": ["c:1"], "rule": None}
    won = {"property": "b:won", "value": "b:tour", "link": True, "lang": None, "claims": [], "rule": "b:rule"}
    add(network, "b:crane", f"Crane{spice}", "白鹤", "두루미", keys=["baihe", "bh"], statements=[founded, won])
    add(network, "b:finch", "Finch")
    planned = {"status": {"en": "planned"}, "status_id": "kg:Planned"}
    race(network, "b:tour", f"Grand Tour{spice}", "2023-06-01", "2023-06-30", **planned)
    network.add_edge("b:crane", "b:tour", key="b:won", claims=[], rule="b:rule")
    for i in range(wheels):
        add(network, f"b:wheel{i:03}", f"Spoked wheel {i}", f"车轮{i}", f"바퀴 {i}", cls="b:Wheel")
        network.add_edge(("b:crane", "b:finch")[i % 2], f"b:wheel{i:03}", key="b:makes", claims=["c:1"], rule=None)
    for i in range(races):
        race(network, f"b:race{i}", f"Hill race {i}", *[f"{2021 + i % 5}-{1 + i * 5 % 12:02}-15"] * 2)
    return network


def add(network: nx.MultiDiGraph, node: str, *names: str, **more: Any) -> None:
    label = dict(zip(LANGUAGES, names, strict=False))
    said: dict[str, Any] = dict.fromkeys(("earliest", "latest", "status", "status_id"))
    said |= {"iri": f"https://e.org/{node}", "event": False, "statements": [], "keys": [], "cls": "b:Maker", "label": label}
    network.add_node(node, names=[[name, lang] for lang, name in label.items()], **(said | more))


def race(network: nx.MultiDiGraph, node: str, name: str, earliest: str, latest: str, **more: Any) -> None:
    add(network, node, name, cls="b:Race", event=True, earliest=earliest, latest=latest, **more)


def digest() -> str:
    return sha256(render(bicycles(wheels=9, races=9)).encode()).hexdigest()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        yield playwright.chromium.launch(executable_path=shutil.which("chromium"), args=options)


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    """Open a network's page; in the end it must have asked for nothing and complained of nothing."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    asked, complaints = list[str](), list[str]()

    def opened(network: nx.MultiDiGraph, fragment: str = "") -> Page:
        file = tmp_path / "page.html"
        file.write_text(render(network), "utf-8")
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(file.as_uri() + fragment)
        page.wait_for_selector("html[data-ready]")
        return page

    yield opened
    context.close()
    assert complaints == []
    assert {url.partition(":")[0] for url in asked} <= {"file", "data"}
    assert sum(url.startswith("file:") for url in asked) == 1


def test_same_bytes() -> None:
    """The same network makes the same page, under any hash seed."""
    run = [sys.executable, "-c", "import tests.test_page as t; print(t.digest())"]
    root = Path(__file__).parent.parent
    runs = [subprocess.check_output(run, cwd=root, env={"PYTHONHASHSEED": seed}, text=True) for seed in "17"]
    assert runs == [f"{digest()}\n"] * 2


def test_nothing_moves(visit: Visit) -> None:
    """Positions come from Python and stay as they are."""
    page = visit(bicycles(wheels=30))
    before = page.evaluate("network.getPositions()")
    page.wait_for_timeout(400)
    assert page.evaluate("network.getPositions()") == before


@pytest.mark.parametrize("lang", ["en", "zh-hans", "ko"])
def test_labels(visit: Visit, lang: str) -> None:
    """At 120 things every label is drawn, at 11 pixels or more, and hides no other."""
    page = visit(bicycles(wheels=88, races=30), f"#lang={lang}")
    boxes = page.evaluate("drawn.labels")
    pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[:i]]
    sides = (("x", "w"), ("y", "h"))
    hidden = [all(a[at] < b[at] + b[long] and b[at] < a[at] + a[long] for at, long in sides) for a, b in pairs]
    assert sum(hidden) <= 0.02 * len(boxes)
    assert page.evaluate("drawn.missing") <= 0.02 * len(boxes)
    assert page.evaluate("Math.min(LABEL, LEAST)") >= 11


def test_legend(visit: Visit) -> None:
    """The legend names each class with how many there are, and a click hides them."""
    page = visit(bicycles(wheels=5))
    assert page.inner_text("#legend").split() == ["maker", "2", "wheel", "5", "race", "1"]
    page.click("#legend button:has-text('wheel')")
    assert page.evaluate("[...nodes.values()].filter(off).length") == 5
    assert page.get_attribute("#legend button:has-text('wheel')", "aria-pressed") == "false"


@pytest.mark.parametrize("typed", ["白鹤", "baihe", "bh", "두루미", "두루", "ＣＲＡＮＥ", "crâne", "ran"])
def test_search(visit: Visit, typed: str) -> None:
    """A name is found in any script, by its pinyin, in full width or with accents, by the keyboard alone."""
    page = visit(bicycles(wheels=3))
    page.keyboard.press("/")
    page.keyboard.type(typed)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert page.inner_text("#reading h2") == "Crane"
    assert "n=b:crane" in page.url


def test_panel(visit: Visit) -> None:
    """What is said about a thing comes with document, passage, modality, rank and speaker, or with its rule."""
    page = visit(bicycles(), "#n=b:crane")
    said = " ".join(page.inner_text("#reading").split())
    assert "founded 1911 Spokes ¶2 s1 reported deprecated said by Crane" in said
    assert "won Grand Tour derived by rule wins follow races" in said
    assert "⚠ Conflict: contradiction founding year Spokes ¶2 s1 reported deprecated said by Crane 2 ≠ 3" in said
    assert "Count sold b:units 77 Spokes ¶2 s1" in said  # what is not drawn is told where it belongs
    assert page.get_attribute("#reading .cite a", "rel") == "noopener noreferrer"
    page.click("#reading button:has-text('Grand Tour')")
    assert "2023-06 · planned" in page.inner_text("#reading")
    page.keyboard.press("Escape")
    assert not page.is_visible("#panel")


def test_edge(visit: Visit) -> None:
    """A click on a line shows its statement and who says so."""
    page = visit(bicycles(wheels=1))
    middle = page.evaluate("network.canvasToDOM(network.body.edges.e1.edgeType.getPoint(0.5))")
    page.click("#canvas", position=middle)
    assert " ".join(page.inner_text("#reading").split()).startswith("makes Crane makes Spoked wheel 0 Spokes ¶2 s1")


def test_languages(visit: Visit) -> None:
    """Another language changes the labels and the page's own words, and a link keeps it with the theme."""
    page = visit(bicycles(), "#lang=ko&theme=dark")
    assert page.locator("html[lang=ko][data-theme=dark]").count() == 1
    assert "제조사" in page.inner_text("#legend")
    page.click("#languages button:has-text('中文')")
    assert "制造商" in page.inner_text("#legend")
    assert "如何阅读" in page.inner_text("#reading")
    assert "lang=zh-hans&theme=dark" in page.url
    assert page.evaluate("nameOf('b:crane')") == "白鹤"


@pytest.mark.parametrize("color", COLORS)
@pytest.mark.parametrize("theme", THEMES)
def test_contrast(color: str, theme: str) -> None:
    """Every class stands out from the canvas, and every word from its ground, in both themes."""
    inks = THEMES[theme]
    assert all(contrast(one, inks["canvas"]) >= 3 for one in (themed(color)[theme], inks["line"]))
    for ground in ("canvas", "paper", "hover"):
        assert all(contrast(inks[ink], inks[ground]) >= 4.5 for ink in ("ink", "muted", "accent", "warning"))


@pytest.mark.parametrize("spice", EVIL)
def test_evil(visit: Visit, spice: str) -> None:
    """Nothing written in the data or the address ever runs."""
    page = visit(bicycles(wheels=2, spice=spice), f"#n={spice}&lang={spice}&theme={spice}")
    page.evaluate("window.hit = () => { window.struck = true }; choose('b:crane')")
    shown = page.inner_text("#reading")
    assert page.evaluate("window.struck") is None
    assert "Crane" in shown
    assert not re.search("[\u0080-\u009f\u202a-\u202e\u2066-\u2069]", shown)
    assert page.locator("#reading img, #reading svg[onload], #reading iframe, a[href^='javascript']").count() == 0


def test_large_networks(visit: Visit) -> None:
    """A page that draws a part of a graph says that it is a part, and of how many things."""
    network = bicycles()
    network.graph["total"] = 903
    assert f"{len(network)} / 903" in visit(network).inner_text("#reading")
