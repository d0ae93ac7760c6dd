"""The service: its routes, what it opens when it starts, and the headers that every response carries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from api import archive, asking, chat, checking, feeds, health, overview, problems, watch
from api.access import Access
from api.documented import KEYED, LIMITED
from api.headers import Outermost
from api.job_runner import JobRunner
from api.limits import Limits
from api.mcp_mount import McpEndpoint
from rag.keys import KeyStore
from rag.record_store import RecordStore
from rag.settings import Settings
from rag.wiring import open_byline

_STATIC = Path(__file__).parent / "static"


def create_app(settings: Settings) -> FastAPI:
    """An app that opens the archive of `settings` when it starts and closes it when it stops."""

    mcp = McpEndpoint()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.byline = await run_in_threadpool(partial(open_byline, settings, serving=True))
        app.state.records = RecordStore(settings.data_dir, settings.database_url)
        await run_in_threadpool(asking.forget_old, app.state.records, settings.keep_answers_days)
        app.state.examples = overview.KeptExamples()
        app.state.jobs = JobRunner(settings)
        app.state.jobs.start()
        app.state.watch.metrics.watch(app.state.byline, app.state.jobs.folders)
        polling = asyncio.create_task(feeds.keep_polling(settings, app.state.jobs))
        try:
            async with mcp.running(app):
                yield
        finally:
            polling.cancel()
            await app.state.jobs.stop()
            await run_in_threadpool(app.state.byline.close)

    app = FastAPI(title="Byline", version="0.1.0", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.settings = settings
    app.state.watch = watch.Watch()
    app.state.any_host = False  # whoever serves it elsewhere than on this machine says so
    # The last added is the outermost.
    app.add_middleware(Limits, settings=settings, rated=lambda: needs_key(app))
    keys = KeyStore(settings.data_dir, settings.database_url)
    app.add_middleware(Access, keys=keys, required=lambda: needs_key(app))
    app.add_middleware(watch.WatchedRequests, watch=app.state.watch)
    app.add_middleware(Outermost)
    problems.install(app)
    for routes in (asking, checking, archive, feeds, overview, chat, health, watch):
        app.include_router(routes.router, responses=LIMITED if routes is chat else LIMITED | KEYED)
    app.get("/", include_in_schema=False)(page)
    app.add_route(watch.MCP_PATH, mcp, include_in_schema=False)  # type: ignore[arg-type]
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    return app


def needs_key(app: FastAPI) -> bool:
    """Whether a request without a key is refused."""
    return bool(app.state.any_host or app.state.settings.require_keys)


def page() -> FileResponse:
    return FileResponse(_STATIC / "index.html", headers={"Cache-Control": "no-cache"})
