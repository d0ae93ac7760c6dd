"""Feeds, what was seen of them, and which articles were removed, beside the ledger.

Whoever polls writes it, so not under the archive's one writer; the database's own lock is enough for some rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Column, Table, delete, select, update

from rag.database.choose import database_beside
from rag.database.tables import FEEDS, entries, feeds, removed, shared
from rag.errors import NotFound

FILE = "feeds.sqlite3"


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
    """The feeds of an archive: a file in its data folder, made with the first one, or tables of the database at `url`.

    Raises StoreDamaged and StoreUnreachable where it can't be used.
    """

    def __init__(self, data_dir: Path, url: SecretStr | None = None) -> None:
        self._database = database_beside(data_dir / FILE, "feeds", FEEDS, url)
        self._shared = url is not None
        self._entries = entries if url is None else shared(entries)
        self._removed = removed if url is None else shared(removed)

    def add(self, url: str) -> bool:
        """False when it is there already; one that was off is polled again."""
        others = [column.name for column in feeds.columns if not column.primary_key]
        with self._database.writing() as connection:
            known = connection.execute(select(feeds.c.off).where(feeds.c.url == url)).first()
            if known is None or known.off:
                connection.execute(self._database.replacing(feeds, ["url"], others), _row(Feed(url)))
        return known is None

    def remove(self, url: str) -> None:
        """Raises NotFound."""
        with self._database.writing() as connection:
            gone = connection.execute(delete(feeds).where(feeds.c.url == url)).rowcount
            connection.execute(delete(self._entries).where(self._entries.c.feed == url))
        if not gone:
            raise NotFound(f"There is no feed {url}.", remedy="`byline feeds list` shows what there is.")

    def feeds(self) -> list[Feed]:
        """In the order of their addresses."""
        if not self._database.exists():
            return []
        with self._database.reading() as connection:
            rows = connection.execute(select(*_columns(feeds, Feed)).order_by(feeds.c.url)).all()
        return [replace(Feed(*row), off=bool(row.off)) for row in rows]

    @contextmanager
    def polling(self, url: str) -> Iterator[Feed | None]:
        """The feed as it is now, while this process polls it; None while another machine does, or it was removed."""
        alone = self._database.alone(f"poll {url}") if self._shared else nullcontext(True)
        with alone as mine:
            yield next((feed for feed in self.feeds() if feed.url == url), None) if mine else None

    def polled(self, feed: Feed, entries: Iterable[SeenEntry] = ()) -> None:
        """Keep how a poll went. A feed that was removed meanwhile stays removed."""
        rows = [{"feed": feed.url, **_row(one)} for one in entries]
        others = [field.name for field in fields(SeenEntry) if field.name != "id"]
        with self._database.writing() as connection:
            there = connection.execute(update(feeds).where(feeds.c.url == feed.url).values(**_row(feed))).rowcount
            if there and rows:
                connection.execute(self._database.replacing(self._entries, ["feed", "id"], others), rows)

    def seen(self, feed_url: str) -> dict[str, SeenEntry]:
        """What was seen of a feed, by the digests of the entries' ids."""
        if not self._database.exists():
            return {}
        query = select(*_columns(self._entries, SeenEntry)).where(self._entries.c.feed == feed_url)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return {row.id: replace(SeenEntry(*row), brought=bool(row.brought)) for row in rows}

    def note_removed(self, keys: Sequence[str]) -> None:
        """Articles that were removed: no poll brings them back. Only digests of their keys are kept, for an address
        often holds the words of a title.
        """
        gone, e = [{"key_digest": digest(key)} for key in keys], self._entries
        with self._database.writing() as connection:
            connection.execute(self._database.unless_there(self._removed), gone)
            connection.execute(update(e).where(e.c.key.in_(keys)).values(key=None))

    def was_removed(self, key: str) -> bool:
        if not self._database.exists():
            return False
        query = select(self._removed).where(self._removed.c.key_digest == digest(key))
        with self._database.reading() as connection:
            return connection.execute(query).first() is not None


def _row(of: Feed | SeenEntry) -> dict[str, Any]:
    """By column; a flag is a number."""
    return {name: int(value) if isinstance(value, bool) else value for name, value in asdict(of).items()}


def _columns(table: Table, kind: type[Feed | SeenEntry]) -> list[Column[Any]]:
    return [table.c[field.name] for field in fields(kind)]


def digest(text: str) -> str:
    """Of an article's key or an entry's id."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
