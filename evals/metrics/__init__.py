"""Every metric, in the order of a report."""

from __future__ import annotations

from evals.metrics import (
    abstention,
    calibration,
    citation,
    claims,
    contains_gold,
    cost,
    must,
    news,
    numbers,
    retrieval,
    right,
    risk_coverage,
    squad,
)
from evals.metrics.base import Failed, Metric, Outcome, Scored, Unscored

ALL: tuple[Metric, ...] = (
    *right.METRICS,
    *contains_gold.METRICS,
    *squad.METRICS,
    *numbers.METRICS,
    *must.METRICS,
    *citation.METRICS,
    *retrieval.METRICS,
    *abstention.METRICS,
    *calibration.METRICS,
    *risk_coverage.METRICS,
    *claims.METRICS,
    *news.METRICS,
    *cost.METRICS,
)
BY_NAME = {metric.name: metric for metric in ALL}

__all__ = ["ALL", "BY_NAME", "Failed", "Metric", "Outcome", "Scored", "Unscored"]
