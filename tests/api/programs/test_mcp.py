"""The tools, used by the SDK's own client over streamable HTTP and over stdio, against real processes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp import Client, StdioServerParameters, stdio_client
from mcp.types import CallToolResult, TextContent

from rag.record_store import RecordStore
from rag.settings import load_settings
from rag.types import Query
from rag.wiring import open_byline, open_ledger
from tests.api.programs.checking import DIFFERING, QUESTION, UNANSWERED
from tests.api.serving import Service
from tests.command import HOSTILE, byline

Work = Callable[[Client], Awaitable[None]]
Run = Callable[[Work], None]
CLAIM = "Diess said VW would take an equity stake in Ford."


@pytest.fixture(params=["http", "http, older protocol", "stdio"])
def run(request: pytest.FixtureRequest, service: Service, quakes: Path) -> Run:
    """Connects a client, over each transport in turn, and lets it work."""
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "rag.cli", "mcp", "--data-dir", str(quakes)], env=dict(os.environ)
    )

    def connected(work: Work) -> None:
        async def go() -> None:
            over = stdio_client(command) if request.param == "stdio" else service.address + "/mcp"
            mode = "legacy" if "older" in request.param else "auto"
            async with Client(over, mode=mode) as client:
                await work(client)

        anyio.run(go)

    return connected


def told(reply: CallToolResult) -> Any:
    """The JSON in the one text of a reply, which is its structured content too."""
    (text,) = reply.content
    assert isinstance(text, TextContent)
    assert not reply.is_error, text.text
    record = json.loads(text.text)
    assert reply.structured_content == record
    return record


def stored(data: Path, citation: dict[str, Any]) -> str:
    with open_ledger(load_settings(data_dir=data)) as ledger:
        text = ledger.text(citation["article"]["id"], citation["article"]["version"])
    return text[citation["start"] : citation["end"]]


def test_all_that_a_client_does(run: Run, quakes: Path) -> None:
    async def work(client: Client) -> None:
        await _lists_tools(client)
        await _finds_and_reads(client, quakes)
        await _names_articles_by_their_best_passages(client, quakes)
        await _reads_orders_as_text(client)
        await _asks(client, quakes)
        await _checks(client, quakes)
        await _is_told_what_is_wrong(client)

    run(work)


async def _lists_tools(client: Client) -> None:
    tools = {one.name: one for one in (await client.list_tools()).tools}
    assert set(tools) == {"search", "fetch", "ask", "check"}
    for one in tools.values():
        assert one.annotations is not None
        assert (one.annotations.read_only_hint, one.annotations.open_world_hint) == (True, False)
        assert one.annotations.idempotent_hint
        assert "never instructions" in (one.description or "")
    assert set(tools["search"].input_schema["properties"]) == {"query"}
    assert tools["fetch"].input_schema["required"] == ["id"]
    assert set(tools["ask"].input_schema["properties"]) >= {"question", "as_of", "published_from", "published_to"}


async def _finds_and_reads(client: Client, data: Path) -> None:
    results = told(await client.call_tool("search", {"query": DIFFERING}))["results"]
    assert all(set(one) == {"id", "title", "url"} for one in results)
    assert len({one["id"] for one in results}) == len(results)
    assert {"Quake hits Lomar", "Lomar counts its dead 🕯️"} == {one["title"] for one in results[:2]}
    for one in results:
        article = told(await client.call_tool("fetch", {"id": one["id"]}))
        assert set(article) == {"id", "title", "text", "url", "metadata"}
        assert (article["id"], article["title"], article["url"]) == (one["id"], one["title"], one["url"])
        with open_ledger(load_settings(data_dir=data)) as ledger:
            whole = ledger.article(one["id"].partition("@")[0])
        assert article["text"] == whole.text
        assert article == told(await client.call_tool("fetch", {"id": whole.id}))
    assert article["metadata"]["version"] == "1"
    first = next(one for one in results if one["title"] == "Quake hits Lomar")
    assert first["url"] == "https://news.example/quake?day=1"


async def _names_articles_by_their_best_passages(client: Client, data: Path) -> None:
    query = "Ford Geely plant"
    with open_byline(load_settings(data_dir=data), one_shot=True) as opened:
        hits = opened.search(Query(text=query, k=30))
    best = dict.fromkeys(f"{hit.article.id}@{hit.article.version}" for hit in hits if hit.left_out is None)
    assert len(hits) > len(best) > 2
    found = told(await client.call_tool("search", {"query": query}))["results"]
    assert [one["id"] for one in found] == list(best)[:10]


async def _reads_orders_as_text(client: Client) -> None:
    (first, *_) = told(await client.call_tool("search", {"query": "lighthouse keeper of Grimsay"}))["results"]
    assert told(await client.call_tool("fetch", {"id": first["id"]}))["text"] == HOSTILE


async def _asks(client: Client, data: Path) -> None:
    record = told(await client.call_tool("ask", {"question": QUESTION}))
    assert "Valencia" in record["text"]
    assert [stored(data, one) for one in record["citations"]] == [one["quote"] for one in record["citations"]]
    assert told(await client.call_tool("ask", {"question": UNANSWERED}))["missing"]
    only = told(await client.call_tool("ask", {"question": DIFFERING, "as_of": "2024-03-02"}))
    assert "12 people" in only["text"]
    assert "31 people" not in only["text"]
    limits = {"published_from": "2024-03-02", "published_to": "2024-03-05", "sources": ["daily.example"]}
    later = told(await client.call_tool("ask", {"question": DIFFERING} | limits))
    assert "31 people" in later["text"]
    assert "12 people" not in later["text"]


async def _checks(client: Client, data: Path) -> None:
    record = told(await client.call_tool("check", {"text": CLAIM}))
    assert record["claims"][0]["verdict"] == "refuted"
    assert RecordStore(data).get("check", record["id"]) == record


async def _is_told_what_is_wrong(client: Client) -> None:
    for tool, arguments, why in (
        ("ask", {"question": "the of and"}, "Name the person, company, place or event"),
        ("ask", {"question": QUESTION, "as_of": "yesterday"}, "as_of"),
        ("ask", {}, "question"),
        ("search", {"query": " "}, "Write what you want to know"),
        ("fetch", {"id": "a0000"}, "a0000"),
        ("fetch", {"id": "a0000@x"}, "no version"),
        ("check", {"text": " "}, "empty"),
    ):
        reply = await client.call_tool(tool, arguments)
        (text,) = reply.content
        assert reply.is_error
        assert isinstance(text, TextContent)
        assert why in text.text
        assert "Traceback" not in text.text


@pytest.fixture(scope="module")
def raw(service: Service) -> Iterator[httpx.Client]:
    accepted = {"Accept": "application/json, text/event-stream"}
    with httpx.Client(base_url=service.address, timeout=30, headers=accepted) as http:
        yield http


PING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


def test_a_request_without_a_session_is_answered_as_json(raw: httpx.Client) -> None:
    reply = raw.post("/mcp", json=PING)
    assert reply.headers["content-type"].startswith("application/json")
    assert len(reply.json()["result"]["tools"]) == 4


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 400),
        ({"Host": "localhost.evil.example:8000"}, 400),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Content-Type": "text/plain"}, 400),
    ],
)
def test_pages_from_elsewhere_are_refused(raw: httpx.Client, headers: dict[str, str], status: int) -> None:
    assert raw.post("/mcp", json=PING, headers=headers).status_code == status


def test_what_was_asked_is_not_logged(service: Service) -> None:
    log = "".join(service.log)
    for words in ("Valencia", "Lomar", "equity stake", "the of and", "a0000"):
        assert words not in log


def test_the_command_ends_with_its_input_and_writes_nothing_of_its_own(tmp_path: Path) -> None:
    done = byline("mcp", data=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
