"""Checks ledger, keyword index and Chroma against each other, id by id, and repairs what differs.

The ledger is right; a cache that differs is brought level or written anew from it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text

from rag.chroma.servers import Servers
from rag.chroma.shard import Shard
from rag.errors import ChromaUnreachable
from rag.ledger import Ledger
from rag.snapshot import Snapshot
from rag.store import Store, sample_of

_SAME = 1e-3  # in each number of a vector


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, what was found, and whether it is as it should be."""

    subject: str
    detail: str
    ok: bool


def examine(store: Store) -> list[Finding]:
    """All checks. Nothing is changed, except that an index which only lagged was brought level at opening."""
    return [_ledger_file(store.ledger), *_ledger_spans(store.ledger), _keywords(store), *_chroma(store)]


def repair(store: Store, findings: list[Finding]) -> None:
    """Rebuild the caches from the ledger if any of them differs. The ledger itself is never changed."""
    if any(not finding.ok for finding in findings if finding.subject != "ledger"):
        store.rebuild()


def _ledger_file(ledger: Ledger) -> Finding:
    told = ledger.database.faults()
    with ledger.snapshot() as snapshot:
        counts = snapshot.counts()
    if not told:
        shown = ", ".join(f"{count} {name}" for name, count in counts.items())
        return Finding("ledger", f"the file is whole: {shown}", ok=True)
    return Finding("ledger", f"the file is damaged ({'; '.join(told)}): restore it from a backup", ok=False)


def _ledger_spans(ledger: Ledger) -> list[Finding]:
    """Every searched passage lies inside its text and has a vector of the model in use."""
    outside = (
        "SELECT COUNT(*) FROM passages p LEFT JOIN versions v ON v.article_id = p.article_id AND v.version = p.version "
        'WHERE v.text IS NULL OR p.start < 0 OR p."end" <= p.start OR p."end" > LENGTH(v.text)'
    )
    unembedded = (
        "SELECT COUNT(*) FROM passages p LEFT JOIN vectors x ON x.passage_id = p.id AND x.model_id = "
        "(SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'model') WHERE x.passage_id IS NULL"
    )
    with ledger.snapshot() as snapshot:
        return [
            _none_of(snapshot.connection.execute(text(query)).scalar_one(), what)
            for query, what in ((outside, "lie outside their text"), (unembedded, "have no vector"))
        ]


def _none_of(count: int, what: str) -> Finding:
    return Finding("ledger", f"{count} passages {what}" if count else f"no passages {what}", ok=count == 0)


def _keywords(store: Store) -> Finding:
    with store.ledger.snapshot() as snapshot:
        wanted = snapshot.passage_ids().tolist()
    return _compare("keywords", wanted, store.keyword_ids())


def _chroma(store: Store) -> list[Finding]:
    """Probed before it is opened here, then brought level and probed again."""
    if store.servers is not None:
        return _on_servers(store, store.servers)
    probe = store.probe()
    if probe is not None and not probe.fault and not probe.lost:
        probe = store.probe() if store.level_chroma() else None
    if probe is None:
        return [Finding("chroma", "another process has it open; not looked into", ok=True)]
    if probe.fault:
        return [Finding("chroma", f"it can't be used: {probe.fault}", ok=False)]
    with store.ledger.snapshot() as snapshot:
        wanted = snapshot.passage_ids().tolist()
    count = len(probe.lost)
    lost = Finding(
        "chroma",
        "its own vector finds every sampled passage" if not count else f"{count} sampled passages are lost",
        ok=not count,
    )
    return [_compare("chroma", wanted, list(probe.ids)), lost]


def _on_servers(store: Store, servers: Servers) -> list[Finding]:
    """Brought level where no other process does it, then looked into."""
    with suppress(ChromaUnreachable):  # which is found again, and told
        store.level_chroma()
    with store.ledger.snapshot() as snapshot:
        wanted, shards = snapshot.passage_ids(), servers.of(snapshot.metas()).shards
        return [finding for shard in shards for finding in _on_server(snapshot, shard, wanted[shard.mine(wanted)])]


def _on_server(snapshot: Snapshot, shard: Shard, wanted: NDArray[np.int64]) -> list[Finding]:
    subject = "chroma" if shard.of == 1 else f"chroma {shard.nth + 1} of {shard.of}"
    try:
        held = shard.collection.ids() if shard.look().seq else set()
        ids, vectors = snapshot.vectors(sample_of(wanted).tolist())
        kept = shard.collection.vectors(ids.tolist()) if held else {}
    except ChromaUnreachable as error:
        return [Finding(subject, str(error), ok=False)]
    other = sum(
        not (i in kept and np.allclose(kept[i], vector.astype(np.float32), atol=_SAME))
        for i, vector in zip(ids.tolist(), vectors, strict=True)
    )
    told = f"{other} sampled vectors are not the ledger's" if other else "sampled vectors are the ledger's"
    return [_compare(subject, wanted.tolist(), list(held)), Finding(subject, told, ok=not other)]


def _compare(subject: str, wanted: list[int], held: list[int]) -> Finding:
    missing, extra = set(wanted) - set(held), set(held) - set(wanted)
    doubled = len(held) - len(set(held))
    if not (missing or extra or doubled):
        return Finding(subject, f"holds the ledger's {len(wanted)} passages", ok=True)
    return Finding(
        subject, f"{len(missing)} passages missing, {len(extra)} not in the ledger, {doubled} doubled", ok=False
    )
