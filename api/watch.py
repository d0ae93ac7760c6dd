"""What happens in the service, told to whoever watches: the numbers of `/metrics`, and the spans of a trace."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.documented import METRICS
from api.metrics import CONTENT_TYPE, Metrics
from rag import tracing

router = APIRouter()

_FAILED = 500
_HUNG_UP = 499  # as nginx counts those who left before they had a reply
UNMATCHED = "unmatched"
MCP_PATH = "/mcp"  # a plain ASGI app, which leaves no route in the scope


class Watch:
    """Told of every answer and check, by whatever protocol it was asked for."""

    def __init__(self, shared: Path | None = None) -> None:
        """`shared` is as `Metrics` has it."""
        self.metrics = Metrics(shared)

    def answer(self, record: Mapping[str, Any]) -> None:
        self.metrics.observe_answer(record)

    def check(self, record: Mapping[str, Any]) -> None:
        self.metrics.observe_check(record)


class WatchedRequests:
    """Middleware that tells of each request once its reply has ended, a stream's too."""

    def __init__(self, app: ASGIApp, watch: Watch) -> None:
        self._app = app
        self._watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status, route = time.perf_counter(), 500, ""

        async def noted(message: Message) -> None:
            nonlocal status, route
            if message["type"] == "http.response.start":
                status, route = message["status"], route_of(scope)
            await send(message)

        headers = Headers(scope=scope)
        with tracing.request(scope["method"], scope["scheme"], headers) as told:
            try:
                await self._app(scope, receive, noted)
            except ClientDisconnect:
                status = _HUNG_UP
                raise
            finally:
                taken, route = time.perf_counter() - started, route or route_of(scope)
                self._watch.metrics.observe_request(route, scope["method"], status, taken)
                _tell(told, scope, route, status)


def _tell(told: tracing.Noted, scope: Scope, route: str, status: int) -> None:
    told.add({"http.response.status_code": status} | ({"error.type": str(status)} if status >= _FAILED else {}))
    if route != UNMATCHED:  # else its path may hold anything
        told.rename(f"{scope['method']} {route}")
        told.add({"http.route": route, "url.path": scope["path"]})


def route_of(scope: Scope) -> str:
    """The template of the route that answers; of a path that none knows, nothing is told but that."""
    if scope["path"] == MCP_PATH:
        return MCP_PATH
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) and path else UNMATCHED


@router.get("/metrics", responses={200: METRICS}, response_class=Response)
def metrics(request: Request) -> Response:
    """Counts, times and sizes, in the text format of Prometheus."""
    watch: Watch = request.app.state.watch
    return Response(watch.metrics.exposition(), headers={"Content-Type": CONTENT_TYPE})
