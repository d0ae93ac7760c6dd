"""Counts and example questions."""

from __future__ import annotations

from pathlib import Path

import httpx

from api.replies_own import ExamplesRecord, StatsRecord
from tests.api.serving import served


def test_every_example_is_answered(server: str) -> None:
    with httpx.Client(base_url=server, timeout=60) as http:
        told = http.get("/v1/examples").json()
        ExamplesRecord.model_validate(told)
        assert told["questions"]
        for question in told["questions"]:
            assert http.post("/v1/ask", json={"question": question}).json()["status"] == "answered"
        assert http.get("/v1/examples").json() == told


def test_counts_grow_with_what_is_asked(server: str) -> None:
    with httpx.Client(base_url=server, timeout=60) as http:
        before = http.get("/v1/stats").json()
        StatsRecord.model_validate(before)
        assert before["articles"] == sum(one["articles"] for one in before["days"])
        assert before["articles"] == sum(one["articles"] for one in before["sources"])
        for source in before["sources"]:
            assert source["articles"] == sum(one["articles"] for one in source["days"])
        http.post("/v1/ask", json={"question": "What did the Bishop of Ely say about beekeeping subsidies?"})
        after = http.get("/v1/stats").json()
    abstained = [sum(one["no_evidence"] for one in told["answers"]) for told in (before, after)]
    assert abstained[1] == abstained[0] + 1


def test_an_empty_archive_has_no_examples_and_counts_nothing(tmp_path: Path) -> None:
    with served(tmp_path) as service, httpx.Client(base_url=service.address, timeout=60) as http:
        assert http.get("/v1/examples").json() == {"questions": []}
        assert http.get("/v1/stats").json()["articles"] == 0
        assert http.get("/v1/articles").json() == {"total": 0, "articles": []}
        assert http.post("/v1/ask", json={"question": "Who retired?"}).status_code == 503
