"""Answers and checks as events, and the records that stay."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import Request

from api.replies import AnswerRecord, CheckRecord, RecheckRecord
from api.sse import wanted
from tests.api.events import events, streamed
from tests.api.raw import connect, post
from tests.api.serving import served
from tests.rag.llm.asking import saying
from tests.scripted_llm import Say, scripted

QUESTION = "Which Ford plant is the leading candidate to build Geely cars?"
CLAIM = "Diess said VW would take an equity stake in Ford."
STREAM = {"Accept": "text/event-stream"}


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=30) as http:
        yield http


def fixed(record: dict[str, Any]) -> dict[str, Any]:
    return {name: told for name, told in record.items() if name not in {"id", "timings_ms", "answered_at"}}


def test_the_events_of_an_answer_add_up_to_its_record(client: httpx.Client) -> None:
    told = streamed(client, "/v1/ask", {"question": QUESTION})
    assert [name for name, _ in told] == ["evidence", "sentence", "citations", "verdict", "done"]
    record = told[-1][1]
    AnswerRecord.model_validate(record)
    assert told[1][1] == {"n": 1, "text": record["sentences"][0]["text"]}
    assert told[2][1]["citations"] == record["citations"]
    assert told[3][1]["checks"] == record["sentences"][0]["checks"]
    assert fixed(client.post("/v1/ask", json={"question": QUESTION}).json()) == fixed(record)


def test_a_follow_up_tells_how_it_is_understood(client: httpx.Client) -> None:
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": "Valencia. [1]"}]
    told = streamed(client, "/v1/ask", {"question": "Who said that?", "history": history})
    assert told[0][0] == "understood"
    assert told[0][1]["standalone"] == told[-1][1]["standalone"] != "Who said that?"


def test_an_abstention_is_an_answer_too(client: httpx.Client) -> None:
    told = streamed(client, "/v1/ask", {"question": "What did the Bishop of Ely say about beekeeping subsidies?"})
    assert [name for name, _ in told] == ["evidence", "done"]
    assert told[-1][1]["status"] == "no_evidence"
    AnswerRecord.model_validate(told[-1][1])


def test_what_can_not_be_asked_is_a_problem_and_no_stream(client: httpx.Client) -> None:
    reply = client.post("/v1/ask", json={"question": "  "}, headers=STREAM)
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")


def test_a_draft_shows_its_progress(client: httpx.Client) -> None:
    told = streamed(client, "/v1/check", {"text": f"{CLAIM} Ford and Geely are in talks."})
    assert [name for name, _ in told][-1] == "done"
    assert {"done": 2, "of": 2} in [payload for name, payload in told if name == "progress"]
    CheckRecord.model_validate(told[-1][1])
    assert told[-1][1]["claims"][0]["verdict"] == "refuted"


@pytest.mark.parametrize(
    ("accept", "events"),
    [
        ("text/event-stream", True),
        ("Text/Event-Stream; charset=utf-8", True),
        ("text/event-stream, application/json", True),
        ("text/event-stream, */*", True),
        ("application/json;q=0.5, text/*", True),
        ("application/json, text/event-stream", False),
        ("*/*, text/event-stream", False),
        ("application/*, text/event-stream;q=0.9", False),
        ("text/event-stream;q=0", False),
        ("text/event-stream;q=none, application/json;q=0.1", True),
        ("*/*", False),
        ("text/html", False),
        ("", False),
    ],
)
def test_events_come_to_who_would_rather_have_them(accept: str, events: bool) -> None:
    assert wanted(Request({"type": "http", "headers": [(b"accept", accept.encode())]})) == events


def test_what_is_preferred_is_sent(client: httpx.Client) -> None:
    for accept in ("text/event-stream, application/json;q=0.1", "application/json, text/event-stream"):
        reply = client.post("/v1/ask", json={"question": QUESTION}, headers={"Accept": accept})
        assert reply.headers["content-type"].partition(";")[0] == accept.partition(",")[0]


def test_an_answer_is_kept_under_its_id(client: httpx.Client) -> None:
    given = client.post("/v1/ask", json={"question": QUESTION}).json()
    assert client.get(f"/v1/answers/{given['id']}").json() == given
    assert client.get(f"/v1/checks/{given['id']}").status_code == 404


def test_a_check_is_exported_and_checked_again(client: httpx.Client) -> None:
    made = client.post("/v1/check", json={"text": CLAIM}).json()
    path = f"/v1/checks/{made['id']}"
    page = client.get(f"{path}/export", params={"format": "markdown"})
    assert "**Refuted**" in page.text
    assert page.headers["content-disposition"].endswith('.md"')
    assert json.loads(client.get(f"{path}/export", params={"format": "claimreview"}).text)
    assert client.get(f"{path}/export", params={"format": "exe"}).status_code == 422
    again = client.post(f"{path}/recheck").json()
    RecheckRecord.model_validate(again)
    assert {one["state"] for one in again["articles"]} == {"unchanged"}
    assert again["claims"][0]["now"] == "refuted"


def wire(base_url: str) -> dict[str, str]:
    return {"BYLINE_LLM": "openai:scripted", "BYLINE_LLM_BASE_URL": base_url, "BYLINE_LLM_STRUCTURED": "never"}


def test_a_model_s_sentences_come_as_they_are_written(own_data: Path) -> None:
    words = "One person said Ford’s site in Valencia is the leading candidate"
    good = ("One person said Ford's site in Valencia is the leading candidate to take part.", words)
    bad = ("Seven people said Ford's site in Valencia is the leading candidate to take part.", words)
    with (
        scripted(Say(saying(good, bad), pieces=40, pause_s=0.02)) as model,
        served(own_data, **wire(model.base_url)) as at,
        httpx.Client(base_url=at.address, timeout=30) as http,
    ):
        told = streamed(http, "/v1/ask", {"question": QUESTION})
    names = [name for name, _ in told]
    assert names.count("sentence") == names.count("verdict") == 2
    assert names.index("verdict") < len(names) - 1 - names[::-1].index("sentence")  # the first is judged by then
    assert [payload["verdict"] for name, payload in told if name == "verdict"] == ["supported", "contradicted"]


def test_a_client_that_hangs_up_stops_the_model(own_data: Path) -> None:
    words = "One person said Ford’s site in Valencia is the leading candidate"
    good = ("One person said Ford's site in Valencia is the leading candidate to take part.", words)
    slow = Say(saying(*[good] * 20), pieces=400, pause_s=0.05)
    chat = {"model": "byline", "messages": [{"role": "user", "content": QUESTION}]}
    with (
        scripted(slow, slow, slow) as model,
        served(own_data, **wire(model.base_url)) as at,
        httpx.Client(base_url=at.address, timeout=30) as http,
    ):
        with http.stream("POST", "/v1/ask", json={"question": QUESTION}, headers=STREAM) as reply:
            for name, _ in events(reply):
                if name == "sentence":
                    break
        eventually(lambda: model.dropped == 1)
        for path, asked in (("/v1/ask", {"question": QUESTION}), ("/v1/chat/completions", chat)):
            begun, dropped = len(model.requests), model.dropped
            with connect(int(at.address.rpartition(":")[2])) as client:  # its reply would come whole in the end
                client.sendall(post(json.dumps(asked).encode(), path.encode()))
                eventually(lambda begun=begun: len(model.requests) > begun)  # type: ignore[misc]
            eventually(lambda dropped=dropped: model.dropped > dropped)  # type: ignore[misc]
            assert f'route="{path}",status="499"' in http.get("/metrics").text
    assert not [line for line in at.log if "Traceback" in line]


def eventually(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.05)
