"""Feeds: followed, listed, polled. A poll is a job; while the service runs, those that are due are polled by it."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from api.bodies import NewFeed
from api.documented import FEED, FEEDS, JOB, NOT_FOUND, REFUSED, UNREADABLE
from api.job_runner import JobRunner
from api.jobs import new_job
from api.parts import Jobs, TheSettings
from rag.errors import BylineError
from rag.feed_store import Feed
from rag.feeds.jobs import add_feed, due_feeds, get_feed, list_feeds, remove_feed
from rag.settings import Settings

log = logging.getLogger("byline.feeds")

router = APIRouter(prefix="/v1/feeds", tags=["feeds"])

_LOOK_EVERY_S = 30.0


@router.get("", responses={200: FEEDS})
def feeds(settings: TheSettings) -> JSONResponse:
    """The feeds, when each was polled and is due, and what went wrong."""
    return JSONResponse({"feeds": [_record(one) for one in list_feeds(settings)]})


@router.post("", status_code=201, responses={201: FEED, **REFUSED, **UNREADABLE})
def follow(given: NewFeed, settings: TheSettings) -> JSONResponse:
    """Follow a feed; the next poll fetches it. One that was switched off is switched on."""
    add_feed(settings, given.url)
    return JSONResponse(_record(get_feed(settings, given.url)), status_code=201)


@router.delete("", status_code=204, responses={**NOT_FOUND, **REFUSED})
def unfollow(url: Annotated[str, Query(max_length=2000)], settings: TheSettings) -> Response:
    """Follow a feed no longer. The articles that it brought stay."""
    remove_feed(settings, url)
    return Response(status_code=204)


@router.post("/poll", status_code=202, responses={202: JOB})
async def poll(jobs: Jobs) -> JSONResponse:
    """Poll every feed now, due or not."""
    job = new_job("feeds", ["--now"])
    jobs.add(job)
    return JSONResponse(job.record(), status_code=202, headers={"Location": f"/v1/jobs/{job.id}"})


async def keep_polling(settings: Settings, jobs: JobRunner) -> None:
    """Add a job whenever feeds are due, one at a time; until it is cancelled."""
    while True:
        try:
            due = await run_in_threadpool(due_feeds, settings, time.time()) if jobs.leads else []
            if due:
                job = new_job("feeds", [])
                jobs.add(job)
                await jobs.ended(job.id, 24 * 3600)
        except (BylineError, OSError) as error:
            log.warning("feeds were not looked at: %s", type(error).__name__)
        await asyncio.sleep(_LOOK_EVERY_S)


def _record(feed: Feed) -> dict[str, Any]:
    return {
        "url": feed.url,
        "title": feed.title,
        "last_polled": _time(feed.polled_at),
        "next_due": None if feed.off else _time(feed.due_at),
        "failures": feed.failures,
        "active": not feed.off,
        "error": feed.fault,
    }


def _time(at: float | None) -> str | None:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds") if at else None
