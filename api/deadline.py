"""A limit on the time of a whole request: a problem while nothing was sent, an event amid a stream."""

from __future__ import annotations

import asyncio
import re

from starlette.types import ASGIApp, Receive, Scope, Send

from api.refusals import in_stream, refusal
from api.under_way import until

_FOLLOWING = re.compile(r"/v1/jobs/[^/]+")  # a job may take hours, and its client waits for nothing else
_RETRY_S = 1
_TITLE = "Too Slow"


class Deadline:
    """Ends a reply that takes longer than there is time for. Its work stops when it next tells something."""

    def __init__(self, app: ASGIApp, *, within_s: float) -> None:
        self._app = app
        self._within_s = within_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _FOLLOWING.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        cut = await until(asyncio.sleep(self._within_s), self._app, scope, receive, send)
        if cut is None:
            return
        detail = (
            f"The reply took longer than {self._within_s:g} s. Ask for less at once, or raise BYLINE_REQUEST_TIMEOUT_S."
        )
        if cut.headers is None:
            await refusal(scope, 503, _TITLE, detail, {"Retry-After": str(_RETRY_S)})(scope, receive, send)
        elif cut.headers.get("content-type", "").startswith("text/event-stream"):
            await send({"type": "http.response.body", "body": in_stream(scope, 503, _TITLE, detail)})
