"""Many clients at once, and unfriendly ones: what the service still answers, and what it keeps of them."""

from __future__ import annotations

import http.client
import json
import socket
import time
from contextlib import ExitStack, suppress

import psutil

from evals.bench.rows import Row
from evals.bench.sections import Bench, byline
from evals.bench.service import CLIENTS, ask, get, rate, search, served, timed
from evals.gold.load import CORPUS, SEEDS, load_gold

_MANY = 64
_LEAVING = 1000
_OPEN = {"BYLINE_MAX_CONNECTIONS": "3000", "BYLINE_MAX_CONCURRENT": "4000"}  # so that all of them are let in
_ROUNDS = 3
_SETTLE_S = 5.0
_DRIPPING = 300
_BODIES, _BODY_MB = 20, 60


def load(bench: Bench) -> list[Row]:
    """Both archives asked by many; then the larger one under clients that drip, send too much, and hang up."""
    questions = [one.text for one in bench.questions()]
    with served(bench.archive, **_OPEN) as (port, pid):
        timed(port, ask, questions[:10], CLIENTS)  # the first ones load what the others find loaded
        return [
            *_seeds(bench),
            rate(f"ask, {_MANY} clients, each once", timed(port, ask, questions[:256], _MANY)),
            rate(f"ask, {_MANY} clients, asked before", timed(port, ask, questions[:200] * 5, _MANY)),
            _while_dripping(port, questions),
            _too_large(port, pid),
            _hang_ups(port, pid, questions[0]),
        ]


def _seeds(bench: Bench) -> list[Row]:
    folder = bench.folder / "seeds"
    byline("ingest", str(CORPUS), data_dir=folder)
    gold = [one.question for one in load_gold([SEEDS], CORPUS) if one.kind == "question"]
    with served(folder) as (port, _):
        timed(port, ask, gold[:10], CLIENTS)
        return [
            rate(f"ask, {_MANY} clients, shipped articles, each once", timed(port, ask, gold, _MANY)),
            rate(f"ask, {_MANY} clients, shipped articles, asked before", timed(port, ask, gold * 10, _MANY)),
        ]


def _while_dripping(port: int, questions: list[str]) -> Row:
    """Searching while others send their headers byte by byte, and how long these are borne."""
    started = time.perf_counter()
    with ExitStack() as opened:
        dripping = [opened.enter_context(_connected(port)) for _ in range(_DRIPPING)]
        for one in dripping:
            one.sendall(b"GET /healthz HTTP/1.1\r\nX: ")
        found = rate("", timed(port, search, questions[:200] * 5, CLIENTS)).figure
        while dripping:
            dripping = [one for one in dripping if _still_open(one)]
            time.sleep(0.5)
    told = f"{found}; all cut off after {time.perf_counter() - started:.0f} s"
    return Row(f"search while {_DRIPPING} connections drip headers", told)


def _still_open(client: socket.socket) -> bool:
    """Whether one more byte is taken, and no reply has come."""
    try:
        client.sendall(b"a")
        client.setblocking(False)
        client.recv(1)
    except BlockingIOError:
        client.setblocking(True)
        return True
    except OSError:
        return False
    return False


def _too_large(port: int, pid: int) -> Row:
    """Bodies over the limit, half of them without a length, one after the other."""
    before, most = _memory_mb(pid), 0.0
    for n in range(_BODIES):
        _send_large(port, with_length=n % 2 == 0)
        most = max(most, _memory_mb(pid))
    time.sleep(_SETTLE_S)
    told = f"{before:.0f} MB before, {most:.0f} MB at most, {_memory_mb(pid):.0f} MB after"
    return Row(f"memory, {_BODIES} bodies of {_BODY_MB} MB", told)


def _send_large(port: int, *, with_length: bool) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    part = b"x" * 1_000_000
    headers = {"Content-Type": "application/json"} | (
        {"Content-Length": str(_BODY_MB * len(part))} if with_length else {}
    )
    with suppress(BrokenPipeError, ConnectionResetError):  # it need not take all to refuse it
        connection.request("POST", "/v1/ask", iter([part] * _BODY_MB), headers, encode_chunked=not with_length)
    with suppress(ConnectionResetError, http.client.BadStatusLine):
        reply = connection.getresponse()
        if reply.status != 413:
            raise RuntimeError(f"a body of {_BODY_MB} MB was replied to with {reply.status}")
    connection.close()


def _hang_ups(port: int, pid: int, question: str) -> Row:
    """Memory before and after many clients at once that ask for a stream and leave; two rounds warm up."""
    for _ in range(2):
        _leave(port, question)
    rounds = [_memory_mb(pid)]
    for _ in range(_ROUNDS):
        _leave(port, question)
        rounds.append(_memory_mb(pid))
    files = psutil.Process(pid).num_fds()
    told = f"{rounds[0]:.0f} MB before, {', '.join(f'{one:.0f}' for one in rounds[1:])} MB after; {files} files open"
    return Row(
        f"memory, {_LEAVING:,} streams at once hung up on", told, "", "≤ 5 % more", rounds[-1] <= rounds[0] * 1.05
    )


def _leave(port: int, question: str) -> None:
    body = json.dumps({"question": question})
    head = "POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(body.encode())}\r\n\r\n{body}".encode()
    with ExitStack() as opened:
        asking = [opened.enter_context(_connected(port)) for _ in range(_LEAVING)]
        for one in asking:
            one.sendall(request)
    get(http.client.HTTPConnection("127.0.0.1", port, timeout=120), "/healthz")
    time.sleep(_SETTLE_S)


def _connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def _memory_mb(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss) / 1e6
