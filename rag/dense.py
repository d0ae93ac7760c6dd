"""Dense search over one snapshot, whether or not this process may open Chroma, or its servers answer."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from rag.chroma.shards import Shards
from rag.exact import ExactIndex
from rag.indexing import dropped_since
from rag.memory import VectorsInMemory
from rag.notices import LACKING, Notice, silence
from rag.ports import Vectors
from rag.snapshot import Snapshot
from rag.vectors import ChromaIndex, ChromaLevel

EXACT_AMONG = 25_000  # a filter that leaves fewer passages is searched exactly (a few ms), others through Chroma
FETCH_AMONG = 1_000  # so few are fetched from the ledger one by one; for more it pays to hold them all

Hits = list[tuple[int, float]]


class DenseSearch:
    """A VectorIndex over one snapshot: Chroma up to `level`, exact comparison for the rest.

    `notices` say what searches so far had to go without. Where no server of Chroma's has ever told what it holds,
    `level` is None, and nothing is known to be the rest.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        seq: int,
        chroma: ChromaIndex | Shards | None,
        level: ChromaLevel | None,
        memory: VectorsInMemory,
    ) -> None:
        self._snapshot = snapshot
        self._seq = seq
        self._chroma = chroma
        self._level = level
        self._memory = memory
        lags = chroma is not None and level is not None and level.seq < seq
        self._stale = dropped_since(snapshot, level.seq) if lags and level else frozenset()
        self._silent = 0
        self._unheld = False

    @property
    def notices(self) -> tuple[Notice, ...]:
        of = len(self._chroma.shards) if isinstance(self._chroma, Shards) else 0
        silent = [silence(self._silent, of)] if self._silent else []
        return (*silent, LACKING) if self._unheld else tuple(silent)

    def search(self, vector: Vectors, k: int, among: Collection[int] | None = None) -> Hits:
        if among is not None and len(among) <= EXACT_AMONG:
            return self._exact_among(vector, k, among)
        found = dict(self._from_chroma(vector, k, among)) | dict(self._from_memory(vector, k, among))
        return sorted(found.items(), key=lambda hit: (-hit[1], hit[0]))[:k]

    def _from_chroma(self, vector: Vectors, k: int, among: Collection[int] | None) -> Hits:
        """Up to its level, without what was dropped since."""
        if self._chroma is None:
            return []
        if isinstance(self._chroma, Shards):
            found, silent = self._chroma.ask(vector, k + len(self._stale), among)
            self._silent = max(self._silent, silent)
        else:
            through = self._level.through if self._level else 0
            # What is above its level is being added right now, and among the rest all the same.
            found = [hit for hit in self._chroma.search(vector, k + len(self._stale), among) if hit[0] <= through]
        return [hit for hit in found if hit[0] not in self._stale][:k]

    def _from_memory(self, vector: Vectors, k: int, among: Collection[int] | None) -> Hits:
        """What Chroma lacks."""
        if self._level is None:
            return []
        rest = self._memory.after(self._level.through, self._snapshot, self._seq)
        if rest is None:
            self._unheld = True
            return []
        return rest.search(vector, k, among)

    def _exact_among(self, vector: Vectors, k: int, among: Collection[int]) -> Hits:
        everything = self._memory.after(0, self._snapshot, self._seq) if len(among) > FETCH_AMONG else None
        if everything is not None:
            return everything.search(vector, k, among)
        return ExactIndex(*self._snapshot.vectors(list(among))).search(vector, k)

    def cosines(self, vector: Vectors, ids: Collection[int]) -> dict[int, float]:
        """The cosine of each of `ids` that has a vector."""
        everything = self._memory.everything_if_held(self._snapshot, self._seq)
        if everything is not None:
            return dict(everything.search(vector, len(ids), ids))
        found, matrix = self._snapshot.vectors(list(ids))
        if not len(found):
            return {}
        scores = matrix.astype(np.float32) @ np.asarray(vector, np.float32)
        return {int(i): float(score) for i, score in zip(found, scores, strict=True)}
