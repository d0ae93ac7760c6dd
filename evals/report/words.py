"""Figures and groups as every report writes them."""

from __future__ import annotations

from collections.abc import Mapping

from evals.estimate import Estimate
from evals.metrics import ALL, Metric
from evals.metrics.base import NOT_ITS_KIND

GROUPS = {
    "answer": "Answers",
    "citation": "Citations",
    "retrieval": "Retrieval",
    "abstention": "Abstention and confidence",
    "claim": "Claims",
    "news": "News",
    "cost": "Cost",
}


def figure(metric: Metric, value: float | None) -> str:
    if value is None:
        return "–"
    if metric.unit == "share":
        return f"{value:.3f}"
    if metric.unit == "usd":
        return f"${value:.4f}"
    return f"{value:,.0f} {metric.unit}" if metric.unit == "ms" else f"{value:,.0f}"


def interval(metric: Metric, one: Estimate) -> str:
    if one.low is None or one.high is None:
        return ""
    return f"{figure(metric, one.low)} to {figure(metric, one.high)}"


def why_unscored(one: Estimate) -> str:
    """The reason most cases have, with how many; that a case is of another kind is the last to tell."""
    if not one.unscored:
        return "no cases"
    reason, count = max(one.unscored.items(), key=lambda pair: (pair[0] not in NOT_ITS_KIND, pair[1]))
    return f"{reason} ({count})"


def shown(summary: Mapping[str, Estimate]) -> list[tuple[str, list[tuple[Metric, Estimate]]]]:
    """The metrics that a run has, by group in the order of a report."""
    told = []
    for group, title in GROUPS.items():
        members = [(m, summary[m.name]) for m in ALL if m.group == group and m.name in summary]
        if members:
            told.append((title, members))
    return told


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
