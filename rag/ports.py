"""The few interfaces that have more than one implementation. `tests/rag/contracts` runs one contract over each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.types import PairReading

Vectors = NDArray[np.float32]
PassageIds = NDArray[np.int64]
"""Ascending, each once."""


class Embedder(Protocol):
    """Text to unit vectors."""

    @property
    def identity(self) -> str:
        """Names the model and its exact weights; two embedders with one identity give the same vectors."""

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape `(len(texts), dimensions)`, rows of length 1."""


class VectorIndex(Protocol):
    """Passage ids by cosine similarity."""

    def search(self, vector: Vectors, k: int, among: PassageIds | None = None) -> list[tuple[int, float]]:
        """At most k `(passage id, cosine)`, best first; only ids in `among` where it is given."""


class PairReader(Protocol):
    """Reads a question or claim together with each passage. (A `Reader` is the stage that chooses sentences.)"""

    @property
    def identity(self) -> str:
        """Names the model and its exact weights."""

    def read(self, text: str, passages: Sequence[str], leads: Sequence[str] = ()) -> list[PairReading]:
        """One reading for each passage, in the order given. `leads`, one for each passage or none at all, are read
        before the passages and hold no answer: title, outlet and day.
        """

    def read_pairs(self, pairs: Sequence[tuple[str, str]]) -> list[PairReading]:
        """As `read`, for pairs of a question or claim and a passage, each with a text of its own."""


@dataclass(frozen=True, slots=True)
class PairReaders:
    """`fast` reads all that retrieval found; `full`, where there is one, the best few and what is verified."""

    fast: PairReader
    full: PairReader | None = None

    @property
    def best(self) -> PairReader:
        return self.full or self.fast

    @property
    def identity(self) -> str:
        return self.fast.identity + (f" + {self.full.identity}" if self.full else "")
