"""The service: its routes, what it opens when it starts, and the headers that every response carries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from api import archive, asking, chat, checking, feeds, health, local, overview, page, problems, statements, watch
from api.access import Access
from api.background import answer_at_once
from api.deadline import Deadline
from api.documented import CHAT_LIMITED, KEYED, LIMITED
from api.headers import Outermost
from api.hosts import LocalNames
from api.job_runner import JobRunner
from api.limits import Limits
from api.mcp_mount import McpEndpoint
from api.openapi import describe
from rag.keys import KeyStore
from rag.record_store import RecordStore
from rag.settings import Settings
from rag.wiring import open_byline


def create_app(settings: Settings, counts: Path | None = None) -> FastAPI:
    """An app that opens the archive of `settings` when it starts and closes it when it stops. `counts` is a folder
    where several count requests together (`api/metrics.py`, `api/rates.py`).
    """

    mcp = McpEndpoint()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        answer_at_once(settings.threads, by_model=bool(settings.llm))
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
    app.state.watch = watch.Watch(counts)
    # Whoever serves it says which: elsewhere than on this machine, or on this machine alone.
    app.state.any_host, app.state.local_names = False, False
    app.state.leaving = False
    app.state.local = None  # and how the commands of this machine know it (a LocalService)
    # The last added is the outermost.
    app.add_middleware(Deadline, within_s=settings.request_timeout_s)
    rates = counts / "rates" if counts else None
    app.add_middleware(Limits, settings=settings, rated=lambda: needs_key(app), shared=rates)
    keys = KeyStore(settings.data_dir, settings.database_url)
    app.add_middleware(Access, keys=keys, required=lambda: needs_key(app), local=lambda: app.state.local)
    app.add_middleware(watch.WatchedRequests, watch=app.state.watch)
    app.add_middleware(LocalNames, asked=lambda: app.state.local_names)
    app.add_middleware(Outermost)
    problems.install(app)
    for routes in (asking, checking, statements, archive, feeds, overview, chat, health, watch):
        app.include_router(routes.router, responses=CHAT_LIMITED if routes is chat else LIMITED | KEYED)
    describe(app)
    app.include_router(local.router, include_in_schema=False)
    app.add_route(watch.MCP_PATH, mcp, include_in_schema=False)  # type: ignore[arg-type]
    page.install(app)
    return app


def needs_key(app: FastAPI) -> bool:
    """Whether a request without a key is refused."""
    return bool(app.state.any_host or app.state.settings.require_keys)
