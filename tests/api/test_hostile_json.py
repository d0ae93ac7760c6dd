"""Bodies that no program writes on purpose: each is refused with a reason, or understood, and none fails."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import httpx
import pytest

KINDS = {"Content-Type": "application/json"}
BOTH = {"Accept": "application/json, text/event-stream"}  # as MCP wants it
PATHS = ["/v1/ask", "/v1/check", "/v1/articles", "/v1/feeds", "/v1/chat/completions", "/mcp"]
HALF = b'"\\ud800 Ford"'
BODIES = {
    "deep arrays": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "a deep field": b'{"question":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "no number": b'{"question": NaN, "text": NaN, "url": -Infinity}',
    "a long number": b'{"question": ' + b"9" * 5_000 + b"}",
    "half a character": b'{"question": %s, "text": %s, "url": %s, "\\ud800": 1}' % (HALF, HALF, HALF),
    "half a source": b'{"question": "Ford plant?", "text": "Ford.", "sources": [%s]}' % HALF,
    "half an article": b'{"articles": [{"text": %s, "id": %s}], "urls": [%s]}' % (HALF, HALF, HALF),
    "half a message": b'{"model": "byline", "messages": [{"role": "user", "content": %s}]}' % HALF,
    "half a model": b'{"model": %s, "messages": [{"role": "user", "content": "Ford?"}]}' % HALF,
    "half an argument": b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "fetch", '
    b'"arguments": {"id": %s}}}' % HALF,
    "no utf-8": b'{"question": "\xff\xfe"}',
    "nothing": b"",
    "a string": b'"question"',
    "null": b"null",
}


@pytest.fixture(scope="module")
def http(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=30, headers=KINDS) as client:
        yield client


@pytest.mark.parametrize("name", BODIES)
def test_what_can_not_be_read_is_refused(http: httpx.Client, name: str) -> None:
    for path in PATHS:
        reply = http.post(path, content=BODIES[name], headers=BOTH if path == "/mcp" else {})
        assert 400 <= reply.status_code < 500, path
        if path.startswith(("/v1/a", "/v1/check", "/v1/f")):
            assert reply.headers["content-type"] == "application/problem+json"
            assert reply.json()["detail"]


def test_of_a_name_that_stands_twice_the_last_counts(http: httpx.Client) -> None:
    told = http.post("/v1/ask", content=b'{"question": "x", "question": "Which Ford plant builds cars?"}').json()
    assert told["question"] == "Which Ford plant builds cars?"


def test_it_says_where_the_json_ends(http: httpx.Client) -> None:
    told = http.post("/v1/ask", content=b'{"question": "Ford').json()
    assert told["errors"][0] | {"detail": ""} == {"in": "body", "pointer": "", "detail": ""}
    assert "character 13" in told["detail"]
    assert "byte 14" in http.post("/v1/ask", content=BODIES["no utf-8"]).json()["detail"]
    assert "nested too deep" in http.post("/v1/ask", content=BODIES["deep arrays"]).json()["detail"]


def test_a_parameter_is_told_from_a_field(http: httpx.Client) -> None:
    for asked, pointer in (("q=Ford&k=0", "/k"), ("q=the+of", "/q")):
        [fault] = http.get(f"/v1/search?{asked}").json()["errors"]
        assert (fault["in"], fault["pointer"]) == ("query", pointer)
    [fault] = http.post("/v1/feeds", json={"url": "file:///etc/passwd"}).json()["errors"]
    assert (fault["in"], fault["pointer"]) == ("body", "/url")


def test_another_kind_of_body_is_told_so(http: httpx.Client) -> None:
    told = http.post("/v1/ask", content=b"question=x", headers={"Content-Type": "text/plain"})
    assert (told.status_code, "application/json" in told.json()["detail"]) == (422, True)
    packed = http.post("/v1/ask", content=gzip.compress(b"{}"), headers={"Content-Encoding": "gzip"})
    assert (packed.status_code, packed.headers["accept-encoding"]) == (415, "identity")
