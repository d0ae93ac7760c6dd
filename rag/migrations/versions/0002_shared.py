"""Archives that machines share: an archive has a name of its own, by which a machine's indexes know whether they are
still of it, and on a server the tables that are files beside the ledger elsewhere.
"""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from rag.database.columns import big, key_text

revision = "0002"
down_revision = "0001"

_META = sa.table("meta", sa.column("name"), sa.column("value"))


def upgrade() -> None:
    op.execute(_META.insert().values(name="archive", value=uuid4().hex))
    if op.get_bind().dialect.name == "postgresql":
        _records_and_keys()
        _feeds_and_spending()


def _records_and_keys() -> None:
    op.create_table("records", _id("id"), _key("kind", nullable=False), _key("made_at"), _text("body", nullable=False))
    op.create_table("tallies", _id("day"), _id("kind"), _id("outcome"), sa.Column("n", sa.Integer(), nullable=False))
    op.create_table(
        "api_keys",
        _id("id"),
        _text("name", nullable=False),
        _text("scope", nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _key("made_at", nullable=False),
        *(_key(name) for name in ("expires_at", "revoked_at", "used_on")),
    )


def _feeds_and_spending() -> None:
    op.create_table(
        "feeds",
        _id("url"),
        *(_text(name) for name in ("title", "etag", "last_modified")),
        sa.Column("polled_at", sa.Float()),
        sa.Column("due_at", sa.Float(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        _text("fault"),
        sa.Column("off", sa.Integer(), nullable=False),
    )
    op.create_table(
        "feed_entries",
        _id("feed"),
        _id("id"),
        _text("mark", nullable=False),
        _key("key"),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("brought", "attempts")),
        _text("deleted"),
    )
    op.create_table("removed_articles", _id("key_digest"))
    op.create_table(
        "spending",
        _id("day"),
        sa.Column("tokens", big(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
    )


def _id(name: str) -> sa.Column[str]:
    return sa.Column(name, key_text(), primary_key=True)


def _key(name: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, key_text(), nullable=nullable)


def _text(name: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)
