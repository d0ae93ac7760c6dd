"""Who may do what: keys are judged before a body is read and before a route is looked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import headers_of, status_of
from api.refusals import refusal
from rag.errors import BylineError
from rag.keys import PREFIX, Key, KeyStore

STATE_KEY = "byline_key"
"""Under this name the request's state has the key's id; None without one."""

_OPEN = ("/static/", "/healthz")
_WRITING = ("/v1/articles", "/v1/feeds")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOK_EVERY_S = 1.0
_JUDGES = 4


class Access:
    """Lets a request through, or answers 401 or 403. A response under way ends when its key is revoked."""

    def __init__(self, app: ASGIApp, keys: KeyStore, *, required: Callable[[], bool]) -> None:
        self._app = app
        self._keys = keys
        self._required = required
        # Threads of their own: answers that wait for a model may hold all of those that routes share.
        self._judges = CapacityLimiter(_JUDGES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        given = _given(Headers(scope=scope))
        try:
            key = await run_sync(self._keys.judge, given, limiter=self._judges) if given else None
        except BylineError as error:
            told = refusal(scope, status_of(error), type(error).__name__, str(error), headers_of(error))
            await told(scope, receive, send)
            return
        refused = self._refusal(scope, given, key)
        if refused is not None:
            await refused(scope, receive, send)
            return
        scope.setdefault("state", {})[STATE_KEY] = key.id if key else None
        if key is None:
            await self._app(scope, receive, send)
        else:
            await self._while_valid(key, scope, receive, send)

    def _refusal(self, scope: Scope, given: str | None, key: Key | None) -> Response | None:
        # Chat clients can't but send some key; where none is needed, only one of ours is judged.
        ours = given is not None and given.startswith(PREFIX)
        if key is None and (ours or self._required()):
            told = "The key is not valid, or no longer." if given else "A key is needed."
            return _not_valid(scope, told)
        if key is not None and writes(scope["method"], scope["path"]) and not key.may_write():
            detail = "The key may read only. Use one with the scope write: `byline keys add NAME --scope write`."
            return refusal(scope, 403, "Forbidden", detail)
        return None

    async def _still_valid(self, key: Key) -> bool:
        try:
            return await run_sync(self._keys.still_valid, key.id, limiter=self._judges)
        except BylineError:  # it was good when the request began, and nobody can say otherwise now
            return True

    async def _while_valid(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        """Beside the response, look every second whether its key still holds."""
        ended, started = asyncio.Event(), False

        async def passing(message: Message) -> None:
            nonlocal started
            if not ended.is_set():
                started = True
                await send(message)

        answering = asyncio.ensure_future(self._app(scope, receive, passing))
        try:
            while not answering.done():
                await asyncio.wait({answering}, timeout=_LOOK_EVERY_S)
                if not answering.done() and not await self._still_valid(key):
                    ended.set()
                    answering.cancel()
                    break
            if not ended.is_set():
                await answering
            elif not started:
                await _not_valid(scope, "The key is not valid, or no longer.")(scope, receive, send)
        finally:
            answering.cancel()  # the server closes a connection whose response was not completed


def _not_valid(scope: Scope, told: str) -> Response:
    detail = f"{told} Send one as “Authorization: Bearer …”; `byline keys add NAME` makes it."
    return refusal(scope, 401, "Unauthorized", detail, {"WWW-Authenticate": "Bearer"})


def is_open(path: str) -> bool:
    """Paths that need no key: the page, its files, and whether the process lives."""
    return path == "/" or path.startswith(_OPEN)


def writes(method: str, path: str) -> bool:
    return method not in _READING and path.startswith(_WRITING)


def _given(headers: Headers) -> str | None:
    bearer = headers.get("authorization", "")
    if bearer[:7].lower() == "bearer ":
        return bearer[7:].strip()
    return headers.get("x-api-key")
