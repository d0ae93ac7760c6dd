"""Exact search over the ledger's own vectors, for what Chroma does not hold yet or a filter has made small."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rag.ports import PassageIds, Vectors

_MOST_PICKED = 1 / 2  # of the rows: to compare with all of them in place then costs less than to copy the ones wanted
_BLOCK = 1_024  # rows that are widened together: they stay in the second-level cache


class ExactIndex:
    """Passage ids by cosine similarity, comparing with every vector. `ids` are ascending; rows have length 1.

    Vectors are held as they come, in half precision from the ledger, and widened some at a time: comparing in half
    precision takes many times as long, and holding them widened twice the memory.
    """

    def __init__(self, ids: NDArray[np.int64], matrix: NDArray[np.floating]) -> None:
        self.ids = ids
        self.matrix = matrix

    def search(self, vector: Vectors, k: int, among: PassageIds | None = None) -> list[tuple[int, float]]:
        rows = np.arange(len(self.ids)) if among is None else self.rows(among)
        if not len(rows) or k < 1:
            return []
        scores = self._scores(vector, rows)
        best = np.argpartition(-scores, k - 1)[:k] if k < len(rows) else np.arange(len(rows))
        best = best[np.lexsort((rows[best], -scores[best]))]
        return [(int(self.ids[rows[i]]), float(scores[i])) for i in best]

    def after(self, passage_id: int) -> ExactIndex:
        """The part with ids above `passage_id`, without a copy."""
        start = int(np.searchsorted(self.ids, passage_id, side="right"))
        return ExactIndex(self.ids[start:], self.matrix[start:])

    def rows(self, ids: PassageIds) -> NDArray[np.int64]:
        """Rows of those of `ids` that are here."""
        at = np.searchsorted(self.ids, ids)
        inside = at < len(self.ids)
        at, ids = at[inside], ids[inside]
        return np.sort(at[self.ids[at] == ids])

    def _scores(self, vector: Vectors, rows: NDArray[np.int64]) -> Vectors:
        query = np.asarray(vector, np.float32)
        if len(rows) > _MOST_PICKED * len(self.ids):
            return _compared(self.matrix, query)[rows]
        return _compared(self.matrix[rows], query)


def _compared(matrix: NDArray[np.floating], query: Vectors) -> Vectors:
    scores = np.empty(len(matrix), np.float32)
    for first in range(0, len(matrix), _BLOCK):
        scores[first : first + _BLOCK] = matrix[first : first + _BLOCK].astype(np.float32, copy=False) @ query
    return scores
