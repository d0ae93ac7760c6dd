"""Many clients that ask for a stream and leave: nothing of them stays."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil

from tests.api.raw import connect, post
from tests.api.serving import served

LEAVING = 50
SETTLED_S = 15.0
QUESTION = "Which Ford plant is the leading candidate to build Geely cars?"
STREAM = post(json.dumps({"question": QUESTION}).encode(), more=b"Accept: text/event-stream\r\n")


def leave(port: int) -> None:
    with ExitStack() as opened:
        for _ in range(LEAVING):
            opened.enter_context(connect(port)).sendall(STREAM)


def settled(process: psutil.Process) -> int:
    """Bytes in memory once no client is connected any more."""
    until = time.monotonic() + SETTLED_S
    while connected := [one for one in process.net_connections() if one.status != psutil.CONN_LISTEN]:
        assert time.monotonic() < until, connected
        time.sleep(0.1)
    return int(process.memory_info().rss)


def test_streams_that_are_hung_up_on_leave_nothing(own_data: Path) -> None:
    with served(own_data) as service:
        port, process = int(service.address.rpartition(":")[2]), psutil.Process(service.process.pid)
        httpx.post(f"{service.address}/v1/ask", json={"question": QUESTION}, timeout=60).raise_for_status()
        for _ in range(2):  # so that threads and caches are there
            leave(port)
            before = settled(process)
        files = process.num_fds()
        for _ in range(3):
            leave(port)
        assert settled(process) < before + 30e6
        assert process.num_fds() < files + LEAVING  # the ledger's own connections come and go
        assert httpx.get(f"{service.address}/healthz", timeout=30).status_code == 200
    assert not any("Traceback" in line for line in service.log)
