"""All Chroma servers of an archive: of n, each holds the vectors of every n-th passage, by its id."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from threading import Lock
from typing import NamedTuple

from rag.chroma.shard import Shard
from rag.chroma.wire import Wire
from rag.errors import ChromaUnreachable
from rag.ports import PassageIds, Vectors
from rag.vectors import ChromaLevel, allowed, fetched

LOOK_EVERY_S = 5.0  # what the servers hold is asked again, where nobody follows it
_AT_ONCE = 16  # searches under way at each server


class Asked(NamedTuple):
    """What the servers that answered have found, and how many did not answer."""

    hits: list[tuple[int, float]]
    silent: int


class Shards:
    """A VectorIndex over all of them. Safe to use from several threads."""

    def __init__(self, wires: Sequence[Wire], name: str, timeout_s: float) -> None:
        of = len(wires)
        names = [name if of == 1 else f"{name}-{n}of{of}" for n in range(1, of + 1)]
        self.shards = [Shard(wire, one, nth, of) for nth, (wire, one) in enumerate(zip(wires, names, strict=True))]
        self._timeout_s = timeout_s
        self._beside = ThreadPoolExecutor(_AT_ONCE * of, "chroma")
        self._looking = Lock()
        self._looked: float | None = None

    @property
    def level(self) -> ChromaLevel | None:
        """What all that could be asked hold; None where none could."""
        known = [one.level for one in self.shards if one.level is not None]
        return ChromaLevel(min(one.through for one in known), min(one.seq for one in known)) if known else None

    def look(self) -> None:
        """Ask each what it holds; who does not answer keeps what was known of it."""
        for shard in self.shards:
            with suppress(ChromaUnreachable):
                shard.look()
        self._looked = time.monotonic()

    def look_if_due(self) -> None:
        """As `look`, where nobody did for a while; others that come meanwhile don't wait."""
        due = self._looked is None or time.monotonic() - self._looked > LOOK_EVERY_S
        if due and self._looking.acquire(blocking=self._looked is None):
            try:
                self.look()
            finally:
                self._looking.release()

    def count(self) -> int:
        """How many passages they are known to hold."""
        return sum(one.held for one in self.shards)

    def search(self, vector: Vectors, k: int, among: PassageIds | None = None) -> list[tuple[int, float]]:
        """The k nearest of those that could be asked; `among` as for an embedded Chroma."""
        return self.ask(vector, k, among).hits

    def ask(self, vector: Vectors, k: int, among: PassageIds | None = None) -> Asked:
        """As `search`, in the time of one request at most."""
        if k < 1:
            return Asked([], 0)
        most = fetched(k, self.count(), among)
        asked = {self._beside.submit(one.search, vector, most): one for one in self.shards if not one.resting}
        told, late = wait(asked, self._timeout_s)
        for one in late:
            asked[one].give_up()
        answered = [found for found in map(_found, told) if found is not None]
        hits = sorted((hit for found in answered for hit in found), key=lambda hit: (-hit[1], hit[0]))
        return Asked(allowed(hits, among)[:k], len(self.shards) - len(answered))

    def close(self) -> None:
        self._beside.shutdown(wait=False, cancel_futures=True)


def _found(told: Future[list[tuple[int, float]]]) -> list[tuple[int, float]] | None:
    """None where the server did not answer."""
    try:
        return told.result()
    except ChromaUnreachable:
        return None
