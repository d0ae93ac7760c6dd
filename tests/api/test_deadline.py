"""A reply that takes too long ends: with a status while nothing was sent, with an event after that."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.events import events
from tests.api.serving import served
from tests.scripted_llm import Say, scripted

QUESTION = "Which Ford plant is the leading candidate to build Geely cars?"
ASK = {"question": QUESTION}
CHAT: dict[str, Any] = {"model": "byline", "messages": [{"role": "user", "content": QUESTION}]}


@pytest.fixture(scope="module")
def told(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, httpx.Response]]:
    """What a service with two seconds for each reply replies while its model needs three for a word."""
    folder = shutil.copytree(data, tmp_path_factory.mktemp("slow") / "data")
    asked: dict[str, Callable[[httpx.Client], httpx.Response]] = {
        "ask": lambda http: http.post("/v1/ask", json=ASK),
        "stream": lambda http: http.post("/v1/ask", json=ASK, headers={"Accept": "text/event-stream"}),
        "chat": lambda http: http.post("/v1/chat/completions", json=CHAT),
        "chat stream": lambda http: http.post("/v1/chat/completions", json=CHAT | {"stream": True}),
    }
    with scripted(*[Say("Ford.", silent_s=3)] * 4) as model:
        wire = {"BYLINE_LLM": "openai:scripted", "BYLINE_LLM_BASE_URL": model.base_url, "BYLINE_REQUEST_TIMEOUT_S": "2"}
        with (
            served(folder, BYLINE_LLM_STRUCTURED="never", **wire) as service,
            httpx.Client(base_url=service.address, timeout=30) as http,
            ThreadPoolExecutor() as pool,
        ):
            yield dict(zip(asked, pool.map(lambda ask: ask(http), asked.values()), strict=True))


def test_while_nothing_was_sent_it_is_a_problem(told: dict[str, httpx.Response]) -> None:
    reply = told["ask"]
    assert (reply.status_code, reply.headers["content-type"]) == (503, "application/problem+json")
    assert reply.headers["retry-after"] == "1"
    assert "BYLINE_REQUEST_TIMEOUT_S" in reply.json()["detail"]


def test_chat_clients_get_it_in_their_form(told: dict[str, httpx.Response]) -> None:
    assert (told["chat"].status_code, told["chat"].json()["error"]["type"]) == (503, "server_error")


def test_amid_a_stream_it_is_an_event(told: dict[str, httpx.Response]) -> None:
    stream = list(events(told["stream"]))
    assert (stream[0][0], stream[-1][0], stream[-1][1]["status"]) == ("evidence", "error", 503)


def test_and_amid_a_chat_s_stream_too(told: dict[str, httpx.Response]) -> None:
    last = told["chat stream"].text.strip().split("\n\n")[-1]
    assert json.loads(last.removeprefix("data: "))["error"]["type"] == "server_error"
