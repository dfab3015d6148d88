"""The offline page, as a reader meets it in a real browser: mostly the alliance's own, and some that are made up."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

import hima_kg
from hima_kg.characters import HIDDEN
from hima_kg.page import Drawing, warnings
from hima_kg.page.drawing import JOINERS
from hima_kg.page.palette import THEMES, contrast, themed
from hima_kg.states import LEVELS
from tests.browser import LANGUAGES, Bicycles, Visit, launch, visiting
from tests.conftest import ROOT, Run

EVIL = (
    *("</script><script>hit()</script>", "<!--<script>", "javascript:hit()", "__proto__", "'-hit()-'", "{{ hit() }}${hit()}"),
    *('<img src=x onerror="hit()">', '"><svg onload=hit()>', '<a href="javascript:hit()">href</a>', "]]><![CDATA[<hit/>"),
    *(
        "\u202egpj.exe\u2066",
        "\u0000\u0085\u2028]]>",
        "<iframe srcdoc='<script>parent.hit()</script>'>",
        "&lt;b&gt;\\u003cb\\u003e",
    ),
)
COLORS = ("#0072b2", "#56b4e9", "#f0e442", "#d55e00", "#cc79a7", "#999999", "#000000", "#ffffff", "#e69f00", "#009e73")
TABS = ("network", "timeline", "table", "conflicts", "sources")
NAMES = [
    *[(typed, ":aito") for typed in ("wenjie", "wj", "问界", "아이토", "ＡＩＴＯ", "wènjiè", "aito")],
    *[("hmzx", ":hima"), ("huawei", ":huawei"), ("hwawei", ":huawei"), ("화웨이", ":huawei"), ("Luxeed S7", ":luxeed-s7")],
]
WINDOW = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield launch(playwright)


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    """Open a page, which must ask for nothing and complain of nothing."""
    with visiting(browser, tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def alliance(home: Path) -> Path:
    """The alliance's page."""
    return home / "build" / "hima.html"


def address(page: Page) -> str:
    return str(page.evaluate("location.href"))


def words(page: Page, selector: str = "#reading") -> str:
    return " ".join(page.inner_text(selector).split())


def digest() -> str:
    return sha256(Bicycles(wheels=9, races=9).drawing().page().encode()).hexdigest()


# The file


def test_same_bytes() -> None:
    """The same graph makes the same page, under any hash seed."""
    run = [sys.executable, "-c", "import tests.test_page as t; print(t.digest())"]
    runs = [subprocess.check_output(run, cwd=ROOT, env={"PYTHONHASHSEED": seed}, text=True) for seed in "172"]
    assert runs == [f"{digest()}\n"] * 3


def test_small_enough_to_mail(alliance: Path) -> None:
    """The page, with all that draws it, is one file of at most 650 KB."""
    assert alliance.stat().st_size <= 650_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_asks_for_nothing(browser: Browser, tmp_path: Path, alliance: Path, scheme: str) -> None:
    """Whatever is opened and chosen, in both themes, the page asks no network, and the browser has nothing to complain of."""
    with visiting(browser, tmp_path, color_scheme=scheme, offline=True) as visit:
        page = visit(alliance)
        for tab in TABS:
            page.click(f"#tab-{tab}")
            page.evaluate("view.choose(':aito')")
            page.evaluate("view.lookAsOf('2024-07')")
        assert page.get_attribute("html", "data-theme") == scheme


def test_memory(visit: Visit, alliance: Path) -> None:
    """The alliance's page takes at most 15 MB of the browser's memory, one of 800 things at most 40 MB."""
    for source, most in ((alliance, 15), (Bicycles(wheels=600, races=200).drawing().page(), 40)):
        page = visit(source)
        session = page.context.new_cdp_session(page)
        session.send("HeapProfiler.collectGarbage")
        assert session.send("Runtime.getHeapUsage")["usedSize"] <= most * 1_000_000


# The picture


def test_nothing_moves(visit: Visit, alliance: Path) -> None:
    """Positions come from the file and stay as they are."""
    page = visit(alliance)
    before = page.evaluate("view.network.getPositions()")
    page.wait_for_timeout(3000)
    assert page.evaluate("view.network.getPositions()") == before


