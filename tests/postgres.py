"""A real PostgreSQL, started once for all tests that want one; each gets a database of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from deploy import postgres
from deploy.postgres import programs
from rag.database.choose import shared_engine

PASSWORD = "open sesame"
_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=60", "shared_buffers=32MB")
_numbers = count(1)

__all__ = ["PASSWORD", "Server", "programs", "running"]


@dataclass(frozen=True)
class Server(postgres.Server):
    """A running server."""

    def empty(self) -> str:
        """The URL of a new database without tables."""
        return self._made("template0")

    def fresh(self) -> str:
        """The URL of a new database with Byline's tables."""
        return self._made("byline")

    def _made(self, template: str) -> str:
        name = f"t{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)


@contextmanager
def running() -> Iterator[Server]:
    """A new server in a folder that goes with it."""
    with tempfile.TemporaryDirectory(prefix="byline-postgres-") as folder:
        Path(folder).chmod(0o711)
        with postgres.served(Path(folder) / "server", *_FAST, password=PASSWORD, keep=False) as started:
            server = Server(started.port, started.password)
            server.run("CREATE DATABASE byline")
            shared_engine(server.url("byline")).dispose()
            yield server
