"""Every metric, in the order of a report."""

from __future__ import annotations

from evals.metrics import (
    abstention,
    alce,
    calibration,
    claims,
    contains_gold,
    latency,
    later_evidence,
    llm_cost,
    must,
    numbers,
    quotes_exact,
    retrieval,
    right,
    risk_coverage,
    squad,
    superseded,
    uncited,
    wire_twice,
    wrong_article,
)
from evals.metrics.base import Failed, Metric, Outcome, Scored, Unscored

ALL: tuple[Metric, ...] = (
    *right.METRICS,
    *contains_gold.METRICS,
    *squad.METRICS,
    *numbers.METRICS,
    *must.METRICS,
    *quotes_exact.METRICS,
    *alce.METRICS,
    *uncited.METRICS,
    *wrong_article.METRICS,
    *retrieval.METRICS,
    *abstention.METRICS,
    *calibration.METRICS,
    *risk_coverage.METRICS,
    *claims.METRICS,
    *later_evidence.METRICS,
    *superseded.METRICS,
    *wire_twice.METRICS,
    *latency.METRICS,
    *llm_cost.METRICS,
)
BY_NAME = {metric.name: metric for metric in ALL}

__all__ = ["ALL", "BY_NAME", "Failed", "Metric", "Outcome", "Scored", "Unscored"]
