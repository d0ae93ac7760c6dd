"""For all tests: no socket leaves this machine, and no setting comes from the developer's own environment."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest

_connect = socket.socket.connect


class OutsideConnectionError(AssertionError):
    """A test tried to reach another machine."""


def _connect_inside(self: socket.socket, address: Any) -> None:
    if self.family != socket.AF_UNIX and not _is_inside(str(address[0])):
        raise OutsideConnectionError(f"A test tried to connect to {address}.")
    _connect(self, address)


def _is_inside(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True)
def _closed_world(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(socket.socket, "connect", _connect_inside)
    for name in list(os.environ):
        if name.startswith("BYLINE_"):
            monkeypatch.delenv(name)
    yield
