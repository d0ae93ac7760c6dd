"""One server's part of the vectors, and what is known of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from rag.breaker import Breaker
from rag.chroma.collection import Collection
from rag.chroma.wire import NOT_FOUND, Wire
from rag.errors import ChromaRefused, ChromaUnreachable
from rag.ports import Vectors
from rag.vectors import ChromaLevel

log = logging.getLogger("byline.chroma")
log.addHandler(logging.NullHandler())  # commands, which have no log, tell it in their own words

_REST_S = 4.0  # that a server is left alone which does not answer
_NOTHING = ChromaLevel()


class Shard:
    """One server's part of the vectors. Safe to use from several threads.

    `level` is what it holds as far as is known: None while it could not be asked. `fault` says why it can't be used.
    """

    def __init__(self, wire: Wire, name: str, nth: int, of: int) -> None:
        self._wire = wire
        self.collection = Collection(wire, name)
        self.nth = nth
        self.of = of
        self.level: ChromaLevel | None = None
        self.held = 0
        self.fault: ChromaUnreachable | None = None
        self._breaker = Breaker(_REST_S)

    @property
    def resting(self) -> bool:
        return self._breaker.resting

    @property
    def up(self) -> bool:
        """Whether it answered last."""
        return self.level is not None and self.fault is None

    def look(self) -> ChromaLevel:
        """Ask what it holds. Raises ChromaUnreachable."""
        with self._tried():
            return self._look()

    def known(self) -> ChromaLevel:
        """Its level, asked where it is not known. Raises ChromaUnreachable."""
        return self.look() if self.level is None else self.level

    def mine(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which passages' vectors it holds."""
        return np.equal(ids % self.of, self.nth)

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """Up to its level; raises ChromaUnreachable, at once where it is left alone."""
        with self._tried():
            level = self._look() if self.level is None else self.level
            return [hit for hit in self._nearest(vector, k) if hit[0] <= level.through]

    def begin_anew(self) -> None:
        """Have an empty collection in the place of what there is."""
        with self._tried():
            self.collection.delete()
            self.collection.make()
            self.level, self.held = _NOTHING, 0

    def beside(self) -> Shard:
        """Another of the same passages on the same server."""
        return Shard(self._wire, f"{self.collection.name}-new", self.nth, self.of)

    def replace_by(self, fresh: Shard) -> None:
        """Have another's vectors in the place of its own."""
        with self._tried():
            fresh.collection.take_name(self.collection.name)
            self._look()

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        with self._tried():
            self.collection.add(ids, vectors)

    def drop(self, ids: Sequence[int]) -> None:
        with self._tried():
            self.collection.drop(ids)

    def note(self, level: ChromaLevel) -> None:
        """Have it say, and know, that it holds so much."""
        with self._tried():
            self.collection.note(level)
            self.level, self.held = level, self.collection.count()

    def _nearest(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        most = min(k, self.held)
        if not most:
            return []
        try:
            return self.collection.search(vector, most)
        except ChromaRefused as error:
            if error.status != NOT_FOUND:
                raise
            self._look()  # it was made anew, or lost its folder
            return self.collection.search(vector, min(k, self.held)) if self.held else []

    def _look(self) -> ChromaLevel:
        level = self.collection.level()
        if level != self.level:
            self.held = self.collection.count() if level else 0
        self.level = level or _NOTHING
        return self.level

    def give_up(self) -> None:
        """It took longer than a request may."""
        late = "A Chroma server gives no reply in time."
        self.fault = self.fault or ChromaUnreachable(late, remedy="See whether it is overloaded.", slow=True)
        self._breaker.failed(at_once=True)

    @contextmanager
    def _tried(self) -> Iterator[None]:
        """Tell the breaker how it went; raises ChromaUnreachable at once where the server is left alone."""
        if self._breaker.admit():
            raise self._again()
        try:
            yield
        except ChromaUnreachable as error:
            self._breaker.failed(at_once=error.slow or isinstance(error, ChromaRefused))
            if self.fault is None:
                log.warning("shard=%d of=%d: %s", self.nth + 1, self.of, error.message)
            self.fault = error
            raise
        self._breaker.succeeded()
        if self.fault is not None:
            log.info("shard=%d of=%d answers again", self.nth + 1, self.of)
        self.fault = None

    def _again(self) -> ChromaUnreachable:
        """What was wrong when it was last tried; an error of its own, for every raise adds to it where it went."""
        if self.fault is None:
            return ChromaUnreachable("A Chroma server is left alone.", remedy="It is tried again soon.")
        return ChromaUnreachable(self.fault.message, remedy=self.fault.remedy)