def touch(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Whether two boxes on the screen overlap."""
    return all(a[at] < b[at] + b[long] and b[at] < a[at] + a[long] for at, long in (("x", "w"), ("y", "h")))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_labels(visit: Visit, alliance: Path, lang: str) -> None:
    """Every thing is labelled at first, at 11 pixels or more, and at most one label in fifty touches another or a thing."""
    page = visit(alliance, f"#lang={lang}")
    labels, things = page.evaluate("view.drawn.labels"), page.evaluate("view.drawn.glyphs")
    touched = [
        label for label in labels if any(label["id"] != other["id"] and touch(label, other) for other in [*labels, *things])
    ]
    assert len(touched) <= 0.02 * len(labels)
    assert page.evaluate("view.drawn.missing") <= 0.02 * len(things)
    sizes = [float(size) for label in labels if "face" in label for size in re.findall(r"([\d.]+)px", label["face"])]
    assert min(sizes) >= 11


@pytest.mark.parametrize("size", [WINDOW, {"width": 1920, "height": 1080}, {"width": 1024, "height": 768}])
def test_fills_the_canvas(visit: Visit, alliance: Path, size: Any) -> None:
    """The drawing takes at least 85 % of the canvas, one way or the other."""
    page = visit(alliance)
    page.set_viewport_size(size)
    page.wait_for_timeout(300)
    boxes = page.evaluate("[...view.drawn.glyphs, ...view.drawn.labels]")
    canvas = page.locator("#canvas").bounding_box()
    assert canvas is not None
    spread = [
        (max(box[at] + box[long] for box in boxes) - min(box[at] for box in boxes)) / canvas[side]
        for at, long, side in (("x", "w", "width"), ("y", "h", "height"))
    ]
    assert max(spread) >= 0.85


def test_legend(visit: Visit) -> None:
    """The legend names each class with how many there are, and a click hides them."""
    page = visit(Bicycles(wheels=5).drawing().page())
    assert words(page, "#legend") == "maker 2 wheel 5 race 1 makes 5 values as nodes 1"
    page.click("#legend button:has-text('wheel')")
    assert len(page.evaluate("view.drawn.glyphs")) == 2
    assert page.get_attribute("#legend button:has-text('wheel')", "aria-pressed") == "false"
    page.click("#legend button:has-text('makes')")
    assert page.evaluate("view.seenLines()") == []


def test_large_networks(visit: Visit) -> None:
    """Of a large network the most important things are drawn at first; others are found by search, and brought in by others."""
    made = Bicycles(wheels=500)
    made.network.graph["total"] = 90_000
    page = visit(made.drawing().page())
    assert "502 / 502" not in words(page)
    assert "503 / 90,000" in words(page)
    assert len(page.evaluate("view.drawn.glyphs")) == 300
    page.evaluate("view.choose('b:crane')")
    page.click("#reading button:has-text('Show its neighbours')")
    assert len(page.evaluate("view.drawn.glyphs")) == 325
    left = re.search(r"neighbours \(25 / (\d+)\)", words(page))
    assert left
    page.click("#reading button:has-text('Show its neighbours')")
    assert len(page.evaluate("view.drawn.glyphs")) == 350
    assert f"neighbours (25 / {int(left[1]) - 25})" in words(page)
    page.keyboard.press("/")
    page.keyboard.type("Spoked wheel 499")
    page.keyboard.press("Enter")
    assert "b:wheel499" in {box["id"] for box in page.evaluate("view.drawn.glyphs")}
    assert words(page).startswith("wheel Spoked wheel 499")


def test_crowds(visit: Visit) -> None:
    """Boxes hold their names where most have the room; in a crowd they are small, until one looks from nearer."""
    made = Bicycles()
    for i in range(250):
        made.add(f"b:maker{i:03}", f"Maker of fine bicycles {i}")
        made.say("b:crane", "b:of", f"b:maker{i:03}")
    page = visit(made.drawing().page())
    assert page.evaluate("view.drawn.glyphs.filter((box) => box.inside)") == []
    covering = "view.drawn.glyphs.filter((a, i, all) => all.some((b, j) => j < i && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h)).length"
    assert page.evaluate(covering) == 0
    for _ in range(6):
        page.click("#closer")
    assert page.evaluate("view.drawn.glyphs.filter((box) => box.inside).length") > 200


def test_lines_keep_clear(visit: Visit, alliance: Path) -> None:
    """A line bends so that it passes behind few things that it does not join."""
    page = visit(alliance)
    behind = "[...view.edges.values()].filter((edge) => view.network.body.edges[edge.id]).map((edge) => view.passed(edge, view.drawn.glyphs))"
    passed = page.evaluate(behind)
    assert len(passed) > 100
    assert sum(count > 0 for count in passed) / len(passed) < 0.2


DRAWN_LINES = (
    "[...view.edges.values()].filter((e) => view.network.body.edges[e.id]?.options.hidden === false).map((e) => e.statement)"
)


def test_many_lines_between_two_things(visit: Visit) -> None:
    """Up to three lines run side by side; of more the chosen one, or the strongest, stands for all and has their number."""
    made = Bicycles()
    ends = ("b:crane", "b:finch"), ("b:finch", "b:crane")
    for (s, o), p in product(ends, ("b:of", "b:makes")):
        made.say(s, p, o)
    first = len(made.statements) - 4
    for s, o in ends:
        made.say(s, "b:won", o, states=[made.held(startEarliest="2023-01-01", startLatest="2023-01-01")])
    page = visit(made.drawing().page())
    assert page.evaluate(DRAWN_LINES) == [first + 1]  # the first that is made, whose line is thick
    assert page.evaluate("view.drawn.badges.map(({ label }) => label)") == ["×6"]
    page.evaluate(f"view.chooseStatement({first})")
    assert page.evaluate(DRAWN_LINES) == [first]
    assert page.locator("h3:has-text('Other lines between the two') ~ .premise").count() == 5
    assert "×6" in page.evaluate("view.svgText()")
    page.click("text=Crane won Finch >> .verb")
    assert words(page).startswith("won Crane won Finch")
    assert page.evaluate(DRAWN_LINES) == [first + 4]
    page.evaluate("view.choose(null)")
    page.click("#legend [data-key='b:makes']")
    page.evaluate("view.lookAsOf('2022-01')")
    assert page.evaluate(DRAWN_LINES) == [first, first + 2]
    assert page.evaluate("view.drawn.badges") == []


def test_a_line_that_holds_stands_for_all(visit: Visit) -> None:
    """Of many lines one that holds stands for all, and not one that is only claimed; the count of values is that of the day."""
    made = Bicycles()
    for s, o in (("b:crane", "b:finch"), ("b:finch", "b:crane")):
        for p in ("b:of", "b:won"):
            made.say(s, p, o)
    made.say("b:crane", "b:makes", "b:finch")
    made.statements[-1] |= {"best": False}  # thick, and only claimed
    made.say("b:crane", "b:won", "5", states=[made.held(startEarliest="2023-01-01", startLatest="2023-01-01")])
    page = visit(made.drawing().page())
    (drawn,) = page.evaluate(DRAWN_LINES)
    assert made.statements[drawn]["p"] != "b:makes"
    assert page.evaluate("view.drawn.badges[0].label") == "×5"
    assert words(page, "#legend").endswith("values as nodes 2")
    page.evaluate("view.lookAsOf('1999-01')")
    assert words(page, "#legend").endswith("values as nodes 1")


def test_lines_that_several_documents_tell(visit: Visit, alliance: Path) -> None:
    """A line says how many documents tell it, if more than one does; a document that is switched off does not count."""
    page = visit(alliance)
    told = page.evaluate(
        """view.seenLines().map((row) => [row.edge, new Set([...row.claims, ...row.states.flatMap((held) => held.claims ?? [])].map((id) => view.claims.get(id).document)).size])"""
    )
    several = {edge: str(count) for edge, count in told if count > 1}
    assert len(several) > 3
    badges = "Object.fromEntries(view.drawn.badges.map(({ edge, label }) => [edge, label]))"
    assert page.evaluate(badges) == several
    assert page.evaluate("view.svgText()").count(">2</text>") == len(several)
    page.click("#tab-sources")
    page.click("[data-document='src:wikipedia'] button.action")
    page.click("#tab-network")
    assert page.evaluate(badges) == {}


def test_values_as_nodes(visit: Visit, alliance: Path) -> None:
    """What is said in figures and words is in the panel; who wants it on the picture has it there, to click, save and send on."""
    page = visit(alliance)
    assert page.evaluate("view.drawn.values") == []
    page.click("#legend [data-key=values]")
    pills = page.evaluate("view.drawn.values")
    assert "goes by: 尊界" in {pill["label"] for pill in pills}
    boxes = [*pills, *page.evaluate("view.drawn.labels"), *page.evaluate("view.drawn.glyphs.filter((box) => !box.inside)")]
    crossing = [(a, b) for a, b in combinations(boxes, 2) if a in pills and touch(a, b)]
    assert crossing == []
    pill = next(pill for pill in pills if pill["label"] == "script: Hans")
    page.click("#canvas", position={"x": pill["x"] + pill["w"] / 2, "y": pill["y"] + pill["h"] / 2})
    assert words(page).startswith("script")
    page.evaluate("view.choose(null)")
    assert "尊界" in page.evaluate("view.svgText()")
    assert "auto:script" in page.evaluate("view.turtle()")
    again = visit(alliance, "#" + address(page).partition("#")[2])
    assert again.get_attribute("#legend [data-key=values]", "aria-pressed") == "true"
    again.click("#legend [data-key=values]")
    assert again.evaluate("view.drawn.values") == []
    assert "auto:script" not in again.evaluate("view.turtle()")


@pytest.mark.parametrize("hops", [0, 1, 2])
def test_focus(visit: Visit, hima: hima_kg.KnowledgeGraph, hops: int) -> None:
    """A page may draw only what is near to one thing, in so many steps."""
    page = visit(hima.page(focus=":wenjie", hops=hops))
    drawn = {box["id"] for box in page.evaluate("view.drawn.glyphs")}
    near = {0: {":wenjie"}, 1: {":wenjie", ":aito", ":huawei", ":seres"}}
    assert drawn == near[hops] if hops < 2 else drawn > {*near[1], ":hima", ":aito-m5"}
    assert f"{len(page.evaluate('[...view.nodes]'))} / 107" in words(page)


def test_answer_as_a_page(run: Run, home: Path, tmp_path: Path, visit: Visit) -> None:
    """A page may draw only the things in a query's answer."""
    asked = run("view", "--query", "who-owns", "-p", "mark=问界", "-o", str(tmp_path / "owners.html"), cwd=home)
    assert asked.returncode == 0, asked.stderr
    drawn = {box["id"] for box in visit(tmp_path / "owners.html").evaluate("view.drawn.glyphs")}
    assert drawn == {":wenjie", ":huawei", ":seres"}
    unknown = run("view", "--focus", "nixda", "-o", str(tmp_path / "none.html"), cwd=home)
    assert unknown.returncode == 2
    assert "nothing is called 'nixda'" in unknown.stderr
    assert not (tmp_path / "none.html").exists()


def test_page_of_nothing(run: Run, home: Path, tmp_path: Path) -> None:
    """An answer that names nothing that is drawn makes a page of nothing, with a warning."""
    asked = run("view", "--query", "SELECT (1 AS ?one) {}", "-o", str(tmp_path / "none.html"), cwd=home)
    assert asked.returncode == 0
    assert "warning[empty-page] nothing of what was asked for is drawn\n" in asked.stderr


def test_hidden_characters() -> None:
    """The page writes out what cannot be seen: all that a build doubts, but for what joins letters, and nothing else."""
    (written,) = re.findall(r"^const HIDDEN = /(\[.*\])/gu;$", (ROOT / "hima_kg/page/words.js").read_text("utf-8"), re.M)
    shown = re.compile(re.sub(r"u{(e00..)}", r"U000\1", written))
    doubted = re.compile(f"(?![{JOINERS}\n\t\r])[\x00-\x1f\x7f-\x9f{HIDDEN}\ufffe\uffff]")
    signs = [chr(number) for number in range(0x110000)]
    assert [*filter(shown.match, signs)] == [*filter(doubted.match, signs)]


def test_page_of_a_part() -> None:
    """A page that cannot hold all says so, and how to see the rest, unless it was asked for a part."""
    made = Bicycles(wheels=3)
    made.network.graph["total"] = 12_345
    said = [str(problem) for problem in warnings(made.drawing(), "b.html", asked=False)]
    assert said == [
        "b.html: warning[part] the page holds the 6 most important of 12,345 things\n"
        "  view --focus NAME draws what is near to any of them"
    ]
    assert warnings(made.drawing(), "b.html", asked=True) == []


def test_a_part_says_that_it_is_one(visit: Visit) -> None:
    """Where the page holds a part of all things, every tab that lists says so, and so does a search that finds nothing."""
    made = Bicycles(wheels=3).drawing()
    made.network.graph["total"] = 12_345
    page = visit(made.page())
    note = f"In this page, of all things: {len(made.network)} / 12,345"
    for tab in ("timeline", "table", "conflicts", "sources"):
        page.click(f"#tab-{tab}")
        assert note in page.inner_text("#sheet")
    page.keyboard.press("/")
    page.keyboard.type("penny-farthing")
    assert page.inner_text("#results").splitlines() == ["Nothing by that name", "", note]


# Time


def test_every_month_is_what_the_query_answers(visit: Visit, alliance: Path, hima: hima_kg.KnowledgeGraph) -> None:
    """As of every month, the page has the statements that the same question with `--on` answers, each as surely, and no others.

    Of these it draws all but those that only repeat another the other way round.
    """
    page = visit(alliance)
    rows = {row["number"]: row for row in page.evaluate("view.statements") if row.get("link")}
    drawn = {row["number"] for row in page.evaluate("[...view.edges.values()].map((edge) => view.statements[edge.statement])")}
    properties = sorted({row["p"] for number, row in rows.items() if number in drawn})
    entities = set(page.evaluate("[...view.nodes.values()].filter((node) => !node.event).map((node) => node.id)"))
    rows = {n: row for n, row in rows.items() if row["p"] in properties and {row["s"], row["o"]} <= entities}
    assert all(row.get("derived") for number, row in rows.items() if number not in drawn)
    months = page.evaluate("view.months")
    assert (months[0], months[-1]) == ("2021-01", "2025-12")
    for month in (*months, "2024-09/..", "../2024-03", "2023-02/2024-08", "9999"):
        page.evaluate("(month) => view.lookAsOf(month)", month)
        levels = page.evaluate("(numbers) => numbers.map((number) => view.standing(number))", list(rows))
        told = {key(row): level for row, level in zip(rows.values(), levels, strict=True) if level in (*LEVELS, "undated")}
        asked = {
            (row["s"], property, row["o"]): row.get("certainty", "undated")
            for property in properties
            for row in answers(hima, f"SELECT ?s ?o {{ ?s {property} ?o }}", month)
            if {row["s"], row["o"]} <= entities
        }
        assert told == asked, month
        seen = {key(row): row["level"] for row in page.evaluate("view.seenLines()")}
        assert seen == {key(row): told[key(row)] for number, row in rows.items() if number in drawn and key(row) in told}


def key(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["s"], row["p"], row["o"]


def answers(graph: hima_kg.KnowledgeGraph, query: str, month: str) -> list[dict[str, str]]:
    """Ask as of a month, and give the rows with CURIEs for IRIs."""
    answer = graph.ask(query, on=month)
    return [
        {name: graph.prefixes.compact(str(v)) if "://" in str(v) else str(v) for name, v in row.items()} for row in answer.rows
    ]


def test_table_tells_what_the_picture_shows(visit: Visit, alliance: Path) -> None:
    """The table has every line that is seen, in words, as of any day."""
    page = visit(alliance, "#asof=2024-07")
    lines = {row["number"] for row in page.evaluate("view.seenLines()")}
    assert len(lines) > 50
    page.click("#tab-table")
    while page.locator("#sheet .rest button").count():
        page.click("#sheet .rest button")
    rows = page.evaluate("[...document.querySelectorAll('tr[data-number]')].map((row) => Number(row.dataset.number))")
    assert lines <= set(rows)
    disputed = page.locator("#sheet tr", has_text="disputed")
    assert "Wenjie" in disputed.first.inner_text()


def test_slider(visit: Visit, alliance: Path) -> None:
    """The handle on the axis goes by months and years with the keys, and back to any time."""
    page = visit(alliance)
    handle = page.locator("#band [role=slider]")
    assert handle.get_attribute("aria-valuetext") == "any time"
    handle.focus()
    for key, text in (("ArrowLeft", "2025-12"), ("PageDown", "2024-12"), ("Home", "2021-01"), ("ArrowRight", "2021-02")):
        page.keyboard.press(key)
        assert page.locator("#band [role=slider]").get_attribute("aria-valuetext") == text
    assert "asof=2021-02" in address(page)
    page.keyboard.press("End")
    assert "asof" not in address(page)


@pytest.mark.parametrize("width", [1440, 390])
def test_slider_shares_the_axis(visit: Visit, alliance: Path, width: int) -> None:
    """A month is drawn a month wide, and a click upon an event's month is that month; on a phone, too."""
    page = visit(alliance)
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(300)
    for event, month in ((":wenjie-to-huawei", "2023-06"), (":aito-mark-latn-to-seres", "2024-07")):
        bar = page.locator(f"#band [data-id='{event}'] .bar").bounding_box()
        axis = page.locator("#band .axis").bounding_box()
        assert bar is not None
        assert axis is not None
        assert bar["width"] == pytest.approx(max(13, axis["width"] / 60), rel=0.05)
        page.mouse.click(bar["x"] + axis["width"] / 120, axis["y"] + axis["height"] - 3)
        expect(page).to_have_url(re.compile(f"asof={month}"))


@pytest.mark.parametrize("width", [390, 1440])
def test_years_of_a_century(visit: Visit, width: int) -> None:
    """However many years there are, those that are written can be read, and years without a date are marked as drawn short."""
    made = Bicycles()
    for year in (1921, 1922, 1924, 1927, 1951, 1952, *range(1955, 1990, 2), 2019):
        made.race(f"b:race-{year}", "", f"{year}-01-01", f"{year}-12-31")
    page = visit(made.drawing().page())
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(300)
    boxes = [box.bounding_box() for box in page.locator("#band .year").all()]
    assert len(boxes) >= 4
    assert all(one["x"] + one["width"] <= other["x"] for one, other in pairwise(boxes))
    assert boxes[-1]["x"] + boxes[-1]["width"] <= page.locator("#band").bounding_box()["width"]
    assert page.locator("#band .tick.lull").count() == 3
    assert [
        year for year in page.locator("#band .year").all_inner_texts() if f">{year}<" not in page.evaluate("view.svgText()")
    ] == []
    assert "Hatched years bear no date" in page.inner_text("#panel")


def test_ways_to_hold_differ_without_colour(visit: Visit, alliance: Path) -> None:
    """Each way to hold, from certain to yet to come, is drawn with dashes and a head of its own."""
    made = Bicycles()
    made.say("b:crane", "b:makes", "b:finch")
    made.statements[-1]["best"] = False
    pages = [(visit(made.drawing().page(), "#past=1"), "2023-06")]
    pages += [(visit(alliance, "#past=1"), month) for month in ("2022-01", "2023-06", "2024-07", "2025-06")]
    drawn: dict[str, set[str]] = {}
    for page, month in pages:
        page.evaluate("(month) => view.lookAsOf(month)", month)
        looks = page.evaluate("""view.seenLines().map(({ edge, level }) => {
          const { dashes, arrows } = view.network.body.edges[edge].options;
          return [level, JSON.stringify([dashes, arrows.to.type])];
        })""")
        for level, look in looks:
            drawn.setdefault(level, set()).add(look)
    assert set(drawn) == {*LEVELS, "undated", "claimed", "ended", "notyet"}
    assert all(len(looks) == 1 for looks in drawn.values())
    assert len(set.union(*drawn.values())) == len(drawn)


def test_names_of_lines_stand_by_their_own(visit: Visit, alliance: Path) -> None:
    """Through what is written on a line goes no other line that something is written on, so that nobody reads it for that one's."""
    page = visit(alliance, "#n=:wenjie&asof=2024-07")
    assert {note["label"] for note in page.evaluate("view.drawn.notes")} >= {"⚠ disputed · owner", "owner"}
    crossed = page.evaluate("""view.drawn.notes.map((note) => view.drawn.notes.filter(({ edge }) => edge !== note.edge).filter(({ edge }) => {
      const curve = view.network.body.edges[edge].edgeType;
      return Array.from({ length: 99 }, (_, i) => view.network.canvasToDOM(curve.getPoint(i / 99)))
        .some(({ x, y }) => x > note.x + 2 && x < note.x + note.w - 2 && y > note.y + 2 && y < note.y + note.h - 2);
    }).length)""")
    assert crossed == [0] * len(crossed)


def test_a_doubt_stands_on_its_own_line(visit: Visit, alliance: Path) -> None:
    """Where there is no room for the word, the sign alone says that a line is disputed, in the middle of that line."""
    page = visit(alliance)
    page.set_viewport_size({"width": 1280, "height": 720})
    page.wait_for_timeout(300)
    (note,) = [note for note in page.evaluate("view.drawn.notes") if note["disputed"]]
    apart = page.evaluate(
        """(note) => { const curve = view.network.body.edges[note.edge].edgeType;
      return Math.min(...Array.from({ length: 199 }, (_, i) => view.network.canvasToDOM(curve.getPoint((i + 1) / 200))).map(({ x, y }) => Math.hypot(x - note.x - note.w / 2, y - note.y - note.h / 2))) }""",
        note,
    )
    assert note["label"] == "⚠" if apart < 4 else note["label"] == "⚠ disputed"
    assert apart < 20


def test_disputed(visit: Visit, alliance: Path) -> None:
    """What is disputed is red, dashed and called so, and stays all three when it is chosen."""
    page = visit(alliance, "#asof=2024-12")
    rows = [row for row in page.evaluate("view.seenLines()") if row["level"] == "disputed"]
    assert rows
    for chosen in (False, True):
        for row in rows:
            if chosen:
                page.evaluate("(number) => view.chooseStatement(number)", row["number"])
                assert "⚠ disputed" in words(page)
            look = page.evaluate(
                "(id) => { const { color, dashes } = view.network.body.edges[id].options; return [color.color, dashes] }",
                row["edge"],
            )
            assert look == [THEMES["light"]["warning"], [7, 5]]
            notes = [note for note in page.evaluate("view.drawn.notes") if note["edge"] == row["edge"]]
            assert [note["label"].startswith("⚠ disputed") for note in notes] == [True]


def test_opens_as_of_a_day(hima: hima_kg.KnowledgeGraph, visit: Visit) -> None:
    """A page that is made as of a day opens there; the link may say otherwise."""
    made = hima.page(on="2023-12-31")
    assert visit(made).inner_text("#day") == "2023-12-31"
    assert visit(made, "#asof=2024-07").inner_text("#day") == "2024-07"
    assert visit(made, "#asof=").inner_text("#day") == "any time"


# What is said


def test_every_line_is_cited(visit: Visit, alliance: Path, hima: hima_kg.KnowledgeGraph) -> None:
    """Every line opens passages of its documents, or, where a rule derived it, the rule and what it rests on."""
    page = visit(alliance)
    passages = {(row["title"], row["locator"]) for row in hima.ask(_PASSAGES).rows}
    told = page.evaluate("""[...view.edges.values()].map(({ statement }) => {
      view.chooseStatement(statement);
      const cites = [...document.querySelectorAll('#reading > .fact .cite, #reading .proof .cite')];
      const bare = (cite) => [cite.querySelector('bdi').textContent, cite.querySelector('.locator').textContent];
      return [statement, cites.map(bare), Boolean(document.querySelector('#reading .proof .rule'))];
    })""")
    assert len(told) > 200
    for number, cites, has_rule in told:
        assert cites or has_rule, number
        assert {tuple(cite) for cite in cites} <= passages
    derived = page.evaluate(
        "[...view.edges.values()].map((e) => view.statements[e.statement]).filter((row) => !row.claims.length)"
    )
    rules = {number: has_rule for number, _, has_rule in told}
    assert all(rules[row["number"]] for row in derived)


_PASSAGES = """
SELECT ?title ?locator { GRAPH graph:claims { ?claim kg:document ?document ; kg:locator ?locator . ?document dct:title ?title } }"""


def test_statement(visit: Visit, alliance: Path) -> None:
    """A statement says how surely it holds and since when, by which rule from what, who says so, and who says otherwise."""
    page = visit(alliance, "#st=:wenjie+auto:owner+:huawei&asof=2024-12")
    said = words(page)
    assert said.startswith("owner Wenjie owner Huawei As of 2024-12: ⚠ disputed 2023-06 → …")
    assert "by the rule: From an event on" in said
    assert "from Chinese AITO mark to Huawei (2023-06)" in said
    assert "Who says otherwise ⚠ value contradiction" in said
    assert page.locator("#reading .sides .side").count() >= 2
    assert page.inner_text("#reading .command") == "hima-kg why :wenjie auto:owner :huawei"
    page.click("#reading .proof .cite .locator")
    assert page.get_attribute("#tab-sources", "aria-selected") == "true"
    assert page.locator("details[open]").inner_text().startswith("Pre-HIMA establishment ¶2 s2")


@pytest.mark.parametrize(
    ("statement", "is_denied"),
    [
        (":wenjie+auto:owner+:huawei", True),
        (":sales-hima-2024+auto:units+444956", True),
        (":wenjie+auto:markOf+:aito", False),
        (":hima+auto:ledBy+:huawei", False),
    ],
)
def test_who_says_otherwise(visit: Visit, alliance: Path, statement: str, is_denied: bool) -> None:
    """Somebody says otherwise where another value, an event or a sum stands against a statement, not beside it in a passage."""
    page = visit(alliance, f"#st={statement}")
    assert ("Who says otherwise" in words(page)) == is_denied


def test_click_on_a_line(visit: Visit) -> None:
    """A click on a line opens its statement, and one on the empty canvas closes it."""
    page = visit(Bicycles(wheels=1).drawing().page())
    middle = page.evaluate(
        "(() => { const [id] = [...view.edges.values()].filter((e) => e.to === 'b:wheel000').map((e) => e.id); return view.network.canvasToDOM(view.network.body.edges[id].edgeType.getPoint(0.5)) })()"
    )
    page.click("#canvas", position=middle)
    assert words(page).startswith("makes Crane makes Spoked wheel 0 Who says so Spokes ¶2 s1 reported")
    page.click("#canvas", position={"x": 5, "y": 5})
    assert words(page).startswith("Bicycles")


def test_thing(visit: Visit) -> None:
    """What is said about a thing comes with document, passage, modality, rank and speaker, and figures that are not drawn."""
    page = visit(Bicycles().drawing().page(), "#n=b:crane")
    said = words(page)
    assert "founded 1911 › Spokes ¶2 s1 reported kg:Deprecated said by Crane" in said
    assert "⚠ contradiction founding year" in said
    assert "Count sold units 77,000 Spokes ¶2 s1" in said
    assert page.get_attribute("#reading .cite a", "rel") == "noopener noreferrer"
    page.click("#reading .value button:has-text('Grand Tour')")
    assert "2023-06 · kg:Planned" in words(page)
    page.keyboard.press("Escape")
    assert not page.is_visible("#panel")


def test_derived(visit: Visit, alliance: Path, hima: hima_kg.KnowledgeGraph) -> None:
    """A statement that follows from others tells by which rule and from which, as `why` does, and leads to them."""
    page = visit(alliance)
    derived = page.evaluate("view.statements.filter((row) => row.derived && !row.states.length)")
    assert len(derived) > 40
    for row in derived:
        told = hima.why(row["s"], row["p"], row["o"]).told
        assert [hima.prefixes.expand(row["rule"])] == [proof.rule for proof in told.proofs]
        assert len(row["from"]) == 1
    page.evaluate("view.chooseStatement(view.statements.find((row) => row.p === 'auto:model' && row.o === ':aito-m5').number)")
    said = "by the rule: What stands in a property stands, turned round, in its inverse. from AITO M5 brand AITO"
    assert said in words(page)
    page.click("#reading .premise button.verb")
    assert "AITO, item 1" in words(page)


def test_conflicts(visit: Visit, alliance: Path, hima: hima_kg.KnowledgeGraph) -> None:
    """The tab of conflicts has every one, with what each passage says, the arithmetic, the rule, and what is preferred."""
    page = visit(alliance, "#tab=conflicts")
    shown = page.evaluate("[...document.querySelectorAll('article.conflict:not(.mild)')].map((box) => box.dataset.id)")
    assert sorted(shown) == sorted(hima.prefixes.compact(conflict.iri) for conflict in hima.conflicts())
    card = words(page, "article:has-text('386,907 + 57,956')")
    assert "386,907 + 57,956 + 4,232 = 449,095; stated 444,956; difference 4,139" in card
    assert "Found by rule:" in card
    assert page.locator("article.mild").count() == len(hima.variations())


def test_filter_without_a_source(visit: Visit, alliance: Path) -> None:
    """The filter of the table finds no words of a source that is switched off meanwhile."""
    page = visit(alliance, "#tab=table&q=Harmony")
    sought = "view.state.filter = 'Brands ¶2 s2', view.tableRows().length"
    assert page.evaluate(sought) > 0
    page.evaluate("view.state.off.add('src:wikipedia')")
    assert page.evaluate(sought) == 0


def test_sources(visit: Visit, alliance: Path) -> None:
    """The tab of sources has every passage of each document with what it says; the graph can be seen without a document."""
    page = visit(alliance, "#tab=sources")
    assert page.locator("details.passage").count() == 102
    page.click("details.passage >> nth=1")
    page.wait_for_selector("details[open] .said li")
    assert page.locator("details[open] .said li").count() > 5
    before, conflicts = len(page.evaluate("view.seenLines()")), page.inner_text("#tab-conflicts .count")
    page.click("[data-document='src:wikipedia'] button.action")
    assert 0 < len(page.evaluate("view.seenLines()")) < before
    assert "off=src:wikipedia" in address(page)
    assert page.inner_text("#without") == "Without Harmony Intelligent Mobility Alliance (Wikipedia) ×"
    page.click("#tab-conflicts")
    assert page.locator("article.conflict:not(.mild)").count() < int(conflicts)
    page.keyboard.press("/")
    page.keyboard.type("Seres SF5")
    assert page.inner_text("#results") == "Nothing by that name"
    page.keyboard.press("Escape")
    page.click("#without button")
    assert page.inner_text("#tab-conflicts .count") == conflicts


@pytest.mark.parametrize(("lang", "said"), [("en", "from Huawei to Seres Group"), ("ko", "from 화웨이 to 세레스")])
def test_things_and_days_in_arithmetic(visit: Visit, alliance: Path, lang: str, said: str) -> None:
    """Where a rule names a thing in what it worked out, its name in the reader's language stands there, and a month for its days."""
    page = visit(alliance, f"#tab=conflicts&lang={lang}")
    assert f"AITO (English mark) or Wenjie, {said}" in words(
        page, "[data-id^='conflict:transfers.aito-mark-latn'] .arithmetic"
    ).replace("问界", "Wenjie")
    assert words(page, "[data-id^='conflict:done.aito-patents'] .arithmetic") == "announced, dated 2024-07; done, dated 2024-07"


def test_texts_in_arithmetic(visit: Visit) -> None:
    """A text stays as it is, in its quotation marks, while numbers, things and days around it are written for people."""
    made = Bicycles(wheels=1, spice=': 12345, "zip 12345 of <b:crane>", 2023-01-01 – 2023-01-31')
    line = words(visit(made.drawing().page(), "#tab=conflicts"), ".arithmetic")
    assert line == '2 ≠ 3: 12,345, "zip 12345 of <b:crane>", 2023-01'


def test_a_conflict_without_a_passage(visit: Visit, alliance: Path) -> None:
    """A conflict of which one passage is left out with its source says so: what is left need not contradict itself."""
    page = visit(alliance, "#tab=sources")
    page.click("[data-document='src:autonews'] button.action")
    page.click("#tab-conflicts")
    assert "A passage that it rests on is left out" in words(page, "article:has-text('386,907 = 557,467')")
    assert "A passage that it rests on" not in words(page, "article:has-text('386,907 + 57,956')")


def test_days_are_cited(visit: Visit, alliance: Path) -> None:
    """A thing's panel cites beside each span of days the passage that tells of what began or ended it."""
    page = visit(alliance, "#n=:wenjie&asof=2024-07")
    owner = page.locator("#panel .group", has=page.locator("h4", has_text=re.compile("^owner$")))
    lines = (line.removeprefix("Harmony Intelligent Mobility Alliance (Wikipedia) ") for line in owner.inner_text().split("\n"))
    told = [line for line in lines if "→" in line or "¶" in line]
    assert told == [
        *("2023-06 → …", "Pre-HIMA establishment ¶2 s2", "Brands ¶2 s2"),
        *("… → 2023-06", "Pre-HIMA establishment ¶2 s2", "≥ 2024-07 → …", "Brands ¶2 s3"),
    ]


def test_what_disputes_is_told(visit: Visit, alliance: Path) -> None:
    """A statement in dispute leads to the event for which it is."""
    page = visit(alliance, "#st=:wenjie+auto:owner+:huawei&asof=2024-07")
    doubt = page.locator("#panel .proof li")
    assert "⚠ disputed from 2024-07" in doubt.inner_text()
    doubt.locator("button", has_text="Chinese AITO marks to Seres Group, announced").click()
    assert page.evaluate("view.state.node") == ":wenjie-to-seres"


def test_without_a_source_a_state_falls(visit: Visit, alliance: Path) -> None:
    """Without a source, a time that only it tells is not told, and how surely a statement holds is worked out from the rest."""
    statement = "#st=:hima+auto:hasMember+:chery"
    assert "By the newest source: certain 2023-01 – 2025-12-14 → …" in words(visit(alliance, statement))
    page = visit(alliance, f"{statement}&off=src:autonews")
    said = words(page)
    assert "By the newest source: possible ≥ 2023-01 → …" in said
    assert "2025-12-14" not in said
    bars = "document.querySelectorAll('.state').length"
    page.click("#tab-timeline")
    fewer = page.evaluate(bars)
    page.click("#without button")
    assert fewer < page.evaluate(bars)


def test_without_a_source_its_names_fall(visit: Visit, alliance: Path) -> None:
    """Without a source, a name that only it gives is not told; a thing that nobody else names keeps its name."""
    page = visit(alliance, "#n=:chery&lang=ko")
    assert page.inner_text("#panel h2") == "체리"
    page = visit(alliance, "#n=:chery&lang=ko&off=src:autonews")
    assert page.inner_text("#panel h2") == "Chery"
    assert "체리" not in page.inner_text("#panel")
    page.click("#without button")
    assert page.inner_text("#panel h2") == "체리"


def test_hidden_kinds_are_said_to_be(visit: Visit, alliance: Path) -> None:
    """What the legend hides is named in every tab, and is back by a click there."""
    whole = visit(alliance, "#tab=conflicts").inner_text("#tab-conflicts")
    page = visit(alliance, "#tab=conflicts&off=auto:Trademark,auto:Brand,auto:VehicleModel")
    assert page.inner_text("#without") == "Without brand, trademark +1 ×"
    assert page.inner_text("#tab-conflicts") != whole
    page.click("#without button")
    assert page.inner_text("#tab-conflicts") == whole
    assert page.inner_text("#without") == ""


def test_without_a_source_it_is_not_cited(visit: Visit, alliance: Path) -> None:
    """Without a source, a thing's panel cites it nowhere, and lights only what is still said to be beside the thing."""
    lit = "[...view.nodes.keys()].filter((id) => view.lit(id)).length"
    before = visit(alliance, "#n=:huawei")
    assert before.locator("#panel .cite > bdi:text-is('Harmony Intelligent Mobility Alliance (Wikipedia)')").count() > 0
    page = visit(alliance, "#n=:huawei&off=src:wikipedia")
    assert page.locator("#panel .cite").count() > 0
    assert page.locator("#panel .cite > bdi:text-is('Harmony Intelligent Mobility Alliance (Wikipedia)')").count() == 0
    assert 1 < page.evaluate(lit) < before.evaluate(lit)


def test_before_everything(visit: Visit, alliance: Path) -> None:
    """On a day before all dates every dated event is still to come, plans without a first day, too; the day's pill stays in sight."""
    page = visit(alliance, "#asof=1600")
    assert page.locator("#band .event").count() == page.locator("#band .event.yet").count() == 20
    pill, axis = page.locator("#band .grip").bounding_box(), page.locator("#band .axis").bounding_box()
    assert pill
    assert axis
    assert pill["x"] >= axis["x"] - 1
    page = visit(alliance, "#asof=2030")
    pill = page.locator("#band .grip").bounding_box()
    assert pill
    assert pill["x"] + pill["width"] <= axis["x"] + axis["width"] + 1


def test_what_follows_falls(visit: Visit) -> None:
    """What follows from two documents falls with either of them, and what follows from that falls, too."""
    made = Bicycles()
    made.add("b:wheel", "Wheel")
    made.say("b:finch", "b:makes", "b:wheel")
    made.statements[-1]["claims"] = ["c:2"]
    first, second = made.statements[-1], {"s": "b:crane", "p": "b:founded", "o": "1911", "lang": "en"}
    third = {"s": "b:finch", "p": "b:of", "o": "b:crane", "link": True}
    for value, given in (("b:crane", [second, first]), ("b:wheel", [third])):
        made.say("b:finch", "b:of", value)
        made.statements[-1] |= {"claims": [], "derived": True, "rule": "b:rule", "from": given}
    told = made.dossier()
    told["claims"]["c:2"] = {**told["claims"]["c:1"], "document": "doc:2"}
    told["documents"]["doc:2"] = told["documents"]["doc:1"]
    made.network.graph["total"] = len(made.network)
    for off, left in (("", 2), ("doc:2", 0), ("doc:1", 0)):
        page = visit(Drawing(made.network, told).page(), f"#tab=table&off={off}")
        assert page.locator("tr.derived").count() == left


def test_a_chosen_thing_is_seen(visit: Visit, alliance: Path) -> None:
    """Who chooses a thing of a class that is switched off sees it, and its class, again."""
    page = visit(alliance, "#off=auto:Brand")
    page.keyboard.press("/")
    page.keyboard.type("Stelato")
    page.keyboard.press("Enter")
    chosen = page.evaluate("view.state.node")
    assert not page.evaluate("(id) => view.network.body.nodes[id].options.hidden", chosen)
    assert page.get_attribute("#legend [data-key='auto:Brand']", "aria-pressed") == "true"


def test_a_day_after_all(visit: Visit, alliance: Path) -> None:
    """From a day after the last month of the axis one goes back to that month."""
    page = visit(alliance, "#asof=2031-05")
    page.click("#earlier")
    assert page.inner_text("#day") == "2025-12"


def test_table_sorts_and_filters(visit: Visit, alliance: Path) -> None:
    """The table sorts by a column, up and down, and filters by names in any script."""
    page = visit(alliance, "#tab=table")
    page.click("thead button:has-text('Value')")
    assert page.get_attribute("th:has-text('Value')", "aria-sort") == "ascending"
    page.click("thead button:has-text('Value')")
    assert page.get_attribute("th:has-text('Value')", "aria-sort") == "descending"
    values = [value for value in page.locator("tbody td:nth-child(3)").all_inner_texts() if re.fullmatch("[0-9,]+", value)]
    numbers = [int(value.replace(",", "")) for value in values]
    assert numbers == sorted(numbers, reverse=True)
    page.fill("#sheet .filter", "问界 huawei own")
    names = page.locator("tbody tr").all_inner_texts()
    assert names
    assert all("own" in name.lower() for name in names)
    assert "sort=value,true" in address(page)


def test_timeline(visit: Visit, alliance: Path) -> None:
    """The timeline has a bar for every dated event and every state, and a list of what is undated."""
    page = visit(alliance, "#tab=timeline")
    held = page.evaluate(
        "view.statements.filter((r) => !r.derived && view.nodes.has(r.s)).reduce((n, r) => n + r.states.length, 0)"
    )
    assert page.locator("#sheet .state").count() == held > 30
    dated = page.evaluate("[...view.nodes.values()].filter((n) => n.event && (n.earliest || n.latest)).length")
    assert page.locator("#sheet .happening").count() == dated
    assert page.locator("#sheet .state .piece.disputed").count() == 1
    page.click("#sheet .state[aria-label^='Wenjie owner Huawei · 2023-06'] .name")
    assert words(page).startswith("owner Wenjie owner Huawei")


def test_table_says_whose_passage_it_is(visit: Visit, alliance: Path) -> None:
    """A passage stands after the document that it is in."""
    page = visit(alliance, "#tab=table&q=the+earliest+member")
    assert page.locator("#sheet td.source").all_inner_texts() == ["autonews: ¶3 s2", "autonews: ¶3 s2 (inferred)"]


def test_table_says_how_a_passage_says_it(visit: Visit, alliance: Path) -> None:
    """A passage stands in the table with what weighs on it: that it is inferred, an opinion, or deprecated."""
    page = visit(alliance, "#tab=table&q=deprecated")
    assert set(page.locator("#sheet td.source").all_inner_texts()) == {"autonews: ¶3 s2 (deprecated)"}
    assert set(page.locator("#sheet td.holds").all_inner_texts()) == {"deprecated"}
    page = visit(alliance, "#tab=table&q=perhaps+the+same")
    assert any("(inferred)" in passages for passages in page.locator("#sheet td.source").all_inner_texts())


def test_reported_states_are_said(visit: Visit, alliance: Path) -> None:
    """Of a state that documents report, the panel names the passages; a list that may go on says nothing against it."""
    page = visit(alliance, "#st=:hima+auto:hasMember+:seres&asof=2025-12")
    said = words(page).split("Who says so")[1]
    assert "Lead ¶1 s2" in said.split("Who says otherwise")[0]
    assert "No passage says it" not in said
    assert "open list" not in said


def test_open_ends(visit: Visit, alliance: Path) -> None:
    """A bar fades out towards the days of which nothing is known, rather than begin or end on one."""
    page = visit(alliance, "#tab=timeline")
    faded = "(row) => [...row.querySelectorAll('.piece')].map((piece) => piece.className)"
    row = page.locator("#sheet .row").filter
    assert row(has_text="Huawei AITO becomes AITO again").evaluate(faded) == ["piece sure onwards"]
    assert row(has_text="first Maextro vehicle built").evaluate(faded) == ["piece planned ago"]
    assert row(has_text="Chinese AITO mark to Huawei").evaluate(faded) == ["piece sure"]
    assert page.locator(".state .piece.implied").count() == page.locator(".state .piece.implied.ago").count() > 0


# Finding, speaking, keeping the place


def test_bars_and_marks_have_names(visit: Visit, alliance: Path) -> None:
    """Who hears the page hears of a bar whose it is, of what, when, and from when it is disputed, and of an event that it is only planned."""
    page = visit(alliance, "#tab=timeline")
    named = page.locator("#sheet .state").evaluate_all("bars => bars.map((bar) => bar.ariaLabel)")
    assert any(name.startswith("Wenjie owner Huawei · 2023-06") and name.endswith("disputed from 2024-07") for name in named)
    assert page.locator("#skip").is_hidden()
    assert (
        page.locator("#sheet .who", has_text="HIMA stores planned by 2025").get_attribute("title")
        == "HIMA stores planned by 2025"
    )
    page.click("#tab-network")
    marks = page.locator("#band .event").evaluate_all("marks => marks.map((mark) => mark.ariaLabel)")
    assert any(mark.startswith("HIMA stores planned by 2025") and mark.endswith("planned") for mark in marks)


@pytest.mark.parametrize(("typed", "thing"), NAMES)
def test_search(visit: Visit, alliance: Path, typed: str, thing: str) -> None:
    """A name is found first in any script: by pinyin with or without tones, initials, romanised Hangul, full width."""
    page = visit(alliance)
    page.keyboard.press("/")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    chosen = page.evaluate("view.state.node")
    assert chosen == thing or ({"wenjie", "wj", "问界", "wènjiè"} >= {typed} and chosen == ":wenjie")
    assert f"n={chosen}" in address(page)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("huawie", ["Huawei"]),
        ("hawei", ["Huawei"]),
        ("seres grup", ["Seres Group"]),
        ("stellato", ["Stelato"]),
        ("hwi", []),
        ("qqqqqqqq", []),
    ],
)
def test_slips_of_the_keys(visit: Visit, alliance: Path, typed: str, found: list[str]) -> None:
    """Where nothing is called so, what is spelt almost so is found: a letter too many, too few, wrong, or in another's place."""
    page = visit(alliance)
    page.keyboard.press("/")
    page.keyboard.type(typed)
    hits = page.locator("#results .hit").all_inner_texts()
    assert hits[: len(found)] == found
    assert bool(hits) == bool(found)


