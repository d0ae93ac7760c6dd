"""A client that says exactly what a test has it say, byte by byte, and reads what comes until the end."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

WAIT_S = 20.0
HOST = b"Host: localhost\r\n"
CLOSE = b"Connection: close\r\n"


@dataclass(frozen=True)
class Told:
    """All that came. `status` is that of the first reply; 0 when there was none."""

    whole: bytes

    @property
    def status(self) -> int:
        return int(self.whole[9:12]) if self.whole.startswith(b"HTTP/1.1 ") else 0

    @property
    def kind(self) -> str:
        lines = self.whole.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
        return next((one[14:].decode() for one in lines if one.startswith(b"content-type: ")), "")

    @property
    def problem(self) -> Any:
        assert self.kind == "application/problem+json", self.whole[:500]
        return json.loads(self.whole.partition(b"\r\n\r\n")[2])


def connect(port: int, receive_bytes: int | None = None) -> socket.socket:
    """`receive_bytes` is how much the system takes for it that it does not read."""
    client = socket.socket()
    client.settimeout(WAIT_S)
    if receive_bytes is not None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    client.connect(("127.0.0.1", port))
    return client


def rest(client: socket.socket) -> Told:
    """What comes until the server closes, be it rudely."""
    got = bytearray()
    with client, suppress(ConnectionError):
        while part := client.recv(65536):
            got += part
    return Told(bytes(got))


def said(port: int, *parts: bytes) -> Told:
    """What one connection is told for these parts; the server may close before all are sent."""
    client = connect(port)
    with suppress(ConnectionError):
        for part in parts:
            client.sendall(part)
    return rest(client)


def post(
    body: bytes,
    path: bytes = b"/v1/ask",
    *,
    kind: bytes = b"application/json",
    more: bytes = CLOSE,
    length: int | None = None,
) -> bytes:
    """A request; `length` is what it says of its body, `more` are further headers."""
    size = len(body) if length is None else length
    head = b"POST %s HTTP/1.1\r\n%sContent-Type: %s\r\nContent-Length: %d\r\n" % (path, HOST, kind, size)
    return head + more + b"\r\n" + body
