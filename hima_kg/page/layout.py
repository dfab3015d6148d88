"""Where everything stands: entities in lanes by class, nothing left to chance."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from . import routes

WIDTH, HEIGHT = 1080.0, 500.0  # pixels of the canvas in a 1440 x 900 window; units are pixels there
COLUMN, PITCH = 112.0, 36.0  # the least room for a node with its label beneath
HEADROOM, EDGE = 26.0, 8.0
SWEEPS = 24
GROWTH = 1.08
TEXTUAL = ("box", "ellipse")  # shapes that hold their label
WIDER = 1.25  # such columns are wider
NEAR = 60.0  # nodes closer than this, sideways, are joined by an arc


Line = tuple[str, str]
"""Two nodes that a line joins."""


@dataclass(frozen=True)
class Spot:
    """A node's centre, the width its label may take, and how far it may move."""

    x: float
    y: float
    room: float
    slack: float = 0.0


@dataclass(frozen=True)
class Layout:
    """Every node's spot on a canvas."""

    width: float
    height: float
    spots: dict[str, Spot]


def arrange(things: Mapping[str, Mapping[str, Any]], lines: Iterable[Line]) -> Layout:
    """Place things, each with the shape and lane that it is drawn in, on the smallest 2:1 canvas that has room for them."""
    lines = sorted(set(lines))
    lanes = ordered(things, _neighbours(things, lines))
    width, height = WIDTH, HEIGHT
    while True:
        columns = {lane: ceil(len(nodes) * PITCH / (height - HEADROOM)) for lane, nodes in lanes.items()}
        if sum(columns.values()) * COLUMN <= width:
            break
        width, height = width * GROWTH, height * GROWTH
    spots = _in_lanes(lanes, columns, _weights(things, lanes), (width, height))
    return Layout(width, height, _routed(things, lines, spots))


def ordered(things: Mapping[str, Mapping[str, Any]], near: Mapping[str, list[str]]) -> dict[int, list[str]]:
    """Order the nodes of each lane so that the lines between lanes are short (barycentre sweeps)."""
    lanes = _lanes(things)
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


def _lanes(things: Mapping[str, Mapping[str, Any]]) -> dict[int, list[str]]:
    lanes: dict[int, list[str]] = {}
    for node, drawn in sorted(things.items(), key=lambda item: (item[1]["cls"], item[0])):
        lanes.setdefault(drawn["lane"], []).append(node)
    return dict(sorted(lanes.items()))


def _neighbours(things: Iterable[str], lines: Iterable[Line]) -> dict[str, list[str]]:
    near: dict[str, set[str]] = {node: set() for node in sorted(things)}
    for one, other in lines:
        if one != other:
            near[one].add(other)
            near[other].add(one)
    return {node: sorted(others) for node, others in near.items()}


def _length(near: Mapping[str, list[str]], height: Mapping[str, float]) -> float:
    return round(sum(abs(height[one] - height[other]) for one, others in near.items() for other in others), 9)


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _weights(things: Mapping[str, Mapping[str, Any]], lanes: Mapping[int, list[str]]) -> dict[int, float]:
    textual = {node for node, drawn in things.items() if drawn["shape"] in TEXTUAL}
    return {lane: WIDER if 2 * len(textual.intersection(nodes)) > len(nodes) else 1.0 for lane, nodes in lanes.items()}


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


def _routed(things: Mapping[str, Mapping[str, Any]], lines: Iterable[Line], spots: dict[str, Spot]) -> dict[str, Spot]:
    points = {node: (spot.x, spot.y) for node, spot in spots.items()}
    across = {(min(line), max(line)) for line in lines if abs(spots[line[0]].x - spots[line[1]].x) >= NEAR}
    reach = {node: (15.0, 15.0) if things[node]["shape"] in TEXTUAL else (10.0, 22.0) for node in spots}
    moved = routes.clear(points, across, {node: spot.slack for node, spot in spots.items()}, reach)
    return {node: replace(spot, y=moved[node][1]) for node, spot in spots.items()}
