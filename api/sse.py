"""Server-sent events (WHATWG HTML, 9.2)."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Any, TypeVar

from fastapi import Request
from starlette.responses import StreamingResponse

from api.background import Tell, followed
from api.problems import problem, problem_of
from rag.errors import BylineError

log = logging.getLogger("byline.api")

EVENT_STREAM = "text/event-stream"
KEEP_ALIVE_S = 10.0
KEEP_ALIVE = b": keep-alive\n\n"
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
_FIRST_S = 1.0  # how long headers wait, so that what fails at once is an error response and not an event

_Q = re.compile(r"q=([01](?:\.\d{0,3})?)")  # RFC 9110, 12.4.2

T = TypeVar("T")
Told = tuple[str, dict[str, Any]]
"""An event's name and its payload."""


def wanted(request: Request) -> bool:
    """Whether the client would rather have events than JSON, by its q-values, and by order where these are alike."""
    ranges = [_read(one) for one in ",".join(request.headers.getlist("accept")).lower().split(",")]
    return _liking(ranges, EVENT_STREAM) > _liking(ranges, "application/json")


def _read(media_range: str) -> tuple[str, float]:
    """A media range and its q-value."""
    name, *parameters = (part.strip() for part in media_range.split(";"))
    told = next((match[1] for one in parameters if (match := _Q.fullmatch(one))), "1")
    return name, float(told)


def _liking(ranges: list[tuple[str, float]], media: str) -> tuple[float, int]:
    """How much `media` is liked, and how early it is named: by the range that fits it most closely."""
    names = [name for name, _ in ranges]
    fits = next((one for one in (media, media.partition("/")[0] + "/*", "*/*") if one in names), None)
    quality = ranges[names.index(fits)][1] if fits else 0.0
    return (quality, -names.index(fits)) if fits and quality else (0.0, -len(names))


async def respond(work: Callable[[Tell[Told]], None]) -> StreamingResponse:
    """The events that `work` tells, as it tells them. An error that comes at once is raised; a later one is told as an
    `error` event whose data is the problem.
    """
    events = followed(work, KEEP_ALIVE_S, _FIRST_S)
    first = await anext(events)
    return StreamingResponse(_lines(first, events), media_type=EVENT_STREAM, headers=HEADERS)


def encoded(name: str, payload: dict[str, Any]) -> bytes:
    """One event. JSON has no raw line break, so its data is one line."""
    return f"event: {name}\ndata: {json.dumps(payload, ensure_ascii=False)}\n\n".encode()


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


async def _lines(first: Told | None, events: AsyncGenerator[Told | None]) -> AsyncIterator[bytes]:
    try:
        async with aclosing(events):
            yield _line(first)
            async for told in events:
                yield _line(told)
    except BylineError as error:
        yield encoded("error", problem_of(error))
    except Exception:
        log.exception("a stream failed")
        yield encoded("error", problem(500, "InternalError", "The service failed. Try again; its log names the error."))


def _line(told: Told | None) -> bytes:
    return encoded(*told) if told else KEEP_ALIVE
