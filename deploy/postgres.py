"""A PostgreSQL server of its own, in a folder: Debian's package, without its cluster."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from deploy.processes import account, as_account, folder_of_account, free_port, running
from rag.errors import BylineError, MissingExtra

USER = "reporter"
# Its own order of text is not that of code points, as is usual.
_LANGUAGES = ("--locale=C.UTF-8", "--encoding=UTF8", "--locale-provider=icu", "--icu-locale=en-US")


@dataclass(frozen=True)
class Server:
    """A running server, which this machine alone reaches."""

    port: int
    password: str

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://{USER}:{quote(self.password)}@127.0.0.1:{self.port}/{name}"

    def run(self, statement: str, name: str = "postgres") -> list[tuple[object, ...]]:
        """As an administrator, in the database `name`."""
        where = f"host=127.0.0.1 port={self.port} user={USER} password='{self.password}' dbname={name}"
        with psycopg.connect(where, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def answers(self) -> bool:
        try:
            self.run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


def programs() -> Path | None:
    """The folder of the server's programs; None where it is not installed."""
    found = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return Path(found).resolve().parent if found else debian[-1].parent if debian else None


@contextmanager
def served(folder: Path, *options: str, password: str | None = None, keep: bool = True) -> Iterator[Server]:
    """A server whose files are in `folder`, made if absent; `options` are lines of its configuration. Where nothing
    is to be kept, it ends at once. Raises MissingExtra and BylineError.
    """
    found = programs()
    if found is None:
        raise MissingExtra("PostgreSQL is not installed.", remedy="Run: apt-get install postgresql.")
    folder_of_account(folder)
    if not (folder / "data" / "PG_VERSION").exists():
        _make(found, folder, password or secrets.token_urlsafe(16))
    server = Server(free_port(), (folder / "secret").read_text())
    given = [part for one in _options(server, options) for part in ("-c", one)]
    command = [str(found / "postgres"), "-D", str(folder / "data"), *given]
    ending = signal.SIGINT if keep else signal.SIGQUIT
    with running(command, folder / "log", server.answers, ending=ending, cwd=folder, unprivileged=True):
        yield server


def _options(server: Server, more: Sequence[str]) -> list[str]:
    return ["unix_socket_directories=", f"port={server.port}", *more]


def _make(found: Path, folder: Path, password: str) -> None:
    secret = folder / "secret"
    secret.touch(mode=0o600)
    secret.write_text(password)
    os.chown(secret, account().pw_uid, account().pw_gid)
    asked = ["-D", str(folder / "data"), "-U", USER, "-A", "password", f"--pwfile={secret}", "--no-sync", *_LANGUAGES]
    command = [str(found / "initdb"), *asked]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, **as_account())
    if done.returncode:
        raise BylineError("PostgreSQL could not be set up.", remedy=done.stderr.strip() or done.stdout.strip())
