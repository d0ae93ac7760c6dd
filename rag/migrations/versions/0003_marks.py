"""Changes have marks, by which a machine's indexes know whether the ledger is still the one that they followed. On a
server, services share what is left of a key's requests.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rag.database.columns import big, key_text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("changes", sa.Column("mark", big()))
    if op.get_bind().dialect.name == "postgresql":
        op.create_table(
            "rates",
            sa.Column("client", key_text(), primary_key=True),
            sa.Column("remaining", sa.Float(), nullable=False),
            sa.Column("given", sa.Integer(), nullable=False),
            sa.Column("filled_at", sa.Float(), nullable=False),
            prefixes=["UNLOGGED"],
        )
