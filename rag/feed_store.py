"""Feeds, what was seen of them, and which articles were removed, in a SQLite file of their own beside the ledger.

Whoever polls writes it, so not under the archive's one writer; SQLite's own lock is enough for some rows.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from rag.errors import NotFound, StoreDamaged

FILE = "feeds.sqlite3"
_WAIT_S = 10.0
_TABLES = """
create table if not exists feeds (url text primary key, title text, etag text, last_modified text, polled_at real,
    due_at real not null, failures integer not null, fault text, off integer not null);
create table if not exists entries (feed text not null, id text not null, mark text not null, key text,
    brought integer not null, attempts integer not null, deleted text, primary key (feed, id));
create table if not exists removed (key_digest text primary key);
"""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed and how its polls went. Times are seconds since 1970. `off`: it is gone for good and no longer polled."""

    url: str
    title: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    polled_at: float | None = None
    due_at: float = 0.0
    failures: int = 0
    fault: str | None = None
    off: bool = False


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """What became of an entry. `id` is the digest of its own, `mark` changes when the entry does; `key` is its
    article's, None where it has none or it was removed.

    `brought` says that the article was not in the archive before. `attempts` counts failures that may pass, 0 when it
    is settled. `deleted` is when its feed said that it was deleted, empty where it did not say when.
    """

    id: str
    mark: str
    key: str | None = None
    brought: bool = False
    attempts: int = 0
    deleted: str | None = None


class FeedStore:
    """The feeds of a data folder; the file is made with the first one."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE

    def add(self, url: str) -> bool:
        """False when it is there already; one that was off is polled again."""
        with self._open() as connection:
            known = connection.execute("select off from feeds where url = ?", (url,)).fetchone()
            if known is None or known[0]:
                connection.execute(
                    "insert or replace into feeds values (?, ?, ?, ?, ?, ?, ?, ?, ?)", astuple(Feed(url))
                )
        return known is None

    def remove(self, url: str) -> None:
        """Raises NotFound."""
        with self._open() as connection:
            gone = connection.execute("delete from feeds where url = ?", (url,)).rowcount
            connection.execute("delete from entries where feed = ?", (url,))
        if not gone:
            raise NotFound(f"There is no feed {url}.", remedy="`byline feeds list` shows what there is.")

    def feeds(self) -> list[Feed]:
        """In the order of their addresses."""
        if not self._path.exists():
            return []
        with self._open() as connection:
            rows = connection.execute("select * from feeds order by url").fetchall()
        return [replace(Feed(*row), off=bool(row[8])) for row in rows]

    def polled(self, feed: Feed, entries: Iterable[SeenEntry] = ()) -> None:
        """Keep how a poll went. A feed that was removed meanwhile stays removed."""
        values = astuple(feed)
        columns = ", ".join(f"{one.name} = ?" for one in fields(Feed))
        with self._open() as connection:
            there = connection.execute(f"update feeds set {columns} where url = ?", (*values, feed.url)).rowcount  # noqa: S608
            if there:
                rows = [(feed.url, *astuple(one)) for one in entries]
                connection.executemany("insert or replace into entries values (?, ?, ?, ?, ?, ?, ?)", rows)

    def seen(self, feed_url: str) -> dict[str, SeenEntry]:
        """What was seen of a feed, by the digests of the entries' ids."""
        with self._open() as connection:
            rows = connection.execute(
                "select id, mark, key, brought, attempts, deleted from entries where feed = ?", (feed_url,)
            ).fetchall()
        return {row[0]: SeenEntry(row[0], row[1], row[2], bool(row[3]), row[4], row[5]) for row in rows}

    def note_removed(self, keys: Sequence[str]) -> None:
        """Articles that were removed: no poll brings them back. Only digests of their keys are kept, for an address
        often holds the words of a title.
        """
        with self._open() as connection:
            connection.executemany("insert or ignore into removed values (?)", [(digest(key),) for key in keys])
            connection.executemany("update entries set key = null where key = ?", [(key,) for key in keys])

    def was_removed(self, key: str) -> bool:
        with self._open() as connection:
            return bool(connection.execute("select 1 from removed where key_digest = ?", (digest(key),)).fetchone())

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A transaction. Raises StoreDamaged when the file can't be used."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_WAIT_S)) as connection:
                connection.execute("pragma journal_mode = wal")
                connection.execute("pragma secure_delete = on")
                connection.executescript(_TABLES)
                yield connection
                connection.commit()
        except sqlite3.Error as error:
            raise StoreDamaged(
                f"The feeds in {self._path} can't be used: {error}.", remedy="Restore the file or move it away."
            ) from error


def digest(text: str) -> str:
    """Of an article's key or an entry's id."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