def test_more_is_found_than_listed(visit: Visit, alliance: Path) -> None:
    """A search that finds more than it lists says how many more."""
    page = visit(alliance)
    page.keyboard.press("/")
    page.keyboard.type("aito")
    assert page.locator("#results [role=option]").count() == 13
    assert page.locator("#results li").last.inner_text() == "+20"


def test_languages(visit: Visit, alliance: Path) -> None:
    """Another language changes the names, the page's own words and what it calls itself, in every tab."""
    page = visit(alliance, "#lang=ko&n=:huawei")
    assert page.locator("html[lang=ko]").count() == 1
    assert "화웨이" in words(page)
    page.click("#languages button:has-text('中文')")
    assert page.locator("html[lang=zh-Hans]").count() == 1
    for tab in TABS:
        page.click(f"#tab-{tab}")
    english = page.evaluate(
        "Object.entries(view.words.en).filter(([key, said]) => view.words['zh-hans'][key] === said || view.words.ko[key] === said).map(([key]) => key)"
    )
    assert english == []


def test_every_language_has_every_word(visit: Visit, alliance: Path) -> None:
    """The page's own words are there in every language, and none is left over."""
    page = visit(alliance)
    keys = page.evaluate("Object.values(view.words).map((words) => Object.keys(words).sort())")
    assert all(one == keys[0] for one in keys)
    source = "".join(file.read_text("utf-8") for file in (Path(hima_kg.__file__).parent / "page").glob("*.js"))
    made = {f"{level}{told}" for level in (*LEVELS, "undated", "claimed", "ended", "notyet") for told in ("", "told")} | {
        f"tab-{tab}" for tab in TABS
    }
    assert {key for key in keys[0] if f'"{key}"' not in source and f" {key}:" not in source} <= made | {"tab-query"}


