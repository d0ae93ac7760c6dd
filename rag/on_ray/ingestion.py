"""An ingest whose articles are read, prepared and embedded by workers, and written here, by the one writer.

The files are looked at first, for their digests alone: what the ledger knows costs no more than that. What workers
make of the rest comes in the order of the input, whoever made it and when, so the archive becomes the one that a plain
ingest makes. What a lost node was at is made again by others; only this process says what is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import ray.data
from ray.data import DataContext, ExecutionResources, TaskPoolStrategy
from ray.data.exceptions import ExecutionTimeoutError
from ray.exceptions import RayError

from rag.errors import ArticleRejected, ClusterError
from rag.ingest.file import File
from rag.ingest.limits import Limits
from rag.ingest.units import holds_many
from rag.ingestion import BATCH_PASSAGES, IngestReport, Tell, Writer
from rag.on_ray.crew import Strength, check, strength
from rag.on_ray.session import first_line
from rag.on_ray.tasks import (
    Fault,
    Made,
    Method,
    Numbered,
    Stamp,
    Wanted,
    embed,
    look,
    make,
    packed,
    prepare_all,
    read,
    unpacked,
)
from rag.store import Store

_FILES_AT_ONCE = 16  # of those that are one article each
_BLOCK_BYTES = 64_000  # some ten articles, that one worker takes at a time
_AHEAD_BYTES = 8_000_000  # for each worker: some 400 articles under way or waiting to be written
_STUCK_S = 1_800.0  # without anything done: every worker is lost, and nobody starts others
_READERS, _READ_FOR = 2, 16  # files read side by side: at least, and one more for so many workers
_GPU_ARTICLES = 64  # that a GPU takes at a time


F = TypeVar("F", Numbered, Wanted)


@dataclass(frozen=True, slots=True)
class Sighting:
    """An article of a file of the run, known by its digest."""

    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class RayIngest:
    """Articles to ingest, under the writer's lock. `total` is how many there are."""

    total: int
    _store: Store
    _writer: Writer
    _found: Sequence[Sighting | ArticleRejected]
    _files: Sequence[File]
    _limits: Limits
    _method: Method
    _stamp: Stamp

    def run(self, tell: Tell, batch_passages: int = BATCH_PASSAGES) -> IngestReport:
        """An interruption (Ctrl-C) ends it early with what is stored and whole. Raises ClusterError."""
        report = IngestReport()
        try:
            wanted = self._wanted(report, tell)
            for batch in _batches(self._made(wanted), report, batch_passages):
                vectors = np.concatenate([made.vectors for made in batch])
                self._writer.write([made.prepared for made in batch], vectors, report, tell)
            self._writer.finish(report, tell)
        except KeyboardInterrupt:
            report.interrupted = True
        return report

    def strength(self) -> Strength:
        """Who works at it now."""
        return strength(self._method.threads)

    def counts(self) -> dict[str, int]:
        """What the archive holds."""
        with self._store.ledger.snapshot() as snapshot:
            return snapshot.counts()

    def _wanted(self, report: IngestReport, tell: Tell) -> list[list[Wanted]]:
        """What is to be read, in portions for a worker."""
        digests: dict[int, set[str]] = {}
        for sighting in self._writer.unknown(self._found, report, tell):
            digests.setdefault(sighting.number, set()).add(sighting.digest)
        return _portions(
            [Wanted(self._files[number], self._limits, frozenset(some)) for number, some in digests.items()]
        )

    def _made(self, portions: Sequence[Sequence[Wanted]]) -> Iterator[Made | ArticleRejected]:
        """In the order of the input."""
        crew = self.strength()
        readers = min(len(portions), max(_READERS, crew.workers // _READ_FOR))
        for one in _worked(portions, lambda dataset: _making(dataset, readers, self._method), crew):
            if isinstance(one, Fault):
                raise ClusterError(f"A worker can't go on. {one.message}", remedy=one.remedy)
            if isinstance(one, Stamp):
                check(one, self._stamp)
            else:
                yield one


def looked_at(files: Sequence[File], limits: Limits, crew: Strength) -> Iterator[Sighting | ArticleRejected]:
    portions = _portions([Numbered(number, file, limits) for number, file in enumerate(files)])
    for number, told in _worked(portions, lambda dataset: dataset.map_batches(look, **_TABLES, num_cpus=1), crew):
        for one in told:
            yield one if isinstance(one, ArticleRejected) else Sighting(number, one)


_TABLES: dict[str, Any] = {"batch_size": None, "batch_format": "pyarrow", "zero_copy_batch": True}


def _portions(each: Iterable[F]) -> list[list[F]]:
    """In their order; a file of many articles is by itself."""
    portions: list[list[F]] = []
    for one in each:
        alone = holds_many(one.file) or not portions or holds_many(portions[-1][0].file)
        if alone or len(portions[-1]) == _FILES_AT_ONCE:
            portions.append([one])
        else:
            portions[-1].append(one)
    return portions


def _making(dataset: ray.data.Dataset, readers: int, method: Method) -> ray.data.Dataset:
    """Reading waits for its file and takes no processor of its own. Where a GPU embeds, others prepare meanwhile."""
    how: dict[str, Any] = {**_TABLES, "fn_kwargs": {"method": method}}
    units = dataset.map_batches(read, **_TABLES, num_cpus=0, compute=TaskPoolStrategy(readers))
    if not method.on_gpu:
        return units.map_batches(make, **how, num_cpus=method.threads)
    prepared = units.map_batches(prepare_all, **how, num_cpus=1)
    return prepared.map_batches(embed, **how | {"batch_size": _GPU_ARTICLES}, num_cpus=0, num_gpus=1, max_calls=0)


def _worked(
    portions: Sequence[Sequence[object]], plan: Callable[[ray.data.Dataset], ray.data.Dataset], crew: Strength
) -> Iterator[Any]:
    """What a plan makes of the portions, a block each, one after the other. Raises ClusterError."""
    if not portions:
        return
    _settle(DataContext.get_current(), max(1, crew.workers) * _AHEAD_BYTES)
    try:
        blocks = ray.data.from_arrow([packed(portion) for portion in portions])
        for table in plan(blocks).iter_batches(batch_size=None, batch_format="pyarrow"):
            yield from unpacked(table)
    except (RayError, ExecutionTimeoutError) as error:
        raise ClusterError(
            f"The cluster failed: {first_line(error)}", remedy="See `ray status`; the same command goes on."
        ) from error


def _settle(context: DataContext, ahead_bytes: int) -> None:
    context.enable_progress_bars = False
    context.execution_options.preserve_order = True
    context.execution_options.resource_limits = ExecutionResources.for_limits(object_store_memory=ahead_bytes)
    context.execution_no_progress_timeout_s = _STUCK_S
    context.target_max_block_size = _BLOCK_BYTES


def _batches(each: Iterable[Made | ArticleRejected], report: IngestReport, batch_passages: int) -> Iterator[list[Made]]:
    batch: list[Made] = []
    passages = 0
    for one in each:
        if isinstance(one, ArticleRejected):
            report.rejected.append(one)
            continue
        batch.append(one)
        passages += len(one.vectors)
        if passages >= batch_passages:
            yield batch
            batch, passages = [], 0
    if batch:
        yield batch
