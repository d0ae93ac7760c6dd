"""Blocking work on a thread of its own, followed from the event loop by what it tells."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing, closing, suppress
from typing import TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import ClientDisconnect
from starlette.types import Receive

log = logging.getLogger("byline.api")

T = TypeVar("T")
Tell = Callable[[T], None]
"""Raises `Gone` once nobody listens."""

_A_CORE = 2
_WAITING = 40  # answers that may wait for a language model at once
_answering = CapacityLimiter(_WAITING)  # not the threads that other routes share: a model may be slow for all
_searching = CapacityLimiter(_A_CORE)

_UNHEARD_S = 3600.0  # between beats that nobody listens to

_running: set[asyncio.Future[None]] = set()  # the loop itself holds them weakly


class Gone(Exception):
    """Nobody listens any more; the work may stop."""


class _Ended:
    """Nothing more comes; `error` is why, where it did not simply end."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error


def answer_at_once(cores: int, *, by_model: bool) -> None:
    """Let as many answers and searches be worked on as can use the cores: without a model that is waited for, more than
    that make each other slower, and the rest had better queue.
    """
    _answering.total_tokens = _WAITING if by_model else _A_CORE * cores
    _searching.total_tokens = cores + 1


async def in_turn(search: Callable[[], T]) -> T:
    """What a search gives, on a thread, once it is its turn."""
    return await run_sync(search, limiter=_searching)


def each(events: Callable[[], Generator[T]]) -> Callable[[Tell[T]], None]:
    """The work that tells every event of a generator. It is closed on its own thread, for it may be running."""

    def work(tell: Tell[T]) -> None:
        with closing(events()) as made:
            for event in made:
                tell(event)

    return work


async def followed(
    work: Callable[[Tell[T]], None], beat_s: float, first_s: float | None = None
) -> AsyncGenerator[T | None]:
    """Each thing told as it comes, and None each time that nothing came for `beat_s` (at first for `first_s`). Raises
    what the work raises. Closing this ends the work when it next tells something.
    """
    loop, passed, left = asyncio.get_running_loop(), asyncio.Queue[T | _Ended](), threading.Event()

    def put(what: T | _Ended) -> None:
        with suppress(RuntimeError):  # the loop has ended, nobody listens
            loop.call_soon_threadsafe(passed.put_nowait, what)

    def tell(what: T) -> None:
        if left.is_set():
            raise Gone
        put(what)

    def begin() -> None:
        if not left.is_set():  # else its client left while it queued
            _run(work, tell, put)

    running = asyncio.ensure_future(run_sync(begin, limiter=_answering))
    _running.add(running)
    running.add_done_callback(_running.discard)
    wait_s = beat_s if first_s is None else first_s
    try:
        while not isinstance(told := await _next(passed, wait_s), _Ended):
            wait_s = beat_s
            yield told
        if told.error is not None:
            raise told.error
    finally:
        left.set()


async def last_told(work: Callable[[Tell[T]], None], receive: Receive) -> T:
    """The last that is told. Raises what the work raises, and ClientDisconnect once the client that `receive` hears has
    left. That, and cancelling this, ends the work as in `followed`.
    """
    telling, leaving = asyncio.ensure_future(_last(work)), asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not telling.done():
            raise ClientDisconnect
        return telling.result()
    finally:
        telling.cancel()
        leaving.cancel()


async def _left(receive: Receive) -> None:
    """Returns when the client has left; its request has been read."""
    while (await receive())["type"] != "http.disconnect":
        continue


async def _last(work: Callable[[Tell[T]], None]) -> T:
    last: T | None = None
    async with aclosing(followed(work, _UNHEARD_S)) as events:
        async for told in events:
            last = last if told is None else told
    assert last is not None  # noqa: S101 - work tells something or raises
    return last


def _run(work: Callable[[Tell[T]], None], tell: Tell[T], put: Callable[[T | _Ended], None]) -> None:
    try:
        work(tell)
    except Gone:
        log.info("client hung up")
    except Exception as error:  # noqa: BLE001 - it is raised where the work is awaited
        put(_Ended(error))
    else:
        put(_Ended())


async def _next(passed: asyncio.Queue[T], wait_s: float) -> T | None:
    try:
        return await asyncio.wait_for(passed.get(), wait_s)
    except TimeoutError:
        return None
