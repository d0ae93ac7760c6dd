"""The service as its clients meet it: a process of its own on this machine, which its clients share."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from evals.bench.rows import Row
from evals.bench.sections import Bench

CLIENTS = 8
_SEARCHES, _ASKS, _PACED = 400, 60, 160
_STARTS = 3

Call = Callable[[http.client.HTTPConnection, str], None]


def service(bench: Bench) -> list[Row]:
    """Start, page, and the rate and times of searches and questions: each question once, then all of them again."""
    questions = [one.text for one in bench.questions()]
    starts = sorted(_start_s(bench.archive) for _ in range(_STARTS))
    with served(bench.archive) as (port, _):
        page = [_page(port) for _ in range(20)]
        searches, asks = questions[:_SEARCHES], questions[:_ASKS]
        return [
            Row("start to ready", f"{starts[1]:.2f} s", f"{_STARTS} starts, median", "≤ 3 s", starts[1] <= 3),
            _page_row(page),
            rate("search, each once", timed(port, search, searches, CLIENTS), 150, 60),
            rate("search, asked before", timed(port, search, searches[:200] * 5, CLIENTS), 150, 60),
            rate("ask, each once", timed(port, ask, asks, CLIENTS), 8, 700),
            rate("ask, each once, 9 a second", timed(port, ask, questions[-_PACED:], CLIENTS, 9), 8, 700),
            rate("ask, asked before", timed(port, ask, asks * 5, CLIENTS), 8, 700),
        ]


@contextmanager
def served(data_dir: Path, **environment: str) -> Iterator[tuple[int, int]]:
    """The port and process of a service that answers."""
    command = [sys.executable, "-m", "rag.cli", "serve", "--port", "0", "--data-dir", str(data_dir)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | environment) as process:
        assert process.stderr is not None  # noqa: S101 - piped
        found = next(found for line in process.stderr if (found := re.search(r":(\d+)/ ", line)))
        threading.Thread(target=process.stderr.read, daemon=True).start()
        port = int(found[1])
        get(http.client.HTTPConnection("127.0.0.1", port, timeout=60), "/healthz")
        try:
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(30)


def _start_s(data_dir: Path) -> float:
    started = time.perf_counter()
    with served(data_dir):
        return time.perf_counter() - started


def get(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    return _body(connection)


def _body(connection: http.client.HTTPConnection) -> bytes:
    reply = connection.getresponse()
    body = reply.read()
    if reply.status != 200:
        raise RuntimeError(f"the service replied {reply.status}")
    return body


def search(connection: http.client.HTTPConnection, question: str) -> None:
    get(connection, f"/v1/search?k=10&q={quote(question)}")


def ask(connection: http.client.HTTPConnection, question: str) -> None:
    body = json.dumps({"question": question})
    connection.request("POST", "/v1/ask", body, {"Content-Type": "application/json"})
    _body(connection)


def _page(port: int) -> tuple[float, int]:
    """Milliseconds to the page's first byte, and the bytes of all that it loads."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.connect()
    started = time.perf_counter()
    connection.request("GET", "/")
    reply = connection.getresponse()
    first = reply.read(1)
    ms = (time.perf_counter() - started) * 1e3
    html = first + reply.read()
    loaded = {"/"}
    total, waiting = len(html), _linked(html)
    while waiting:
        path = waiting.pop()
        if path not in loaded:
            loaded.add(path)
            body = get(connection, path)
            total += len(body)
            waiting |= _imported(path, body)
    return ms, total


def _linked(html: bytes) -> set[str]:
    return {one.decode() for one in re.findall(rb'(?:href|src)="(/static/[^"]+)"', html)}


def _imported(path: str, script: bytes) -> set[str]:
    if not path.endswith(".js"):
        return set()
    folder = path.rpartition("/")[0]
    return {f"{folder}/{one.decode()}" for one in re.findall(rb'(?:from|import) ?\(?"\./([^"]+)"', script)}


def _page_row(pages: Sequence[tuple[float, int]]) -> Row:
    ms = sorted(one for one, _ in pages)[len(pages) // 2]
    kb = pages[0][1] / 1e3
    told = f"{ms:.1f} ms; {kb:.0f} kB"
    return Row("page: first byte; all that it loads", told, "", "≤ 20 ms; ≤ 150 kB", ms <= 20 and kb <= 150)


def timed(
    port: int, call: Call, questions: Sequence[str], clients: int, a_second: float | None = None
) -> tuple[float, list[float]]:
    """Seconds for all, and the milliseconds of each; `clients` at once, each on a connection of its own. They ask as
    soon as they have a reply, or so many `a_second` together: then a time runs from when a question was due.
    """
    started = time.perf_counter()
    waiting, ms, guard = enumerate(questions), list[float](), threading.Lock()

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        while True:
            with guard:
                number, question = next(waiting, (0, None))
            if question is None:
                return
            begun = time.perf_counter()
            if a_second:
                due = started + number / a_second
                time.sleep(max(0.0, due - begun))
                begun = due
            call(connection, question)
            ms.append((time.perf_counter() - begun) * 1e3)

    with ThreadPoolExecutor(clients) as pool:
        for done in [pool.submit(work) for _ in range(clients)]:
            done.result()
    return time.perf_counter() - started, sorted(ms)


def rate(what: str, timed: tuple[float, list[float]], a_second: float | None = None, p95: float | None = None) -> Row:
    seconds, ms = timed
    rate, at50, at95 = len(ms) / seconds, ms[len(ms) // 2], ms[int(len(ms) * 0.95)]
    target = f"≥ {a_second:.0f}/s, p95 ≤ {p95:.0f} ms" if a_second and p95 else ""
    met = rate >= a_second and at95 <= p95 if a_second and p95 else None
    return Row(what, f"{rate:.0f}/s, p50 {at50:.0f} ms, p95 {at95:.0f} ms", f"{len(ms)} requests", target, met)
