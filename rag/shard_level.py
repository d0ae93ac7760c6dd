"""Brings Chroma servers level with the ledger's changes.

Each says itself what it holds, so one that lost its folder is filled anew, and what a process that was killed had not
noted is written once more, which changes nothing. One process of all that share the ledger writes at a time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from rag.chroma.servers import Servers
from rag.chroma.shard import Shard
from rag.chroma.shards import Shards
from rag.errors import ChromaUnreachable
from rag.indexing import Progress, lead_on, silent
from rag.ledger import Ledger
from rag.snapshot import Snapshot
from rag.vectors import ChromaLevel

_LOOK_EVERY_S = 0.1


def bring_level(servers: Servers, ledger: Ledger, progress: Progress = silent) -> bool:
    """False when another process does it. Raises ChromaUnreachable in the end where a server could not be reached; the
    others are level then.
    """
    with ledger.database.alone("vectors") as alone:
        if not alone:
            return False
        with ledger.snapshot() as snapshot:
            shards = servers.of(snapshot.metas())
        shards.look()  # before the snapshot that they are compared with
        with ledger.snapshot() as snapshot:
            _level(snapshot, shards, progress)
    return True


def rebuild(servers: Servers, ledger: Ledger, progress: Progress = silent, model_id: int | None = None) -> None:
    """Write what each server holds anew beside it, then in its place, with vectors of the model in use unless told.

    Raises ChromaUnreachable.
    """
    with _waited_for(ledger), ledger.snapshot() as snapshot:
        metas = snapshot.metas()
        for shard in servers.of(metas if model_id is None else metas | {"model": str(model_id)}).shards:
            fresh = shard.beside()
            fresh.begin_anew()
            for reached in lead_on(snapshot, fresh, ChromaLevel(), progress, model_id, fresh.mine):
                fresh.note(reached)
            shard.replace_by(fresh)


def forget(servers: Servers, metas: Mapping[str, str]) -> None:
    """Delete what they hold of the archive with these notes and the model in use then, where they answer."""
    for shard in servers.of(metas).shards:
        with suppress(ChromaUnreachable):
            shard.collection.delete()


def _level(snapshot: Snapshot, shards: Shards, progress: Progress) -> None:
    fault: ChromaUnreachable | None = None
    for shard in shards.shards:
        try:
            _level_shard(snapshot, shard, progress)
        except ChromaUnreachable as error:
            fault = error
    if fault is not None:
        raise fault


def _level_shard(snapshot: Snapshot, shard: Shard, progress: Progress) -> None:
    level, seq = shard.known(), snapshot.seq()
    followed = level.seq <= seq and level.mark == snapshot.mark(level.seq)
    if level.seq == seq and followed:
        return
    if level.seq == 0 or not followed:  # nothing is known to be in it, or the ledger was put back
        shard.begin_anew()
        level = ChromaLevel()
    for reached in lead_on(snapshot, shard, level, progress, None, shard.mine):
        shard.note(reached)


@contextmanager
def _waited_for(ledger: Ledger) -> Iterator[None]:
    """The right to write vectors, once another has done with it."""
    while True:
        with ledger.database.alone("vectors") as alone:
            if alone:
                yield
                return
        time.sleep(_LOOK_EVERY_S)
