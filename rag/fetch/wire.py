"""One request to one checked address, within its time and its bytes. httpcore's only door.

httpcore and not httpx: a request is made of the parts that were checked, and its network backend is where a connection
is pinned. Proxies and cookies are not looked for at all.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore

from rag.errors import FetchFailed, FetchRefused
from rag.fetch.addresses import Address
from rag.fetch.urls import Target

_CONNECT_S = 5.0  # for each address
_READ_S = 10.0  # a server that is silent for longer has failed
_HEADER_BYTES = 256_000
_LATER = "Try again later."


@dataclass(slots=True)
class Budget:
    """The time and the bytes that a fetch has left, redirects included. `ends` is by `time.monotonic`."""

    url: str
    max_bytes: int
    ends: float
    bytes_read: int = 0

    def seconds(self, most: float) -> float:
        """What is left of the time, at most `most`. Raises FetchFailed."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise self.too_slow()
        return min(left, most)

    def count(self, more: int) -> None:
        """Raises FetchRefused."""
        self.bytes_read += more
        if self.bytes_read > self.max_bytes + _HEADER_BYTES:
            raise self.too_large()

    def too_slow(self) -> FetchFailed:
        return FetchFailed(self.url, "it took longer than BYLINE_FETCH_TIMEOUT_S.", remedy=_LATER)

    def too_large(self) -> FetchRefused:
        reason = f"it sends more than {self.max_bytes / 1e6:,.1f} MB."
        return FetchRefused(self.url, reason, remedy="Raise BYLINE_FETCH_MAX_MB if you trust it.")


@cache
def system_trust() -> ssl.SSLContext:
    """Certificates of the system and of certifi."""
    return httpcore.default_ssl_context()


@contextmanager
def requested(
    target: Target, addresses: Sequence[Address], headers: dict[str, str], budget: Budget, trust: ssl.SSLContext
) -> Iterator[httpcore.Response]:
    """The response to a GET, its body unread. Raises FetchError."""
    url = httpcore.URL(
        scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path.encode()
    )
    sent = [(name.encode(), value.encode("ascii", "ignore")) for name, value in headers.items()]
    pinned = _Pinned(addresses, budget)
    try:
        # A pool for one request: a connection that was checked for one host is never used for another.
        with (
            httpcore.ConnectionPool(ssl_context=trust, network_backend=pinned) as pool,
            pool.stream("GET", url, headers=[(b"Host", target.authority.encode()), *sent]) as response,
        ):
            yield response
    except httpcore.TimeoutException as error:
        budget.seconds(1)
        raise FetchFailed(budget.url, "its server did not answer in time.", remedy=_LATER) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise FetchFailed(budget.url, f"the connection failed ({_brief(error)}).", remedy=_LATER) from error


def _brief(error: Exception) -> str:
    """Without the system's numbers and OpenSSL's file names."""
    words = str(error).partition("(_ssl.c")[0].strip()
    return "".join(char for char in words[:120] if char.isprintable()) or type(error).__name__


class _Pinned(httpcore.NetworkBackend):
    """Connects to the addresses that were checked, whatever their host is called; nothing is looked up here."""

    def __init__(self, addresses: Sequence[Address], budget: Budget) -> None:
        self._addresses = addresses
        self._budget = budget

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - httpcore's interface
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception = httpcore.ConnectError("its host has no address")
        for address in self._addresses:
            try:
                stream = httpcore.SyncBackend().connect_tcp(
                    str(address), port, self._budget.seconds(_CONNECT_S), local_address, socket_options
                )
                return _Metered(stream, self._budget)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


class _Metered(httpcore.NetworkStream):
    """A stream each of whose steps ends with the budget's time: a server that drips can't hold it longer."""

    def __init__(self, stream: httpcore.NetworkStream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - httpcore's interface
        read = self._stream.read(max_bytes, self._budget.seconds(_READ_S))
        self._budget.count(len(read))
        return read

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._budget.seconds(_READ_S))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._budget.seconds(_READ_S))
        return _Metered(stream, self._budget)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def look_up(host: str, port: int) -> list[str]:
    """The addresses that the system knows of a host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))
