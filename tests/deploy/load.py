"""Clients that ask through an address until they are told to stop, and what became of each request."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import httpx

QUESTIONS = (
    "Which Ford plant is the leading candidate to build Geely cars?",
    "What did Diess tell reporters in Washington?",
    "How much did Ford lose on electric vehicles?",
)


@dataclass(frozen=True)
class Request:
    """One that ended. Times are of `time.monotonic()`; `fault` is None for a whole reply with 200."""

    kind: str
    began: float
    ended: float
    fault: str | None


@dataclass
class Load:
    address: str
    done: list[Request] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def faults(self) -> list[Request]:
        return [one for one in self.done if one.fault]

    def client(self, n: int, key: str) -> None:
        """Search, ask and have answers streamed in turn. Each question is new, so that no answer is at hand."""
        headers = {"Authorization": f"Bearer {key}"}
        kinds = ("search", "ask", "stream")
        for turn in count():
            if self._stopped.wait(0.2):
                return
            kind, asked = kinds[(turn + n) % 3], f"{QUESTIONS[turn % 3]} {n}-{turn}"
            began = time.monotonic()
            try:
                with httpx.Client(base_url=self.address, headers=headers, timeout=60) as http:
                    fault = _ask(http, kind, asked)
            except httpx.HTTPError as error:
                fault = type(error).__name__
            self.done.append(Request(kind, began, time.monotonic(), fault))

    def stop(self) -> None:
        self._stopped.set()


def _ask(http: httpx.Client, kind: str, asked: str) -> str | None:
    """Why it failed, if it did."""
    if kind == "search":
        reply = http.get("/v1/search", params={"q": asked, "rerank": "false"})
        whole = reply.status_code == 200 and "hits" in reply.json()
    elif kind == "ask":
        reply = http.post("/v1/ask", json={"question": asked})
        whole = reply.status_code == 200 and "status" in reply.json()
    else:
        reply = http.post("/v1/ask", json={"question": asked}, headers={"Accept": "text/event-stream"})
        whole = reply.status_code == 200 and "event: done" in reply.text
    return None if whole else f"{reply.status_code} {reply.text[:200]}"


@contextmanager
def loaded(address: str, keys: Sequence[str]) -> Iterator[Load]:
    """Ask meanwhile, as a client for each key."""
    load = Load(address)
    threads = [threading.Thread(target=load.client, args=one) for one in enumerate(keys)]
    for one in threads:
        one.start()
    try:
        yield load
    finally:
        load.stop()
        for one in threads:
            one.join(60)
