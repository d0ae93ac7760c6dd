"""Asks many cases at once, each within its time, and hands the replies on as they come."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from evals.errors import EvalError
from evals.gold import Case
from evals.reply import Reply, missing
from evals.runs.targets import Target
from rag.errors import BylineError

Work = tuple[Case, int]
"""A case and which repeat of it."""


@dataclass(frozen=True, slots=True)
class _Flight:
    """A case being asked. `started` is in seconds of the monotonic clock."""

    case: Case
    repeat: int
    started: float


def ask_all(target: Target, work: Iterable[Work], *, concurrency: int, timeout_s: float) -> Iterator[Reply]:
    """One reply for each case and repeat, in the order in which they come.

    A case that takes longer than `timeout_s` is a timeout; its thread is left behind (Python can't end one) and its
    late reply is dropped. Raises EvalError when the target says that the run is pointless.
    """
    done: SimpleQueue[tuple[int, Reply | EvalError]] = SimpleQueue()
    waiting, flying, number = deque(work), dict[int, _Flight](), 0
    while waiting or flying:
        while waiting and len(flying) < concurrency:
            case, repeat = waiting.popleft()
            number += 1
            flying[number] = _Flight(case, repeat, time.monotonic())
            arguments = (target, flying[number], number, done)
            threading.Thread(target=_ask, args=arguments, daemon=True, name=f"ask-{case.id}").start()
        try:
            landed, reply = done.get(timeout=_time_left(flying.values(), timeout_s))
        except Empty:
            yield from _overdue(flying, timeout_s)
            continue
        if landed in flying:
            del flying[landed]
            if isinstance(reply, EvalError):
                raise reply
            yield reply


def _ask(target: Target, flight: _Flight, number: int, done: SimpleQueue[tuple[int, Reply | EvalError]]) -> None:
    case, repeat = flight.case, flight.repeat
    began = time.perf_counter()
    try:
        reply = target.reply(case, repeat)
    except EvalError as error:
        done.put((number, error))
        return
    except BylineError as error:
        reply = missing(case.id, "error", str(error), repeat=repeat)
    except Exception as error:  # noqa: BLE001 - whatever breaks, one case is lost and not the run
        reply = missing(case.id, "error", f"{type(error).__name__}: {error}", repeat=repeat)
    ms = (time.perf_counter() - began) * 1000
    predicted = target.about.kind == "predictions"
    done.put((number, reply if predicted else reply.model_copy(update={"ms": round(ms, 1)})))


def _time_left(flights: Iterable[_Flight], timeout_s: float) -> float:
    now = time.monotonic()
    return max(0.0, min(flight.started for flight in flights) + timeout_s - now)


def _overdue(flying: dict[int, _Flight], timeout_s: float) -> list[Reply]:
    now = time.monotonic()
    late = [number for number, flight in flying.items() if now - flight.started >= timeout_s]
    flights = [flying.pop(number) for number in late]
    return [missing(f.case.id, "timeout", f"no answer in {timeout_s:g} s", repeat=f.repeat) for f in flights]
