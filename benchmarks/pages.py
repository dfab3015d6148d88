"""The page against pyvis's own output for the same graph: size, time to ready, frames while panning, time to make it.

pyvis draws what it is given with its own template and its own settings: physics on, and all that it can put into the file.
"""

from __future__ import annotations

import gc
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

import networkx as nx
from measures import Clock, Said, best_of, main, scratch
from playwright.sync_api import Page, sync_playwright
from pyvis.network import Network

import hima_kg
from hima_kg.dossier import dossier
from hima_kg.page import HELD, Drawing

ROUNDS = 3
STEADY = """() => {
  const told = () => document.documentElement.setAttribute("data-ready", "");
  const drawn = () => requestAnimationFrame(() => requestAnimationFrame(told));
  addEventListener("load", () => {
    if (typeof network === "undefined" || document.getElementById("sheet")) return;
    if (network.physics.stabilized || !network.physics.physicsEnabled) drawn();
    else network.once("stabilizationIterationsDone", drawn);
  });
}"""
PAN = """async ({ frames }) => {
  const shown = window.view?.network ?? network, from = shown.getViewPosition(), scale = shown.getScale(), times = [];
  let last = performance.now();
  for (let i = 0; i < frames; i += 1) {
    await new Promise(requestAnimationFrame);
    times.push(performance.now() - last);
    last = performance.now();
    const position = { x: from.x + 120 * Math.sin(i / 6), y: from.y };
    shown.moveTo({ position, scale: scale * (1 + 0.3 * Math.sin(i / 15)), animation: false });
  }
  return times.sort((a, b) => a - b)[Math.floor(0.95 * frames)];
}"""
BRING = """(wanted) => {
  const order = [...view.nodes.values()].filter((node) => !node.event).map((node) => node.id);
  for (const id of order) if (view.shown.size < wanted && view.shown.has(id)) view.expand(id);
  for (const id of order) if (view.shown.size < wanted && !view.shown.has(id)) view.ensure(id);
  return view.shown.size;
}"""


def stock(network: nx.MultiDiGraph, most: int | None = None, *, physics: bool = True) -> str:
    """Return the page that pyvis itself makes of a network, or of its first things."""
    plain = nx.MultiDiGraph()
    plain.add_nodes_from((node, _told(about)) for node, about in [*network.nodes(data=True)][:most])
    linked = ((source, target, key) for source, target, key in network.edges(keys=True))
    plain.add_edges_from((one, other, {"title": key}) for one, other, key in linked if one in plain and other in plain)
    theirs = Network(directed=True, cdn_resources="in_line", height="900px")
    theirs.from_nx(plain)
    theirs.toggle_physics(physics)
    return str(theirs.generate_html())


def _told(about: dict[str, object]) -> dict[str, object]:
    names = about["label"]
    return {"label": next(iter(names.values()), "?") if isinstance(names, dict) else "?", "group": about["cls"]}


@contextmanager
def chromium() -> Iterator[Page]:
    """Give a tab of Debian's Chromium, with the window of a laptop, and no way out."""
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True, reduced_motion="reduce")
        context.add_init_script(f"({STEADY})()")
        yield context.new_page()
        browser.close()


def ready(tab: Page, file: Path) -> float:
    """Return for how many seconds one waits until a page is drawn and stands still, in the middle of some tries."""

    def once() -> float:
        tab.goto("about:blank")
        start = perf_counter()
        tab.goto(file.as_uri())
        tab.wait_for_selector("html[data-ready]", timeout=300_000)
        return perf_counter() - start

    return median(once() for _ in range(ROUNDS))


def opened(clock: Clock, project: str) -> Said:
    """Open the page of a project, and the one that pyvis makes of its things, the 800 most important if there are more."""
    graph = hima_kg.open(project)
    ours = graph.page()
    drawn = [*graph.network(most=800).nodes]
    theirs = stock(graph.network().subgraph(drawn))
    with scratch() as folder, chromium() as tab:
        for name, text in (("ours", ours), ("theirs", theirs)):
            (folder / f"{name}.html").write_text(text, "utf-8")
        times = {name: ready(tab, folder / f"{name}.html") for name in ("ours", "theirs")}
    return {
        "bytes": len(ours.encode()),
        "their_bytes": len(theirs.encode()),
        **times,
        "things": len(drawn),
        "held": len(graph.network(most=HELD)),
    }


def panned(clock: Clock, project: str, things: str) -> Said:
    """Pan and zoom over so many things, in our page and, standing still from the start, in pyvis's."""
    graph = hima_kg.open(project)
    with scratch() as folder, chromium() as tab:
        (folder / "ours.html").write_text(graph.page(), "utf-8")
        (folder / "theirs.html").write_text(stock(graph.network(most=2000), int(things), physics=False), "utf-8")
        ready(tab, folder / "ours.html")
        shown = tab.evaluate(BRING, int(things))
        ours = tab.evaluate(PAN, {"frames": 90})
        ready(tab, folder / "theirs.html")
        theirs = tab.evaluate(PAN, {"frames": 90})
    return {"ours": ours, "theirs": theirs, "things": shown}


def made(clock: Clock, project: str) -> Said:
    """Make the nodes and edges of a whole network ready for the renderer, as JSON, and then the page as a reader gets it.

    Like timeit, it does without the garbage collector, which would look through what the network was made of time and again.
    """
    graph = hima_kg.open(project)
    network, told = graph.network(), dossier(graph.store, graph.prefixes, None)
    gc.disable()
    (data,) = best_of(lambda: _data(Drawing(network, told)))
    page, theirs = best_of(graph.page, lambda: stock(network), rounds=1)
    return {"things": float(len(network)), "data": data, "page": page, "theirs": theirs}


def _data(drawing: Drawing) -> str:
    return json.dumps({"nodes": drawing.nodes, "edges": drawing.edges})


if __name__ == "__main__":
    main(globals())