@pytest.mark.parametrize("lang", ["en-a", "test", "zh-min", "x"])
def test_odd_languages(visit: Visit, lang: str) -> None:
    """A tag that looks like a language and is none leaves the page in English."""
    page = visit(Bicycles().drawing().page(lang=lang))
    assert words(page).startswith("Bicycles")
    assert page.get_attribute("html", "lang") == "en"


def test_long_names(visit: Visit) -> None:
    """A name as long as a book is cut where it is drawn, and does not hold the page up."""
    made = Bicycles()
    made.add("b:long", "x" * 200_000)
    page = visit(made.drawing().page(), "#tab=table&q=" + "a+" * 100_000)
    page.click("#tab-network")
    assert (
        page.evaluate("Math.max(...view.drawn.labels.flatMap((label) => label.parts ?? []).map((part) => part.length))") <= 201
    )


def test_exact_numbers(visit: Visit) -> None:
    """A number is shown with all its digits, in groups."""
    made = Bicycles()
    made.say("b:crane", "b:units", "12345678901234567890", type="xsd:integer")
    made.say("b:crane", "b:units", "-98765432109876543210.50", type="xsd:decimal")
    page = visit(made.drawing().page(), "#n=b:crane")
    assert "12,345,678,901,234,567,890" in words(page)
    assert "-98,765,432,109,876,543,210.50" in words(page)


