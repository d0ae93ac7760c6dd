"""The vectors of one archive and model on one server: a collection there, which says itself what it holds."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.chroma.wire import NOT_FOUND, Wire
from rag.errors import ChromaRefused
from rag.ports import Vectors
from rag.vectors import ChromaLevel

_AT_ONCE = 300  # vectors of a request: all that Cloud takes, and on a busy server done in far less than the time it has
_COSINE = {"hnsw": {"space": "cosine"}}


class Collection:
    """Safe to use from several threads. Its methods raise ChromaUnreachable and ChromaRefused."""

    def __init__(self, wire: Wire, name: str) -> None:
        self._wire = wire
        self.name = name
        self._id: str | None = None

    def level(self) -> ChromaLevel | None:
        """What it holds, by its own word; None where there is no such collection."""
        try:
            told = self._call("GET", f"/{self.name}")
        except ChromaRefused as error:
            if error.status != NOT_FOUND:
                raise
            self._id = None
            return None
        self._id = told["id"]
        noted = told["metadata"] or {}
        return ChromaLevel(int(noted.get("through", 0)), int(noted.get("seq", 0)), noted.get("mark", ""))

    def make(self) -> None:
        """Have it, empty where it is new."""
        body = {"name": self.name, "configuration": _COSINE, "metadata": _noted(ChromaLevel()), "get_or_create": True}
        self._id = self._call("POST", "", body)["id"]

    def note(self, level: ChromaLevel) -> None:
        """Have it say what it holds."""
        self._call("PUT", f"/{self._id}", {"new_metadata": _noted(level)})

    def take_name(self, name: str) -> None:
        """Be known as `name`, in the place of what was."""
        self._delete(name)
        self._call("PUT", f"/{self._id}", {"new_name": name})
        self.name = name

    def delete(self) -> None:
        self._delete(self.name)

    def count(self) -> int:
        return int(self._call("GET", f"/{self._id}/count"))

    def ids(self) -> set[int]:
        held: set[int] = set()
        while page := self._call("POST", f"/{self._id}/get", self._page(len(held)))["ids"]:
            held.update(map(int, page))
        return held

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add new passages. An id that is there already stays as it is."""
        for part in _parts(ids, min(_AT_ONCE, self._wire.most_added)):
            rows = [base64.b64encode(row.tobytes()).decode() for row in np.asarray(vectors[part], "<f4")]
            self._call("POST", f"/{self._id}/add", {"ids": _names(ids[part]), "embeddings": rows})

    def drop(self, ids: Sequence[int]) -> None:
        for part in _parts(ids, _AT_ONCE):
            self._call("POST", f"/{self._id}/delete", {"ids": _names(ids[part])})

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The k nearest, or as many as it tells at once, in the time of one request."""
        most = min(k, self._wire.most_read)
        body = {"query_embeddings": [np.asarray(vector).tolist()], "n_results": most, "include": ["distances"]}
        answer = self._call("POST", f"/{self._id}/query", body, in_time=True)
        return [(int(i), 1.0 - d) for i, d in zip(answer["ids"][0], answer["distances"][0], strict=True)]

    def vectors(self, ids: Sequence[int]) -> dict[int, NDArray[np.float32]]:
        """Those that it has of `ids`."""
        told = self._call("POST", f"/{self._id}/get", {"ids": _names(ids), "include": ["embeddings"]})
        return {int(i): np.asarray(row, np.float32) for i, row in zip(told["ids"], told["embeddings"], strict=True)}

    def _page(self, offset: int) -> dict[str, Any]:
        return {"include": [], "limit": self._wire.most_read, "offset": offset}

    def _delete(self, name: str) -> None:
        try:
            self._call("DELETE", f"/{name}")
        except ChromaRefused as error:
            if error.status != NOT_FOUND:
                raise

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None, *, in_time: bool = False) -> Any:
        return self._wire.call(method, self._wire.within(f"/collections{path}"), body, in_time=in_time)


def _noted(level: ChromaLevel) -> dict[str, int | str]:
    return {"through": level.through, "seq": level.seq, "mark": level.mark}


def _names(ids: Sequence[int]) -> list[str]:
    return [str(i) for i in ids]


def _parts(ids: Sequence[int], most: int) -> Iterator[slice]:
    return (slice(start, start + most) for start in range(0, len(ids), most))
