"""Reads server-sent events as a client would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx


def events(reply: httpx.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each event's name and payload; comments are passed over."""
    name = ""
    for line in reply.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def streamed(client: httpx.Client, path: str, body: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """All events of a request."""
    with client.stream("POST", path, json=body, headers={"Accept": "text/event-stream"}) as reply:
        assert reply.status_code == 200, reply.read()
        assert reply.headers["content-type"].startswith("text/event-stream")
        assert reply.headers["cache-control"] == "no-cache"
        return list(events(reply))
