"""The ledger file: the truth, in SQLite through SQLAlchemy Core.

Reading is in `rag/snapshot.py`, writing in `rag/ledger_write.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, select, text
from sqlalchemy.exc import DatabaseError

from rag import schema as s
from rag.errors import StoreDamaged
from rag.snapshot import Snapshot

BUSY_TIMEOUT_MS = 10_000
_KEPT_OPEN = 10


class Ledger:
    """A handle on the ledger file. Each snapshot takes a connection from a pool."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, path: Path) -> Ledger:
        """Open the ledger at `path`, made if absent.

        Raises StoreDamaged when the file is no ledger or one of another schema.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        # As many readers as there are threads: one that waited for another's connection would fail after a while.
        engine = create_engine(f"sqlite:///{path}", pool_size=_KEPT_OPEN, max_overflow=-1)
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        try:
            _create_if_empty(engine)
        except DatabaseError as error:
            raise StoreDamaged(
                f"{path} can't be read as a ledger ({error.orig}).",
                remedy="Restore it from a backup, or move it away and ingest again.",
            ) from error
        return cls(engine)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        with self.engine.connect() as connection:
            yield Snapshot(connection)

    def truncate_log(self) -> bool:
        """Move the write-ahead log into the file and empty it; False while a reader still needs it."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        return not busy

    def close(self) -> None:
        self.engine.dispose()


def _configure(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's BEGIN is ours, so that reads are transactions too
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # a removed article's bytes are overwritten
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _create_if_empty(engine: Engine) -> None:
    with engine.connect() as connection:
        known = connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'meta'")).first()
        found = known and connection.execute(select(s.meta.c.value).where(s.meta.c.name == "schema")).scalar()
    if found == s.SCHEMA_VERSION:
        return
    if found is not None:
        raise StoreDamaged(
            f"The ledger has schema {found}; this version of Byline reads schema {s.SCHEMA_VERSION}.",
            remedy="Use the version of Byline that wrote it, or ingest into a new data folder.",
        )
    with engine.connect() as connection:
        # IMMEDIATE: two processes that start on one empty folder make the tables one after the other.
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        s.metadata.create_all(connection)
        connection.execute(
            text("INSERT OR IGNORE INTO meta (name, value) VALUES ('schema', :v)"), {"v": s.SCHEMA_VERSION}
        )
        connection.commit()
