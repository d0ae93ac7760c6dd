"""What stands on the wire of a chat stream: comments while it waits, and errors once headers are sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator

import pytest

from api.chat import lines_of
from api.chat_reply import Reply
from api.watch import Watch
from rag.errors import StoreBusy
from rag.events import Event, Found


async def _told(failure: Exception) -> AsyncGenerator[Event | None]:
    yield None
    yield Found(())
    raise failure


def lines(failure: Exception) -> list[str]:
    async def read() -> list[str]:
        events = _told(failure)
        return [
            one
            async for one in lines_of(await anext(events), events, Reply("http://here/"), Watch(), count_tokens=False)
        ]

    return asyncio.run(read())


def test_silence_is_a_comment_and_a_failure_an_error_that_ends_it() -> None:
    opening, waiting, failed = lines(StoreBusy("The archive changed.", remedy="Try again."))
    assert json.loads(opening.removeprefix("data: "))["object"] == "chat.completion.chunk"
    assert waiting.startswith(":")
    error = json.loads(failed.removeprefix("data: "))["error"]
    assert error == {"message": "The archive changed. Try again.", "type": "server_error", "param": None} | {
        "code": "store_busy"
    }


def test_an_unforeseen_failure_tells_nothing_of_itself(caplog: pytest.LogCaptureFixture) -> None:
    *_, failed = lines(RuntimeError("secret words"))
    assert "secret" not in failed
    assert json.loads(failed.removeprefix("data: "))["error"]["code"] == "internal_error"
    assert "a chat stream broke" in caplog.text