@pytest.mark.parametrize("year", ["0001", "0079", "0999", "9999"])
def test_first_and_last_years(visit: Visit, year: str) -> None:
    """Years with zeros before them, and the last that has four digits, have their place on the axis."""
    made = Bicycles()
    made.race("b:old", "Old race", f"{year}-12-01", f"{year}-12-31")
    page = visit(made.drawing().page(), f"#asof={year}-12")
    assert page.get_attribute("#band [role=slider]", "aria-valuetext") == f"{year}-12"
    page.click("#earlier")
    assert page.get_attribute("#band [role=slider]", "aria-valuetext") == f"{year}-11"
    page.click("#tab-timeline")
    left, width = page.evaluate(
        "(() => { const { left, width } = document.querySelector('.piece').style; return [left, width] })()"
    )
    assert left.endswith("%")
    assert float(width.rstrip("%")) > 0


def test_link_reopens_the_view(visit: Visit, alliance: Path) -> None:
    """The address keeps tab, choice, day, language, theme, filters and order; to open it again changes nothing."""
    page = visit(
        alliance,
        "#tab=table&n=:aito&asof=2024-07&past=1&off=auto:Technology,src:autonews&q=aito&sort=value,true&lang=ko&theme=dark",
    )
    state = "JSON.stringify({ ...view.state, off: [...view.state.off], hover: null, moved: false })"
    url, kept = address(page), page.evaluate(state)
    again = visit(alliance, "#" + url.partition("#")[2])
    assert again.evaluate(state) == kept
    assert address(again) == url
    assert '"tab":"table","node":":aito"' in kept
    assert '"off":["auto:Technology","src:autonews"]' in kept


