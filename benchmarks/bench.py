"""Ratios, measured in one run, against what a user would reach for instead; `make bench` writes docs/benchmarks.md.

Every measurement runs in a process of its own, so that CPU time and peak memory are its own too, and each ratio compares
two measurements of this run on this machine: the seconds themselves say little elsewhere.

    python benchmarks/bench.py docs/benchmarks.md 10000 100000 1000000
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import alliances

import hima_kg

HERE = Path(__file__).parent
ROUNDS = 15
BARRED = 500_000
LARGE = 340_000
"""A graph of so many quads has 20,000 things."""
LEFT = (".git", ".venv", "build", "tests")


@dataclass(frozen=True)
class Cost:
    """What a measurement took: seconds on the clock and of the processors, peak memory in MB, and what it said of itself."""

    wall: float
    cpu: float
    memory: int
    said: dict[str, float]


@dataclass(frozen=True)
class Row:
    """A line of the report: what was measured, the ratio, the bar that it is held to, and the figures behind it."""

    what: str
    ratio: str
    bar: str
    met: bool | None
    figures: str

    def __str__(self) -> str:
        """Return the line as Markdown."""
        sign = {True: "met", False: "**missed**", None: ""}[self.met]
        return f"| {self.what} | {self.ratio} | {self.bar} | {sign} | {self.figures} |"


def at_most(what: str, ratio: float, bar: float, figures: str) -> Row:
    """Return a row for a ratio that should be small."""
    return Row(what, f"{ratio:.2f}×", f"≤ {bar:g}×", ratio <= bar, figures)


def at_least(what: str, ratio: float, bar: float, figures: str) -> Row:
    """Return a row for a ratio that should be large."""
    shown = f"{ratio:.2f}×" if bar < 2 else f"{ratio:.0f}×"
    return Row(what, shown, f"≥ {bar:g}×", ratio >= bar, figures)


def barred(quads: int, row: Row) -> Row:
    """Return a row whose bar is for a million quads: below that, what is done once weighs more than what each quad costs."""
    return row if quads >= BARRED else replace(row, bar="", met=None)


def measured(name: str, *words: object, script: str = "measures.py") -> Cost:
    """Return what a measurement of a script costs, in a process of its own."""
    command = [sys.executable, str(HERE / script), name, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stderr}")
    told = json.loads(done.stdout.splitlines()[-1])
    return Cost(told.pop("wall"), told.pop("cpu"), int(told.pop("memory")), told)


def cheapest(project: Path, *names: str, rounds: int = 2) -> list[Cost]:
    """Return what each measurement costs, the best of some tries; they take turns, since a machine's speed drifts."""
    tries = [[measured(name, project) for name in names] for _ in range(rounds)]
    return [min(costs, key=lambda cost: cost.cpu) for costs in zip(*tries, strict=True)]


def quickest(*commands: list[object], rounds: int = ROUNDS) -> list[float]:
    """Return the shortest time that each command takes, turn by turn; modules are compiled, as those of a package are."""
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def once(command: list[object]) -> float:
        start = perf_counter()
        subprocess.run([str(word) for word in command], stdout=subprocess.DEVNULL, check=True, env=compiled)
        return perf_counter() - start

    return [min(times) for times in zip(*([once(command) for command in commands] for _ in range(rounds)), strict=True)]


