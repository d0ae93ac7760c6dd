"""Runs the service, in this process or in several."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import resource
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.connections import LimitedConnection
from api.metrics import FOLDER
from api.workers import supervise
from rag import tracing
from rag.errors import SettingsError, StoreBusy
from rag.keys import KeyStore
from rag.local_service import LocalService, announce, find, new_token, settings_digest, withdraw
from rag.locks import ServingLock
from rag.settings import Settings, TelemetrySettings
from rag.wiring import open_ledger

_TICK_S = 0.1
_OTHER_FILES = 512  # that the process may have open beside its connections
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - this machine's own address of each


def run(settings: Settings, host: str, port: int, workers: int = 1) -> None:
    """Serve until interrupted. Raises SettingsError when the address can't be bound or one process is not enough, and
    StoreBusy when another process serves the archive.
    """
    if workers > 1 and not settings.chroma_url:
        raise SettingsError(
            f"--workers {workers}: one process serves an archive whose Chroma is embedded, for it owns the store.",
            remedy="Leave --workers out, or start a Chroma server (`chroma run`) and name it in BYLINE_CHROMA_URL.",
        )
    with open_ledger(settings):
        pass  # what can't be opened is told before anything is served
    serving = ServingLock(settings.data_dir)
    if not serving.take():
        other = find(settings.data_dir)
        raise StoreBusy(
            f"Another process serves the archive in {settings.data_dir}{f' at {other.address}/' if other else ''}.",
            remedy="Use that one, or stop it; --data-dir names another archive.",
        )
    try:
        withdraw(settings.data_dir)  # of a service that was killed
        _serve(settings, host, port, workers)
    finally:
        withdraw(settings.data_dir)
        serving.release()


def _serve(settings: Settings, host: str, port: int, workers: int) -> None:
    elsewhere = not _is_loopback(host)
    keyed = elsewhere or settings.require_keys
    if keyed and not KeyStore(settings.data_dir, settings.database_url).has_valid():
        sys.stderr.write("There is no key, so every request is refused: `byline keys add NAME` makes one.\n")
    listener = _bind(host, port)
    sys.stderr.write(f"Byline is at http://{host}:{listener.getsockname()[1]}/ (Ctrl-C stops it)\n")
    local = _local(settings, listener)
    if workers == 1:
        work(settings, listener, local, elsewhere=elsewhere, announces=True)
        return

    def ready() -> None:
        if local is not None:
            announce(settings.data_dir, local)

    with TemporaryDirectory(prefix="byline-counts-") as counts:
        os.environ.update({FOLDER: counts})  # before the workers import what counts
        worker = partial(work, _share_of(settings, workers), listener, local, elsewhere=elsewhere, counts=Path(counts))
        supervise(worker, workers, ready, settings.drain_s + settings.shutdown_s)


def _share_of(settings: Settings, workers: int) -> Settings:
    """What each worker has of the limits on what is under way at once in all of them."""
    limits = ("max_concurrent", "max_connections")
    return settings.model_copy(update={name: -(-getattr(settings, name) // workers) for name in limits})


def work(
    settings: Settings,
    listener: socket.socket,
    local: LocalService | None,
    started: Callable[[], None] = lambda: None,
    *,
    elsewhere: bool,
    announces: bool = False,
    counts: Path | None = None,
) -> None:
    """Serve in this process until it is told to stop. `elsewhere`: other machines may reach it. `announces`: it is this
    process that tells the commands of this machine where it is. `started` is called when it takes requests.
    """
    tracing.start(TelemetrySettings(), settings.data_dir.resolve().name)
    app = create_app(settings, counts)
    app.state.local_names, app.state.any_host = not elsewhere, elsewhere
    app.state.local = local
    _allow_files(settings.max_connections + _OTHER_FILES)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells of every request to a Chroma server
    # No access log: it would hold nothing but addresses and paths.
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        http=partial(LimitedConnection, settings=settings),  # type: ignore[arg-type]  # called as the class is
        ws="none",
        server_header=False,
        timeout_keep_alive=settings.idle_timeout_s,
        timeout_graceful_shutdown=settings.shutdown_s,
    )
    _Server(config, settings, app, started, announces=announces).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Tells who has to know that it takes requests."""

    def __init__(
        self, config: uvicorn.Config, settings: Settings, app: FastAPI, tell: Callable[[], None], *, announces: bool
    ) -> None:
        super().__init__(config)
        self._app = app
        self._data_dir = settings.data_dir
        self._drain_s = settings.drain_s
        self._local: LocalService | None = app.state.local if announces else None
        self._tell = tell

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._local is not None:
            announce(self._data_dir, self._local)
        if self.started:
            self._tell()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._local is not None:
            withdraw(self._data_dir)
        await self._leave()
        self._app.state.jobs.wind_down()  # whoever follows a job would hold this up
        await self._stop_listening(sockets or [])
        await super().shutdown(sockets)
        await asyncio.to_thread(tracing.stop)  # here, for the signal that ended it ends the process next

    async def _leave(self) -> None:
        """Serve on for a while, and say so."""
        self._app.state.leaving = True
        ends = time.monotonic() + self._drain_s
        while time.monotonic() < ends and not self.force_exit:
            await asyncio.sleep(_TICK_S)

    async def _stop_listening(self, listeners: list[socket.socket]) -> None:
        """Who has connected and was not let in yet would be cut off with the listener, so lets them in first."""
        waiting = [one for listener in listeners for one in _waiting(listener)]
        for server in self.servers:
            server.close()
        connection: Any = self.config.http_protocol_class
        made = partial(connection, config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
        for one in waiting:
            await asyncio.get_running_loop().connect_accepted_socket(made, one)


def _waiting(listener: socket.socket) -> Iterator[socket.socket]:
    with suppress(OSError):  # there is no more
        while True:
            yield listener.accept()[0]


def _local(settings: Settings, listener: socket.socket) -> LocalService | None:
    """None where this machine's own address is not among those that it listens at."""
    host, port = listener.getsockname()[:2]
    here = _EVERYWHERE.get(host, host)
    if not _is_loopback(here):
        return None
    address = f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"
    return LocalService(address, os.getpid(), settings_digest(settings), new_token())


def _allow_files(wanted: int) -> None:
    """A connection is an open file, of which a shell often allows fewer than the system would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # who connects while the archive is being opened waits, and is not refused
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"{host}:{port} can't be bound ({error.strerror}).",
            remedy="Choose another with --host and --port (make run PORT=8001).",
        ) from error
    return listener
