"""What `/metrics` counts, read as Prometheus reads it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.api.serving import served

QUESTION = "Which Ford plant is the leading candidate to build Geely cars?"
SECRET = "zebrafinch"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(scope="module")
def client(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A service of its own, for what is counted here must not be asked elsewhere."""
    own = shutil.copytree(data, tmp_path_factory.mktemp("own") / "data")  # an archive has one service
    with served(Path(own)) as service, httpx.Client(base_url=service.address, timeout=60) as http:
        yield http


def scraped(client: httpx.Client) -> Samples:
    told = client.get("/metrics")
    assert told.headers["content-type"].startswith("text/plain")
    families = text_string_to_metric_families(told.text)
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def of(samples: Samples, name: str, **labels: str) -> float:
    return samples.get((name, frozenset(labels.items())), 0)


def test_requests_are_counted_by_template_and_outcome(client: httpx.Client) -> None:
    for path in (f"/v1/articles/{SECRET}", f"/{SECRET}", f"/static/{SECRET}"):
        client.get(path)
    client.request("PROPFIND", f"/{SECRET}")
    samples = scraped(client)
    found = {labels for name, labels in samples if name == "byline_requests_total"}
    assert frozenset({"route": "/v1/articles/{article_id}", "method": "GET", "status": "404"}.items()) in found
    assert frozenset({"route": "unmatched", "method": "GET", "status": "404"}.items()) in found
    assert any(("method", "other") in labels for labels in found)
    assert SECRET not in client.get("/metrics").text.lower()


def test_answers_abstentions_stages_and_caches(client: httpx.Client) -> None:
    before = scraped(client)
    for question in (QUESTION, QUESTION, "What did the Bishop of Ely say about beekeeping subsidies?"):
        assert client.post("/v1/ask", json={"question": question}).status_code == 200
    after = scraped(client)

    def grew(name: str, **labels: str) -> float:
        return of(after, name, **labels) - of(before, name, **labels)

    assert grew("byline_answers_total", status="answered", mode="extractive") == 2
    assert grew("byline_answers_total", status="no_evidence", mode="extractive") == 1
    assert grew("byline_stage_seconds_count", stage="write") == 3
    assert grew("byline_stage_seconds_count", stage="retrieve") == 2
    assert (grew("byline_cache_hits_total", cache="answers"), grew("byline_cache_misses_total", cache="answers")) == (
        1,
        2,
    )
    assert grew("byline_request_seconds_count", route="/v1/ask", method="POST") == 3


def test_every_way_of_asking_is_counted(client: httpx.Client) -> None:
    before = scraped(client)
    message = {"model": "byline", "messages": [{"role": "user", "content": QUESTION}]}
    tool = {"name": "ask", "arguments": {"question": QUESTION}}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": tool}
    accepts = {"Accept": "application/json, text/event-stream"}
    asked = (
        client.post("/v1/ask", json={"question": QUESTION}, headers={"Accept": "text/event-stream"}),
        client.post("/v1/chat/completions", json=message),
        client.post("/v1/chat/completions", json=message | {"stream": True}),
        client.post("/mcp", json=call, headers=accepts),
    )
    assert [one.status_code for one in asked] == [200] * 4
    after = scraped(client)
    labels = {"status": "answered", "mode": "extractive"}
    assert of(after, "byline_answers_total", **labels) - of(before, "byline_answers_total", **labels) == 4
    assert of(after, "byline_requests_total", route="/mcp", method="POST", status="200") == 1


def test_claims_are_counted_by_verdict(client: httpx.Client) -> None:
    client.post("/v1/check", json={"text": "Diess said VW would take an equity stake in Ford."})
    assert of(scraped(client), "byline_claims_total", verdict="refuted") == 1


def test_the_archive_and_the_process_are_measured(client: httpx.Client) -> None:
    samples = scraped(client)
    assert of(samples, "byline_articles") == 4
    assert samples["byline_changes_behind", frozenset()] == 0
    assert of(samples, "byline_passages") > 4
    assert of(samples, "process_resident_memory_bytes") > 10_000_000
