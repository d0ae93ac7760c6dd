"""SQLite: a file in the data folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, NullPool, Table, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DatabaseError, IntegrityError, ProgrammingError
from sqlalchemy.schema import CreateTable

from rag.database.base import Database
from rag.errors import BylineError, StoreBusy, StoreDamaged
from rag.locks import FileLock, WriterLock

BUSY_TIMEOUT_MS = 10_000
_KEPT_OPEN = 10
_PRAGMAS = ("journal_mode=WAL", "secure_delete=ON", f"busy_timeout={BUSY_TIMEOUT_MS}")  # what is removed is overwritten
_OF_LEDGER = (*_PRAGMAS, "synchronous=FULL", "foreign_keys=ON")


class SqliteFile(Database):
    """A file, which may not be there yet."""

    def __init__(self, path: Path, engine: Engine) -> None:
        super().__init__(engine)
        self.path = path

    @classmethod
    def ledger(cls, path: Path) -> SqliteFile:
        """Its connections are kept. Whoever opens it makes or upgrades its tables."""
        path.parent.mkdir(parents=True, exist_ok=True)
        # As many readers as there are threads: one that waited for another's connection would fail after a while.
        engine = create_engine(f"sqlite:///{path}", pool_size=_KEPT_OPEN, max_overflow=-1)
        _at_connect(engine, [f"PRAGMA {pragma}" for pragma in _OF_LEDGER])
        remedy = "Restore it from a backup, or move it away and ingest again."
        _tell(engine, lambda reason: StoreDamaged(f"{path} can't be read as a ledger ({reason}).", remedy=remedy))
        return cls(path, engine)

    @classmethod
    def aside(cls, path: Path, what: str, tables: MetaData) -> SqliteFile:
        """A small file beside the ledger, of `what`, made with its tables by the first write. It is opened anew for
        each use, so that it may be moved away meanwhile.
        """
        engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
        _at_connect(engine, [*(f"PRAGMA {pragma}" for pragma in _PRAGMAS), *_made(tables)])
        remedy = "Restore the file or move it away."
        _tell(engine, lambda reason: StoreDamaged(f"The {what} in {path} can't be used: {reason}.", remedy=remedy))
        return cls(path, engine)

    def exists(self) -> bool:
        return self.path.exists()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(mode=0o600)  # it may hold keys
        with self.engine.connect() as connection:
            begin_now(connection)
            yield connection
            connection.commit()

    def changing(self) -> AbstractContextManager[Connection]:
        return self.writing()

    @contextmanager
    def hold(self, what: str) -> Iterator[None]:
        lock = WriterLock(self.path.parent)
        lock.take(what)
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def alone(self, to: str) -> Iterator[bool]:
        lock = FileLock(self.path.parent / f"{to}.lock")
        try:
            yield lock.try_lock()
        finally:
            lock.release()

    @staticmethod
    def insert(table: Table) -> Any:
        return sqlite.insert(table)

    def truncate_log(self) -> bool:
        """Move the write-ahead log into the file and empty it."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        return not busy

    def faults(self) -> list[str]:
        """What SQLite's own check finds, at most five."""
        with self.reading() as connection:
            told = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(5)")]
        return [] if told == ["ok"] else told


def begin_now(connection: Connection) -> None:
    """A transaction that writes from its beginning: two that begin at once come one after the other."""
    connection.exec_driver_sql("COMMIT")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _at_connect(engine: Engine, statements: Sequence[str]) -> None:
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy's BEGIN is ours, so that reads are transactions too
        for statement in statements:
            connection.execute(statement)

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))


def _made(tables: MetaData) -> list[str]:
    of = sqlite.dialect()
    return [str(CreateTable(table, if_not_exists=True).compile(dialect=of)) for table in tables.sorted_tables]


def _tell(engine: Engine, damaged: Callable[[str], BylineError]) -> None:
    """Errors of the file as Byline's own; those of a statement stay as they are."""

    def told(context: ExceptionContext) -> BylineError | None:
        error = context.sqlalchemy_exception
        if not isinstance(error, DatabaseError) or isinstance(error, IntegrityError | ProgrammingError):
            return None
        if "locked" in str(error.orig):
            return StoreBusy(f"Another program holds {engine.url.database}.", remedy="Wait until it is done.")
        return damaged(str(error.orig))

    event.listen(engine, "handle_error", told)
