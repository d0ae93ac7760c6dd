"""What a process that stays holds of the ledger in memory, so that a search reads little from it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.exact import ExactIndex
from rag.indexing import dropped_since
from rag.keywords import UNDATED, Limits
from rag.ledger_rows import Outline, OutlineRow
from rag.ports import PassageIds
from rag.snapshot import Snapshot

EXACT_MOST = 1_000_000  # of more passages, 768 MB, vectors are read from the ledger one by one
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
        if snapshot.count_from(1) <= MOST_OUTLINES:
            self.of(snapshot.passage_ids().tolist(), snapshot)

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


class SearchedArticles:
    """Of every article that is searched, one row each: the ids of its passages, its day and its outlet. A filter is put
    to these instead of the ledger, where it would read some ten thousand rows.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._seq = 0
        self._rows = np.empty((0, 4), np.int64)  # first and last passage, ascending; day, 0 for none; outlet
        self._outlets: dict[str | None, int] = {}

    def passages(self, limits: Limits, snapshot: Snapshot, seq: int) -> PassageIds:
        """Ids of the passages that `limits` let through, of a snapshot at change `seq`."""
        with self._guard:
            if seq > self._seq:
                self._follow(snapshot)
                self._seq = seq
            rows, outlets = self._rows, [self._outlets.get(name, -1) for name in limits.sources]
        _, _, day, outlet = rows.T
        let = np.isin(outlet, outlets) if limits.sources else np.ones(len(rows), bool)
        if limits.day_from is not None:
            let &= day >= limits.day_from
        if limits.day_to is not None:
            let &= (day != UNDATED) & (day <= limits.day_to)
        if limits.as_of is not None:
            let &= day <= limits.as_of
        return _expanded(rows[let, 0], rows[let, 1])

    def _follow(self, snapshot: Snapshot) -> None:
        dropped = dropped_since(snapshot, self._seq) if self._seq else ()
        kept = self._rows[~np.isin(self._rows[:, 0], np.fromiter(dropped, np.int64, len(dropped)))]
        last = int(kept[-1, 1]) if len(kept) else 0
        more = [
            (first, end, day or UNDATED, self._outlets.setdefault(source, len(self._outlets)))
            for first, end, day, source in snapshot.searched_articles(last + 1)
        ]
        self._rows = np.concatenate([kept, np.array(sorted(more), np.int64).reshape(-1, 4)])


def _expanded(first: NDArray[np.int64], last: NDArray[np.int64]) -> PassageIds:
    """All numbers of the ranges, each of which begins above the one before."""
    counts = last - first + 1
    before = np.cumsum(counts) - counts
    return np.asarray(np.arange(counts.sum()) + np.repeat(first - before, counts))


class VectorsInMemory:
    """The vectors after some passage id, read once and then only what has changed."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._after: int | None = None
        self._seq = 0
        self._index = ExactIndex(np.empty(0, np.int64), np.empty((0, 0), np.float16))

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
            matrix = np.concatenate([matrix, more]) if len(ids) else more
            ids = np.concatenate([ids, more_ids])
        self._index = ExactIndex(ids, matrix)
