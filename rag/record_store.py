"""Frozen records (checks, answers) by id, beside the ledger.

They are written by whoever checks or answers, so not under the archive's one writer; the database's own lock is enough
for one row. A record is never changed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import delete, select

from rag.database.choose import database_beside
from rag.database.tables import RECORDS, records, tallies
from rag.errors import NotFound

FILE = "records.sqlite3"


class RecordStore:
    """The records of an archive: a file in its data folder, made with the first one, or tables of a database at `url`.

    Raises StoreDamaged and StoreUnreachable where it can't be used.
    """

    def __init__(self, data_dir: Path, url: SecretStr | None = None) -> None:
        self._database = database_beside(data_dir / FILE, "records", RECORDS, url)

    def keep(self, kind: str, record: dict[str, Any]) -> None:
        body = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        made_at = record.get("checked_at") or record.get("answered_at")
        row = {"id": record["id"], "kind": kind, "made_at": made_at, "body": body}
        with self._database.writing() as connection:
            connection.execute(records.insert(), row)

    def tally(self, kind: str, outcome: str, day: str) -> None:
        """Count one record of a kind by how it came out, whether or not it is kept. `day` is an ISO 8601 date."""
        one = self._database.adding_to(tallies, ["day", "kind", "outcome"], ["n"])
        with self._database.writing() as connection:
            connection.execute(one, {"day": day, "kind": kind, "outcome": outcome, "n": 1})

    def tallies(self, kind: str, since: str) -> dict[str, dict[str, int]]:
        """Of each day from `since` on, how many came out how; the days in order."""
        told: dict[str, dict[str, int]] = {}
        if self._database.exists():
            t = tallies.c
            query = select(t.day, t.outcome, t.n).where(t.kind == kind, t.day >= since).order_by(t.day)
            with self._database.reading() as connection:
                for day, outcome, n in connection.execute(query):
                    told.setdefault(day, {})[outcome] = n
        return told

    def forget(self, kind: str, before: str) -> int:
        """Drop the records of a kind that were made before a time (ISO 8601, UTC); returns how many."""
        if not self._database.exists():
            return 0
        old = delete(records).where(records.c.kind == kind, records.c.made_at < before)
        with self._database.writing() as connection:
            return int(connection.execute(old).rowcount)

    def get(self, kind: str, record_id: str) -> dict[str, Any]:
        """Raises NotFound."""
        body = None
        if self._database.exists():
            query = select(records.c.body).where(records.c.id == record_id, records.c.kind == kind)
            with self._database.reading() as connection:
                body = connection.execute(query).scalar()
        if body is None:
            raise NotFound(
                f"There is no {kind} {record_id}.", remedy="Look at the id that it was given when it was made."
            )
        record: dict[str, Any] = json.loads(body)
        return record
