"""The ledger as it was before there were revisions: a folder of that time is taken to be here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rag.database.columns import big, key_text

revision = "0001"
down_revision = None


def upgrade() -> None:
    _articles()
    _passages()
    _changes_and_likeness()


def _articles() -> None:
    op.create_table("meta", _id("name"), sa.Column("value", sa.String(), nullable=False))
    op.create_table(
        "articles",
        _id("id"),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.Column("cluster", key_text()),
    )
    op.create_table("keys", _id("key"), sa.Column("article_id", key_text(), nullable=False))
    op.create_table(
        "inputs",
        _id("digest"),
        sa.Column("article_id", key_text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("ix_articles_cluster", "articles", ["cluster"])
    op.create_index("ix_keys_article_id", "keys", ["article_id"])
    op.create_index("ix_inputs_article_id", "inputs", ["article_id"])
    op.create_table(
        "versions",
        _id("article_id"),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text()) for name in ("title", "source", "url")),
        sa.Column("authors", sa.Text(), nullable=False),
        *(sa.Column(name, sa.String()) for name in ("published", "published_known")),
        sa.Column("day", sa.Integer()),
        sa.Column("language", sa.String()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("file", "marks")),
        sa.Column("ingested_at", sa.Float(), nullable=False),
        *(sa.Column(name, big(), nullable=False) for name in ("first_passage", "last_passage")),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index("ix_versions_source", "versions", ["source"])
    covered = ["day", "source", "article_id", "version", "first_passage", "last_passage"]
    op.create_index("versions_by_day", "versions", covered)


def _passages() -> None:
    op.create_table(
        "passages",
        sa.Column("id", big(), primary_key=True),
        sa.Column("article_id", key_text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("version", "ordinal", "start", "end")),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("sentences", "words")),
        sa.ForeignKeyConstraint(["article_id", "version"], ["versions.article_id", "versions.version"]),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_passages_article_id", "passages", ["article_id"])
    op.create_table(
        "models",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("identity", sa.String(), nullable=False, unique=True),
        sa.Column("dimensions", sa.Integer(), nullable=False),
    )
    op.create_table(
        "vectors",
        sa.Column("model_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("passage_id", big(), primary_key=True, autoincrement=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sqlite_with_rowid=False,
    )


def _changes_and_likeness() -> None:
    op.create_table(
        "changes",
        sa.Column("seq", big(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        *(sa.Column(name, big(), nullable=False) for name in ("first_passage", "last_passage")),
        sqlite_autoincrement=True,
    )
    op.create_table("signatures", _id("article_id"), sa.Column("signature", sa.LargeBinary(), nullable=False))
    op.create_table(
        "bands",
        sa.Column("band", big(), primary_key=True, autoincrement=False),
        _id("article_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("bands_by_article", "bands", ["article_id"])


def _id(name: str) -> sa.Column[str]:
    return sa.Column(name, key_text(), primary_key=True)
