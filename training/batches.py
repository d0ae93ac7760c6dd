"""Examples of like length in one batch, so that little is padding; in an order that a seed decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from training.encode import UNKNOWN, Encoded, Taught

_WINDOW = 4096  # examples that are sorted by length together

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """Columns, and arrays of `(examples, tokens)`: `ids`, `mask`, `types`, `passage`, where an answer may stand, and
    `evidence`, whether a token's sentence answers. A teacher's logits, where there are some: `taught_spans`
    `(examples, tokens, 3)` and `taught` `(examples, 4)`.
    """

    ids: NDArray[np.int64]
    mask: NDArray[np.bool_]
    types: NDArray[np.int64]
    passage: NDArray[np.bool_]
    evidence: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    relevant: NDArray[np.int64]
    stance: NDArray[np.int64]
    taught_spans: NDArray[np.float32] | None = None
    taught: NDArray[np.float32] | None = None


def plan(stages: Sequence[Encoded], tokens: int, seed: int) -> list[tuple[int, Rows]]:
    """`(stage, rows)` of every batch, in order; each at most `tokens` with its padding."""
    chance = np.random.default_rng(seed)
    planned: list[tuple[int, Rows]] = []
    for number, encoded in enumerate(stages):
        batches = list(_grouped(encoded, tokens, chance))
        planned += [(number, batches[n]) for n in chance.permutation(len(batches))]
    return planned


def _grouped(encoded: Encoded, tokens: int, chance: np.random.Generator) -> Iterator[Rows]:
    order, lengths = chance.permutation(len(encoded)), encoded.lengths
    for at in range(0, len(order), _WINDOW):
        window = order[at : at + _WINDOW]
        window = window[np.argsort(lengths[window], kind="stable")]
        first = 0
        for n in range(1, len(window) + 1):
            if n == len(window) or (n + 1 - first) * lengths[window[n]] > tokens:
                yield window[first:n]
                first = n


def batch(encoded: Encoded, rows: Rows, taught: Taught | None = None) -> Batch:
    lengths = encoded.lengths[rows]
    shape = (len(rows), int(lengths.max()))
    ids = np.zeros(shape, np.int64)
    evidence = np.full(shape, UNKNOWN, np.int64)
    for n, row in enumerate(rows):
        part = slice(encoded.offsets[row], encoded.offsets[row + 1])
        ids[n, : lengths[n]] = encoded.ids[part]
        evidence[n, : lengths[n]] = encoded.evidence[part]
    places = np.arange(shape[1])[None, :]
    second = places >= encoded.first[rows][:, None]
    passage = (places >= (encoded.first + encoded.lead)[rows][:, None]) & (places < lengths[:, None] - 1)
    passage[:, 0] = True
    columns = {name: getattr(encoded, name)[rows].astype(np.int64) for name in ("start", "end", "relevant", "stance")}
    made = Batch(ids, places < lengths[:, None], second.astype(np.int64), passage, evidence, **columns)
    if taught is None:
        return made
    spans = np.zeros((*shape, 3), np.float32)
    for n, row in enumerate(rows):
        spans[n, : lengths[n]] = taught.spans[encoded.offsets[row] : encoded.offsets[row + 1]]
    return replace(made, taught_spans=spans, taught=taught.judged[rows].astype(np.float32))