@pytest.mark.parametrize(
    "junk",
    ["#tab=constructor&n=__proto__&asof=2024-13&off=x&sort=a,b&lang=toString", "#%E0%A4%A&&&===", "#st=a+b+c&asof=../.."],
)
def test_junk_in_the_address(visit: Visit, alliance: Path, junk: str) -> None:
    """What the address says and the page does not know is passed over."""
    page = visit(alliance, junk)
    assert page.evaluate("view.state.tab") == "network"
    assert page.evaluate("view.state.node") is None


# What one takes away


def test_svg(visit: Visit, alliance: Path) -> None:
    """The picture is saved as SVG, with every thing, line and event that is seen, in words that can be searched."""
    page = visit(alliance, "#lang=zh-hans&asof=2024-07")
    with page.expect_download() as saved:
        page.click("#export")
        page.click("#exports button:has-text('SVG')")
    assert saved.value.suggested_filename == "harmony-intelligent-mobility-alliance-2024-07.svg"
    tree = ElementTree.parse(saved.value.path())  # noqa: S314 - our own file
    texts = {"".join(text.itertext()) for text in tree.iter("{http://www.w3.org/2000/svg}text")}
    assert {"问界", "鸿蒙智行", "2024"} <= texts
    assert any("截至 2024-07" in text for text in texts)
    assert len(list(tree.iter("{http://www.w3.org/2000/svg}path"))) > 2 * len(page.evaluate("view.seenLines()"))


def test_svg_has_the_whole_band(visit: Visit, alliance: Path) -> None:
    """The events that are folded away in a low window are in the picture, and so is how many have no date."""
    page = visit(alliance, "#asof=2023-06")
    page.set_viewport_size({"width": 1440, "height": 600})
    page.wait_for_function("document.querySelector('#band .rows').matches('.more')")
    names = page.locator("#band .event .name").all_text_contents()
    tree = ElementTree.fromstring(page.evaluate("view.svgText()"))  # noqa: S314 - our own drawing
    texts = {text.text: text for text in tree.iter("{http://www.w3.org/2000/svg}text") if text.text}
    drawn = [next((text for text in texts if text.rstrip("…") and name.startswith(text.rstrip("…"))), "") for name in names]
    assert [name for name, found in zip(names, drawn, strict=True) if not found] == []
    assert page.locator("#band .loose").text_content() in texts
    height, last = float(tree.attrib["height"]), max(float(texts[found].attrib["y"]) for found in drawn)
    years = [float(text.attrib["y"]) for said, text in texts.items() if said in ("2022", "2024")]
    assert last < min(years) <= max(years) < 34 + height


def test_png(visit: Visit, alliance: Path) -> None:
    """The picture is saved as PNG, twice as large as it is seen."""
    page = visit(alliance)
    with page.expect_download() as saved:
        page.click("#export")
        page.click("#exports button:has-text('PNG')")
    data = saved.value.path().read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width = page.locator("#canvas").bounding_box()
    assert width is not None
    assert int.from_bytes(data[16:20], "big") == 2 * width["width"]
    assert len(data) > 50_000


def test_turtle(visit: Visit, alliance: Path, hima: hima_kg.KnowledgeGraph) -> None:
    """What is seen is saved as Turtle: lines that hold as statements, those that may or did hold as states with their bounds."""
    page = visit(alliance, "#asof=2024-07")
    with page.expect_download() as saved:
        page.click("#export")
        page.click("#exports button:has-text('Turtle')")
    triples = {
        (q.subject.value, q.predicate.value, q.object.value)
        for q in ox.parse(saved.value.path().read_bytes(), ox.RdfFormat.TURTLE)
    }
    expand = hima.prefixes.expand
    lines: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for row in page.evaluate("view.seenLines()"):
        lines["certain" if row["level"] in ("implied", "undated") else row["level"]].add(
            tuple(map(expand, (row["s"], row["p"], row["o"])))
        )
    entities = set(map(expand, page.evaluate("[...view.nodes.values()].filter((n) => !n.event).map((n) => n.id)")))
    assert {t for t in triples if t[0] in entities and t[2] in entities} == lines["certain"]
    about = {
        property: {s: o for s, p, o in triples if p == expand(property)}
        for property in ("rdf:subject", "rdf:predicate", "rdf:object")
    }
    states = {(s, about["rdf:predicate"][state], about["rdf:object"][state]) for state, s in about["rdf:subject"].items()}
    assert states == set().union(*(lines[level] for level in ("disputed", "possible", "unknown", "ended"))) != set()
    assert {o for s, p, o in triples if p == expand("kg:certainty")} >= {expand("kg:Disputed"), expand("kg:Possible")}


