"""Many rows at once into PostgreSQL, by its COPY: many times faster than INSERT."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, select

from rag.errors import InputError


def copy_rows(connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Write rows, each in the order of the table's columns. Raises InputError when the server takes one for wrong."""
    quoted = connection.dialect.identifier_preparer.quote
    names = ", ".join(quoted(column.name) for column in table.c)
    driver: Any = connection.connection.dbapi_connection
    dbapi: Any = connection.dialect.dbapi
    try:
        with driver.cursor() as cursor, cursor.copy(f"COPY {quoted(table.name)} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    except dbapi.DataError as error:
        reason = str(error).strip().splitlines()[0]
        raise InputError(
            f"PostgreSQL does not take a row of {table.name} ({reason}).",
            remedy="Remove the article from the archive in the data folder, and back that up again.",
        ) from error
    for column in table.primary_key:
        _count_on(connection, table, column.name)


def _count_on(connection: Connection, table: Table, column: str) -> None:
    """Where the column counts by itself, have it go on after its highest number."""
    sequence = connection.execute(select(func.pg_get_serial_sequence(table.name, column))).scalar()
    if sequence:
        highest = select(func.coalesce(func.max(table.c[column]), 0)).scalar_subquery()
        connection.execute(select(func.setval(sequence, highest + 1, False)))
