"""How much one client may ask: requests a minute, requests at once, the size of a body and the time it takes."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import LOCAL, SHOWN, STATE_KEY, is_open
from api.rates import Rates, Taken
from api.refusals import refusal
from api.shared_rates import shared_rates
from rag.keys import LENGTH, holds_key
from rag.settings import Settings

_SILENCE_S = 10.0  # between the parts of a body
_MB = 1_000_000
_ASKED_MB = 8  # of a question with its conversation, or a draft: it is held in memory, which an upload is not
_RETRY_S = "1"
_KEY = "key "


UPLOADS = "/v1/articles"


class Stopped(Exception):
    """The body is not read any further."""


class Limits:
    """Refuses what is too much, or can't be read, with 400, 408, 413, 415, 429 or 503."""

    def __init__(
        self, app: ASGIApp, settings: Settings, *, rated: Callable[[], bool], shared: Path | None = None
    ) -> None:
        """`rated`: whether requests are counted by the minute. Who asks from this machine alone needs no such limit.
        `shared` is a file in which several workers count these together.
        """
        self._app = app
        self._rated = rated
        self._rates = Rates(settings.rate_per_minute, shared)
        self._of_keys = shared_rates(settings, self._rates)
        self._most = settings.max_concurrent
        self._body_bytes = settings.max_body_mb * _MB
        self._body_s = settings.body_timeout_s
        self._busy: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client, told = _client(scope), dict[str, str]()
        if self._rated() and not is_open(scope["path"]) and client != _KEY + LOCAL:
            taken = await self._take(client)
            told = self._rates.headers(taken)
            if taken.wait_s:
                await _too_many(scope, told, str(taken.reset_s))(scope, receive, send)
                return
        if self._busy[client] >= max(1, self._most // 2):
            await _too_many(scope, told, _RETRY_S)(scope, receive, send)
        elif self._busy.total() >= self._most:
            await _busy(scope, told)(scope, receive, send)
        else:
            await self._counted(client, scope, receive, _with(told, send))

    async def _take(self, client: str) -> Taken:
        if self._of_keys is not None and client.startswith(_KEY):
            return await self._of_keys.take(client, time.monotonic())
        return self._rates.take(client, time.monotonic())

    async def _counted(self, client: str, scope: Scope, receive: Receive, send: Send) -> None:
        self._busy[client] += 1
        try:
            await self._within(scope, receive, send)
        finally:
            self._busy[client] -= 1
            if not self._busy[client]:
                del self._busy[client]

    async def _within(self, scope: Scope, receive: Receive, send: Send) -> None:
        most = self._body_bytes if scope["path"] == UPLOADS else min(self._body_bytes, _ASKED_MB * _MB)
        refused_at_once = _by_its_headers(scope, most)
        if refused_at_once is not None:
            await refused_at_once(scope, receive, send)
            return
        body = _Body(scope, receive, most, self._body_s)
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
        except Stopped:
            if not refused and body.fault is not None:
                await body.fault(scope, receive, send)


class _Body:
    """The request's messages. `fault` is the reply to a body that is too large or too slow, or that has a key in it;
    reading it then raises Stopped.
    """

    def __init__(self, scope: Scope, receive: Receive, most: int, within_s: float) -> None:
        self._scope = scope
        self._receive = receive
        self._most = most
        self._got = 0
        self._tail = b""  # what may be the beginning of a key
        self._whole = False
        self._ends = time.monotonic() + within_s
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
            raise Stopped from None
        self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        self._look_at(message.get("body", b""))
        return message

    def _look_at(self, part: bytes) -> None:
        self._got += len(part)
        if self._got > self._most:
            self.fault = _too_large(self._scope, self._most)
        elif holds_key(self._tail + part):
            detail = "The body has a key in it, so nothing of it was read. " + SHOWN
            self.fault = refusal(self._scope, 400, "Misplaced Key", detail)
        self._tail = (self._tail + part)[-LENGTH:]
        if self.fault is not None:
            raise Stopped


def _by_its_headers(scope: Scope, most: int) -> Response | None:
    headers = Headers(scope=scope)
    declared = headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > most:
        return _too_large(scope, most)
    if "content-length" in headers and "transfer-encoding" in headers:
        # A proxy in front might see another end of the body than this server, and another request after it.
        detail = "The body has two lengths. Send Content-Length or Transfer-Encoding, not both."
        return refusal(scope, 400, "Bad Request", detail, {"Connection": "close"})
    if headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        detail = "A packed body is not unpacked here. Send it as it is."
        return refusal(scope, 415, "Unsupported Media Type", detail, {"Accept-Encoding": "identity"})
    return None


def _client(scope: Scope) -> str:
    """Whose request it is: the key that was found good, or the address."""
    key_id = scope.get("state", {}).get(STATE_KEY)
    return _KEY + key_id if key_id else f"address {scope['client'][0] if scope.get('client') else ''}"


def _too_large(scope: Scope, most: int) -> Response:
    detail = f"A request may have {most / 1e6:.0f} MB. Send less, or in parts."
    return refusal(scope, 413, "Too Large", detail)


def _too_many(scope: Scope, headers: dict[str, str], seconds: str) -> Response:
    detail = f"Too many requests. Try again in {seconds} s."
    return refusal(scope, 429, "Too Many Requests", detail, headers | {"Retry-After": seconds})


def _busy(scope: Scope, headers: dict[str, str]) -> Response:
    detail = "As many requests are under way as there may be. Try again in a moment."
    return refusal(scope, 503, "Busy", detail, headers | {"Retry-After": _RETRY_S})


def _with(headers: dict[str, str], send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return sending if headers else send
