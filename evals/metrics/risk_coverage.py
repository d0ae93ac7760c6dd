"""Risk at every coverage: if only the surest decisions were kept, how many of them would be wrong?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evals.gold import Case
from evals.metrics.base import Matrix, Metric, Outcome, Unscored, ratio, score, worded
from evals.metrics.right import is_right
from evals.reply import Reply

Order = NDArray[np.intp]


def _observe(case: Case, reply: Reply) -> Outcome:
    """How sure the decision is (an abstention is sure by what confidence lacks) and whether it is right."""
    if reply.confidence is None:
        return Unscored("the target gives no confidence")
    sure = 1 - reply.confidence if reply.abstained else reply.confidence
    return score(sure, is_right(case, reply))


def _by_confidence(parts: Matrix) -> tuple[Order, Order]:
    """The surest decisions first, and where each run of equally sure ones ends: ties have no order."""
    order = np.argsort(-parts[:, 0], kind="stable")
    sure = parts[order, 0]
    return order, np.flatnonzero(np.append(sure[1:] != sure[:-1], True))


def _area(parts: Matrix, weights: Matrix) -> Matrix:
    order, ends = _by_confidence(parts)
    w = weights[:, order]
    covered = np.cumsum(w, axis=1)[:, ends]
    wrong = np.cumsum(w * (1 - parts[order, 1]), axis=1)[:, ends]
    steps = np.diff(covered, axis=1, prepend=0.0)
    return ratio((ratio(wrong, covered) * steps).sum(axis=1), covered[:, -1])


def curve(parts: Matrix) -> list[tuple[float, float]]:
    """(coverage, risk) at each confidence that occurs, from the surest down."""
    if not len(parts):
        return []
    order, ends = _by_confidence(parts)
    wrong = np.cumsum(1 - parts[order, 1])[ends]
    return [((end + 1) / len(parts), float(w) / (end + 1)) for end, w in zip(ends.tolist(), wrong, strict=True)]


METRICS = (
    Metric(
        name="aurc",
        title="Area under risk–coverage",
        group="abstention",
        about="The mean share of wrong decisions among the surest ones, over every coverage.",
        source="Geifman and El-Yaniv 2017, Selective Classification for Deep Neural Networks; Geifman et al. 2019",
        observe=_observe,
        applies=worded,
        missing=lambda _case: (1.0, 0.0),
        summarise=_area,
        better="lower",
    ),
)
