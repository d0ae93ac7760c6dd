"""Requests to one Chroma server, by its HTTP API (v2).

Chroma's own client has no limit on time and takes a second to import, so it is not used here.
"""

from __future__ import annotations

import random
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

import httpx

from rag.errors import ChromaRefused, ChromaUnreachable

NOT_FOUND = 404
CLOUD = "https://api.trychroma.com:443"
_TENANT, _DATABASE = "default_tenant", "default_database"
_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 2.0
_READS, _CLOUD_READS = 10_000, 300
_AGAIN = frozenset({429, 500, 502, 503, 504})
_DENIED = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Route:
    """How a server is reached. `headers` may hold keys."""

    url: str
    headers: Mapping[str, str]
    tenant: str | None
    database: str | None
    timeout_s: float
    retries: int


class Wire:
    """Safe to use from several threads. Every request may be sent twice: it then changes nothing more.

    Its methods raise ChromaUnreachable and ChromaRefused.
    """

    def __init__(self, route: Route) -> None:
        self._route = route
        self._http = httpx.Client(
            base_url=f"{route.url.rstrip('/')}/api/v2",
            headers=dict(route.headers),
            timeout=route.timeout_s,
            trust_env=route.url == CLOUD,  # a server that is named is asked itself, Cloud through the proxy there is
            verify=ssl.create_default_context() if route.url.startswith("https") else _no_tls(),
        )

    @property
    def shown(self) -> str:
        return "Chroma Cloud" if self._route.url == CLOUD else f"The Chroma server at {self._route.url}"

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, in_time: bool = False) -> Any:
        """The reply to a request, sent again where the server was not there, a little later each time. `in_time`: all
        of it in the time of one request.
        """
        ends = time.monotonic() + self._route.timeout_s
        for attempt in range(self._route.retries + 1):
            try:
                return self._once(method, path, body)
            except ChromaUnreachable as error:
                pause = min(_LONGEST_PAUSE_S, _PAUSE_S * 2**attempt) * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
                final = attempt == self._route.retries or (in_time and time.monotonic() + pause > ends)
                if final or not _may_pass(error):
                    raise
                time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def within(self, path: str) -> str:
        """A path in the tenant's database."""
        tenant, database = self._place
        return f"/tenants/{quote(tenant, safe='')}/databases/{quote(database, safe='')}{path}"

    @property
    def most_read(self) -> int:
        """How many ids one reply may hold."""
        return _CLOUD_READS if self._route.url == CLOUD else _READS

    @cached_property
    def most_added(self) -> int:
        """How many vectors one request may add."""
        return int(self.call("GET", "/pre-flight-checks")["max_batch_size"])

    def close(self) -> None:
        self._http.close()

    @cached_property
    def _place(self) -> tuple[str, str]:
        tenant, database = self._route.tenant, self._route.database
        if self._route.url == CLOUD and not (tenant and database):
            told = self.call("GET", "/auth/identity")
            databases = told.get("databases") or [_DATABASE]
            tenant, database = tenant or told["tenant"], database or databases[0]
        return tenant or _TENANT, database or _DATABASE

    def _once(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        try:
            reply = self._http.request(method, path, json=body)
            if reply.is_success:
                return reply.json()
        except httpx.TimeoutException as error:
            slow = f"{self.shown} gave no reply within {self._route.timeout_s:g} s."
            raise ChromaUnreachable(slow, remedy="See whether it is overloaded.", slow=True) from error
        except (httpx.HTTPError, ValueError, RuntimeError) as error:  # the last where it was closed meanwhile
            gone = f"{self.shown} can't be reached ({type(error).__name__})."
            raise ChromaUnreachable(gone, remedy="See that it runs and that BYLINE_CHROMA_URL is right.") from error
        raise self._refusal(reply)

    def _refusal(self, reply: httpx.Response) -> ChromaRefused:
        status = reply.status_code
        if status == NOT_FOUND and b"NotFoundError" not in reply.content:
            what, remedy = "is none, or an old one", "See that BYLINE_CHROMA_URL is right."
            status = 0  # nothing is known of what is not there
        elif status in _DENIED:
            what, remedy = "lets no such request in", "Set BYLINE_CHROMA_HEADERS, or BYLINE_CHROMA_API_KEY for Cloud."
        else:
            what, remedy = "refused a request", "Its log says more."
        return ChromaRefused(f"{self.shown} {what} (HTTP {reply.status_code}).", remedy=remedy, status=status)


def _may_pass(error: ChromaUnreachable) -> bool:
    """Whether the same request may go better in a moment."""
    return error.status in _AGAIN if isinstance(error, ChromaRefused) else not error.slow


def _no_tls() -> ssl.SSLContext:
    """Never used; reading all authorities would take time."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
