"""Small pictures as the points of SVG shapes; the page's template draws them. Coordinates are in a box of w by h."""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[float, float]


def sparkline(values: Sequence[float], w: float = 96, h: float = 24) -> str:
    """The points of a polyline through values in order, lowest at the bottom; a level line when they are alike."""
    low, high = min(values), max(values)
    spread = high - low
    step = w / max(1, len(values) - 1)
    heights = [h / 2 if spread < 1e-9 else h - (value - low) / spread * h for value in values]
    return _points([(n * step, y) for n, y in enumerate(heights)])


def curve(points: Sequence[Point], w: float, h: float) -> str:
    """The points of a polyline through (x, y) in [0, 1], y upwards."""
    return _points([(x * w, h - y * h) for x, y in points])


def steps(points: Sequence[Point], w: float, h: float) -> str:
    """As `curve`, level between points, from the left edge at the first height."""
    told: list[Point] = []
    before = 0.0
    for x, y in points:
        told += [(before, y), (x, y)]
        before = x
    return curve(told, w, h)


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
