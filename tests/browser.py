"""A real Chromium for the page's tests, and networks to draw that are made up for them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import networkx as nx
from playwright.sync_api import Browser, Page, Playwright

from hima_kg.page import Drawing

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LANGUAGES = ["en", "zh-hans", "ko"]
Record = dict[str, Any]
Visit = Callable[..., Page]


def launch(playwright: Playwright, **more: Any) -> Browser:
    """Start Debian's Chromium."""
    return playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS, **more)


@contextmanager
def visiting(browser: Browser, folder: Path, **options: Any) -> Iterator[Visit]:
    """Give a function that opens a page, a file or its text; in the end, none asked for anything, or complained of anything."""
    settings: Record = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", "accept_downloads": True}
    context = browser.new_context(**settings | options)
    asked, complaints, files = list[str](), list[str](), set[str]()

    def opened(page: Path | str, fragment: str = "") -> Page:
        file = page if isinstance(page, Path) else folder / "page.html"
        if isinstance(page, str):
            file.write_text(page, "utf-8")
        files.add(file.as_uri())
        tab = context.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto(file.as_uri() + fragment)
        tab.wait_for_selector("html[data-ready]")
        return tab

    yield opened
    context.close()
    assert complaints == []
    assert {url.partition("#")[0] for url in asked if not url.startswith(("data:", "blob:"))} <= files


def drawn_as(shape: str, color: str, lane: int, importance: int, *names: str) -> Record:
    """Return a class: how it is drawn, and its name in three languages."""
    row = {"shape": shape, "color": color, "lane": lane, "importance": importance}
    return {"label": dict(zip(LANGUAGES, names, strict=True)), **row}


class Bicycles:
    """A made-up network of two bicycle makers, the race where they met, and as many wheels and races as wanted.

    With spice, all that can be written in a project's files holds a piece of text, to see what a page makes of it.
    """

    def __init__(self, *, wheels: int = 0, races: int = 0, spice: str = "") -> None:
        """Make up the makers, wheels and races."""
        self.network = nx.MultiDiGraph(title=f"Bicycles{spice}", digest="ab12cd34ef56ab12", languages=LANGUAGES)
        self.things: Record = {}
        self.statements: list[Record] = []
        self.spice = spice
        self.add("b:crane", f"Crane{spice}", "白鹤", "두루미", keys=["baihe", "bh"])
        self.add("b:finch", "Finch")
        self.race("b:tour", f"Grand Tour{spice}", "2023-06-01", "2023-06-30", status="kg:Planned")
        self.say("b:crane", "b:founded", f"1911{spice}", lang="en")
        self.say("b:crane", "b:won", "b:tour", states=[self.held(rule="b:rule", startEarliest="2023-06-01", events=["b:tour"])])
        self.say("b:sold", "b:units", "77000", type="xsd:integer")
        self.say("b:sold", "b:of", "b:crane")
        self.say("b:sold", "skos:prefLabel", f"sold{spice}", lang="en")
        self.things["b:sold"] = {"cls": "b:Count", "keys": []}
        for i in range(wheels):
            self.add(f"b:wheel{i:03}", f"Spoked wheel {i}", f"车轮{i}", f"바퀴 {i}", cls="b:Wheel")
            self.say(("b:crane", "b:finch")[i % 2], "b:makes", f"b:wheel{i:03}")
        for i in range(races):
            self.race(f"b:race{i}", f"Hill race {i}", *[f"{2021 + i % 5}-{1 + i * 5 % 12:02}-15"] * 2)

    def drawing(self) -> Drawing:
        """Draw the network."""
        self.network.graph.setdefault("total", len(self.network))
        return Drawing(self.network, self.dossier())

    def add(self, node: str, *names: str, cls: str = "b:Maker", keys: list[str] | None = None, **more: Any) -> None:
        """Add a thing with a name for each language."""
        about: Record = {**dict.fromkeys(("earliest", "latest", "status", "status_id")), "event": False, "cls": cls}
        self.network.add_node(node, **about | more)
        self.things[node] = {"cls": cls, "keys": keys or []}
        for lang, name in zip(LANGUAGES, names, strict=False):
            self.say(node, "skos:prefLabel", name, lang=lang)

    def race(self, node: str, name: str, earliest: str | None, latest: str | None, status: str = "kg:Occurred") -> None:
        """Add an event."""
        self.add(node, name, cls="b:Race", event=True, earliest=earliest, latest=latest, status_id=status)

    def say(self, s: str, p: str, o: str, *, lang: str | None = None, type: str | None = None, states: Any = ()) -> None:
        """Add a statement, cited, unless it holds for a time."""
        link = o.startswith("b:") and not lang
        row = {"s": s, "p": p, "o": o, "link": link, "lang": lang, "type": type, "best": True, "derived": False}
        self.statements.append({**row, "claims": [] if states else ["c:1"], "states": list(states)})

    def held(self, **bounds: Any) -> Record:
        """Return a time for which a statement holds."""
        return {"basis": "Occurred", "claims": ["c:1"], "events": [], **bounds}

    def dossier(self) -> Record:
        """Return what is said of the network."""
        spice, says = self.spice, {"s": "b:crane", "p": "b:founded", "o": f"1911{self.spice}", "link": False, "lang": "en"}
        clash = {"id": "x:1", "label": {"en": f"founding year{spice}"}, "kind": "kg:Clash", "about": ["b:crane"], "rule": None}
        side = {"claim": "c:1", "preferred": False, "says": [says]}
        said = {"document": "doc:1", "locator": f"¶2 s1{spice}", "modality": "kg:Reported", "rank": "kg:Deprecated"}
        return {
            "things": self.things,
            "statements": self.statements,
            "classes": {
                "b:Maker": drawn_as("box", "#56B4E9", 1, 3, "maker", "制造商", "제조사"),
                "b:Wheel": drawn_as("diamond", "#F0E442", 2, 2, "wheel", "车轮", "바퀴"),
                "b:Race": drawn_as("square", "#D55E00", 6, 2, "race", "比赛", "경주"),
                "b:Count": drawn_as("dot", "#777777", 0, 1, "count", "数量", "수량"),
            },
            "properties": {
                **{
                    f"b:{name}": {"label": {"en": f"{name}{spice}"}, "color": color, "line": line, "timed": name == "won"}
                    for name, color, line in (
                        *(("makes", "#0072B2", "thick"), ("won", None, None), ("founded", None, "none")),
                        *(("units", None, None), ("of", None, None)),
                    )
                },
                "skos:prefLabel": {"label": {"en": "name"}, "color": None, "line": None, "timed": False},
            },
            "concepts": {"kg:Clash": {"en": f"contradiction{spice}"}, "kg:Reported": {"en": "reported"}},
            "documents": {
                "doc:1": {
                    "title": f"Spokes{spice}",
                    "lang": "en",
                    "publisher": spice,
                    "source": spice or "https://e.org",
                    "date": spice,
                }
            },
            "claims": {"c:1": {**said, "start": 1, "speakers": ["b:crane"]}},
            "rules": {"b:rule": f"wins follow races{spice}"},
            "conflicts": [{**clash, "sides": [side], "arithmetic": [f"2 ≠ 3{spice}"], "remarks": [spice], "sentence": spice}],
            "variations": [{**clash, "sides": [side], "arithmetic": [], "remarks": [], "sentence": spice}],
            "newest": "2024-01-01",
            "prefixes": {
                "b": "https://e.org/b/",
                "c": spice or "https://e.org/c/",
                "skos": "http://www.w3.org/2004/02/skos/core#",
            },
        }
