"""Settings to databases."""

from __future__ import annotations

from rag.database.sqlite import SqliteFile
from rag.settings import Settings


def ledger_database(settings: Settings) -> SqliteFile:
    """Where the ledger is."""
    return SqliteFile.ledger(settings.ledger_path)
