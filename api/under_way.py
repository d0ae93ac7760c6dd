"""A response under way that something else may end: a key that is revoked, a time that is over."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Cut:
    """A response that was ended. `headers` are those that were sent; None when nothing was."""

    headers: Headers | None


async def until(
    over: Coroutine[Any, Any, None], app: ASGIApp, scope: Scope, receive: Receive, send: Send
) -> Cut | None:
    """Run `app` until it has replied, or until `over` returns, which gives a `Cut`; raises what either raises.

    An app that is ended is not waited for: it may hold a thread that looks for it only later.
    """
    cut, headers = False, None

    async def passing(message: Message) -> None:
        nonlocal headers
        if cut:
            return
        if message["type"] == "http.response.start":
            headers = Headers(raw=message.get("headers", []))
        await send(message)

    answering = asyncio.ensure_future(app(scope, receive, passing))
    waiting = asyncio.ensure_future(over)
    try:
        await asyncio.wait({answering, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            answering.result()
            return None
        cut = True
        waiting.result()
        return Cut(headers)
    finally:
        waiting.cancel()
        answering.cancel()
        answering.add_done_callback(_let_go)


def _let_go(answering: asyncio.Future[None]) -> None:
    """What it still raises after it was ended interests nobody."""
    with suppress(asyncio.CancelledError):
        answering.exception()
