"""How long replies take. Shown, never gated: machines differ."""

from __future__ import annotations

import numpy as np

from evals.gold import Case
from evals.metrics.base import Matrix, Metric, Outcome, Summary, Unscored, always, score
from evals.reply import Reply

_SOURCE = "Dean and Barroso 2013, The Tail at Scale"


def _ms(_case: Case, reply: Reply) -> Outcome:
    return Unscored("its time is not told") if reply.ms is None else score(reply.ms)


def quantile(at: float) -> Summary:
    """The smallest observation that at least the share `at` of the weight does not exceed."""

    def summary(parts: Matrix, weights: Matrix) -> Matrix:
        order = np.argsort(parts[:, 0], kind="stable")
        reached = np.cumsum(weights[:, order], axis=1)
        place = (reached >= at * reached[:, -1:] * (1 - 1e-12)).argmax(axis=1)
        return np.asarray(parts[order, 0][place], dtype=np.float64)

    return summary


METRICS = (
    Metric(
        name="latency_p50",
        title="Time, median",
        group="cost",
        about="Half of the replies took no longer.",
        source=_SOURCE,
        observe=_ms,
        applies=always,
        missing=None,
        summarise=quantile(0.5),
        better="lower",
        unit="ms",
    ),
    Metric(
        name="latency_p95",
        title="Time, 95th percentile",
        group="cost",
        about="19 of 20 replies took no longer.",
        source=_SOURCE,
        observe=_ms,
        applies=always,
        missing=None,
        summarise=quantile(0.95),
        better="lower",
        unit="ms",
    ),
)
