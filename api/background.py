"""A blocking generator on a thread of its own, followed from the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import closing, suppress
from typing import TypeVar

from fastapi.concurrency import run_in_threadpool

T = TypeVar("T")

_running: set[asyncio.Future[None]] = set()  # the loop itself holds them weakly


class _Ended:
    """Nothing more comes; `error` is why, where it did not simply end."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error


async def followed(events: Generator[T], beat_s: float) -> AsyncGenerator[T | None]:
    """Each event as it comes, and None each time that none came for `beat_s`. Raises what the generator raises.

    Closing this ends the work at its next event: the generator is closed on its own thread, for it may be running.
    """
    loop, passed, left = asyncio.get_running_loop(), asyncio.Queue[T | _Ended](), threading.Event()

    def tell(what: T | _Ended) -> None:
        with suppress(RuntimeError):  # the loop has ended, nobody listens
            loop.call_soon_threadsafe(passed.put_nowait, what)

    work = asyncio.ensure_future(run_in_threadpool(_work, events, tell, left))
    _running.add(work)
    work.add_done_callback(_running.discard)
    try:
        while not isinstance(told := await _next(passed, beat_s), _Ended):
            yield told
        if told.error is not None:
            raise told.error
    finally:
        left.set()


def _work(events: Generator[T], tell: Callable[[T | _Ended], None], left: threading.Event) -> None:
    try:
        with closing(events):
            for event in events:
                if left.is_set():
                    return
                tell(event)
    except Exception as error:  # noqa: BLE001 - it is raised where the events are awaited
        tell(_Ended(error))
    else:
        tell(_Ended())


async def _next(passed: asyncio.Queue[T], beat_s: float) -> T | None:
    try:
        return await asyncio.wait_for(passed.get(), beat_s)
    except TimeoutError:
        return None
