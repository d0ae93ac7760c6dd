"""`/mcp` in the service: the MCP server is made with the first request, so that starting does not pay for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import anyio
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from api.mcp_tools import ArchiveTools

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager


class McpEndpoint:
    """An ASGI app; answers while the block of `running` lasts."""

    def __init__(self) -> None:
        self._wanted = anyio.Event()
        self._ready = anyio.Event()
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def running(self, app: FastAPI) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._serve, app)
            yield
            tasks.cancel_scope.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._wanted.set()
        await self._ready.wait()
        assert self._manager is not None  # noqa: S101 - it is what was waited for
        await self._manager.handle_request(scope, receive, send)

    async def _serve(self, app: FastAPI) -> None:
        """The manager's own task group has to be entered and left in one task, so not in a request's."""
        await self._wanted.wait()
        self._manager = await anyio.to_thread.run_sync(partial(_make, app))
        async with self._manager.run():
            self._ready.set()
            await anyio.sleep_forever()


def _make(app: FastAPI) -> StreamableHTTPSessionManager:
    from api.mcp_server import session_manager

    return session_manager(
        ArchiveTools(app.state.byline, app.state.records, app.state.watch), any_host=app.state.any_host
    )
