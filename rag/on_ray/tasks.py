"""What workers do. Tables go in and come out, each with one column of pickles: Arrow has none for articles.

A worker's process keeps its embedder, and Ray keeps the process, so a model is loaded once for each.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rag.embed import load_embedder
from rag.errors import ArticleRejected, BylineError
from rag.ingest.file import File
from rag.ingest.limits import Limits
from rag.ingest.units import holds_many, units, whole_unit
from rag.ports import Embedder
from rag.prepare import Prepared, Unit, prepare, vectors_of
from rag.settings import load_settings

_TOLD_AT_ONCE = 1_000
_COLUMN = "pickled"


@dataclass(frozen=True, slots=True)
class Method:
    """How articles are prepared and embedded. `models_dir` is the folder of who asks; a machine that does not have it
    keeps models in a folder of its own."""

    model: str
    models_dir: Path
    threads: int
    passage_chars: int
    on_gpu: bool

    @property
    def embedder(self) -> Embedder:
        """Raises ModelError when it can't be had."""
        here = self.models_dir if self.models_dir.is_dir() else load_settings().models_dir
        return _embedder(self.model, here, self.threads)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A file of the run, by its number."""

    number: int
    file: File
    limits: Limits


@dataclass(frozen=True, slots=True)
class Wanted:
    """Articles to read of a file, by their digests."""

    file: File
    limits: Limits
    digests: frozenset[str]


@dataclass(frozen=True, slots=True)
class Made:
    """An article ready to be stored. `vectors` has a row for each passage."""

    prepared: Prepared
    vectors: NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who made what follows: the code, and the embedding model with its dimensions."""

    byline: str
    model: str
    dimensions: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a worker can't go on."""

    message: str
    remedy: str


def packed(each: Sequence[object]) -> pa.Table:
    pickles = [pickle.dumps(one, protocol=pickle.HIGHEST_PROTOCOL) for one in each]
    return pa.table({_COLUMN: pa.array(pickles, pa.large_binary())})


def unpacked(table: pa.Table) -> list[Any]:
    return [pickle.loads(one.as_buffer()) for one in table.column(_COLUMN)]  # noqa: S301 - of this very cluster


def look(table: pa.Table) -> Iterator[pa.Table]:
    """`Numbered` files to `(number, what each holds)`: digests and rejections, in order, some at a time."""
    for one in unpacked(table):
        told: list[str | ArticleRejected] = []
        for unit in units(one.file, one.limits):
            told.append(unit if isinstance(unit, ArticleRejected) else unit.digest)
            if len(told) == _TOLD_AT_ONCE:
                yield packed([(one.number, told)])
                told = []
        yield packed([(one.number, told)])


def read(table: pa.Table) -> Iterator[pa.Table]:
    """`Wanted` to units and rejections."""
    for wanted in unpacked(table):
        yield from (packed([unit]) for unit in _wanted_units(wanted))


def make(table: pa.Table, method: Method) -> pa.Table:
    """Units to a `Stamp`, then what is `Made` of each or why not; a `Fault` where nothing can be made."""
    return embed(prepare_all(table, method), method)


def prepare_all(table: pa.Table, method: Method) -> pa.Table:
    """The first half of `make`."""
    return packed([_prepared(unit, method) for unit in unpacked(table)])


def embed(table: pa.Table, method: Method) -> pa.Table:
    """The second half of `make`."""
    try:
        embedder = method.embedder
    except BylineError as error:
        return packed([Fault(error.message, error.remedy)])
    each = unpacked(table)
    vectors = vectors_of([one for one in each if isinstance(one, Prepared)], embedder)
    made: list[Made | ArticleRejected] = []
    at = 0
    for one in each:
        if isinstance(one, Prepared):
            made.append(Made(one, vectors[at : at + len(one.passages)]))
            at += len(one.passages)
        else:
            made.append(one)
    return packed([stamp(embedder), *made])


def stamp(embedder: Embedder) -> Stamp:
    return Stamp(fingerprint(), embedder.identity, embedder.dimensions)


@lru_cache
def fingerprint() -> str:
    """Byline's version, and a digest of its code: what differs in that may make other passages."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        digest.update(f"{file.relative_to(root)}\n".encode() + file.read_bytes())
    return f"{version('byline')}, code {digest.hexdigest()[:12]}"


def _wanted_units(wanted: Wanted) -> Iterator[Unit | ArticleRejected]:
    if not holds_many(wanted.file):
        yield from (whole_unit(wanted.file, digest, wanted.limits) for digest in wanted.digests)
        return
    left = set(wanted.digests)
    for unit in units(wanted.file, wanted.limits):
        if not isinstance(unit, ArticleRejected) and unit.digest in left:
            left.discard(unit.digest)
            yield unit
    for _ in left:
        yield ArticleRejected(str(wanted.file), "it changed while it was being ingested.", remedy="Ingest it again.")


def _prepared(unit: Unit | ArticleRejected, method: Method) -> Prepared | ArticleRejected:
    if isinstance(unit, ArticleRejected):
        return unit
    try:
        return prepare(unit, method.passage_chars)
    except ArticleRejected as rejection:
        return rejection


@lru_cache(1)
def _embedder(model: str, models_dir: Path, threads: int) -> Embedder:
    return load_embedder(model, models_dir, threads)


def told(*method: Any) -> Stamp | Fault:
    """The stamp of this node, by the values of a `Method`."""
    try:
        return stamp(Method(*method).embedder)
    except BylineError as error:
        return Fault(error.message, error.remedy)
