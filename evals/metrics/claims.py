"""Verdicts on claims: macro-F1 over the labels that gold has, and the recall of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import numpy as np

from evals.gold import Case, Label
from evals.metrics.base import Matrix, Metric, Outcome, Summary, Unscored, claimed, ratio, score
from evals.reply import Reply

LABELS: tuple[str, ...] = get_args(Label)
_SOURCE = "Thorne et al. 2018, FEVER; Schlichtkrull et al. 2023, AVeriTeC (four labels, macro-F1)"


def _observe(case: Case, reply: Reply) -> Outcome:
    if reply.verdict is None:
        return Unscored("the target gives no verdict")
    return score(reply.verdict == case.label, LABELS.index(str(case.label)), LABELS.index(reply.verdict))


def _missing(case: Case) -> tuple[float, ...]:
    return 0.0, float(LABELS.index(str(case.label))), -1.0


def _macro_f1(parts: Matrix, weights: Matrix) -> Matrix:
    """Over the labels of the gold cases in `parts`; one that nobody gave or had is left out."""
    present = np.unique(parts[:, 1])
    f1s = []
    for label in present:
        gold, told = parts[:, 1] == label, parts[:, 2] == label
        f1s.append(ratio(2.0 * (weights @ (gold & told)), weights @ (1.0 * gold + told)))
    return np.mean(f1s, axis=0) if f1s else np.zeros(len(weights))


def _recall_of(label: str) -> tuple[Callable[[Case], str | None], Summary]:
    number = LABELS.index(label)

    def applies(case: Case) -> str | None:
        return claimed(case) or (None if case.label == label else f"its label is not {label}")

    def recall(parts: Matrix, weights: Matrix) -> Matrix:
        of = weights * (parts[:, 1] == number)
        return ratio(of @ parts[:, 0], of.sum(axis=1))

    return applies, recall


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
        summarise=_macro_f1,
        margin=0.04,
    ),
    *map(_recall_metric, LABELS),
)
