"""A service whose vectors are on a Chroma server: what it says while that is down, and several workers."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.serving import Service, served
from tests.chroma import ChromaServer, chroma_servers

QUESTION = "Which Ford plant is the leading candidate to build Geely cars?"
OTTER = "An otter was seen in the harbour of Fairlight on Monday. It swam for an hour."
WITHIN_S = 30.0


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    with chroma_servers(tmp_path_factory.mktemp("chroma")) as (server,):
        yield server


@pytest.fixture(scope="module")
def service(data: Path, chroma: ChromaServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Two workers over a copy of the archive."""
    own = Path(shutil.copytree(data, tmp_path_factory.mktemp("own") / "data"))
    with served(own, "--workers", "2", BYLINE_CHROMA_URL=chroma.url, BYLINE_READ_PASSAGES="0") as service:
        yield service


def eventually(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def get(service: Service, path: str, **query: Any) -> httpx.Response:
    """On a connection of its own, so that either worker may take it."""
    return httpx.get(service.address + path, params=query, timeout=30)


def vectors(service: Service) -> dict[str, Any]:
    told = get(service, "/readyz")
    assert told.status_code == 200
    part: dict[str, Any] = told.json()["parts"]["vectors"]
    return part


def ask(service: Service) -> dict[str, Any]:
    reply = httpx.post(service.address + "/v1/ask", json={"question": QUESTION}, timeout=30)
    assert reply.status_code == 200
    record: dict[str, Any] = reply.json()
    return record


def workers(service: Service) -> list[int]:
    parent = service.process.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(one) for one in children if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


def test_a_server_that_is_down_is_told_of_and_brought_level(service: Service, chroma: ChromaServer) -> None:
    eventually(lambda: all(vectors(service) == {"ok": True, "state": "chroma", "reason": None} for _ in range(4)))
    before = ask(service)
    assert before["notices"] == []
    chroma.kill()
    searched = get(service, "/v1/search", q="harbour otter").json()
    assert searched["notices"] == [
        {"kind": "vectors", "text": "The Chroma server does not answer: passages were found by their words alone."}
    ]
    eventually(lambda: vectors(service)["state"] == "degraded")
    eventually(lambda: 'byline_chroma_up{shard="1"} 0.0' in get(service, "/metrics").text)  # each worker sees it itself
    job = httpx.post(service.address + "/v1/articles", json={"articles": [{"text": OTTER}]}).json()
    eventually(lambda: bool(get(service, f"/v1/jobs/{job['id']}").json()["ended_at"]))
    ended = get(service, f"/v1/jobs/{job['id']}").json()
    assert ended["status"] == "done"
    assert "Vectors follow when it answers." in ended["notices"][0]["text"]
    checked = httpx.post(
        service.address + "/v1/check", json={"text": "Ford makes cars in Valencia."}, timeout=30
    ).json()
    assert [one["kind"] for one in checked["notices"]] == ["vectors"]
    chroma.start()
    eventually(lambda: all(vectors(service) == {"ok": True, "state": "chroma", "reason": None} for _ in range(4)))
    eventually(lambda: not any(ask(service)["notices"] for _ in range(4)))
    after = ask(service)
    assert (after["text"], after["citations"]) == (before["text"], before["citations"])


def test_another_worker_takes_the_place_of_one_that_dies(service: Service) -> None:
    first = workers(service)
    assert len(first) == 2
    os.kill(first[0], signal.SIGKILL)
    eventually(lambda: len(workers(service)) == 2 and set(workers(service)) != set(first))
    job = httpx.post(service.address + "/v1/articles", json={"articles": [{"text": OTTER + " Again."}]}).json()
    eventually(lambda: get(service, f"/v1/jobs/{job['id']}").json()["status"] == "done")
    replies = [ask(service)["status"] for _ in range(4)]
    assert replies == ["answered"] * 4
    told = get(service, "/metrics").text
    (counted,) = [line for line in told.splitlines() if line.startswith("byline_answers_total")]
    assert float(counted.split()[-1]) >= 4  # whichever worker answered, and whichever was asked


def test_workers_end_together(service: Service) -> None:
    mine = workers(service)
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(30) in {0, -signal.SIGTERM}
    assert not [pid for pid in mine if Path(f"/proc/{pid}").exists()]