def test_turtle_without_a_source(visit: Visit, alliance: Path) -> None:
    """Without a source, what is saved as Turtle cites it nowhere."""
    page = visit(alliance, "#off=src:wikipedia&asof=2024-07")
    assert "claim/autonews/" in (text := page.evaluate("view.turtle()")) or "gan:" in text
    assert "wp:" not in text


def test_turtle_of_any_time(visit: Visit, alliance: Path, hima: hima_kg.KnowledgeGraph) -> None:
    """Whatever is saved as Turtle as a statement stands in the best graph: no plan is told as done, and nothing that has ended."""
    page = visit(alliance)
    saved = ox.parse(page.evaluate("view.turtle()").encode(), ox.RdfFormat.TURTLE)
    best = {(str(q.subject), str(q.predicate), str(q.object)) for q in ox.parse(hima.turtle().encode(), ox.RdfFormat.TURTLE)}
    found = {(str(q.subject), str(q.predicate), str(q.object)) for q in saved if isinstance(q.subject, ox.NamedNode)}
    assert len(found) > 300
    assert {statement for statement in found if "wasDerivedFrom" not in statement[1]} <= best


def test_turtle_of_the_table(visit: Visit, alliance: Path) -> None:
    """In the table, what its filter leaves is saved; a tab that has neither picture nor table offers to print."""
    page = visit(alliance, "#tab=table&q=wenjie")
    shown = page.evaluate(
        "[...document.querySelectorAll('tr[data-number]:not(.derived)')].map((row) => view.statements[row.dataset.number].s)"
    )
    said = page.evaluate("view.turtle()")
    assert {line.split()[0] for line in said.splitlines() if line.startswith(":")} <= {*shown}
    assert ":wenjie" in said
    assert ":chery" not in said
    page.click("#export")
    assert page.locator("#exports button").all_inner_texts() == ["What is seen, as Turtle", "Print"]
    page.keyboard.press("Escape")
    page.click("#tab-conflicts")
    page.click("#export")
    assert page.locator("#exports button").all_inner_texts() == ["Print"]


def test_back_in_the_table(visit: Visit, alliance: Path) -> None:
    """Whoever looks at a thing far down in the table, and goes back, has the same rows before him as before."""
    page = visit(alliance, "#tab=table")
    page.click(".rest button")
    rows = page.locator("tbody tr")
    assert rows.count() == 500
    rows.nth(450).locator(".link").first.click()
    depth = page.evaluate("document.querySelector('#sheet').scrollTop")
    assert depth > 1000
    page.click("#tab-conflicts")
    assert page.evaluate("document.querySelector('#sheet').scrollTop") == 0
    page.go_back()
    page.wait_for_selector("#tab-table[aria-selected=true]")
    assert rows.count() == 500
    assert page.evaluate("document.querySelector('#sheet').scrollTop") == depth
    page.fill(".filter", "wenjie")
    page.fill(".filter", "")
    assert rows.count() == 250


def test_print(visit: Visit, alliance: Path) -> None:
    """A print has the picture as a drawing, and what was chosen; no buttons."""
    page = visit(alliance, "#n=:aito")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("#print svg text").count() > 80
    assert page.is_visible("#reading h2")
    assert not page.is_visible("#tabs")
    assert not page.is_visible("#canvas")
    assert len(page.pdf()) > 20_000


def test_paper_is_no_phone(visit: Visit, alliance: Path) -> None:
    """A sheet of A4 is as narrow as a phone, and has no panel that slides over the picture; nor is it dark."""
    page = visit(alliance, "#n=:aito&theme=dark")
    page.set_viewport_size({"width": 700, "height": 1000})
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    picture, panel = page.locator("#print svg").bounding_box(), page.locator("#panel").bounding_box()
    assert picture is not None
    assert panel is not None
    assert panel["y"] >= picture["y"] + picture["height"]
    dark = set(
        page.evaluate("[...document.querySelectorAll('#legend .glyph [fill]')].map((mark) => mark.getAttribute('fill'))")
    )
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    light = set(
        page.evaluate("[...document.querySelectorAll('#legend .glyph [fill]')].map((mark) => mark.getAttribute('fill'))")
    )
    assert dark != light


def test_print_is_whole(visit: Visit, alliance: Path) -> None:
    """A printed table has every row, and says as of which day, without which source and of which graph it is."""
    page = visit(alliance, "#tab=table&asof=2024-07")
    page.click("#tab-sources")
    page.locator("#sheet .document .action").first.click()
    page.click("#tab-table")
    told = int(page.inner_text("#sheet .count").split("/")[0].replace(",", ""))
    assert page.locator(".statements tbody tr").count() < told
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator(".statements tbody tr").count() == told
    assert [part in page.inner_text("#print .viewed") for part in ("Table", "As of 2024-07", "Without")] == [True] * 3
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".statements tbody tr").count() < told


# For everybody


def test_the_way_back(visit: Visit, alliance: Path) -> None:
    """The browser's way back goes from tab to tab and from choice to choice; looking at another day is no step."""
    page = visit(alliance)
    page.evaluate("view.choose(':aito')")
    page.evaluate("view.lookAsOf('2024-07')")
    page.click("#tab-sources")
    page.go_back()
    expect(page.locator("html")).to_have_attribute("data-tab", "network")
    assert words(page).startswith("brand AITO")
    assert "asof=2024-07" in address(page)
    page.go_back()
    expect(page.locator("#reading h2")).to_have_text("Harmony Intelligent Mobility Alliance")
    page.go_forward()
    expect(page.locator("#reading h2")).to_have_text("AITO")


def test_steps_from_a_year(visit: Visit, alliance: Path) -> None:
    """From a year, a step leads to the month before it, or after it."""
    for button, month in (("#earlier", "2023-12"), ("#later", "2025-01")):
        page = visit(alliance, "#asof=2024")
        page.click(button)
        assert page.inner_text("#day") == month


def test_beside_an_event(visit: Visit, alliance: Path) -> None:
    """To click on the band among the events leaves the day; along the years it moves it."""
    page = visit(alliance)
    band = page.locator("#band").bounding_box()
    assert band is not None
    page.mouse.click(band["x"] + 60, band["y"] + 60)
    assert page.inner_text("#day") == "any time"
    page.mouse.click(band["x"] + 60, band["y"] + band["height"] - 10)
    assert page.inner_text("#day") == "2021-03"


def test_old_browsers(browser: Browser, alliance: Path) -> None:
    """A browser that cannot unpack the page says so."""
    context = browser.new_context()
    context.add_init_script("delete window.DecompressionStream")
    page = context.new_page()
    page.goto(alliance.as_uri())
    page.wait_for_selector("[role=alert]")
    assert "cannot unpack" in page.get_by_role("alert").inner_text()
    context.close()


def test_focus_stays(visit: Visit, alliance: Path) -> None:
    """What a key draws anew keeps the focus: a tab, a language, a switch of a source, the rest of a table, a thing in the panel."""
    page = visit(alliance)

    def focused() -> str:
        page.wait_for_timeout(50)
        return str(page.evaluate("document.activeElement.textContent.trim()"))

    def pressed(selector: str) -> str:
        page.locator(selector).first.focus()
        page.keyboard.press("Enter")
        return focused()

    assert pressed("#tab-table").startswith("Table")
    assert pressed("#sheet .rest button") != ""
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 251
    assert pressed("#languages button:nth-of-type(2)") == page.inner_text("#languages [aria-pressed=true]")
    pressed("#languages button:nth-of-type(1)")
    pressed("#tab-sources")
    assert pressed("#sheet .document .action") == "Take this source in again"
    assert pressed("#without button").startswith("Sources")
    page.click("#tab-network")
    page.keyboard.press("/")
    page.keyboard.type("wenjie")
    page.keyboard.press("Enter")
    pressed("#reading .link")
    assert page.evaluate("document.activeElement.id") == "panel"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "about"


