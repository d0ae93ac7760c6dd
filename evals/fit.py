"""Fitting and judging the reader's two linear models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Matrix = NDArray[np.float64]
RANKING_PENALTY = 1e-3
CONFIDENCE_PENALTY = 1e-3
_BINS = 10


@dataclass(frozen=True, slots=True)
class Group:
    """The candidates of one question, a row of features each, and which of them answer it."""

    values: Matrix
    answers: NDArray[np.bool_]


def fit_ranking(groups: Sequence[Group]) -> Matrix:
    """Weights that give the answering candidates of each group the most of its softmax; groups without one are passed
    over.
    """
    told = [group for group in groups if group.answers.any()]

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        total, gradient = 0.0, np.zeros_like(weights)
        for group in told:
            scores = group.values @ weights
            share = np.exp(scores - scores.max())
            share /= share.sum()
            right = share[group.answers].sum() + 1e-12
            total -= float(np.log(right))
            gradient += group.values.T @ (share - np.where(group.answers, share / right, 0.0))
        n = len(told)
        penalty = RANKING_PENALTY * weights
        return total / n + float(penalty @ weights) / 2, gradient / n + penalty

    start = np.zeros(told[0].values.shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


def fit_confidence(values: Matrix, right: NDArray[np.bool_], weights: Matrix) -> tuple[Matrix, float]:
    """Logistic regression with a weight for each row: `(coefficients, bias)`."""
    rows = np.hstack([values, np.ones((len(values), 1))])
    signs = np.where(right, 1.0, -1.0)

    def loss(beta: Matrix) -> tuple[float, Matrix]:
        margin = signs * (rows @ beta)
        value = np.logaddexp(0.0, -margin) @ weights / weights.sum()
        slope = -signs * weights / (1.0 + np.exp(margin)) / weights.sum()
        penalty = CONFIDENCE_PENALTY * np.append(beta[:-1], 0.0)
        return float(value + penalty @ beta / 2), rows.T @ slope + penalty

    beta = np.asarray(minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B").x)
    return beta[:-1], float(beta[-1])


def calibration_error(probability: Matrix, right: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten equal bins (Guo et al. 2017)."""
    bins = np.minimum((probability * _BINS).astype(int), _BINS - 1)
    error = 0.0
    for b in range(_BINS):
        inside = bins == b
        if inside.any():
            error += inside.mean() * abs(probability[inside].mean() - right[inside].mean())
    return float(error)


def balanced_threshold(answerable: Matrix, unanswerable: Sequence[Matrix]) -> float:
    """Where the share of answerable questions not answered meets that of unanswerable ones answered, each kind of
    which counts the same.
    """

    def imbalance(threshold: float) -> float:
        wrong = np.mean([float((kind >= threshold).mean()) for kind in unanswerable])
        return abs(float((answerable < threshold).mean()) - float(wrong))

    return float(min(np.arange(0.05, 0.95, 0.01), key=imbalance))
