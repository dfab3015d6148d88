"""A network as pyvis nodes and edges, and the page around them."""

from __future__ import annotations

import re
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import sha256
from importlib.resources import files
from json import dumps, loads
from pathlib import Path
from typing import Any

import networkx as nx
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pyvis.network import Network

from ..characters import HIDDEN
from ..dossier import Table
from . import fonts
from .assets import HERE, asset, packed
from .engine import SCRIPTS as ASKING
from .engine import Engine
from .layout import NEAR, Layout, arrange
from .palette import THEMES, themed

RENDERER = "templates/lib/vis-9.1.2/vis-network.min.js"
SCRIPTS = (
    *("data.js", "words.js", "elements.js", "time.js", "seen.js", "lines.js", "canvas.js", "values.js", "panel.js"),
    *("band.js", "timeline.js", "table.js", "conflicts.js", "sources.js", "search.js", "exports.js", "page.js"),
)
WIDTHS = {"thick": 2.4, "normal": 1.4, "thin": 0.9, "dotted": 1.2}
FIRST = 300  # so many things a page of a large network draws at first
JOINERS = "\u200c\u200d"
"""What joins or parts letters, as in Persian names, and signs of one picture: a page shows what they do."""
_HIDDEN = re.compile(f"(?![{JOINERS}])[\x00-\x1f\x7f-\x9f{HIDDEN}\ufffe\uffff]")


class Page(Network):  # type: ignore[misc]
    """A pyvis network with our own template, which writes pages; pyvis brings the model and the renderer it bundles."""

    def __init__(self) -> None:
        """Begin with nothing on it."""
        super().__init__(directed=True, cdn_resources="in_line")
        self.path = "page.html.j2"
        env = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
        self.templateEnv = env
        self.embedded = fonts.embed("")

    def written(self, contents: str, about: Table, font: Path | None = None, engine: Engine | None = None) -> str:
        """Return the page that shows some contents, with its `title`, `lang` and `languages`.

        It is sealed: nothing runs but the scripts that came with it.
        A font may be named for what is East Asian in it; `embedded` says which characters those are, and which have no glyph.
        With an engine it has a tab that answers SPARQL.
        """
        vis, start = (files("pyvis") / RENDERER).read_text("utf-8"), asset("start.js")
        own = "\n".join(map(asset, (*SCRIPTS[:-1], *ASKING, SCRIPTS[-1]) if engine else SCRIPTS))
        languages = about["languages"]
        self.embedded = fonts.embed(_characters(contents, own, languages), languages, font)
        colors = "".join(_variables(selector, THEMES[name]) for selector, name in _SELECTORS)
        style = colors + asset("page.css") + (engine.style if engine else "") + self.embedded.rules
        self.templateEnv.globals.update(
            lang=about["lang"],
            title=_visible(about["title"]),
            data=packed(contents.encode()),
            renderer=packed(vis.encode()),
            blocks=engine.blocks if engine else {},
            script=packed(own.encode()),
            start=Markup(start),  # noqa: S704 - this is our own file
            style=Markup(style),  # noqa: S704 - and so is this
            script_hashes=[_digest(start), _digest(vis), _digest(own)],
            style_hash=_digest(style),
        )
        return str(self.generate_html())


