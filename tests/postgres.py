"""A real PostgreSQL, started once for all tests that want one; each gets a database of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

from rag.database.choose import shared_engine

PASSWORD = "open sesame"
_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=60", "shared_buffers=32MB")
_START_S = 30
_numbers = count(1)


def binaries() -> Path | None:
    """The folder of the server's programs; None where it is not installed."""
    found = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return Path(found).parent if found else debian[-1].parent if debian else None


@dataclass(frozen=True)
class Server:
    """A running server. Its own order of text is not that of code points, as is usual."""

    port: int

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://reporter:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.port}/{name}"

    def empty(self) -> str:
        """The URL of a new database without tables."""
        return self._made("template0")

    def fresh(self) -> str:
        """The URL of a new database with Byline's tables."""
        return self._made("byline")

    def run(self, statement: str) -> list[tuple[object, ...]]:
        """As an administrator."""
        where = f"host=127.0.0.1 port={self.port} user=reporter password='{PASSWORD}' dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def _made(self, template: str) -> str:
        name = f"t{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)


@contextmanager
def running(programs: Path) -> Iterator[Server]:
    """A new server in a folder that goes with it. It refuses to run as root."""
    folder = Path(tempfile.mkdtemp(prefix="byline-postgres-"))
    owner = _owner()
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    try:
        _make(programs, folder, owner)
        with _started(programs, folder, owner) as server:
            server.run("CREATE DATABASE byline")
            shared_engine(server.url("byline")).dispose()
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> pwd.struct_passwd:
    if os.geteuid():
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _make(programs: Path, folder: Path, owner: pwd.struct_passwd) -> None:
    secret = folder / "secret"
    secret.write_text(PASSWORD)
    os.chown(secret, owner.pw_uid, owner.pw_gid)
    languages = ("--locale=C.UTF-8", "--encoding=UTF8", "--locale-provider=icu", "--icu-locale=en-US")
    command = [programs / "initdb", "-D", folder / "data", "-U", "reporter", "-A", "password", *languages, "--no-sync"]
    done = subprocess.run(
        [*command, f"--pwfile={secret}"], capture_output=True, text=True, check=False, **_as(owner), cwd=folder
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def _started(programs: Path, folder: Path, owner: pwd.struct_passwd) -> Iterator[Server]:
    port = _free_port()
    options = [part for one in (*_FAST, "unix_socket_directories=", f"port={port}") for part in ("-c", one)]
    log = (folder / "log").open("w")
    command = [programs / "postgres", "-D", folder / "data", *options]
    with log, subprocess.Popen(command, stdout=log, stderr=log, **_as(owner), cwd=folder) as process:
        try:
            _wait(process, port, folder / "log")
            yield Server(port)
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nothing is to be kept
            process.wait(30)


def _as(owner: pwd.struct_passwd) -> dict[str, int]:
    return {} if os.geteuid() else {"user": owner.pw_uid, "group": owner.pw_gid}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end and process.poll() is None:
        try:
            Server(port).run("SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())
