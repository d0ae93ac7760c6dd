"""Settings to databases: files in the data folder, or PostgreSQL where there is a URL."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr
from sqlalchemy import Engine, MetaData

from rag.database.base import Database
from rag.database.migrate import is_newest, upgrade
from rag.database.sqlite import SqliteFile
from rag.database.tables import SHARED
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.database.postgres import Listener


def ledger_database(settings: Settings) -> Database:
    """Where the ledger is, made if absent, and brought to this version's tables.

    Raises StoreDamaged when there is something else or a ledger of another version, StoreUnreachable and SettingsError.
    """
    if settings.database_url is not None:
        return _on_server(settings.database_url, "REPEATABLE READ")
    database = SqliteFile.ledger(settings.ledger_path)
    with database.reading() as connection:
        newest = is_newest(connection)
    if not newest:
        with database.writing() as connection:
            upgrade(connection)
    return database


def database_beside(path: Path, what: str, tables: MetaData, url: SecretStr | None) -> Database:
    """Where `what` is kept beside the ledger: the file at `path`, or the ledger's own database where it has a `url`."""
    return SqliteFile.aside(path, what, tables) if url is None else _on_server(url, "AUTOCOMMIT")


def listener(settings: Settings) -> Listener:
    """To hear of changes to a ledger on a server."""
    from rag.database.postgres import Listener

    assert settings.database_url is not None  # noqa: S101 - a ledger in the data folder has no followers
    return Listener(shared_engine(settings.database_url.get_secret_value()))


def _on_server(url: SecretStr, isolation: str) -> Database:
    from rag.database.postgres import PostgresDatabase

    return PostgresDatabase(shared_engine(url.get_secret_value()), isolation)


@lru_cache
def shared_engine(url: str) -> Engine:
    """One for all stores of this process. What can't be had is tried anew the next time."""
    from rag.database.postgres import PostgresDatabase, connect, making_tables

    database = PostgresDatabase(connect(url))
    with database.reading() as connection:
        newest = is_newest(connection)
    if not newest:
        with making_tables(database) as connection:
            upgrade(connection, [SHARED])
    return database.engine
