"""An archive has a name of its own, by which a machine's indexes know whether they are still of it."""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_META = sa.table("meta", sa.column("name"), sa.column("value"))


def upgrade() -> None:
    op.execute(_META.insert().values(name="archive", value=uuid4().hex))
