"""Runs the service in this process."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import resource
import socket
import sys
from functools import partial

import uvicorn
from fastapi import FastAPI

from api.app import create_app, needs_key
from api.connections import LimitedConnection
from rag import tracing
from rag.errors import SettingsError, StoreBusy
from rag.keys import KeyStore
from rag.local_service import LocalService, announce, find, new_token, settings_digest, withdraw
from rag.locks import ServingLock
from rag.settings import Settings, TelemetrySettings
from rag.wiring import open_ledger

_OTHER_FILES = 512  # that the process may have open beside its connections
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - this machine's own address of each


def run(settings: Settings, host: str, port: int, workers: int = 1) -> None:
    """Serve until interrupted. Raises SettingsError when the address can't be bound or one process is not enough, and
    StoreBusy when another process serves the archive.
    """
    if workers > 1:
        raise SettingsError(
            f"--workers {workers}: one process serves an archive whose Chroma is embedded, for it owns the store.",
            remedy="Leave --workers out; several workers need a Chroma server.",
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
        _serve(settings, host, port)
    finally:
        withdraw(settings.data_dir)
        serving.release()


def _serve(settings: Settings, host: str, port: int) -> None:
    tracing.start(TelemetrySettings(), settings.data_dir.resolve().name)
    app = create_app(settings)
    if _is_loopback(host):
        app.state.local_names = True
    else:
        app.state.any_host = True
    if needs_key(app) and not KeyStore(settings.data_dir, settings.database_url).has_valid():
        sys.stderr.write("There is no key, so every request is refused: `byline keys add NAME` makes one.\n")
    _allow_files(settings.max_connections + _OTHER_FILES)
    listener = _bind(host, port)
    at = f"http://{host}:{listener.getsockname()[1]}/"
    app.state.local = _local(settings, listener)
    sys.stderr.write(f"Byline is at {at} (Ctrl-C stops it)\n")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
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
    _Server(config, settings, app).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Tells the commands of this machine where it is while it takes requests."""

    def __init__(self, config: uvicorn.Config, settings: Settings, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app
        self._data_dir = settings.data_dir
        self._local: LocalService | None = app.state.local

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._local is not None:
            announce(self._data_dir, self._local)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        withdraw(self._data_dir)
        self._app.state.jobs.wind_down()  # whoever follows a job would hold this up
        await super().shutdown(sockets)
        await asyncio.to_thread(tracing.stop)  # here, for the signal that ended it ends the process next


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
