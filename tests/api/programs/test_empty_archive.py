"""What other programs are told before anything was ingested, and by whatever name they reach the service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx

from api.app import create_app
from rag.settings import load_settings
from tests.api.programs.checking import QUESTION

ACCEPT = {"Accept": "application/json, text/event-stream"}
ASK = {"name": "ask", "arguments": {"question": QUESTION}}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": ASK}


@asynccontextmanager
async def opened(data: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The app without the server that looks at hosts before it."""
    app = create_app(load_settings(data_dir=data))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000") as http,
    ):
        yield http


def test_every_protocol_says_how_to_fill_it_and_mcp_looks_at_hosts_itself(tmp_path: Path) -> None:
    async def go() -> None:
        async with opened(tmp_path) as http:
            for stream in (False, True):
                await _chat_is_refused(http, stream=stream)
            told = (await http.post("/mcp", json=CALL, headers=ACCEPT)).json()["result"]
            assert told["isError"]
            assert "byline ingest" in told["content"][0]["text"]
            elsewhere = await http.post("/mcp", json=CALL, headers=ACCEPT | {"Host": "byline.example"})
            assert elsewhere.status_code == 421

    anyio.run(go)


async def _chat_is_refused(http: httpx.AsyncClient, *, stream: bool) -> None:
    messages = [{"role": "user", "content": QUESTION}]
    asked: dict[str, Any] = {"model": "byline", "messages": messages, "stream": stream}
    refused = await http.post("/v1/chat/completions", json=asked)
    assert refused.status_code == 503
    assert refused.json()["error"]["type"] == "server_error"
    assert "byline ingest" in refused.json()["error"]["message"]
