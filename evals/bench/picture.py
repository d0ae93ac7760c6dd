"""Lines in a frame, as SVG: the pictures of `docs/`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.report.svg import Point, curve

_WIDE, _HIGH, _LEFT, _BELOW = 480.0, 240.0, 64.0, 44.0
_COLOURS = ("#1b4965", "#a23b2a", "#5f7a61", "#8a6d3b")


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`; `ticks` are where it is labelled, `form` how (as `format` takes it)."""

    name: str
    low: float
    high: float
    ticks: Sequence[float]
    form: str = ",.0f"
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """Its place, between 0 and 1."""
        if self.logarithmic:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def lined(lines: Mapping[str, Sequence[Point]], x: Axis, y: Axis, marks: Sequence[str] = ()) -> str:
    """One line for each name, which stands above in its colour; `marks` are words for the points of each."""
    shapes = [_frame(x, y), _names(list(lines))]
    for colour, points in zip(_COLOURS, lines.values(), strict=False):
        places = [(x.at(one), y.at(other)) for one, other in points]
        shapes.append(
            f'<polyline points="{curve(places, _WIDE, _HIGH)}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        shapes += [
            f'<circle cx="{at * _WIDE:.1f}" cy="{_HIGH - up * _HIGH:.1f}" r="3" fill="{colour}"/>' for at, up in places
        ]
        shapes += [_text(at * _WIDE, _HIGH - up * _HIGH + 16, m) for (at, up), m in zip(places, marks, strict=False)]
    size = f"{_WIDE + 1.5 * _LEFT:.0f} {_HIGH + 2 * _BELOW:.0f}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" font-family="sans-serif" font-size="11">'
        '<rect width="100%" height="100%" fill="#fff"/>'
        f'<g transform="translate({_LEFT:.0f},{_BELOW / 2:.0f})">{"".join(shapes)}</g></svg>\n'
    )


def _frame(x: Axis, y: Axis) -> str:
    shapes = [f'<path d="M0 0V{_HIGH:.0f}H{_WIDE:.0f}" fill="none" stroke="#888"/>']
    for value in y.ticks:
        up = _HIGH - y.at(value) * _HIGH
        shapes.append(f'<path d="M0 {up:.1f}H{_WIDE:.0f}" stroke="#ddd"/>')
        shapes.append(_text(-6, up + 4, format(value, y.form), "end"))
    shapes += [_text(x.at(value) * _WIDE, _HIGH + 16, format(value, x.form)) for value in x.ticks]
    shapes.append(_text(_WIDE / 2, _HIGH + 34, x.name))
    shapes.append(_text(-_LEFT + 4, -8, y.name, "start"))
    return "".join(shapes)


def _names(names: Sequence[str]) -> str:
    words = [f'<tspan dx="14" fill="{c}">{name}</tspan>' for c, name in zip(_COLOURS, names, strict=False)]
    return _text(_WIDE, -8, "".join(words), "end")


def _text(x: float, y: float, what: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#333">{what}</text>'
