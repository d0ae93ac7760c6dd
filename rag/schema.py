"""The ledger's tables. Days are ordinals (`date.toordinal()`), offsets are code points, vectors are float16."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKeyConstraint, Index, Integer, LargeBinary, MetaData, String, Table, Text

from rag.database.columns import big, key_text

metadata = MetaData()

meta = Table("meta", metadata, Column("name", key_text(), primary_key=True), Column("value", String, nullable=False))

articles = Table(
    "articles",
    metadata,
    Column("id", key_text(), primary_key=True),
    Column("newest", Integer, nullable=False),
    Column("cluster", key_text(), index=True),
)

# Where an article came from. A changed article with a known key becomes its next version.
keys = Table(
    "keys",
    metadata,
    Column("key", key_text(), primary_key=True),
    Column("article_id", key_text(), nullable=False, index=True),
)

# The digest of the raw bytes that a version was read from: the same bytes again change nothing.
inputs = Table(
    "inputs",
    metadata,
    Column("digest", key_text(), primary_key=True),
    Column("article_id", key_text(), nullable=False, index=True),
    Column("version", Integer, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("article_id", key_text(), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("title", Text),
    Column("source", Text, index=True),
    Column("url", Text),
    Column("authors", Text, nullable=False),
    Column("published", String),
    Column("published_known", String),
    Column("day", Integer),
    Column("language", String),
    Column("file", Text, nullable=False),
    Column("marks", Text, nullable=False),
    Column("ingested_at", Float, nullable=False),
    # The ids of its passages, first and last inclusive; empty (0, -1) when it has none.
    Column("first_passage", big(), nullable=False),
    Column("last_passage", big(), nullable=False),
    Column("text", Text, nullable=False),
    # All that a filter reads, so that it does not touch the rows, which hold the text.
    Index("versions_by_day", "day", "source", "article_id", "version", "first_passage", "last_passage"),
)

# Only the newest version of an article has passages. An id is never used twice, so an index that lags behind can never
# show one passage in place of another: the next one is told by `changes`, which keeps all that were ever added.
passages = Table(
    "passages",
    metadata,
    Column("id", big(), primary_key=True),
    Column("article_id", key_text(), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("sentences", LargeBinary, nullable=False),
    Column("words", LargeBinary, nullable=False),  # keys of its analysed words, in order: `rag/occurrences.py`
    ForeignKeyConstraint(["article_id", "version"], ["versions.article_id", "versions.version"]),
    sqlite_autoincrement=True,
)

models = Table(
    "models",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("identity", String, nullable=False, unique=True),
    Column("dimensions", Integer, nullable=False),
)

vectors = Table(
    "vectors",
    metadata,
    Column("model_id", Integer, primary_key=True),
    Column("passage_id", big(), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# What the indexes follow: at seq, passages first..last were added, or dropped, or removed with their article. `mark` is
# a random number: a ledger that was put back to an earlier state and went on from there has others. Older changes have
# none.
changes = Table(
    "changes",
    metadata,
    Column("seq", big(), primary_key=True),
    Column("kind", String, nullable=False),
    Column("first_passage", big(), nullable=False),
    Column("last_passage", big(), nullable=False),
    Column("mark", big()),
    sqlite_autoincrement=True,
)

# MinHash of the newest version, and its bands for locality-sensitive lookup.
signatures = Table(
    "signatures",
    metadata,
    Column("article_id", key_text(), primary_key=True),
    Column("signature", LargeBinary, nullable=False),
)
bands = Table(
    "bands",
    metadata,
    Column("band", big(), primary_key=True),
    Column("article_id", key_text(), primary_key=True),
    Index("bands_by_article", "article_id"),
    sqlite_with_rowid=False,
)
