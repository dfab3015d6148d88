"""Lines that run clear of what they do not join: nodes move up or down a little, in the room they have."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import accumulate

STEPS = 6  # places tried above and below
SWEEPS = 2
GRAIN = 64

Point = tuple[float, float]
Walls = tuple[list[float], list[float]]
"""What nodes of a column take up: where each begins, in order, and how far those up to it reach."""


def _rises() -> list[float]:
    """How far up a line is at each of GRAIN steps sideways: the cubic curve with flat ends that the page draws."""
    rises, time = [], 0.0
    for step in range(GRAIN + 1):
        while 1.5 * time - 1.5 * time**2 + time**3 < step / GRAIN and time < 1:
            time += 0.002
        rises.append(3 * time**2 - 2 * time**3)
    return rises


RISES = _rises()


def crossing(one: Point, other: Point, x: float) -> float:
    """Return the height at which the line between two points passes `x`.

    >>> crossing((0, 0), (10, 0), 5)
    0.0
    """
    along = (x - one[0]) / (other[0] - one[0])
    return one[1] + (other[1] - one[1]) * RISES[round(along * GRAIN)]


def clear(
    points: Mapping[str, Point],
    lines: Iterable[tuple[str, str]],
    slack: Mapping[str, float],
    reach: Mapping[str, tuple[float, float]],
) -> dict[str, Point]:
    """Move points up or down within their slack, so that few lines pass through a point's reach (above, below)."""
    points = dict(points)
    lines = sorted(set(lines))
    columns: dict[float, list[str]] = defaultdict(list)
    for node, (x, _) in sorted(points.items()):
        columns[x].append(node)
    ends: dict[str, list[str]] = defaultdict(list)
    for one, other in lines:
        ends[one].append(other)
        ends[other].append(one)
    for _ in range(SWEEPS):
        for x, members in sorted(columns.items()):
            through = _through(points, lines, x)
            walls = {left: _walls(points, reach, nodes) for left, nodes in columns.items() if left != x}
            for node in members:
                heights = _heights(points[node][1], slack[node])
                best = min(heights, key=lambda y: _hits((x, y), reach[node], through, walls, [points[n] for n in ends[node]]))
                points[node] = (x, round(best, 1))
        slack = {node: room / 3 for node, room in slack.items()}
    return points


def _heights(y: float, room: float) -> list[float]:
    steps = sorted(range(-STEPS, STEPS + 1), key=lambda step: (abs(step), step))
    return [y + step * room / STEPS for step in steps] if room > 0 else [y]


def _through(points: Mapping[str, Point], lines: list[tuple[str, str]], x: float) -> list[float]:
    pairs = ((points[one], points[other]) for one, other in lines)
    return sorted(crossing(a, b, x) for a, b in pairs if min(a[0], b[0]) < x < max(a[0], b[0]))


def _walls(points: Mapping[str, Point], reach: Mapping[str, tuple[float, float]], nodes: list[str]) -> Walls:
    spans = sorted((points[node][1] - reach[node][0], points[node][1] + reach[node][1]) for node in nodes)
    return [low for low, _ in spans], [*accumulate((high for _, high in spans), max)]


def _blocked(walls: Walls, height: float) -> bool:
    lows, highs = walls
    below = bisect_left(lows, height)
    return below > 0 and height < highs[below - 1]


def _hits(
    point: Point,
    reach: tuple[float, float],
    through: list[float],
    walls: Mapping[float, Walls],
    ends: list[Point],
) -> int:
    passing = bisect_right(through, point[1] + reach[1]) - bisect_left(through, point[1] - reach[0])
    return passing + sum(
        _blocked(column, crossing(point, end, x))
        for end in ends
        for x, column in walls.items()
        if min(point[0], end[0]) < x < max(point[0], end[0])
    )
