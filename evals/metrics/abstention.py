"""Abstaining as a classification: positive is "the archive has no answer"."""

from __future__ import annotations

import numpy as np

from evals.gold import Case
from evals.metrics.base import Matrix, Metric, Outcome, Sums, asked, ratio, score
from evals.reply import Reply

_SOURCE = "Rajpurkar et al. 2018 (NoAns); precision, recall and F1 of the decision not to answer"


def _cell(case: Case, abstained: bool) -> tuple[float, ...]:
    """(right decision, true abstention, false abstention, missed abstention)."""
    silent, empty = abstained, not case.answerable
    return float(silent == empty), float(silent and empty), float(silent and not empty), float(not silent and empty)


def _observe(case: Case, reply: Reply) -> Outcome:
    return score(*_cell(case, reply.abstained))


def _missing(case: Case) -> tuple[float, ...]:
    """The wrong decision, whichever that is."""
    return _cell(case, case.answerable)


def _all(parts: Matrix) -> Matrix:
    return parts


_precision = Sums(_all, lambda sums: ratio(sums[:, 1], sums[:, 1] + sums[:, 2]))
_recall = Sums(_all, lambda sums: ratio(sums[:, 1], sums[:, 1] + sums[:, 3]))
_f1 = Sums(_all, lambda sums: ratio(2 * sums[:, 1], 2 * sums[:, 1] + sums[:, 2] + sums[:, 3]))


def confusion(parts: Matrix) -> dict[str, int]:
    """Cases by what there was and what was done, from the parts that the metrics here observe."""
    right, true, false, missed = np.rint(parts.sum(axis=0)).astype(int) if len(parts) else np.zeros(4, dtype=int)
    return {
        "answerable, answered": int(right - true),
        "answerable, abstained": int(false),
        "no answer, answered": int(missed),
        "no answer, abstained": int(true),
    }


METRICS = (
    Metric(
        name="abstention_f1",
        title="Abstention F1",
        group="abstention",
        about="Harmonic mean of abstention precision and recall.",
        source=_SOURCE,
        observe=_observe,
        applies=asked,
        missing=_missing,
        summarise=_f1,
        margin=0.03,
    ),
    Metric(
        name="abstention_precision",
        title="Abstention precision",
        group="abstention",
        about="Of the abstentions, those where there was no answer.",
        source=_SOURCE,
        observe=_observe,
        applies=asked,
        missing=_missing,
        summarise=_precision,
    ),
    Metric(
        name="abstention_recall",
        title="Abstention recall",
        group="abstention",
        about="Of the cases without an answer, those where it abstained.",
        source=_SOURCE,
        observe=_observe,
        applies=asked,
        missing=_missing,
        summarise=_recall,
    ),
)
