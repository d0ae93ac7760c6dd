"""Paired resampling of two runs, by cluster: permutations for p-values, the bootstrap for intervals.

Cases of a cluster rest on the same sentence, so clusters are swapped and drawn whole. Metrics that need only weighted
sums (`Sums`) are added up by cluster first, and all of them are then resampled by one matrix product; another metric
gets a weight for each observation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from evals.estimate import SEED
from evals.metrics import Metric
from evals.metrics.base import Matrix, Sums
from evals.scores import Observed

PERMUTATIONS = 10_000
DRAWS = 4_000
SLOW = 1_000  # resamples of a metric that is more than sums
_BLOCK = 2_500_000  # numbers held at once
_SAME = 1e-12  # differences below are rounding

Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Pair:
    """What one metric observed in two runs, and the cluster of each observation, in one numbering for both."""

    old: Observed
    new: Observed
    old_cluster: Index
    new_cluster: Index

    @property
    def metric(self) -> Metric:
        return self.old.metric

    def gain(self, old: Matrix, new: Matrix) -> Matrix:
        """The difference, positive where the new run is better."""
        return new - old if self.metric.better == "higher" else old - new


@dataclass(frozen=True, slots=True)
class Resampled:
    """A metric's two-sided p-value and its gains in bootstrap samples."""

    p: float
    gains: Matrix


def resample(pairs: Sequence[Pair], clusters: int, seed: int = SEED) -> dict[str, Resampled]:
    """Every metric by name, from the same permutations and draws of `clusters` clusters.

    The permutation test swaps the two runs in whole clusters (Good 2005; Winkler et al. 2015); its p-value is
    (1 + as extreme) / (1 + permutations), never 0 (Phipson and Smyth 2010). The bootstrap draws clusters, both runs
    together (Field and Welsh 2007).
    """
    told: dict[str, Resampled] = {}
    summed = [two for two in pairs if isinstance(two.metric.summarise, Sums)]
    if summed:
        told |= _resample_sums(summed, clusters, seed)
    for two in pairs:
        if two.metric.name not in told:
            told[two.metric.name] = _resample_rows(two, clusters, seed)
    return told


class _Stack:
    """The cluster sums of several metrics side by side, `(clusters, columns)` for each run."""

    def __init__(self, pairs: Sequence[Pair], clusters: int) -> None:
        self.pairs = pairs
        olds = [_cluster_sums(two.metric, two.old, two.old_cluster, clusters) for two in pairs]
        news = [_cluster_sums(two.metric, two.new, two.new_cluster, clusters) for two in pairs]
        self.old, self.new = np.hstack(olds), np.hstack(news)
        edges = np.cumsum([0, *[part.shape[1] for part in olds]])
        self._slices = [slice(int(a), int(b)) for a, b in pairwise(edges)]

    def gains(self, old: Matrix, new: Matrix) -> Matrix:
        """`(metrics, rows)` from the sums `(rows, columns)` of either side."""
        return np.stack(
            [
                two.gain(_value(two.metric, old[:, part]), _value(two.metric, new[:, part]))
                for two, part in zip(self.pairs, self._slices, strict=True)
            ]
        )


def _resample_sums(pairs: Sequence[Pair], clusters: int, seed: int) -> dict[str, Resampled]:
    stack = _Stack(pairs, clusters)
    old, new = stack.old.sum(axis=0, keepdims=True), stack.new.sum(axis=0, keepdims=True)
    observed = np.abs(stack.gains(old, new))
    extreme = np.zeros(len(pairs))
    for swapped in swaps(clusters, PERMUTATIONS, clusters, seed):
        moved = swapped @ (stack.new - stack.old)
        extreme += (np.abs(stack.gains(old + moved, new - moved)) >= observed - _SAME).sum(axis=1)
    drawn = [stack.gains(times @ stack.old, times @ stack.new) for times in draws(clusters, DRAWS, clusters, seed)]
    gains = np.hstack(drawn)
    return {
        two.metric.name: Resampled((1 + float(extreme[n])) / (1 + PERMUTATIONS), gains[n])
        for n, two in enumerate(pairs)
    }


def _resample_rows(two: Pair, clusters: int, seed: int) -> Resampled:
    parts = np.concatenate([two.old.rows, two.new.rows])
    width = len(parts)

    def value(old: Matrix, new: Matrix) -> Matrix:
        """The metric over some clusters of the old run and some of the new one, by how often each is taken."""
        weights = [old[:, two.old_cluster] * two.old.weights, new[:, two.new_cluster] * two.new.weights]
        return two.metric.summarise(parts, np.hstack(weights))

    every, none = np.ones((1, clusters)), np.zeros((1, clusters))
    observed = np.abs(two.gain(value(every, none), value(none, every)))[0]
    extreme = 0
    for swapped in swaps(clusters, SLOW, width, seed):
        kept = 1 - swapped
        extreme += int((np.abs(two.gain(value(kept, swapped), value(swapped, kept))) >= observed - _SAME).sum())
    gains = [
        two.gain(value(times, np.zeros_like(times)), value(np.zeros_like(times), times))
        for times in draws(clusters, SLOW, width, seed)
    ]
    return Resampled((1 + extreme) / (1 + SLOW), np.concatenate(gains))


def swaps(clusters: int, wanted: int, width: int, seed: int) -> Iterator[Matrix]:
    """Blocks of rows that say with 1 which clusters change sides. `width` is how many numbers a row will need."""
    rng = np.random.default_rng(seed)
    for size in _blocks(wanted, width):
        yield rng.integers(0, 2, size=(size, clusters), dtype=np.int8).astype(np.float64)


def draws(clusters: int, wanted: int, width: int, seed: int) -> Iterator[Matrix]:
    """Blocks of rows that say how often each cluster is drawn: as many as there are, with replacement."""
    rng = np.random.default_rng(seed)
    for size in _blocks(wanted, width):
        drawn = rng.integers(0, clusters, size=(size, clusters), dtype=np.int32)
        flat = (drawn + np.arange(size, dtype=np.int32)[:, None] * clusters).ravel()
        yield np.bincount(flat, minlength=size * clusters).reshape(size, clusters).astype(np.float64)


def _value(metric: Metric, sums: Matrix) -> Matrix:
    if not isinstance(metric.summarise, Sums):
        raise TypeError(f"{metric.name} needs more than sums")
    return metric.summarise.value(sums)


def _cluster_sums(metric: Metric, observed: Observed, cluster: Index, clusters: int) -> Matrix:
    if not isinstance(metric.summarise, Sums):
        raise TypeError(f"{metric.name} needs more than sums")
    columns = metric.summarise.columns(observed.rows) * observed.weights[:, None]
    return np.column_stack([np.bincount(cluster, column, minlength=clusters) for column in columns.T])


def _blocks(wanted: int, width: int) -> Iterator[int]:
    step = max(1, _BLOCK // max(1, width))
    for start in range(0, wanted, step):
        yield min(step, wanted - start)
