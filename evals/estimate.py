"""A metric's value over a run with its 95 % interval, and by tag.

Cases of a cluster are not independent, so intervals count clusters: Wilson's with an effective number of them for
means in [0, 1], the cluster bootstrap for everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from evals.metrics import ALL, Metric
from evals.metrics.base import Matrix
from evals.scores import Finite, Observed, Table

SEED = 20_240_229
RESAMPLES = 1000
_Z = 1.959964  # 95 %, two-sided
_BLOCK = 5_000_000  # weights held at once


class Estimate(BaseModel):
    """A value over `n` cases with its 95 % interval; None when no case could be scored."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: Finite | None
    low: Finite | None = None
    high: Finite | None = None
    n: int = 0
    unscored: dict[str, int] = {}
    errors: int = 0


def summarise(table: Table, metrics: Sequence[Metric] = ALL) -> dict[str, Estimate]:
    """Every metric by name."""
    return {metric.name: estimate(table, table.observed(metric)) for metric in metrics}


def estimate(table: Table, observed: Observed) -> Estimate:
    unscored, errors = dict(observed.unscored), len(observed.errors)
    value = observed.value()
    if value is None:
        return Estimate(value=None, unscored=unscored, errors=errors)
    low, high = (round(bound, 6) for bound in interval(table, observed, value))
    n = len(np.unique(observed.case_of))
    return Estimate(value=round(value, 6), low=low, high=high, n=n, unscored=unscored, errors=errors)


def interval(table: Table, observed: Observed, value: float) -> tuple[float, float]:
    clusters = table.cluster_of[observed.case_of]
    if observed.metric.whole_set or observed.metric.unit != "share":
        return _bootstrap(observed, clusters)
    loads = np.bincount(clusters, observed.weights)
    return wilson(value, float(loads.sum() ** 2 / (loads**2).sum()))


def wilson(value: float, n: float) -> tuple[float, float]:
    """The 95 % score interval (Wilson 1927) of a rate over n independent observations.

    For a mean of scores between 0 and 1 it is no narrower than for a rate: their variance is at most value(1-value).
    With n = (Σw)²/Σw² over clusters (Kish 1965) a cluster counts as one observation, whatever its size.
    """
    if n <= 0:
        return 0.0, 1.0
    centre = value + _Z * _Z / (2 * n)
    reach = _Z * sqrt(max(value * (1 - value), 0.0) / n + _Z * _Z / (4 * n * n))
    scale = 1 + _Z * _Z / n
    return max(0.0, (centre - reach) / scale), min(1.0, (centre + reach) / scale)


def cluster_draws(clusters: int, resamples: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """How often each cluster is drawn, `(resamples, clusters)`: drawing as many clusters with replacement."""
    return rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples).astype(np.float64)


def _bootstrap(observed: Observed, clusters: NDArray[np.intp]) -> tuple[float, float]:
    """Percentiles of the cluster bootstrap (Field and Welsh 2007)."""
    _, place = np.unique(clusters, return_inverse=True)
    rng = np.random.default_rng(SEED)
    values: list[Matrix] = []
    step = max(1, _BLOCK // len(place))
    for start in range(0, RESAMPLES, step):
        draws = cluster_draws(int(place.max()) + 1, min(step, RESAMPLES - start), rng)
        values.append(observed.metric.summarise(observed.rows, draws[:, place] * observed.weights))
    low, high = np.percentile(np.concatenate(values), [2.5, 97.5])
    return float(low), float(high)


def by_tag(table: Table, metric: Metric) -> dict[str, tuple[float, int]]:
    """The metric's value and number of cases for each tag that has any scored."""
    observed = table.observed(metric)
    tags = sorted({tag for case in table.cases for tag in case.tags})
    told = {}
    for tag in tags:
        part = observed.only(lambda place, tag=tag: tag in table.cases[place].tags)  # type: ignore[misc]
        value = part.value()
        if value is not None:
            told[tag] = (value, len(np.unique(part.case_of)))
    return told
