"""Several processes behind one port: started, started again when one dies, and stopped together."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event
from typing import Any

from rag.errors import BylineError

log = logging.getLogger("byline.workers")

_SPAWN = multiprocessing.get_context("spawn")
_LOOK_S = 0.2
_ENDING_S = 40.0  # beside the time that answers have to end: for a job to come to the end of an article


def supervise(work: Callable[..., None], workers: int, ready: Callable[[], None], ends_s: float) -> None:
    """Have `work` done in so many processes until this one is told to stop, for which they have `ends_s` and more. When
    one takes requests, `ready` is called.

    Raises BylineError when one ends before any took a request: the next would too. `work` gets a function to call when
    it takes requests, and what it is made of has to be picklable.
    """
    told: list[int] = []
    before = {number: signal.signal(number, lambda n, _: told.append(n)) for number in (signal.SIGINT, signal.SIGTERM)}
    started, called = _SPAWN.Event(), False
    processes = [_begun(work, started) for _ in range(workers)]
    try:
        while not told:
            if started.is_set() and not called:
                called = True
                ready()
            wait([one.sentinel for one in processes], _LOOK_S)
            processes = [one if one.is_alive() or told else _again(one, work, started) for one in processes]
    finally:
        _stop(processes, ends_s + _ENDING_S)
        for number, handler in before.items():
            signal.signal(number, handler)
    signal.raise_signal(told[0])


def _begun(work: Callable[..., None], started: Event) -> SpawnProcess:
    process = _SPAWN.Process(target=_worker, args=(work, started), name="byline-worker")
    process.start()
    return process


def _again(dead: SpawnProcess, work: Callable[..., None], started: Event) -> SpawnProcess:
    if not started.is_set():
        raise BylineError(f"A worker ended with {dead.exitcode} as it started.", remedy="What it said above is why.")
    log.warning("worker=%s ended with %s; another takes its place", dead.pid, dead.exitcode)
    return _begun(work, started)


def _worker(work: Callable[..., None], started: Event) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    work(started.set)


def _end_with_parent() -> None:
    """Whoever is left behind would hold the port."""
    parent: Any = multiprocessing.parent_process()
    wait([parent.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)


def _stop(processes: list[SpawnProcess], within_s: float) -> None:
    for one in processes:
        one.terminate()
    ends = time.monotonic() + within_s
    for one in processes:
        one.join(max(0.0, ends - time.monotonic()))
        if one.is_alive():
            one.kill()
            one.join()
