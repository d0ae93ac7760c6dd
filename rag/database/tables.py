"""The tables beside the ledger's: records, API keys, feeds, spending. On SQLite each group has a file of its own."""

from __future__ import annotations

from sqlalchemy import Column, Float, Integer, LargeBinary, MetaData, Table, Text

from rag.database.columns import big, key_text

# Checks and answers that are kept. `made_at` is ISO 8601 in UTC, `body` JSON.
RECORDS = MetaData()
records = Table(
    "records",
    RECORDS,
    Column("id", key_text(), primary_key=True),
    Column("kind", key_text(), nullable=False),
    Column("made_at", key_text()),
    Column("body", Text, nullable=False),
)
# How many records came out how, kept or not. `day` is an ISO 8601 date.
tallies = Table(
    "tallies",
    RECORDS,
    Column("day", key_text(), primary_key=True),
    Column("kind", key_text(), primary_key=True),
    Column("outcome", key_text(), primary_key=True),
    Column("n", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# Times are ISO 8601 in UTC. Of a secret only its SHA-256 is kept.
API_KEYS = MetaData()
api_keys = Table(
    "keys",
    API_KEYS,
    Column("id", key_text(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("made_at", key_text(), nullable=False),
    Column("expires_at", key_text()),
    Column("revoked_at", key_text()),
    Column("used_on", key_text()),
)

# Times are seconds since 1970; the columns are those of `Feed` and `SeenEntry` in `rag/feed_store.py`.
FEEDS = MetaData()
feeds = Table(
    "feeds",
    FEEDS,
    Column("url", key_text(), primary_key=True),
    Column("title", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("polled_at", Float),
    Column("due_at", Float, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("fault", Text),
    Column("off", Integer, nullable=False),
)
entries = Table(
    "entries",
    FEEDS,
    Column("feed", key_text(), primary_key=True),
    Column("id", key_text(), primary_key=True),
    Column("mark", Text, nullable=False),
    Column("key", key_text()),
    Column("brought", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("deleted", Text),
)
removed = Table("removed", FEEDS, Column("key_digest", key_text(), primary_key=True))

# What a language model cost, a day (UTC, ISO 8601), in tokens and US dollars.
SPENDING = MetaData()
spending = Table(
    "spending",
    SPENDING,
    Column("day", key_text(), primary_key=True),
    Column("tokens", big(), nullable=False),
    Column("cost", Float, nullable=False),
)

# All of them as one database has them, where the name `keys` is the ledger's.
SHARED = MetaData()
_NAMES = {"keys": "api_keys", "entries": "feed_entries", "removed": "removed_articles"}
BESIDE = {"records.sqlite3": RECORDS, "keys.sqlite3": API_KEYS, "feeds.sqlite3": FEEDS, "spending.sqlite3": SPENDING}
"""The tables of each file of a data folder but the ledger's."""
for _group in BESIDE.values():
    for _table in _group.sorted_tables:
        _table.to_metadata(SHARED, name=_NAMES.get(_table.name, _table.name))


def in_shared(table: Table) -> Table:
    """The table of one database for what is in `table` of a file."""
    return SHARED.tables[_NAMES.get(table.name, table.name)]


# What is left of a client's requests of a minute, where services share it. It is worth nothing after a crash.
Table(
    "rates",
    SHARED,
    Column("client", key_text(), primary_key=True),
    Column("remaining", Float, nullable=False),
    Column("given", Integer, nullable=False),
    Column("filled_at", Float, nullable=False),
    prefixes=["UNLOGGED"],
)


def shared(table: Table) -> Table:
    """A table as one database that has them all names it."""
    return SHARED.tables[_NAMES.get(table.name, table.name)]
