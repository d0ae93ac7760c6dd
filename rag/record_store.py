"""Frozen records (checks, answers) by id, in a SQLite file of their own beside the ledger.

They are written by whoever checks or answers, so not under the archive's one writer; SQLite's own lock is enough for
one row. A record is never changed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from rag.errors import NotFound, StoreDamaged

FILE = "records.sqlite3"
_WAIT_S = 10.0
_TABLE = (
    "create table if not exists records (id text primary key, kind text not null, made_at text, body text not null)"
)


_TALLIES = (
    "create table if not exists tallies (day text, kind text, outcome text, n integer not null, "
    "primary key (day, kind, outcome)) without rowid"
)


class RecordStore:
    """The records of a data folder; the file is made with the first one."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE

    def keep(self, kind: str, record: dict[str, Any]) -> None:
        """Raises StoreDamaged when the file can't be written."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as connection:
            connection.execute("pragma journal_mode = wal")
            connection.execute(_TABLE)
            body = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
            values = (record["id"], kind, record.get("checked_at") or record.get("answered_at"), body)
            connection.execute("insert into records values (?, ?, ?, ?)", values)
            connection.commit()

    def tally(self, kind: str, outcome: str, day: str) -> None:
        """Count one record of a kind by how it came out, whether or not it is kept. `day` is an ISO 8601 date."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as connection:
            connection.execute("pragma journal_mode = wal")
            connection.execute(_TALLIES)
            connection.execute(
                "insert into tallies values (?, ?, ?, 1) on conflict do update set n = n + 1", (day, kind, outcome)
            )
            connection.commit()

    def tallies(self, kind: str, since: str) -> dict[str, dict[str, int]]:
        """Of each day from `since` on, how many came out how; the days in order."""
        told: dict[str, dict[str, int]] = {}
        if self._path.exists():
            with self._open() as connection:
                connection.execute(_TALLIES)
                query = "select day, outcome, n from tallies where kind = ? and day >= ? order by day"
                for day, outcome, n in connection.execute(query, (kind, since)):
                    told.setdefault(day, {})[outcome] = n
        return told

    def forget(self, kind: str, before: str) -> int:
        """Drop the records of a kind that were made before a time (ISO 8601, UTC); returns how many."""
        if not self._path.exists():
            return 0
        with self._open() as connection:
            connection.execute(_TABLE)
            gone = connection.execute("delete from records where kind = ? and made_at < ?", (kind, before)).rowcount
            connection.commit()
        return int(gone)

    def get(self, kind: str, record_id: str) -> dict[str, Any]:
        """Raises NotFound."""
        row = None
        if self._path.exists():
            with self._open() as connection:
                connection.execute(_TABLE)
                row = connection.execute(
                    "select body from records where id = ? and kind = ?", (record_id, kind)
                ).fetchone()
        if row is None:
            raise NotFound(
                f"There is no {kind} {record_id}.", remedy="Look at the id that it was given when it was made."
            )
        record: dict[str, Any] = json.loads(row[0])
        return record

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=_WAIT_S)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise StoreDamaged(
                f"The records in {self._path} can't be used: {error}.", remedy="Restore the file or move it away."
            ) from error
