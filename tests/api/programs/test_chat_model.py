"""The chat protocol with a language model behind it: what it takes back never reaches the wire."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from langchain_openai import ChatOpenAI

from tests.api.programs.checking import QUESTION, holds_together
from tests.api.programs.test_chat import streamed, user
from tests.api.serving import Service
from tests.rag.llm.asking import saying
from tests.scripted_llm import USAGE, Say, ScriptedLLM

VALENCIA = "Ford’s site in Valencia is the leading candidate to take part"
GOOD = ("Ford’s site in Valencia is the leading candidate, one person said.", VALENCIA)
CHANGED = ("In 2024 the EU introduced provisional levies of as much as 47.6%.", "levies of as much as 37.6%")
QUOTED = f"One person said {VALENCIA}. [1]"


CUT = Say(saying(GOOD, CHANGED), pieces=40, cut_after=30)  # after its first sentence was judged to hold


def fabricating(request: dict[str, Any]) -> str:
    return saying(GOOD)(request) + "\nThe plant will build 90,000 cars a year. [E99]"


@pytest.fixture(scope="module")
def client(writing_service: Service) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=writing_service.address + "/v1", api_key="unused", max_retries=0, timeout=30) as one:
        yield one


@pytest.mark.parametrize(
    ("written", "told", "never"),
    [
        ([Say(saying(GOOD))], GOOD[0], "47.6"),
        ([Say(saying(GOOD, CHANGED))], "[contradicted: the article says", "E99"),
        ([Say(fabricating)], "E99: no quote that it was shown has this key", "[E99]"),
        ([Say("Detroit builds them all. [E99]")], QUOTED, "Detroit"),
        ([CUT, Say(saying(GOOD))], f"{GOOD[0]} [1]", "47.6"),
        ([CUT, Say("Detroit builds them all. [E99]")], QUOTED, "one person said."),
    ],
    ids=["good", "changed number", "made-up marker", "nothing holds", "written anew", "given up"],
)
def test_a_reply_and_its_stream_are_the_record(
    client: openai.OpenAI, model: ScriptedLLM, quakes: Path, written: list[Say], told: str, never: str
) -> None:
    model.say(*written, *written)
    whole = client.chat.completions.create(model="byline", messages=[user(QUESTION)])  # type: ignore[list-item]
    message = whole.choices[0].message
    annotations = [one.model_dump() for one in message.annotations or []]
    holds_together(message.content or "", annotations, whole.model_dump()["byline"], quakes)
    text, cited, chunks = streamed(client, user(QUESTION), stream_options={"include_usage": True})
    assert (text, cited) == (message.content, annotations)
    assert told in text
    assert never not in text
    assert chunks[-1].choices == []
    assert chunks[-1].usage == whole.usage
    assert model.left_over() == 0


def test_tokens_are_those_that_were_used(client: openai.OpenAI, model: ScriptedLLM) -> None:
    model.say(Say(saying(GOOD)))
    made = client.chat.completions.create(model="byline", messages=[user(QUESTION)])  # type: ignore[list-item]
    assert made.usage is not None
    assert {name: getattr(made.usage, name) for name in USAGE} == USAGE


def test_langchain_reads_the_prose_and_the_tokens(writing_service: Service, model: ScriptedLLM) -> None:
    model.say(Say(saying(GOOD)), Say(saying(GOOD)))
    chat = ChatOpenAI(
        model="byline",
        base_url=writing_service.address + "/v1",
        api_key="unused",  # type: ignore[arg-type]
        max_retries=0,
        timeout=30,
        stream_usage=True,
    )
    pieces = list(chat.stream(QUESTION))
    assert "".join(piece.text for piece in pieces) == f"{GOOD[0]} [1]" == chat.invoke(QUESTION).text
    assert sum((piece.usage_metadata or {"total_tokens": 0})["total_tokens"] for piece in pieces) == 440


def test_who_hangs_up_ends_the_work(writing_service: Service, model: ScriptedLLM) -> None:
    model.say(Say(saying(*[GOOD] * 40), pieces=200, pause_s=0.02))
    dropped = model.dropped
    body = {"model": "byline", "messages": [user(QUESTION)], "stream": True}
    with (
        httpx.Client(base_url=writing_service.address, timeout=30) as http,
        http.stream("POST", "/v1/chat/completions", json=body) as reply,
    ):
        first = next(reply.iter_lines())
        assert json.loads(first.removeprefix("data: "))["choices"][0]["delta"] == {"role": "assistant", "content": ""}
        soon(lambda: bool(model.requests))
    soon(lambda: model.dropped > dropped)


def soon(came_true: Callable[[], bool]) -> None:
    until = time.monotonic() + 3
    while not came_true():
        assert time.monotonic() < until
        time.sleep(0.02)
