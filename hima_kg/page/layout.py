"""Where everything stands: entities in lanes by class, events on a time band below, nothing left to chance."""

from dataclasses import dataclass, replace
from math import ceil

import networkx as nx

from hima_kg.page import routes

from .timeband import ROW, Band, band

WIDTH, HEIGHT = 1080.0, 675.0  # pixels of a 16:10 canvas in a 1440 x 900 window; units are pixels there
COLUMN, PITCH = 112.0, 36.0  # the least room for a node with its label beneath
HEADROOM, EDGE = 26.0, 8.0
SWEEPS = 24
GROWTH = 1.08
BAND_SHARE = 0.45
TEXTUAL = ("box", "ellipse")  # shapes that hold their label
WIDER = 1.25  # such columns are wider
NEAR = 60.0  # nodes closer than this, sideways, are joined by an arc


@dataclass(frozen=True)
class Spot:
    """A node's centre, the width its label may take, how long an event's bar is, and how far it may move."""

    x: float
    y: float
    room: float
    span: float = 0.0
    side: str = "below"
    slack: float = 0.0


@dataclass(frozen=True)
class Layout:
    """Every node's spot on a canvas, and the time band beneath."""

    width: float
    height: float
    spots: dict[str, Spot]
    band: Band
    top: float


def arrange(network: nx.MultiDiGraph) -> Layout:
    """Place a network's nodes, on the smallest 16:10 canvas that has room for them."""
    lanes = ordered(network)
    width, height = WIDTH, HEIGHT
    while True:
        events = band(network, width)
        top = height - events.height
        columns = {lane: ceil(len(nodes) * PITCH / max(PITCH, top - HEADROOM)) for lane, nodes in lanes.items()}
        if _fits(events, width, height) and sum(columns.values()) * COLUMN <= width:
            break
        width, height = width * GROWTH, height * GROWTH
    spots = _routed(network, _in_lanes(lanes, columns, _weights(network, lanes), (width, top))) | _in_band(events, top)
    return Layout(width, height, spots, events, top)


def _fits(events: Band, width: float, height: float) -> bool:
    return events.height <= BAND_SHARE * height and (events.undated is None or events.undated >= width / 2)


def ordered(network: nx.MultiDiGraph) -> dict[int, list[str]]:
    """Order the nodes of each lane so that the lines between lanes are short (barycentre sweeps)."""
    lanes = _lanes(network)
    near = _neighbours(network)
    height = {node: (i + 0.5) / len(nodes) for nodes in lanes.values() for i, node in enumerate(nodes)}
    best, best_length = lanes, _length(near, height)
    for sweep in range(SWEEPS):
        lanes = dict(lanes)
        for lane in sorted(lanes, reverse=sweep % 2 == 1):
            pull = {node: _mean([height[n] for n in near[node]], height[node]) for node in lanes[lane]}
            lanes[lane] = sorted(lanes[lane], key=lambda node: (pull[node], height[node]))
            height |= {node: (i + 0.5) / len(lanes[lane]) for i, node in enumerate(lanes[lane])}
        if (length := _length(near, height)) < best_length:
            best, best_length = lanes, length
    return best


def _lanes(network: nx.MultiDiGraph) -> dict[int, list[str]]:
    classes = network.graph["classes"]
    lanes: dict[int, list[str]] = {}
    for node, about in sorted(network.nodes(data=True), key=lambda item: (item[1]["cls"], item[0])):
        if not about["event"]:
            lanes.setdefault(classes[about["cls"]]["lane"], []).append(node)
    return dict(sorted(lanes.items()))


def _neighbours(network: nx.MultiDiGraph) -> dict[str, list[str]]:
    entities = {node for node, about in network.nodes(data=True) if not about["event"]}
    near: dict[str, set[str]] = {node: set() for node in entities}
    for one, other, key in network.edges(keys=True):
        if one != other and {one, other} <= entities and network.graph["properties"][key]["line"] != "none":
            near[one].add(other)
            near[other].add(one)
    return {node: sorted(near[node]) for node in sorted(near)}


def _length(near: dict[str, list[str]], height: dict[str, float]) -> float:
    return round(sum(abs(height[one] - height[other]) for one, others in near.items() for other in others), 9)


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _weights(network: nx.MultiDiGraph, lanes: dict[int, list[str]]) -> dict[int, float]:
    textual = {node for nodes in lanes.values() for node in nodes if _textual(network, node)}
    return {lane: WIDER if 2 * len(textual.intersection(nodes)) > len(nodes) else 1.0 for lane, nodes in lanes.items()}


def _textual(network: nx.MultiDiGraph, node: str) -> bool:
    return network.graph["classes"][network.nodes[node]["cls"]]["shape"] in TEXTUAL


def _in_lanes(
    lanes: dict[int, list[str]], columns: dict[int, int], weights: dict[int, float], size: tuple[float, float]
) -> dict[str, Spot]:
    unit = size[0] / max(1, sum(columns[lane] * weights[lane] for lane in lanes))
    spots: dict[str, Spot] = {}
    left = 0.0
    for lane, nodes in lanes.items():
        column = unit * weights[lane]
        pitch = (size[1] - HEADROOM) / len(nodes)
        slack = max(0.0, (pitch * columns[lane] - PITCH) / 2)
        for i, node in enumerate(nodes):
            x, y = left + (i % columns[lane] + 0.5) * column, (i + 0.5) * pitch
            room = max(0.0, min(slack, y - EDGE, size[1] - HEADROOM - y))
            spots[node] = Spot(round(x, 1), round(y, 1), round(column * 0.96, 1), slack=room)
        left += columns[lane] * column
    return spots


def _routed(network: nx.MultiDiGraph, spots: dict[str, Spot]) -> dict[str, Spot]:
    points = {node: (spot.x, spot.y) for node, spot in spots.items()}
    lines = {
        (min(one, other), max(one, other))
        for one, others in _neighbours(network).items()
        for other in others
        if abs(spots[one].x - spots[other].x) >= NEAR
    }
    reach = {node: (15.0, 15.0) if _textual(network, node) else (10.0, 22.0) for node in spots}
    moved = routes.clear(points, lines, {node: spot.slack for node, spot in spots.items()}, reach)
    return {node: replace(spot, y=moved[node][1]) for node, spot in spots.items()}


def _in_band(events: Band, top: float) -> dict[str, Spot]:
    return {
        bar.node: Spot(round(bar.x, 1), round(top + (bar.row + 0.5) * ROW, 1), round(bar.room, 1), bar.span, bar.side)
        for bar in events.bars
    }
