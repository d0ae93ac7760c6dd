"""The service, asked over HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.command import ROOT, byline

QUESTION = "Which Ford plant is the leading candidate to build Geely cars?"


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=30) as http:
        for _ in range(200):
            try:
                http.get("/healthz")
                break
            except httpx.ConnectError:
                time.sleep(0.05)
        yield http


def ask(client: httpx.Client, **body: Any) -> httpx.Response:
    return client.post("/v1/ask", json=body)


def test_it_is_healthy(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_an_answer_points_at_the_characters_of_its_article(client: httpx.Client) -> None:
    record = ask(client, question=QUESTION).json()
    assert record["status"] == "answered"
    assert "Valencia" in record["text"]
    for citation in record["citations"]:
        stored = (ROOT / "corpus" / citation["article"]["file"]).read_text(encoding="utf-8")
        assert stored[citation["start"] : citation["end"]] == citation["quote"]
    assert {n for s in record["sentences"] for n in s["citations"]} == {c["n"] for c in record["citations"]}
    assert all(s["verdict"] == "supported" for s in record["sentences"])


def test_it_is_the_record_that_the_command_line_prints(client: httpx.Client, data: Path) -> None:
    import json

    told = byline("ask", QUESTION, "--json", data=data)
    ours, theirs = ask(client, question=QUESTION).json(), json.loads(told.stdout)
    for fleeting in ("id", "timings_ms", "answered_at"):
        del ours[fleeting], theirs[fleeting]
    assert ours == theirs


def test_it_abstains_with_the_nearest_passages(client: httpx.Client) -> None:
    record = ask(client, question="What did the Bishop of Ely say about beekeeping subsidies?").json()
    assert record["status"] == "no_evidence"
    assert record["citations"] == []
    assert record["missing"]


def test_undated_articles_fail_a_published_range(client: httpx.Client) -> None:
    record = ask(client, question=QUESTION, published_from="2020-01-01").json()
    assert record["status"] == "no_evidence"
    assert ask(client, question=QUESTION, as_of="1999-01-01").json()["status"] == "answered"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/question"),
        ({"question": 7}, "/question"),
        ({"question": "x", "as_of": "yesterday"}, "/as_of"),
        ({"question": "x", "who": "me"}, "/who"),
    ],
)
def test_a_bad_request_names_the_field(client: httpx.Client, body: dict[str, Any], pointer: str) -> None:
    reply = client.post("/v1/ask", json=body)
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"
    assert [e["pointer"] for e in reply.json()["errors"]] == [pointer]


@pytest.mark.parametrize("question", ["", "   ", "the of and", "a\x00b", "word " * 3000])
def test_a_question_that_cannot_be_asked_is_a_problem_with_a_remedy(client: httpx.Client, question: str) -> None:
    reply = ask(client, question=question)
    assert reply.status_code == 422
    assert reply.json()["title"] == "QuestionRejected"
    assert [(one["in"], one["pointer"]) for one in reply.json()["errors"]] == [("body", "/question")]


ODD = ["'; DROP TABLE articles; --", "<b>Ford</b> plant?", "Wo steht das Rathaus von Köln?", "🚗🚗 Ford?"]


@pytest.mark.parametrize("question", ODD)
def test_odd_questions_get_an_answer_or_an_abstention(client: httpx.Client, question: str) -> None:
    assert ask(client, question=question).json()["status"] in {"answered", "no_evidence"}


def test_unknown_paths_are_problems_too(client: httpx.Client) -> None:
    reply = client.get("/v1/nothing")
    assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")


def test_another_host_name_is_refused(client: httpx.Client) -> None:
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400


def test_the_page_may_load_nothing_from_elsewhere(client: httpx.Client) -> None:
    reply = client.get("/")
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert "http" not in reply.text.replace("http-equiv", "")


def test_a_check_is_kept_under_its_id(client: httpx.Client) -> None:
    told = client.post("/v1/check", json={"text": "Diess said VW would take an equity stake in Ford."}).json()
    assert told["claims"][0]["verdict"] == "refuted"
    assert client.get(f"/v1/checks/{told['id']}").json() == told


def test_a_check_that_can_not_be_made_or_found_is_a_problem(client: httpx.Client) -> None:
    empty = client.post("/v1/check", json={"text": " "})
    assert (empty.status_code, empty.headers["content-type"]) == (422, "application/problem+json")
    assert "empty" in empty.json()["detail"]
    assert [one["pointer"] for one in empty.json()["errors"]] == ["/text"]
    assert client.get("/v1/checks/nothing").status_code == 404
