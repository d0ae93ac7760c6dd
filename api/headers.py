"""The outermost layer: the headers that every response carries, and a reply to what nobody foresaw."""

from __future__ import annotations

import logging

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import status_of
from api.refusals import refusal
from rag.errors import BylineError

log = logging.getLogger("byline.api")

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Outermost:
    """Adds the headers to what the app inside sends, and replies where it failed. A stream passes as it comes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["app"].state.leaving:
                    headers["Connection"] = "close"
            await send(message)

        try:
            await self._app(scope, receive, with_headers)
        except ClientDisconnect:
            log.info("client hung up")
        except Exception as error:
            if not isinstance(error, BylineError):
                log.exception("a request failed path=%s", scope["path"] if is_known(scope) else "unknown")
            if not started:
                await _failed(scope, error)(scope, receive, with_headers)


def is_known(scope: Scope) -> bool:
    """Whether a route was found: a path that none has may hold anything."""
    return "endpoint" in scope


def _failed(scope: Scope, error: Exception) -> Response:
    if isinstance(error, BylineError):
        return refusal(scope, status_of(error), type(error).__name__, str(error))
    return refusal(scope, 500, "InternalError", "The service failed. Try again; its log names the error.")
