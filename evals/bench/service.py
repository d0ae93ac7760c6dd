"""The service as its clients meet it: a process of its own on this machine, which its clients share."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psutil

from evals.bench.rows import Row
from evals.bench.sections import Bench

_CLIENTS = 8
_MANY = 64
_SEARCHES, _ASKS = 400, 60
_STARTS = 3
_LEAVING, _AT_ONCE = 1000, 200
_SETTLE_S = 3.0

Call = Callable[[http.client.HTTPConnection, str], None]


def service(bench: Bench) -> list[Row]:
    """Start, page, and the rate and times of searches and questions: each question once, then all of them again."""
    questions = [one.text for one in bench.questions()]
    starts = sorted(_start_s(bench.archive) for _ in range(_STARTS))
    with _served(bench.archive) as (port, pid):
        page = [_page(port) for _ in range(20)]
        searches, asks = questions[:_SEARCHES], questions[:_ASKS]
        rows = [
            Row("start to ready", f"{starts[1]:.2f} s", f"{_STARTS} starts, median", "≤ 3 s", starts[1] <= 3),
            _page_row(page),
            _rate("search, each once", _timed(port, _search, searches, _CLIENTS), 150, 60),
            _rate("search, asked before", _timed(port, _search, searches[:200] * 5, _CLIENTS), 150, 60),
            _rate("ask, each once", _timed(port, _ask, asks, _CLIENTS), 8, 700),
            _rate("ask, asked before", _timed(port, _ask, asks * 5, _CLIENTS), 8, 700),
            _rate(f"ask, {_MANY} clients, asked before", _timed(port, _ask, asks * 10, _MANY), None, None),
        ]
        rows.append(_hang_ups(port, pid, questions[0]))
    return rows


def _hang_ups(port: int, pid: int, question: str) -> Row:
    """Memory before and after many clients that ask for a stream and leave: once as a warm-up, then measured."""
    _leave(port, question)
    before = _memory_mb(pid)
    _leave(port, question)
    after = _memory_mb(pid)
    told = f"{before:.0f} MB before, {after:.0f} MB after"
    return Row(f"memory, {_LEAVING:,} streams hung up on", told, "", "≤ 5 % more", after <= before * 1.05)


def _leave(port: int, question: str) -> None:
    body = json.dumps({"question": question})
    head = "POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(body.encode())}\r\n\r\n{body}".encode()
    for _ in range(0, _LEAVING, _AT_ONCE):
        opened = [socket.create_connection(("127.0.0.1", port)) for _ in range(_AT_ONCE)]
        for one in opened:
            one.sendall(request)
        for one in opened:
            one.close()
    _get(http.client.HTTPConnection("127.0.0.1", port, timeout=60), "/healthz")
    time.sleep(_SETTLE_S)


def _memory_mb(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss) / 1e6


@contextmanager
def _served(data_dir: Path) -> Iterator[tuple[int, int]]:
    """The port and process of a service that answers."""
    command = [sys.executable, "-m", "rag.cli", "serve", "--port", "0", "--data-dir", str(data_dir)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None  # noqa: S101 - piped
        found = next(found for line in process.stderr if (found := re.search(r":(\d+)/ ", line)))
        threading.Thread(target=process.stderr.read, daemon=True).start()
        port = int(found[1])
        _get(http.client.HTTPConnection("127.0.0.1", port, timeout=60), "/healthz")
        try:
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(30)


def _start_s(data_dir: Path) -> float:
    started = time.perf_counter()
    with _served(data_dir):
        return time.perf_counter() - started


def _get(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    return _body(connection)


def _body(connection: http.client.HTTPConnection) -> bytes:
    reply = connection.getresponse()
    body = reply.read()
    if reply.status != 200:
        raise RuntimeError(f"the service replied {reply.status}")
    return body


def _search(connection: http.client.HTTPConnection, question: str) -> None:
    _get(connection, f"/v1/search?k=10&q={quote(question)}")


def _ask(connection: http.client.HTTPConnection, question: str) -> None:
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
            body = _get(connection, path)
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


def _timed(port: int, call: Call, questions: Sequence[str], clients: int) -> tuple[float, list[float]]:
    """Seconds for all, and the milliseconds of each; `clients` at once, each on a connection of its own."""
    waiting, ms, guard = iter(questions), list[float](), threading.Lock()

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        while True:
            with guard:
                question = next(waiting, None)
            if question is None:
                return
            started = time.perf_counter()
            call(connection, question)
            ms.append((time.perf_counter() - started) * 1e3)

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        for done in [pool.submit(work) for _ in range(clients)]:
            done.result()
    return time.perf_counter() - started, sorted(ms)


def _rate(what: str, timed: tuple[float, list[float]], a_second: float | None, p95: float | None) -> Row:
    seconds, ms = timed
    rate, at50, at95 = len(ms) / seconds, ms[len(ms) // 2], ms[int(len(ms) * 0.95)]
    target = f"≥ {a_second:.0f}/s, p95 ≤ {p95:.0f} ms" if a_second and p95 else ""
    met = rate >= a_second and at95 <= p95 if a_second and p95 else None
    return Row(what, f"{rate:.0f}/s, p50 {at50:.0f} ms, p95 {at95:.0f} ms", f"{len(ms)} requests", target, met)
