"""Server-sent events (WHATWG HTML, 9.2) from work that runs in a thread."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api.problems import problem, problem_of
from rag.errors import BylineError

log = logging.getLogger("byline.api")

EVENT_STREAM = "text/event-stream"
KEEP_ALIVE_S = 10.0
_FIRST_S = 1.0  # how long headers wait, so that what fails at once is an error response and not an event
KEEP_ALIVE = b": keep-alive\n\n"
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}

Tell = Callable[[str, dict[str, Any]], None]
"""Told an event's name and its payload. Raises `Gone` once nobody listens."""

T = TypeVar("T")

_Told = tuple[str, dict[str, Any]] | Exception | None  # None ends it


class Gone(Exception):
    """The client has hung up; the work may stop."""


def wanted(request: Request) -> bool:
    """Whether the client asks for events."""
    return EVENT_STREAM in request.headers.get("accept", "")


async def respond(work: Callable[[Tell], None]) -> StreamingResponse:
    """The events that `work` tells, as it tells them. An error that comes at once is raised; a later one is told as an
    `error` event whose data is the problem.
    """
    queue: asyncio.Queue[_Told] = asyncio.Queue()
    hung_up = threading.Event()
    task = asyncio.create_task(run_in_threadpool(_run, work, asyncio.get_running_loop(), queue, hung_up))
    try:
        first = await asyncio.wait_for(queue.get(), _FIRST_S)
    except TimeoutError:
        first = ("", {})
    if isinstance(first, Exception):
        await task
        raise first
    return StreamingResponse(_events(first, queue, hung_up, task), media_type=EVENT_STREAM, headers=HEADERS)


def encoded(name: str, payload: dict[str, Any]) -> bytes:
    """One event. JSON has no raw line break, so its data is one line."""
    return f"event: {name}\ndata: {json.dumps(payload, ensure_ascii=False)}\n\n".encode()


async def _events(
    told: _Told, queue: asyncio.Queue[_Told], hung_up: threading.Event, _task: asyncio.Task[None]
) -> AsyncIterator[bytes]:
    """`_task` is held so that it lives as long as its events are waited for."""
    try:
        while told is not None:
            yield _line(told)
            try:
                told = await asyncio.wait_for(queue.get(), KEEP_ALIVE_S)
            except TimeoutError:
                told = ("", {})
    finally:
        hung_up.set()


async def kept_alive(states: AsyncIterator[T]) -> AsyncIterator[T | None]:
    """`states`, and None whenever the next is long in coming."""
    coming = asyncio.ensure_future(anext(states, None))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=KEEP_ALIVE_S)
            if not done:
                yield None
                continue
            state = coming.result()
            if state is None:
                return
            yield state
            coming = asyncio.ensure_future(anext(states, None))
    finally:
        coming.cancel()


def _line(told: tuple[str, dict[str, Any]] | Exception) -> bytes:
    if isinstance(told, Exception):
        return encoded("error", _problem(told))
    name, payload = told
    return encoded(name, payload) if name else KEEP_ALIVE


def _problem(error: Exception) -> dict[str, Any]:
    if isinstance(error, BylineError):
        return problem_of(error)
    return problem(500, "InternalError", "The service failed. Try again; its log names the error.")


def _run(
    work: Callable[[Tell], None],
    loop: asyncio.AbstractEventLoop,
    queue: asyncio.Queue[_Told],
    hung_up: threading.Event,
) -> None:
    def put(told: _Told) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(queue.put_nowait, told)

    def tell(name: str, payload: dict[str, Any]) -> None:
        if hung_up.is_set():
            raise Gone
        put((name, payload))

    try:
        work(tell)
        put(None)
    except Gone:
        log.info("client hung up")
    except BylineError as error:
        put(error)
        put(None)
    except Exception as error:
        log.exception("a stream failed")
        put(error)
        put(None)
