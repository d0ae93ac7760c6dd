"""A ledger that was put back to an earlier state and went on from there: what servers hold of the time between goes."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from rag.chroma.servers import Servers
from rag.ledger import Ledger
from rag.settings import load_settings
from rag.shard_level import bring_level
from rag.store import open_store
from tests.chroma import ChromaServer
from tests.rag.fakes import article
from tests.rag.test_store import BAKERY, HARBOUR, put

FERRY = "The ferry to Stromness sailed on Thursday.\n\nIt carried forty lambs to the market."


def test_vectors_of_a_time_that_is_gone_are_written_anew(tmp_path: Path, servers: list[ChromaServer]) -> None:
    settings = load_settings(data_dir=tmp_path / "data", chroma_url=servers[0].url)
    for text in (HARBOUR, BAKERY, FERRY):
        if text is FERRY:  # it gets the numbers that the bakery had
            shutil.copy(tmp_path / "kept", settings.ledger_path)
        with open_store(settings, "test") as store:
            put(store, [article(text)])
            if text is not FERRY:
                store.level_chroma()
        if text is HARBOUR:
            shutil.copy(settings.ledger_path, tmp_path / "kept")
    ledger, on = Ledger(settings), Servers(settings)
    assert bring_level(on, ledger)
    with ledger.snapshot() as snapshot:
        ids, wanted = snapshot.vectors(snapshot.passage_ids().tolist())
        (shard,) = on.of(snapshot.metas()).shards
    held = shard.collection.vectors(ids.tolist())
    assert len(held) == len(ids) == 4
    assert all(np.allclose(held[int(i)], row, atol=1e-3) for i, row in zip(ids, wanted, strict=True))
    on.close()
    ledger.close()
