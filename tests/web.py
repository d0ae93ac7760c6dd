"""A web server for tests, on loopback: each path says what it answers, and every request is kept."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE_S = 5.0  # after which an endless reply ends whatever its reader does

Raw = Callable[[socket.socket], None]
"""Writes a reply, its status line included, as it likes."""


@dataclass
class Reply:
    body: bytes | str = b""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    raw: Raw | None = None


@dataclass
class Web:
    """`pages` may be changed while it runs; `requests` are the path and the headers of each request, in order."""

    host: str
    port: int
    pages: dict[str, Reply]
    scheme: str = "http"
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def authority(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    def url(self, path: str) -> str:
        return f"{self.scheme}://{self.authority}{path}"


@contextmanager
def web(host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    """A server with no pages yet: a path that it does not know is 404."""
    server = _Server((host, port), _Handler)
    server.web = Web(host, server.server_address[1], {}, "https" if tls else "http")
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.web
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def redirect(to: str, status: int = 302) -> Reply:
    return Reply(status=status, headers={"Location": to})


def dripping(head: bytes, drop: bytes, pause_s: float) -> Raw:
    """Writes `head`, and then `drop` again and again."""

    def write(connection: socket.socket) -> None:
        connection.sendall(head)
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            connection.sendall(drop)
            time.sleep(pause_s)

    return write


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    web: Web

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up on what is too much; that is what is tested."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.web.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        reply = self.server.web.pages.get(self.path, Reply("nothing here", 404))
        if reply.raw:
            reply.raw(self.connection)
            return
        etag = reply.headers.get("ETag")
        unchanged = etag is not None and self.headers.get("If-None-Match") == etag
        body = reply.body.encode() if isinstance(reply.body, str) else reply.body
        self.send_response(304 if unchanged else reply.status)
        for name, value in ({"Content-Type": reply.kind, "Content-Length": str(len(body))} | reply.headers).items():
            self.send_header(name, value)
        self.end_headers()
        if not unchanged:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as its base has it
        pass
