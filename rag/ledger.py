"""The ledger: the truth, through SQLAlchemy Core.

Reading is in `rag/snapshot.py`, writing in `rag/ledger_write.py`, what differs between engines in `rag/database/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rag.database.choose import ledger_database
from rag.settings import Settings
from rag.snapshot import Snapshot


class Ledger:
    """A handle on the ledger. Each snapshot takes a connection from a pool."""

    def __init__(self, settings: Settings) -> None:
        """Open the ledger of `settings`, made if absent, and brought to this version's tables.

        Raises StoreDamaged when there is something else or a ledger of another version, and StoreUnreachable.
        """
        self.database = ledger_database(settings)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        with self.database.reading() as connection:
            yield Snapshot(connection)

    def close(self) -> None:
        self.database.close()
