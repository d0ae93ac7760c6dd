"""Vectors in Chroma: ids and vectors, no text.

A cache of the ledger. Chroma is safe between threads but not between processes, and writes when it opens, so one
process at a time has the folder open (`chroma.lock`); the others search the ledger's own vectors (`rag/exact.py`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import StoreDamaged
from rag.ports import PassageIds, Vectors

COLLECTION = "passages"
_OVERFETCH = 1.3  # asks for a little more than the filter's share suggests
# HNSW follows as many candidates as it is asked for, a hundred at least, and finds the less of the nearest the more
# passages there are: recall@10 is .96 of a million with a hundred.
_ONE_IN = 2_500
_MOST_FETCHED = 4_000  # beyond this Chroma is slower than reading the vectors themselves


@dataclass(frozen=True, slots=True)
class ChromaLevel:
    """Chroma holds every passage up to id `through` but for those dropped up to change `seq`. A server, which may
    outlive the ledger that it followed, knows that change by its `mark`.
    """

    through: int = 0
    seq: int = 0
    mark: str = ""


class ChromaIndex:
    """Passage ids by cosine similarity, from a persistent Chroma collection."""

    def __init__(self, collection: Any, client: Any) -> None:
        self._collection = collection
        self._client = client
        self._count: int | None = None  # asking Chroma takes longer than a search, and nobody else writes

    @classmethod
    def open(cls, folder: Path) -> ChromaIndex:
        """Open the collection in `folder`, made if absent. Raises StoreDamaged when Chroma can't."""
        import chromadb
        from chromadb.config import Settings

        folder.mkdir(parents=True, exist_ok=True)
        try:
            client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
            collection = client.get_or_create_collection(
                COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
        except Exception as error:  # Chroma raises its own, SQLite's and Rust's errors, with no common base
            raise StoreDamaged(f"Chroma can't open {folder} ({error}).", remedy="Run `byline rebuild`.") from error
        return cls(collection, client)

    def close(self) -> None:
        self._client.close()

    def count(self) -> int:
        if self._count is None:
            self._count = int(self._collection.count())
        return self._count

    def ids(self) -> set[int]:
        return {int(i) for i in self._collection.get(include=[])["ids"]}

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add new passages, in batches that Chroma takes. An id that is there already stays as it is."""
        self._count = None
        most = self._client.get_max_batch_size()
        for start in range(0, len(ids), most):
            part = slice(start, start + most)
            self._collection.add(ids=[str(i) for i in ids[part]], embeddings=np.asarray(vectors[part], np.float32))

    def drop(self, ids: Sequence[int]) -> None:
        self._count = None
        most = self._client.get_max_batch_size()
        for start in range(0, len(ids), most):
            self._collection.delete(ids=[str(i) for i in ids[start : start + most]])

    def search(self, vector: Vectors, k: int, among: PassageIds | None = None) -> list[tuple[int, float]]:
        """The k nearest; with `among`, asks for more and keeps those, so a rare filter may give fewer than k."""
        total = self.count()
        if not total or k < 1:
            return []
        found = self._nearest(vector, min(total, fetched(k, total, among)))
        return allowed(found, among)[:k]

    def _nearest(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        answer = self._collection.query(query_embeddings=[vector], n_results=k, include=["distances"])
        # The one place where Chroma's cosine distance becomes a similarity.
        return [(int(i), 1.0 - d) for i, d in zip(answer["ids"][0], answer["distances"][0], strict=True)]


def fetched(k: int, total: int, among: PassageIds | None) -> int:
    """How many of `total` passages Chroma is asked for, so that some k of them are `among` those wanted."""
    k = max(k, total // _ONE_IN)
    if among is None:
        return k
    return min(_MOST_FETCHED, math.ceil(k * _OVERFETCH * total / max(1, len(among))))


def allowed(found: Sequence[tuple[int, float]], among: PassageIds | None) -> list[tuple[int, float]]:
    """Those of `found` that are `among` those wanted."""
    if among is None:
        return list(found)
    wanted = np.isin([passage_id for passage_id, _ in found], among, assume_unique=True)
    return [hit for hit, is_wanted in zip(found, wanted, strict=True) if is_wanted]
