"""Whether `confidence` says how often an answer is right: expected calibration error, and the reliability picture."""

from __future__ import annotations

import numpy as np

from evals.gold import Case
from evals.metrics.base import Matrix, Metric, Outcome, Sums, Unscored, claimed, ratio, score, worded
from evals.metrics.right import is_right
from evals.reply import Reply

BINS = 10


def _observe(case: Case, reply: Reply) -> Outcome:
    if reply.abstained:
        return Unscored("it abstained")
    if reply.confidence is None:
        return Unscored("the target gives no confidence")
    return score(reply.confidence, is_right(case, reply))


def _bins(parts: Matrix) -> Matrix:
    """One-hot `(n, BINS)`: ten equal widths, the last closed."""
    return np.asarray(np.eye(BINS)[np.minimum((parts[:, 0] * BINS).astype(int), BINS - 1)], dtype=np.float64)


def _gaps(parts: Matrix) -> Matrix:
    """How far confidence is from being right, by bin, and a one to count with."""
    return np.column_stack([_bins(parts) * (parts[:, :1] - parts[:, 1:2]), np.ones(len(parts))])


_ece = Sums(_gaps, lambda sums: ratio(np.abs(sums[:, :BINS]).sum(axis=1), sums[:, BINS]))


def reliability(parts: Matrix) -> list[tuple[float, float, int]]:
    """(mean confidence, share right, cases) of each bin that has any."""
    members = [member for member in _bins(parts).astype(bool).T if member.any()]
    return [(float(parts[m, 0].mean()), float(parts[m, 1].mean()), int(m.sum())) for m in members]


def _observe_claim(case: Case, reply: Reply) -> Outcome:
    if reply.verdict is None or reply.confidence is None:
        return Unscored("the target gives no verdict with a confidence")
    return score(reply.confidence, reply.verdict == case.label)


METRICS = (
    Metric(
        name="claims_ece",
        title="Claims, calibration error (ECE)",
        group="claim",
        about="How far the confidence of verdicts is from the share that are right, over ten bins of confidence.",
        source="Guo et al. 2017, On Calibration of Modern Neural Networks",
        observe=_observe_claim,
        applies=claimed,
        missing=None,
        summarise=_ece,
        better="lower",
    ),
    Metric(
        name="ece",
        title="Calibration error (ECE)",
        group="abstention",
        about="How far confidence is from the share of answers that are right, over ten bins of confidence.",
        source="Guo et al. 2017, On Calibration of Modern Neural Networks",
        observe=_observe,
        applies=worded,
        missing=None,
        summarise=_ece,
        better="lower",
    ),
)
