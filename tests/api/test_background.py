"""A generator that is followed from the event loop: order, silence, errors, and who leaves early."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing

import pytest
from starlette.types import Message

from api.background import Tell, answer_at_once, each, followed, last_told


async def all_of(events: AsyncGenerator[int | None]) -> list[int | None]:
    async with aclosing(events):
        return [event async for event in events]


def test_events_come_in_order_from_one_thread_that_is_not_the_loop_s() -> None:
    threads = set()

    def counting() -> Generator[int]:
        for n in range(50):
            threads.add(threading.get_ident())
            yield n

    assert asyncio.run(all_of(followed(each(counting), 5))) == list(range(50))
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_silence_is_told() -> None:
    def slow() -> Generator[int]:
        yield 1
        time.sleep(0.1)
        yield 2

    told = asyncio.run(all_of(followed(each(slow), 0.02)))
    assert [one for one in told if one is not None] == [1, 2]
    assert told[told.index(1) : -1].count(None) >= 2


def test_an_error_is_raised_after_what_came_before_it() -> None:
    def failing() -> Generator[int]:
        yield 1
        raise LookupError("gone")

    async def reading() -> list[int | None]:
        events = followed(each(failing), 5)
        seen = [await anext(events)]
        with pytest.raises(LookupError, match="gone"):
            await anext(events)
        return seen

    assert asyncio.run(reading()) == [1]


def test_leaving_closes_the_generator_at_its_next_event() -> None:
    closed, made = threading.Event(), []

    def endless() -> Generator[int]:
        try:
            for n in range(1000):
                time.sleep(0.005)
                made.append(n)
                yield n
        finally:
            closed.set()

    async def leaving() -> bool:
        async with aclosing(followed(each(endless), 5)) as events:
            await anext(events)
        return await asyncio.to_thread(closed.wait, 2)

    assert asyncio.run(leaving())
    assert len(made) < 100


def test_the_first_may_be_waited_for_less_than_the_others() -> None:
    def slow() -> Generator[int]:
        time.sleep(0.2)
        yield 1

    assert asyncio.run(all_of(followed(each(slow), 5, first_s=0.01))) == [None, 1]


async def staying() -> Message:
    await asyncio.sleep(60)
    return {"type": "http.disconnect"}


def test_who_leaves_the_queue_costs_no_work() -> None:
    free, began = threading.Event(), list[str]()

    def hold(tell: Tell[str]) -> None:
        tell("begun")
        free.wait(10)

    async def asked() -> None:
        answer_at_once(1, by_model=False)
        first = [followed(hold, 5) for _ in range(2)]  # two a core
        for one in first:
            assert await anext(one) == "begun"
        waiting = followed(lambda _: began.append("late"), 0.01)
        assert await anext(waiting) is None
        await waiting.aclose()
        free.set()
        for one in first:
            await one.aclose()
        assert await last_told(lambda tell: tell("next"), staying) == "next"

    asyncio.run(asked())
    answer_at_once(1, by_model=True)  # as it is until an app says otherwise
    assert began == []
