"""A network as pyvis nodes and edges, and the page around them."""

import re
from base64 import b64encode
from collections import defaultdict
from hashlib import sha256
from importlib.resources import files
from json import loads
from pathlib import Path
from typing import Any

import networkx as nx
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pyvis.network import Network

from .layout import NEAR, Layout
from .palette import THEMES, themed

HERE = Path(__file__).parent
RENDERER = "templates/lib/vis-9.1.2/vis-network.min.js"
SCRIPTS = ("text.js", "canvas.js", "panel.js", "page.js")
WIDTHS = {"thick": 2.4, "normal": 1.4, "thin": 0.9, "dotted": 1.2}
FAN = 0.16  # how far apart parallel edges bend
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class Drawing(Network):  # type: ignore[misc]
    """A pyvis network with our own template; pyvis brings the model and the renderer it bundles."""

    def __init__(self, network: nx.MultiDiGraph, layout: Layout) -> None:
        """Draw a network as laid out."""
        super().__init__(directed=True, cdn_resources="in_line")
        self.path = "page.html.j2"
        self.templateEnv = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
        self.templateEnv.policies["json.dumps_kwargs"] = {
            "sort_keys": True,
            "ensure_ascii": False,
            "separators": (",", ":"),
        }
        self.network, self.layout = network, layout
        self.nodes = [self._node(node, about) for node, about in sorted(network.nodes(data=True))]
        self.node_map = {node["id"]: node for node in self.nodes}
        self.node_ids = list(self.node_map)
        self.edges = self._edges()

    def page(self, lang: str) -> str:
        """Return the page, sealed: nothing runs but the scripts that came with it."""
        scripts = [(files("pyvis") / RENDERER).read_text("utf-8"), *(_asset(name) for name in SCRIPTS)]
        style = _asset("page.css")
        colors = "".join(_variables(selector, THEMES[name]) for selector, name in _SELECTORS)
        self.templateEnv.globals.update(
            lang=lang,
            title=_visible(self.network.graph["title"]),
            data=_lean({"nodes": self.nodes, "edges": self.edges, "page": self._contents(lang)}),
            scripts=[Markup(script) for script in scripts],  # noqa: S704 - these are our own files
            style=Markup(colors + style),  # noqa: S704 - and so is this
            script_hashes=[_digest(script) for script in scripts],
            style_hash=_digest(colors + style),
        )
        return str(self.generate_html())

    def _node(self, node: str, about: dict[str, Any]) -> dict[str, Any]:
        drawn = self.network.graph["classes"][about["cls"]]
        spot = self.layout.spots[node]
        return {
            **about,
            "id": node,
            **{name: getattr(spot, name) for name in ("x", "y", "room", "span", "side")},
            "shape": drawn["shape"],
            "importance": drawn["importance"],
        }

    def _edges(self) -> list[dict[str, Any]]:
        properties = self.network.graph["properties"]
        pairs = defaultdict(list)
        for source, target, key, about in sorted(self.network.edges(keys=True, data=True), key=lambda edge: edge[:3]):
            if properties[key]["line"] != "none":
                pairs[tuple(sorted((source, target)))].append((source, target, key, about))
        edges = [
            self._edge(source, target, key, about, place - (len(fan) - 1) / 2)
            for _, fan in sorted(pairs.items())
            for place, (source, target, key, about) in enumerate(fan)
        ]
        return [{"id": f"e{i}", **edge} for i, edge in enumerate(edges)]

    def _edge(self, source: str, target: str, key: str, about: dict[str, Any], place: float) -> dict[str, Any]:
        line = self.network.graph["properties"][key]["line"] or "normal"
        return {
            **about,
            "from": source,
            "to": target,
            "property": key,
            "event": any(self.network.nodes[end]["event"] for end in (source, target)),
            "width": WIDTHS[line],
            "dotted": line == "dotted",
            "bend": self._bend(source, target, place if source < target else -place),
        }

    def _bend(self, source: str, target: str, place: float) -> list[Any]:
        """How a line bends: a fan of parallels, an arc within a column, else a curve with flat or upright ends."""
        one, other = self.layout.spots[source], self.layout.spots[target]
        if place:
            return ["curvedCW" if place > 0 else "curvedCCW", round(abs(place) * FAN, 3)]
        if "below" not in (one.side, other.side) or abs(one.x - other.x) < NEAR:
            return ["curvedCW", 0.18]
        return ["horizontal" if one.side == other.side else "vertical", 0.5]

    def _contents(self, lang: str) -> dict[str, Any]:
        graph = self.network.graph
        tables = ("title", "digest", "languages", "documents", "rules", "conflicts", "asides", "kinds")
        band = self.layout.band
        return {
            **{name: graph[name] for name in tables},
            "total": graph.get("total", len(self.network)),
            "lang": lang,
            "claims": {key: {**claim, "modality": None} for key, claim in graph["claims"].items()},
            "modalities": {claim["modality_id"]: claim["modality"] for claim in graph["claims"].values()},
            "words": loads(_asset("words.json")),
            "classes": _colored(graph["classes"]),
            "properties": _colored(graph["properties"]),
            "canvas": {"width": self.layout.width, "height": self.layout.height, "top": self.layout.top},
            "band": {"ticks": band.ticks, "undated": band.undated},
        }


_SELECTORS = (
    (":root", "light"),
    ("@media (prefers-color-scheme: dark) { :root", "dark"),
    (":root[data-theme=light]", "light"),
    (":root[data-theme=dark]", "dark"),
)


def _variables(selector: str, theme: dict[str, str]) -> str:
    values = " ".join(f"--{name}: {color};" for name, color in theme.items())
    return f"{selector} {{ {values} }}{' }' if selector.startswith('@') else ''}\n"


def _colored(table: dict[str, Any]) -> dict[str, Any]:
    return {key: {**row, "color": row["color"] and themed(row["color"])} for key, row in table.items()}


def _visible(text: str) -> str:
    """Write out the signs in a text that steer its direction or cannot be seen."""
    return HIDDEN.sub(lambda sign: f"⟨U+{ord(sign[0]):04X}⟩", text)


def _lean(value: Any) -> Any:
    """Leave out what is None or False; the page reads them from absence."""
    if isinstance(value, dict):
        return {key: _lean(item) for key, item in value.items() if item is not None and item is not False}
    return [_lean(item) for item in value] if isinstance(value, list | tuple) else value


def _asset(name: str) -> str:
    return (HERE / name).read_text("utf-8")


def _digest(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
