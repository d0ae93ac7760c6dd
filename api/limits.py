"""How much one client may ask: requests a minute, requests at once, the size of a body and the time it takes."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import LOCAL, STATE_KEY, is_open
from api.refusals import refusal
from rag.settings import Settings

_SILENCE_S = 10.0  # between the parts of a body
_BODY_S = 60.0  # for all of it
_CLIENTS = 10_000  # whose rates are remembered
_RETRY_S = 1


class _Stopped(Exception):
    """The body is not read any further."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Rates:
    """A token bucket for each client: it fills evenly, and holds at most a minute's worth."""

    def __init__(self, per_minute: int) -> None:
        self._most = float(per_minute)
        self._per_s = per_minute / 60
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait_s(self, client: str, now: float) -> float:
        """0 when the client may go on, which is counted; else the seconds until it may."""
        bucket = self._buckets.setdefault(client, _Bucket(self._most, now))
        self._buckets.move_to_end(client)
        if len(self._buckets) > _CLIENTS:
            self._buckets.popitem(last=False)
        bucket.left = min(self._most, bucket.left + (now - bucket.at) * self._per_s)
        bucket.at = now
        if bucket.left >= 1:
            bucket.left -= 1
            return 0.0
        return (1 - bucket.left) / self._per_s


class Limits:
    """Refuses what is too much with 429, 413 or 408, before a route is looked for."""

    def __init__(self, app: ASGIApp, settings: Settings, *, rated: Callable[[], bool]) -> None:
        """`rated`: whether requests are counted by the minute. Who asks from this machine alone needs no such limit."""
        self._app = app
        self._rated = rated
        self._rates = Rates(settings.rate_per_minute)
        self._most = settings.max_concurrent
        self._body_bytes = settings.max_body_mb * 1_000_000
        self._busy: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client = _client(scope)
        counted = self._rated() and not is_open(scope["path"]) and client != f"key {LOCAL}"
        wait = self._rates.wait_s(client, time.monotonic()) if counted else 0.0
        if wait or self._busy.total() >= self._most or self._busy[client] >= max(1, self._most // 2):
            detail = "Too many requests. Wait as long as Retry-After says, then try again."
            headers = {"Retry-After": str(max(_RETRY_S, math.ceil(wait)))}
            await refusal(scope, 429, "Too Many Requests", detail, headers)(scope, receive, send)
            return
        self._busy[client] += 1
        try:
            await self._within(scope, receive, send)
        finally:
            self._busy[client] -= 1
            if not self._busy[client]:
                del self._busy[client]

    async def _within(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = _Body(scope, receive, self._body_bytes)
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdigit() and int(declared) > self._body_bytes:
            await _too_large(scope, self._body_bytes)(scope, receive, send)
            return
        refused = False

        async def sending(message: Message) -> None:
            """What the app makes of a body that broke off gives way to why it did."""
            nonlocal refused
            if body.fault is not None and message["type"] == "http.response.start":
                refused = True
                await body.fault(scope, receive, send)
            if not refused:
                await send(message)

        try:
            await self._app(scope, body, sending)
        except _Stopped:
            if not refused and body.fault is not None:
                await body.fault(scope, receive, send)


class _Body:
    """The request's messages. `fault` is the reply to a body that is too large or too slow; reading it then raises."""

    def __init__(self, scope: Scope, receive: Receive, most: int) -> None:
        self._scope = scope
        self._receive = receive
        self._most = most
        self._got = 0
        self._whole = False
        self._ends = time.monotonic() + _BODY_S
        self.fault: Response | None = None

    async def __call__(self) -> Message:
        if self._whole:  # only the client's leaving is left to come, which may take as long as it likes
            return await self._receive()
        try:
            left = min(_SILENCE_S, self._ends - time.monotonic())
            message = await asyncio.wait_for(self._receive(), max(0.0, left))
        except TimeoutError:
            detail = "The request did not come in time. Send it again."
            self.fault = refusal(self._scope, 408, "Too Slow", detail)
            raise _Stopped from None
        self._got += len(message.get("body", b""))
        self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        if self._got > self._most:
            self.fault = _too_large(self._scope, self._most)
            raise _Stopped
        return message


def _client(scope: Scope) -> str:
    """Whose request it is: the key that was found good, or the address."""
    key_id = scope.get("state", {}).get(STATE_KEY)
    return f"key {key_id}" if key_id else f"address {scope['client'][0] if scope.get('client') else ''}"


def _too_large(scope: Scope, most: int) -> Response:
    detail = f"A request may have {most / 1e6:.0f} MB. Send less, or in parts."
    return refusal(scope, 413, "Too Large", detail)
