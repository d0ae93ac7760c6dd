"""Who may do what: keys are judged before a body is read and before a route is looked for."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import headers_of, status_of
from api.refusals import refusal
from api.under_way import until
from rag.errors import BylineError
from rag.keys import PREFIX, Key, KeyStore, holds_key
from rag.local_service import LocalService

STATE_KEY = "byline_key"
"""Under this name the request's state has the key's id; None without one."""

SHOWN = "Whoever saw it has it: revoke it (`byline keys revoke ID`), and send the next as “Authorization: Bearer …”."
"""What to do about a key that was sent where it may be kept."""

LOCAL = "local"
"""The id that stands for whoever may read the data folder: the commands of this machine. No key has it."""

STATE_BARE = "byline_bare"
"""Under this name the request's state says that it has no key although one is asked for: it is told the least."""

_OPEN = ("/static/", "/healthz")
_BARE = "/readyz"  # who balances the load has no key
_OWN = "/local/"  # for the commands of this machine alone
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_ASKING = re.compile(r"/v1/(ask|check|checks/[^/]+/recheck|chat/completions)|/mcp/?")  # POST, and change no article
_LOOK_EVERY_S = 1.0
_JUDGES = 4


class Access:
    """Lets a request through, or answers 401 or 403. A response under way ends when its key is revoked."""

    def __init__(
        self, app: ASGIApp, keys: KeyStore, *, required: Callable[[], bool], local: Callable[[], LocalService | None]
    ) -> None:
        """`local`: how the commands of this machine know this process, and it knows them."""
        self._app = app
        self._keys = keys
        self._required = required
        self._local = local
        # Threads of their own: answers that wait for a model may hold all of those that routes share.
        self._judges = CapacityLimiter(_JUDGES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _has_key(scope):
            detail = "The address has a key in it, and addresses are kept in logs and histories. " + SHOWN
            await refusal(scope, 400, "Misplaced Key", detail)(scope, receive, send)
            return
        if scope["type"] != "http" or is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        given = _given(Headers(scope=scope))
        if self._is_local(scope, given):
            scope.setdefault("state", {})[STATE_KEY] = LOCAL
            await self._app(scope, receive, send)
            return
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
        scope["state"][STATE_BARE] = key is None and self._required()
        if key is None:
            await self._app(scope, receive, send)
        else:
            await self._while_valid(key, scope, receive, send)

    def _is_local(self, scope: Scope, given: str | None) -> bool:
        local = self._local()
        return local is not None and _from_here(scope) and local.takes(given)

    def _refusal(self, scope: Scope, given: str | None, key: Key | None) -> Response | None:
        if scope["path"].startswith(_OWN):
            return refusal(scope, 403, "Forbidden", "This is for the byline command of the machine that serves.")
        # Chat clients can't but send some key; where none is needed, only one of ours is judged.
        ours = given is not None and given.startswith(PREFIX)
        if key is None and given is None and scope["path"] == _BARE:
            return None
        if key is None and (ours or self._required()):
            told = "The key is not valid, or no longer." if given else "A key is needed."
            return _not_valid(scope, told)
        if key is not None and writes(scope["method"], scope["path"]) and not key.may_write():
            detail = "The key may read only. Use one with the scope write: `byline keys add NAME --scope write`."
            return refusal(scope, 403, "Forbidden", detail)
        return None

    async def _while_valid(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        cut = await until(self._revoked(key), self._app, scope, receive, send)
        if cut is not None and cut.headers is None:
            await _not_valid(scope, "The key is not valid, or no longer.")(scope, receive, send)

    async def _revoked(self, key: Key) -> None:
        """Returns when the key does not hold any more, which is looked at every second."""
        await asyncio.sleep(_LOOK_EVERY_S)
        while await self._still_valid(key):
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _still_valid(self, key: Key) -> bool:
        try:
            return await run_sync(self._keys.still_valid, key.id, limiter=self._judges)
        except BylineError:  # it was good when the request began, and nobody can say otherwise now
            return True


def _not_valid(scope: Scope, told: str) -> Response:
    detail = f"{told} Send one as “Authorization: Bearer …”; `byline keys add NAME` makes it."
    return refusal(scope, 401, "Unauthorized", detail, {"WWW-Authenticate": "Bearer"})


def is_open(path: str) -> bool:
    """Paths that need no key: the page, its files, and whether the process lives."""
    return path == "/" or path.startswith(_OPEN)


def writes(method: str, path: str) -> bool:
    """Whether it takes a key with the scope write: all that is not known to read."""
    return method not in _READING and not (method == "POST" and _ASKING.fullmatch(path))


def _has_key(scope: Scope) -> bool:
    return holds_key(scope["path"].encode()) or holds_key(unquote_to_bytes(scope["query_string"]))


def _from_here(scope: Scope) -> bool:
    try:
        return ipaddress.ip_address((scope.get("client") or ("",))[0]).is_loopback
    except ValueError:
        return False


def _given(headers: Headers) -> str | None:
    bearer = headers.get("authorization", "")
    if bearer[:7].lower() == "bearer ":
        return bearer[7:].strip()
    return headers.get("x-api-key")
