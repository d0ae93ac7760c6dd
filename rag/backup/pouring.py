"""A backup into a PostgreSQL database: how an archive moves from a data folder to a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, MetaData, Table, delete, select

from rag import schema
from rag.backup.manifest import Progress, silent
from rag.database.base import Database
from rag.database.choose import database_beside, ledger_database
from rag.database.copying import copy_rows
from rag.database.tables import BESIDE, in_shared
from rag.errors import ChromaUnreachable, InputError
from rag.indexing import Progress as Passages
from rag.ledger import Ledger
from rag.ledger_write import writing
from rag.settings import Settings
from rag.store import open_store

_AT_ONCE = 2_000
_OF_INDEXES = {"keywords", "chroma", "keywords_level", "keywords_since"}  # notes of a data folder's own


def pour(folder: Path, settings: Settings, progress: Progress = silent) -> None:
    """Put what `take_in` took into the database of `settings`, all of it or nothing; `progress` is told passages.

    What is restored is an archive of its own from then on. Raises InputError when the database holds articles.
    """
    here = settings.model_copy(update={"data_dir": folder, "database_url": None})
    with closing(Ledger(settings)) as ledger, ledger.database.hold("byline restore"):
        with ledger.database.changing() as to:
            if to.execute(select(schema.articles.c.id).limit(1)).first():
                raise InputError(
                    "The database holds articles, and they are not overwritten.",
                    remedy="Name an empty one in BYLINE_DATABASE_URL.",
                )
            for table in (schema.meta, schema.models):  # what an empty archive has
                to.execute(delete(table))
            with closing(ledger_database(here)) as source:
                _pour(source, schema.metadata, to, progress)
            for name, tables in BESIDE.items():
                if (folder / name).exists():
                    with closing(database_beside(folder / name, name, tables, None)) as source:
                        _pour(source, tables, to, silent)
        with writing(ledger) as w:
            w.set_meta("archive", uuid4().hex)


def make_indexes(settings: Settings, progress: Passages) -> None:
    """This machine's, of what was poured. A Chroma server that does not answer is brought level later."""
    with open_store(settings, "byline restore") as store, suppress(ChromaUnreachable):
        store.level_chroma(progress)


def _pour(source: Database, tables: MetaData, to: Connection, progress: Progress) -> None:
    with source.reading() as connection:
        for table in tables.sorted_tables:
            rows = _rows(connection, table, progress if table is schema.passages else silent)
            copy_rows(to, table if tables is schema.metadata else in_shared(table), rows)


def _rows(connection: Connection, table: Table, progress: Progress) -> Iterator[tuple[Any, ...]]:
    query = select(*table.c)
    if table is schema.meta:
        query = query.where(table.c.name.not_in(_OF_INDEXES))
    with connection.execute(query, execution_options={"yield_per": _AT_ONCE}) as found:
        for part in found.partitions():
            yield from map(tuple, part)
            progress(len(part))