def test_keyboard_alone(visit: Visit, alliance: Path) -> None:
    """Search, choose, open a statement, close, move the day, change tab and language: the keyboard does, and focus is seen."""
    page = visit(alliance)
    page.keyboard.press("/")
    page.keyboard.type("wenjie")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert words(page, "#reading h2") in ("Wenjie", "AITO")

    def tab_to(selector: str, most: int = 150) -> None:
        for _ in range(most):
            if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                style = page.evaluate(
                    "(() => { const at = document.activeElement; const { outlineStyle, boxShadow } = getComputedStyle(at.querySelector('.grip') ?? at); return [outlineStyle, boxShadow] })()"
                )
                assert style[0] != "none" or style[1] != "none", selector
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{selector} is not reached")

    tab_to("#reading .fact .more")
    page.keyboard.press("Enter")
    assert page.locator("#reading .sentence").count() == 1
    page.keyboard.press("Escape")
    assert not page.is_visible("#panel")
    tab_to("#languages button[lang=ko]")
    page.keyboard.press("Enter")
    assert page.get_attribute("html", "lang") == "ko"
    tab_to("#tabs [aria-selected=true]")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute("#tab-timeline", "aria-selected") == "true"
    page.keyboard.press("ArrowLeft")
    tab_to("#band [role=slider]")
    page.keyboard.press("ArrowLeft")
    assert "asof=2025-12" in address(page)
    tab_to("#band .event")
    page.keyboard.press("Enter")
    assert page.evaluate("view.nodes.get(view.state.node).event")


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible(browser: Browser, tmp_path: Path, alliance: Path, tab: str, scheme: str) -> None:
    """Axe finds nothing serious or critical in any tab, in either theme."""
    with visiting(browser, tmp_path, color_scheme=scheme) as visit:
        page = visit(alliance, f"#tab={tab}&n=:aito&asof=2024-07")
        found = Axe().run(page).response["violations"]
        serious = [
            (one["id"], [node["target"] for node in one["nodes"]][:3])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == []


def test_phone(browser: Browser, tmp_path: Path, alliance: Path) -> None:
    """On a phone nothing runs out of the window, in any tab, and what is chosen slides over the lower half."""
    with visiting(browser, tmp_path, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as visit:
        page = visit(alliance)
        assert not page.is_visible("#panel")
        for tab in TABS:
            page.tap(f"#tab-{tab}")
            assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
        page.tap("#tab-network")
        page.evaluate("view.choose(':aito')")
        panel, canvas = page.locator("#panel").bounding_box(), page.locator("#canvas").bounding_box()
        assert panel is not None
        assert canvas is not None
        assert panel["y"] >= 844 * 0.4
        for thing in (":aito", ":saic-motor", ":maextro-mark-latn"):
            page.evaluate("(id) => view.choose(id)", thing)
            page.wait_for_timeout(100)
            (box,) = [box for box in page.evaluate("view.drawn.glyphs") if box["id"] == thing]
            assert 0 <= box["y"] < box["y"] + box["h"] <= panel["y"] - canvas["y"], thing


@pytest.mark.parametrize("size", [WINDOW, {"width": 1280, "height": 720}, {"width": 1366, "height": 768}])
def test_lines_stay_on_the_canvas(visit: Visit, alliance: Path, size: Any) -> None:
    """While all things are seen, no line runs out of the canvas."""
    page = visit(alliance)
    page.set_viewport_size(size)
    page.wait_for_timeout(300)
    points = page.evaluate(
        """() => Object.values(view.network.body.edges).filter((edge) => !edge.options.hidden).flatMap((edge) =>
             Array.from({ length: 40 }, (_, i) => view.network.canvasToDOM(edge.edgeType.getPoint((i + 1) / 41))))"""
    )
    canvas = page.locator("#canvas").bounding_box()
    assert canvas is not None
    assert all(0 <= point["x"] <= canvas["width"] and 0 <= point["y"] <= canvas["height"] for point in points)


def test_what_is_not_drawn_is_found(visit: Visit, alliance: Path) -> None:
    """The search reaches what is not drawn, too; then what that is about stands out, and not nothing."""
    page = visit(alliance)
    page.keyboard.press("/")
    page.keyboard.type("HD cameras")
    page.keyboard.press("Enter")
    assert words(page).startswith("component count HD cameras of ADS 2.0")
    assert page.evaluate("[view.lit(':ads-2'), view.lit(':aito')]") == [True, False]
    page.click("#close")
    page.keyboard.press("/")
    page.keyboard.type("wenjie")
    assert page.locator("#results .hit").first.inner_text() == "AITO Wènjiè"
    page.locator("#words").blur()
    assert page.get_attribute("#words", "aria-expanded") == "false"
    page.locator("#words").focus()
    assert page.is_visible("#results")


def test_one_day_only(visit: Visit) -> None:
    """An event of which only the first, or only the last, day is known runs out beyond it, on the other side."""
    made = Bicycles()
    made.race("b:spring", "", "2021-01-01", "2021-12-31")
    made.race("b:since", "", "2021-06-01", None)
    made.race("b:until", "", None, "2021-06-01")
    page = visit(made.drawing().page())
    boxes = {name: page.locator(f"#band [data-id='b:{name}'] .bar").bounding_box() for name in ("since", "until")}
    assert boxes["since"] is not None
    assert boxes["until"] is not None
    assert boxes["since"]["x"] == pytest.approx(boxes["until"]["x"] + boxes["until"]["width"], abs=3)
    assert page.locator("#band [data-id='b:since'] .since").count() == 1
    assert page.locator("#band [data-id='b:until'] .until").count() == 1


@pytest.mark.parametrize("size", [WINDOW, {"width": 390, "height": 844}])
def test_thin_lines(visit: Visit, alliance: Path, size: Any) -> None:
    """No line is too thin to be seen, from however far away one looks, also of what bears no date on the day."""
    page = visit(alliance, "#asof=2024-07")
    page.set_viewport_size(size)
    drawn = "Object.values(view.network.body.edges).map((edge) => edge.getFormattingValues().width * view.network.getScale())"
    assert min(page.evaluate(drawn)) >= 1.19
    page.evaluate("view.network.moveTo({ scale: 0.1, animation: false })")
    assert min(page.evaluate(drawn)) >= 1.19


@pytest.mark.parametrize("size", [(720, 450), (480, 300), (844, 390)])
def test_low_windows(visit: Visit, alliance: Path, size: tuple[int, int]) -> None:
    """In a low window, or one that is magnified, the network keeps room; the page can be scrolled where there is none."""
    page = visit(alliance)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.wait_for_timeout(200)
    canvas = page.locator("#canvas").bounding_box()
    assert canvas is not None
    assert canvas["height"] >= 150
    assert page.is_visible("#band .axis")


def test_years_on_a_phone(browser: Browser, tmp_path: Path, alliance: Path) -> None:
    """On a narrow screen every year of the axis can be read, in the band and in the timeline."""
    with visiting(browser, tmp_path, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as visit:
        for tab in ("network", "timeline"):
            page = visit(alliance, f"#tab={tab}")
            years = page.locator("#band .year, #sheet .year").filter(visible=True).all_inner_texts()
            assert years == ["2021", "2022", "2023", "2024", "2025"]


def test_reduced_motion(browser: Browser, tmp_path: Path, alliance: Path) -> None:
    """Who asks for less motion gets none: to choose a thing that is out of sight jumps there."""
    with visiting(browser, tmp_path) as visit:
        page = visit(alliance)
        page.evaluate("view.network.moveTo({ position: { x: 5000, y: 0 }, scale: 1, animation: false })")
        page.evaluate("view.choose(':aito')")
        there = page.evaluate("view.network.getViewPosition()")
        page.wait_for_timeout(200)
        assert page.evaluate("view.network.getViewPosition()") == there


@pytest.mark.parametrize("color", COLORS)
@pytest.mark.parametrize("theme", THEMES)
def test_contrast(color: str, theme: str) -> None:
    """Every class stands out from the canvas, and every word from its ground, in both themes."""
    inks = THEMES[theme]
    assert all(
        contrast(one, inks["canvas"]) >= 3 for one in (themed(color)[theme], inks["line"], inks["warning"], inks["accent"])
    )
    for ground in ("canvas", "paper", "hover"):
        assert all(contrast(inks[ink], inks[ground]) >= 4.5 for ink in ("ink", "muted", "accent", "warning"))


def test_classes_differ_without_colour(visit: Visit, alliance: Path) -> None:
    """Classes that share a shape differ for those who see few colours, too."""
    classes = visit(alliance).evaluate("view.legend()")
    for one, other in combinations(classes, 2):
        if one["shape"] == other["shape"]:
            for theme in THEMES:
                assert all(difference(one["color"][theme], other["color"][theme], kind) >= 9 for kind in BLINDNESS), (
                    one,
                    other,
                )


BLINDNESS = {  # linear RGB as protanopes, deuteranopes and tritanopes see it (Viénot 1999; Brettel 1997 for the last, simplified)
    "protan": ((0.11238, 0.88762, 0), (0.11238, 0.88762, 0), (0.00401, -0.00401, 1)),
    "deutan": ((0.29275, 0.70725, 0), (0.29275, 0.70725, 0), (-0.02234, 0.02234, 1)),
    "tritan": ((1, 0.1461, -0.1461), (0, 0.8542, 0.1458), (0, 0.8542, 0.1458)),
}


def difference(one: str, other: str, kind: str) -> float:
    """Return how far two colours stand apart in CIE L*a*b* as some people see them (ΔE, CIE 1976)."""
    a, b = (
        lab([sum(w * c for w, c in zip(row, linear(color), strict=True)) for row in BLINDNESS[kind]]) for color in (one, other)
    )
    return sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5


def linear(color: str) -> list[float]:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def lab(rgb: list[float]) -> tuple[float, float, float]:
    weights = ((0.4124, 0.3576, 0.1805, 0.9505), (0.2126, 0.7152, 0.0722, 1.0), (0.0193, 0.1192, 0.9505, 1.089))
    x, y, z = (max(0.0, sum(w * c for w, c in zip(row, rgb, strict=False)) / row[3]) for row in weights)
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


# Safety


@pytest.mark.parametrize("spice", EVIL)
def test_evil(visit: Visit, spice: str) -> None:
    """Nothing written in the data or the address ever runs, in any tab, picture or export."""
    page = visit(
        Bicycles(wheels=2, spice=spice).drawing().page(),
        f"#n={spice}&lang={spice}&theme={spice}&off={spice}&q={spice}&st={spice}",
    )
    page.evaluate("window.hit = () => { window.struck = true }; null")
    for tab in (*TABS, "network"):
        page.evaluate("(tab) => view.selectTab(tab)", tab)
        page.evaluate("view.choose('b:crane')")
        page.evaluate("view.chooseStatement(view.statements.findIndex((row) => row.p === 'b:won'))")
    page.evaluate("view.choose('b:crane')")
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(page.evaluate("view.svgText()")).iter()}  # noqa: S314
    assert tags <= {"svg", "title", "style", "rect", "text", "g", "path", "ellipse", "circle"}
    assert page.evaluate("view.turtle()")
    shown = page.inner_text("#reading")
    assert page.evaluate("window.struck") is None
    assert "Crane" in shown
    assert not re.search("[\u0080-\u009f\u202a-\u202e\u2066-\u2069]", page.inner_text("body"))
    assert page.locator("#reading img, svg[onload], iframe, a[href^='javascript']").count() == 0


def test_scripts_are_plain() -> None:
    """Our scripts put text into the page as text: no innerHTML, no eval, no handlers in markup."""
    folder = Path(hima_kg.__file__).parent / "page"
    for file in sorted(folder.glob("*.js")):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", file.read_text("utf-8")
        ), file
    assert not re.search(r"\son[a-z]+=", (folder / "page.html.j2").read_text("utf-8"))
