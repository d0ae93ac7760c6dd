"""Verdicts on claims: macro-F1 over the labels that gold has, and the recall of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import numpy as np

from evals.gold import Case, Label
from evals.metrics.base import Matrix, Metric, Outcome, Summary, Sums, Unscored, claimed, ratio, score
from evals.reply import Reply

LABELS: tuple[str, ...] = get_args(Label)
_SOURCE = "Thorne et al. 2018, FEVER; Schlichtkrull et al. 2023, AVeriTeC (four labels, macro-F1)"


def _observe(case: Case, reply: Reply) -> Outcome:
    if reply.verdict is None:
        return Unscored("the target gives no verdict")
    return score(reply.verdict == case.label, LABELS.index(str(case.label)), LABELS.index(reply.verdict))


def _missing(case: Case) -> tuple[float, ...]:
    return 0.0, float(LABELS.index(str(case.label))), -1.0


def _counts(parts: Matrix) -> Matrix:
    """By label: found and right, in gold, told."""
    gold = parts[:, 1:2] == np.arange(len(LABELS))
    told = parts[:, 2:3] == np.arange(len(LABELS))
    return np.column_stack([gold & told, gold, told]).astype(np.float64)


def _mean_f1(sums: Matrix) -> Matrix:
    """Over the labels that gold has."""
    n = len(LABELS)
    right, gold, told = sums[:, :n], sums[:, n : 2 * n], sums[:, 2 * n :]
    return ratio(ratio(2 * right, gold + told).sum(axis=1, where=gold > 0), (gold > 0).sum(axis=1).astype(np.float64))


def _recall_of(label: str) -> tuple[Callable[[Case], str | None], Summary]:
    number = LABELS.index(label)

    def applies(case: Case) -> str | None:
        return claimed(case) or (None if case.label == label else f"its label is not {label}")

    return applies, Sums(_counts, lambda sums: ratio(sums[:, number], sums[:, len(LABELS) + number]))


def _recall_metric(label: str) -> Metric:
    applies, recall = _recall_of(label)
    return Metric(
        name=f"claims_{label}_recall",
        title=f"Claims: recall of {label.replace('_', ' ')}",
        group="claim",
        about=f"Of the claims that are {label.replace('_', ' ')}, those found to be.",
        source=_SOURCE,
        observe=_observe,
        applies=applies,
        missing=_missing,
        summarise=recall,
    )


METRICS = (
    Metric(
        name="claims_macro_f1",
        title="Claims, macro-F1",
        group="claim",
        about="F1 of each verdict, all verdicts counting alike.",
        source=_SOURCE,
        observe=_observe,
        applies=claimed,
        missing=_missing,
        summarise=Sums(_counts, _mean_f1),
        margin=0.04,
    ),
    *map(_recall_metric, LABELS),
)