def cold(project: Path, quads: int) -> Iterator[Row]:
    """Compare a query from the command line with a bare program on the same store, and with rdflib on the files."""
    store = next(path for path in (project / "build" / "stores").iterdir())
    query = "SELECT ?brand ?maker { ?brand <https://w3id.org/hima-kg/auto#madeBy> ?maker }"
    ours, bare = quickest(
        [sys.executable, "-m", "hima_kg", "query", "-e", query, "--project", project],
        [sys.executable, HERE / "bare.py", store, query],
    )
    rounds = max(1, ROUNDS * 10_000 // quads)  # of a large graph, one takes long, and a second is a small part of it
    (theirs,) = quickest([sys.executable, HERE / "rdflib_query.py", project, query], rounds=rounds)
    figures = f"{ours * 1000:.0f} ms; bare {bare * 1000:.0f} ms; rdflib {theirs:.2f} s"
    what = f"cold `hima-kg query`, {quads:,} quads"
    yield at_most(f"{what}, of a bare click and pyoxigraph program on the same store", ours / bare, 1.5, figures)
    figures = f"the bare program: {theirs / bare:.0f}×"
    yield at_least(f"{what}, faster than rdflib parsing and querying the files", theirs / ours, 10, figures)


def loads(project: Path, quads: int) -> Iterator[Row]:
    """Compare loading each fact into its claim and the best graph with the engine's own bulk load of the files."""
    raw, ours = cheapest(project, "raw_load", "one_pass")
    figures = f"{ours.wall:.2f} s; raw {raw.wall:.2f} s"
    yield at_least(
        f"load in one pass on disk, of the speed of raw `bulk_load`, {quads:,} quads",
        raw.wall / ours.wall,
        0.8,
        figures,
    )


def builds(project: Path, quads: int, before: Cost | None) -> tuple[Cost, list[Row]]:
    """Compare a whole build with the engine's bulk load of the same facts, and of all that the build stores.

    The bars are for a million quads: below that, what a build does once weighs more than what it does for every quad.
    """
    build, raw, stored = cheapest(project, "build", "raw_load", "raw_stored", rounds=3)
    held = int(build.said["quads"])
    what = f"whole build, {quads:,} quads, read to page, CPU"
    if quads < BARRED:
        figures = f"{build.cpu:.1f} s; raw {raw.cpu:.2f} s; {build.memory:,} MB at most"
        return build, [Row(f"{what} of raw `bulk_load`", f"{build.cpu / raw.cpu:.1f}×", "", None, figures)]
    rows = [
        at_most(
            f"{what} of raw `bulk_load` of the files",
            build.cpu / raw.cpu,
            3,
            f"{build.cpu:.1f} s; raw {raw.cpu:.1f} s; {build.wall:.1f} s on the clock",
        ),
        at_most(
            f"{what} of raw `bulk_load` of the {held:,} quads that it stores",
            build.cpu / stored.cpu,
            3,
            f"raw {stored.cpu:.1f} s",
        ),
        Row("peak memory of that build", f"{build.memory:,} MB", "≤ 1500 MB", build.memory <= 1500, ""),
    ]
    if before:
        grown = build.cpu / before.cpu
        rows.append(at_most("ten times the quads, times the CPU", grown, 11, f"{before.cpu:.1f} s → {build.cpu:.1f} s"))
    return build, rows


def times(project: Path, quads: int, build: Cost) -> Iterator[Row]:
    """Compare what time, doubt and proof cost with the same without them."""
    raw, derive = cheapest(project, "raw_load", "derive")
    what = f"derive, conflicts and all, {quads:,} quads, CPU of raw `bulk_load`"
    yield barred(quads, at_most(what, derive.cpu / raw.cpu, 2, f"{derive.cpu:.1f} s; raw {raw.cpu:.2f} s"))
    asked = [sys.executable, "-m", "hima_kg", "query", "who-owns", "-p", "mark=:t1", "--project", project]
    plain, on = quickest(asked, [*asked, "--on", "2022-05-05"])
    warm = measured("as_of", project).said
    figures = f"{on * 1000:.0f} ms; without {plain * 1000:.0f} ms"
    yield at_most(f"cold `hima-kg query --on`, {quads:,} quads, of the same without", on / plain, 3, figures)
    figures = f"{warm['on'] * 1000:.2f} ms; without {warm['plain'] * 1000:.2f} ms"
    yield at_most(f"`ask(…, on=…)`, warm, {quads:,} quads, of the same without", warm["on"] / warm["plain"], 3, figures)
    why = measured("why", project).said["ours"] * 1000
    yield Row(f"`why` of a derived statement, warm, {quads:,} quads", f"{why:.0f} ms", "≤ 50 ms", why <= 50, "")
    edit, addition = cheapest(project, "edit", "addition")
    figures = f"{edit.cpu:.1f} s; whole build {build.cpu:.1f} s"
    what = f"build after an edit of one claim, {quads:,} quads, CPU of a whole build"
    yield barred(quads, at_most(what, edit.cpu / build.cpu, 0.1, figures))
    what = f"build after a claim was added, {quads:,} quads, CPU of a whole build"
    yield Row(what, f"{addition.cpu / build.cpu:.2f}×", "", None, f"{addition.cpu:.1f} s")


def graph(project: Path) -> Iterator[Row]:
    """Compare shapes, named queries, Turtle and the network with what a user would take instead."""
    shapes = measured("shapes", project).said
    figures = f"{shapes['ours'] * 1000:.0f} ms; pySHACL {shapes['theirs']:.1f} s; {shapes['results']:.0f} results"
    assert shapes["same"], "pySHACL finds something else"
    yield at_least("shapes, faster than pySHACL with the same results", shapes["theirs"] / shapes["ours"], 50, figures)
    asked = measured("queries", project).said
    ours, raw, slow = (asked[name] for name in ("ours", "raw", "rdflib"))
    figures = f"{asked['count']:.0f} queries {ours * 1000:.0f} ms; raw {raw * 1000:.0f} ms; rdflib {slow:.0f} s"
    yield at_most("named queries, of raw pyoxigraph", ours / raw, 1.1, figures)
    yield at_least("named queries, faster than rdflib", slow / ours, 20, "")
    turtle = measured("turtle", project).said
    figures = f"{turtle['ours'] * 1000:.0f} ms; rdflib {turtle['theirs'] * 1000:.0f} ms; {turtle['triples']:,.0f} triples"
    yield at_least("sorted Turtle, faster than rdflib's", turtle["theirs"] / turtle["ours"], 10, figures)
    network = measured("network", project).said
    figures = f"{network['ours'] * 1000:.0f} ms; bare {network['theirs'] * 1000:.0f} ms; {network['edges']:,.0f} edges"
    yield at_most(
        "`network()`, of a bare networkx fed with names and links", network["ours"] / network["theirs"], 1.25, figures
    )


def pages(large: Path) -> Iterator[Row]:
    """Compare the page with what pyvis itself writes for the same network: this repository's own graph, and larger ones."""
    hima = Path(shutil.copytree(HERE.parent, large.parent / "hima", ignore=lambda *_: LEFT))
    hima_kg.build(hima)
    for of in (hima, large):
        said = measured("opened", of, script="pages.py").said
        what = f"page that holds {said['held']:,.0f} things (pyvis: {said['things']:.0f})"
        figures = f"{said['bytes'] / 1000:.0f} KB; pyvis {said['their_bytes'] / 1000:.0f} KB, without claims, search or fonts"
        yield at_most(f"{what}: size, of pyvis's own page", said["bytes"] / said["their_bytes"], 1, figures)
        figures = f"{said['ours']:.2f} s; pyvis {said['theirs']:.2f} s until it stands still"
        yield at_most(f"{what}: time to ready, of pyvis's own page", said["ours"] / said["theirs"], 1, figures)
    for things in (300, 800):
        said = measured("panned", large, things, script="pages.py").said
        bar = "≤ 50 ms" if things == 300 else ""
        met = said["ours"] <= 50 if bar else None
        what = f"frame while panning and zooming, {said['things']:.0f} things, 95th percentile"
        yield Row(what, f"{said['ours']:.0f} ms", bar, met, f"pyvis {said['theirs']:.0f} ms")
    said = measured("made", large, script="pages.py").said
    figures = f"{said['theirs'] / said['data']:.0f}× faster than pyvis's own path, {said['theirs']:.1f} s"
    what = f"nodes and edges for the renderer, {said['things']:,.0f} things"
    yield Row(what, f"{said['data']:.2f} s", "≤ 1 s", said["data"] <= 1, figures)
    figures = f"{said['page']:.1f} s from the store to the page, which holds the 2,000 most important"
    yield at_most(f"page of {said['things']:,.0f} things, of pyvis's own path", said["page"] / said["theirs"], 1, figures)


def report(rows: list[Row]) -> str:
    """Return the page that shows the rows."""
    import pyoxigraph

    machine = (
        f"Python {platform.python_version()}, pyoxigraph {pyoxigraph.__version__}, {platform.system()} {platform.machine()}"
    )
    lines = "\n".join(map(str, rows))
    return f"""# Benchmarks

`make bench` writes this page: ratios, measured in one run ({machine}), against what a user would reach for instead.
The graphs are invented alliances of brands, marks, models and sales, made by `benchmarks/alliances.py`.
Their ontology, shapes, rules and queries are this repository's own.
The seconds are this machine's; the ratios are what carries over.

| what | ratio | bar | | figures |
|---|---|---|---|---|
{lines}
"""


def measurements(sizes: list[int], scratch: Path) -> Iterator[Row]:
    """Go through all rows, size by size."""
    before: Cost | None = None
    for size in sizes:
        project = scratch / str(size)
        quads = alliances.write(size, project)
        before, rows = builds(project, quads, before)
        yield from rows
        yield from cold(project, quads)
        yield from times(project, quads, before)
        if size == min(sizes):
            yield from graph(project)
        if size == max(sizes):
            yield from loads(project, quads)
    alliances.write(LARGE, scratch / "large")
    hima_kg.build(scratch / "large")
    yield from pages(scratch / "large")


def main(page: Path, sizes: list[int]) -> None:
    """Measure graphs of some sizes, and write the page."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch:
        for row in measurements(sizes, Path(scratch)):
            print(row, flush=True)
            rows.append(row)
    page.write_text(report(rows), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(size) for size in sys.argv[2:]])
