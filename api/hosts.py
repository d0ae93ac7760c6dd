"""By which names the service may be asked for while it is bound to this machine alone."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.refusals import refusal

_OF_THIS_MACHINE = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?", re.IGNORECASE)


class LocalNames:
    """A page elsewhere that has its own name lead to this machine must not read the archive through a browser here."""

    def __init__(self, app: ASGIApp, *, asked: Callable[[], bool]) -> None:
        """`asked`: whether names are looked at."""
        self._app = app
        self._asked = asked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._asked():
            host = Headers(scope=scope).get("host", "")
            if not _OF_THIS_MACHINE.fullmatch(host):
                detail = "The service answers to localhost only. Ask it by that name, or bind it with --host."
                await refusal(scope, 400, "Unknown Host", detail)(scope, receive, send)
                return
        await self._app(scope, receive, send)