class Drawing(Page):
    """The page of a network, drawn: where everything stands, and how it is joined."""

    def __init__(self, network: nx.MultiDiGraph, dossier: Table) -> None:
        """Draw a network: entities in lanes, the most important at first if there are too many; events on the band."""
        super().__init__()
        self.network, self.dossier = network, dossier
        self.lines = {number: row for number, row in enumerate(dossier["statements"]) if self._is_line(row)}
        entities = {node: self._drawn(node) for node, about in network.nodes(data=True) if not about["event"]}
        self.first = _first(entities, self.lines.values()) if len(entities) > FIRST else {*entities}
        placed = {node: drawn for node, drawn in entities.items() if node in self.first}
        ends = [(row["s"], row["o"]) for row in self.lines.values() if row["s"] in placed and row["o"] in placed]
        self.layout = arrange(placed, ends)
        self.nodes = [self._node(node, about) for node, about in sorted(network.nodes(data=True))]
        self.node_map = {node["id"]: node for node in self.nodes}
        self.node_ids = list(self.node_map)
        self.edges = self._edges()

    def page(self, lang: str = "en", on: str | None = None, font: Path | None = None, engine: Engine | None = None) -> str:
        """Return the page, in a language and, if given, as of a day, with what `written` says of fonts and engines."""
        about = {"title": self.network.graph["title"], "lang": lang, "languages": self.network.graph["languages"]}
        return self.written(self.contents(lang, on, engine), about, font, engine)

    def contents(self, lang: str = "en", on: str | None = None, engine: Engine | None = None) -> str:
        """Return all that the page tells, in JSON."""
        return _json(_lean({"nodes": self.nodes, "edges": self.edges, **self._contents(lang, on, engine)}))

    def _is_line(self, row: Table) -> bool:
        """Whether a statement is drawn: one that is said, or holds for a time, between two things of the network."""
        drawn = row["link"] and not row["derived"] and row["s"] in self.network and row["o"] in self.network
        return bool(drawn and self.dossier["properties"][row["p"]]["line"] != "none")

    def _drawn(self, node: str) -> Table:
        cls = self.network.nodes[node]["cls"]
        return {"cls": cls, **self.dossier["classes"][cls]}

    def _node(self, node: str, about: Table) -> Table:
        drawn = self._drawn(node)
        event = {name: about[name] for name in ("event", "earliest", "latest", "status_id")} if about["event"] else {}
        spot = self.layout.spots.get(node)
        place = {"x": spot.x, "y": spot.y, "room": spot.room} if spot else {}
        return {"id": node, "shape": drawn["shape"], **event, **place}

    def _edges(self) -> list[Table]:
        """Return an edge a line, with the number of its statement and how it bends if it runs alone; the page makes fans."""
        return [self._edge(*line) for line in sorted(self.lines.items(), key=lambda line: sorted((line[1]["s"], line[1]["o"])))]

    def _edge(self, number: int, row: Table) -> Table:
        line = self.dossier["properties"][row["p"]]["line"] or "normal"
        source, target = row["s"], row["o"]
        bend = _bend(self.layout, source, target)
        return {"id": f"e{number}", "from": source, "to": target, "statement": number, "width": WIDTHS[line], "bend": bend}

    def _contents(self, lang: str, on: str | None, engine: Engine | None) -> Table:
        graph, words = self.network.graph, loads(asset("words.json"))
        if engine:
            words = {tag: said | engine.words.get(tag, {}) for tag, said in words.items()}
        return {
            **self.dossier,
            "classes": _colored(self.dossier["classes"]),
            "properties": _colored(self.dossier["properties"]),
            "title": graph["title"],
            "digest": graph["digest"],
            "languages": graph["languages"],
            "total": graph["total"],
            "lang": lang,
            "on": on,
            "words": {of: said for of, said in words.items() if of in {"en", lang, *graph["languages"]}},
            "canvas": {"width": self.layout.width, "height": self.layout.height},
            **(engine.contents if engine else {}),
        }


def sealed(contents: str, digest: str) -> str:
    """Return the contents of a page that was drawn before the digest of its graph was known, with the digest."""
    return contents.replace('"digest":""', f'"digest":{_json(digest)}', 1)


def retold(contents: str, **tables: Any) -> str:
    """Return the contents of a page with some of what they say, by name, said anew."""
    return _json(loads(contents) | tables)


def tells(contents: str, names: Iterable[str]) -> bool:
    """Whether the contents of a page tell of any of some things, by CURIE."""
    return any(_json(name) in contents for name in names)


def _first(entities: Mapping[str, Table], lines: Iterable[Table]) -> set[str]:
    """Return the entities that are drawn at first: the most important, and of those the most connected."""
    links: dict[str, int] = defaultdict(int)
    for row in lines:
        links[row["s"]] += 1
        links[row["o"]] += 1
    return {*sorted(entities, key=lambda node: (-entities[node]["importance"], -links[node], node))[:FIRST]}


def _bend(layout: Layout, source: str, target: str) -> list[Any]:
    """How a line bends: an arc within a column, else a curve with flat ends."""
    one, other = layout.spots.get(source), layout.spots.get(target)
    if one is None or other is None or abs(one.x - other.x) < NEAR:
        return ["curvedCW", 0.18]
    return ["horizontal", 0.5]


_SELECTORS = (
    (":root", "light"),
    ("@media (prefers-color-scheme: dark) { :root", "dark"),
    (":root[data-theme=light]", "light"),
    (":root[data-theme=dark]", "dark"),
)


def _variables(selector: str, theme: dict[str, str]) -> str:
    values = " ".join(f"--{name}: {color};" for name, color in theme.items())
    return f"{selector} {{ {values} }}{' }' if selector.startswith('@') else ''}\n"


def _colored(table: Table) -> Table:
    return {key: {**row, "color": row["color"] and themed(row["color"])} for key, row in table.items()}


def _visible(text: str) -> str:
    """Write out the signs in a text that steer its direction or cannot be seen."""
    return _HIDDEN.sub(lambda sign: f"⟨U+{ord(sign[0]):04X}⟩", text)


_NESTED, _PLAIN = {dict, list, tuple}, {int, float, str}


def _lean(value: Any) -> Any:
    """Leave out what is None, False, or an empty table; the page reads them from absence."""
    if isinstance(value, dict):
        kept = [(key, item) for key, item in value.items() if item or item.__class__ in _PLAIN]
        return {key: _lean(item) if item.__class__ in _NESTED else item for key, item in kept}
    return [_lean(item) if item.__class__ in _NESTED else item for item in value]


def _characters(contents: str, script: str, languages: Iterable[str]) -> str:
    """Return what of a page is East Asian: in its data, and the names of languages in its script, if such a one is offered."""
    offered = any(tag.lower().startswith(("zh", "ko", "ja")) for tag in languages)
    return fonts.written(contents + script * offered)


def _json(data: Any) -> str:
    return dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _digest(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
