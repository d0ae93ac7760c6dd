"""What a process that stays holds of the ledger in memory, so that a search reads little from it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

import numpy as np

from rag.exact import ExactIndex
from rag.indexing import dropped_since
from rag.ledger_rows import Outline, OutlineRow
from rag.snapshot import Snapshot

EXACT_MOST = 400_000  # without Chroma, more passages than this are only rescored, not searched, by vector
MOST_OUTLINES = 200_000  # some 200 MB


class OutlinesInMemory:
    """Outlines by passage id. They never change and no id is used twice, so only what was dropped must be forgotten.

    Held as the ledger's bare rows: the garbage collector does not follow tuples of plain values, and with a record for
    each passage its full run stops a search for a tenth of a second.
    """

    def __init__(self) -> None:
        self._rows: dict[int, OutlineRow] = {}

    def fill(self, snapshot: Snapshot) -> None:
        """Take in those of all passages, if they are not too many."""
        ids = snapshot.passage_ids()
        if len(ids) <= MOST_OUTLINES:
            self.of(ids.tolist(), snapshot)

    def forget(self, ids: Iterable[int]) -> None:
        for i in ids:
            self._rows.pop(i, None)

    def of(self, ids: Sequence[int], snapshot: Snapshot) -> list[Outline]:
        """Those of the searched passages among `ids`, in their order."""
        rows = self._rows
        missing = [i for i in ids if i not in rows]
        if missing:
            if len(rows) + len(missing) > MOST_OUTLINES:
                rows, missing = {}, list(ids)
            rows.update((row[0], row) for row in snapshot.outlines(missing))
            self._rows = rows
        return [Outline.of(row) for row in map(rows.get, ids) if row]


class VectorsInMemory:
    """The vectors after some passage id, read once and then only what has changed."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._after: int | None = None
        self._seq = 0
        self._index = ExactIndex(np.empty(0, np.int64), np.empty((0, 0), np.float32))

    def after(self, passage_id: int, snapshot: Snapshot, seq: int) -> ExactIndex | None:
        """Those of a snapshot at change `seq`; None when there are too many to hold."""
        with self._guard:
            if self._after is None or passage_id < self._after:
                if snapshot.count_from(passage_id + 1) > EXACT_MOST:
                    return None
                self._after, self._seq = passage_id, seq
                self._index = ExactIndex(*snapshot.vectors_from(passage_id + 1))
            elif seq > self._seq:
                self._follow(snapshot)
                self._seq = seq
            return self._index.after(passage_id)

    def everything_if_held(self, snapshot: Snapshot, seq: int) -> ExactIndex | None:
        with self._guard:
            held = self._after == 0
        return self.after(0, snapshot, seq) if held else None

    def _follow(self, snapshot: Snapshot) -> None:
        ids, matrix = self._index.ids, self._index.matrix
        last = int(ids[-1]) if len(ids) else (self._after or 0)
        dropped = dropped_since(snapshot, self._seq)
        if dropped:
            kept = ~np.isin(ids, np.fromiter(dropped, np.int64, len(dropped)))
            ids, matrix = ids[kept], matrix[kept]
        more_ids, more = snapshot.vectors_from(last + 1)
        if len(more_ids):
            matrix = np.concatenate([matrix, more.astype(np.float32)]) if len(ids) else more.astype(np.float32)
            ids = np.concatenate([ids, more_ids])
        self._index = ExactIndex(ids, matrix)
