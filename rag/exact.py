"""Exact search over the ledger's own vectors, for what Chroma does not hold yet or a filter has made small."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from rag.ports import Vectors

_MOST_PICKED = 1 / 4  # of the rows: to compare with all of them in place then costs less than to copy the ones wanted


class ExactIndex:
    """Passage ids by cosine similarity, comparing with every vector. `ids` are ascending; rows have length 1."""

    def __init__(self, ids: NDArray[np.int64], matrix: NDArray[np.floating]) -> None:
        self.ids = ids
        self.matrix = np.asarray(matrix, np.float32)  # comparing with float16 takes several times as long

    def search(self, vector: Vectors, k: int, among: Collection[int] | None = None) -> list[tuple[int, float]]:
        rows = np.arange(len(self.ids)) if among is None else self.rows(np.fromiter(among, np.int64, len(among)))
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

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of those of `ids` that are here."""
        at = np.searchsorted(self.ids, ids)
        inside = at < len(self.ids)
        at, ids = at[inside], ids[inside]
        return np.sort(at[self.ids[at] == ids])

    def _scores(self, vector: Vectors, rows: NDArray[np.int64]) -> Vectors:
        query = np.asarray(vector, np.float32)
        if len(rows) > _MOST_PICKED * len(self.ids):
            return (self.matrix @ query)[rows]
        return self.matrix[rows] @ query
