"""Runs the service in this process."""

from __future__ import annotations

import ipaddress
import logging
import socket
import sys

import uvicorn
from starlette.middleware.trustedhost import TrustedHostMiddleware

from api.app import create_app, needs_key
from rag.errors import SettingsError, StoreBusy
from rag.keys import KeyStore
from rag.locks import FileLock
from rag.settings import Settings
from rag.wiring import open_ledger

_HEADER_BYTES = 32 * 1024
_IDLE_S = 15  # between the requests of a connection
_LOCAL_NAMES = ["localhost", "127.0.0.1", "[::1]"]


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
    serving = FileLock(settings.data_dir / "serving.lock")
    if not serving.try_lock():
        raise StoreBusy(
            f"Another process serves the archive in {settings.data_dir}.",
            remedy="Use that one, or stop it; --data-dir names another archive.",
        )
    try:
        _serve(settings, host, port)
    finally:
        serving.release()


def _serve(settings: Settings, host: str, port: int) -> None:
    app = create_app(settings)
    if _is_loopback(host):
        # A page elsewhere that resolves its own name to this machine must not read the archive.
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=_LOCAL_NAMES)
    else:
        app.state.any_host = True
    if needs_key(app) and not KeyStore(settings.data_dir, settings.database_url).has_valid():
        sys.stderr.write("There is no key, so every request is refused: `byline keys add NAME` makes one.\n")
    listener = _bind(host, port)
    at = f"http://{host}:{listener.getsockname()[1]}/"
    sys.stderr.write(f"Byline is at {at} (Ctrl-C stops it)\n")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    # No access log: it would hold nothing but addresses and paths.
    uvicorn.Server(
        uvicorn.Config(
            app,
            access_log=False,
            log_config=None,
            http="h11",  # the other parser has no limit on headers
            h11_max_incomplete_event_size=_HEADER_BYTES,
            timeout_keep_alive=_IDLE_S,
            timeout_graceful_shutdown=settings.shutdown_s,
        )
    ).run(sockets=[listener])


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
