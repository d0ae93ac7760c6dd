"""How Alembic runs the revisions: in the transaction that the caller is in, so that all of a change is made or none."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
