"""Tests and corrections that need no resampling."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import binomtest, norm

from evals.metrics.base import Matrix

ALPHA = 0.05
POWER = 0.8
_FEWEST = 6  # clusters that must all change one way before an exact two-sided sign test reaches 0.05: 2 * 2**-6 = 0.031


def mcnemar(broke: int, mended: int) -> float:
    """Exact two-sided p-value (McNemar 1947, with the binomial in place of chi-squared)."""
    return 1.0 if broke + mended == 0 else float(binomtest(min(broke, mended), broke + mended).pvalue)


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values that keep the chance of any false alarm at its level (Holm 1979)."""
    order = np.argsort(p_values, kind="stable")
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[int(place)]))
        adjusted[int(place)] = highest
    return adjusted


def smallest_effect(gains: Matrix, clusters: int) -> float:
    """The smallest true difference that this set would show with a power of 80 % at 5 % (Cohen 1988).

    From the spread of the bootstrap gains; never less than the share of clusters that an exact test needs, which is
    what holds when two runs hardly differ.
    """
    reach = float(norm.ppf(1 - ALPHA / 2) + norm.ppf(POWER))
    return min(1.0, max(reach * float(np.std(gains)), _FEWEST / max(clusters, 1)))
