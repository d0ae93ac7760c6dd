"""Brings a ledger's tables to the newest revision, in place. The revisions are in `rag/migrations/versions/`.

A new database gets the newest tables at once; Alembic, which takes half a second to import, is only asked for where an
older revision is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from rag import schema as s
from rag.errors import StoreDamaged

if TYPE_CHECKING:
    from alembic.config import Config

FIRST, HEAD = "0001", "0003"
_FIRST_SCHEMA = "2"  # as `meta` called it before there were revisions
MIGRATIONS = Path(__file__).parents[1] / "migrations"

_revision = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


def is_newest(connection: Connection) -> bool:
    """Whether there is nothing to make or to lead on."""
    return _stamped(connection) == HEAD


def _stamped(connection: Connection) -> str | None:
    """The revision that a ledger's tables are said to be of."""
    if not inspect(connection).has_table(_revision.name):
        return None
    return connection.execute(select(_revision.c.version_num)).scalar()


def _from_before(connection: Connection) -> bool:
    """Whether these are tables from before there were revisions. Raises StoreDamaged where none leads on from them."""
    if not inspect(connection).has_table("meta"):
        return False
    schema = connection.exec_driver_sql("SELECT value FROM meta WHERE name = 'schema'").scalar()
    if schema not in {None, _FIRST_SCHEMA}:
        raise _unreadable(f"schema {schema}")
    return schema is not None


def upgrade(connection: Connection, beside: Sequence[MetaData] = ()) -> None:
    """Make the ledger's tables and those that are kept `beside` them, or lead them on to HEAD, in the transaction that
    `connection` is in. Raises StoreDamaged.
    """
    found = _stamped(connection)
    if found is None and _from_before(connection):
        found = FIRST
        _stamp(connection, FIRST)
    if found is None:
        for group in (s.metadata, *beside):
            group.create_all(connection)
        connection.execute(s.meta.insert().values(name="archive", value=uuid4().hex))
        _stamp(connection, HEAD)
    elif found != HEAD:
        _lead_on(connection, found)


def _stamp(connection: Connection, revision: str) -> None:
    _revision.create(connection)
    connection.execute(_revision.insert().values(version_num=revision))


def _lead_on(connection: Connection, found: str) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = configuration(connection)
    try:
        ScriptDirectory.from_config(config).get_revision(found)
    except CommandError as error:
        raise _unreadable(f"revision {found}") from error
    command.upgrade(config, "head")


def configuration(connection: Connection) -> Config:
    """For Alembic, at work in the transaction that `connection` is in."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _unreadable(found: str) -> StoreDamaged:
    return StoreDamaged(
        f"The ledger has {found}; this version of Byline reads revision {HEAD}.",
        remedy="Use the version of Byline that wrote it, or ingest into a new data folder.",
    )
