"""Retrieval with the vectors on a Chroma server against an embedded Chroma: the same archive and questions, in turn."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from evals.bench.rows import Row
from evals.bench.sections import Bench, month, percentiles, timed
from rag.settings import load_settings
from rag.types import Query
from rag.wiring import open_byline

_START_S = 30
_WARM = 20  # questions that are not counted
_MOST = 1.5


def chroma_server(bench: Bench) -> list[Row]:
    """Filling the server is not counted."""
    questions = bench.questions()
    with (
        tempfile.TemporaryDirectory() as folder,
        _server(Path(folder)) as url,
        open_byline(load_settings(data_dir=bench.archive)) as embedded,
        open_byline(load_settings(data_dir=bench.archive, chroma_url=url)) as served,
    ):
        for question in questions[:_WARM]:
            for library in (embedded, served):
                library.search(month(question), rerank=False)
        pairs = []
        for n, question in enumerate(questions):
            both = {"embedded": embedded, "server": served}
            query, took = Query(question.text), {}
            for name in sorted(both, reverse=n % 2 == 1):  # who comes second finds the ledger's pages read
                took[name] = timed(lambda library=both[name], query=query: library.searched(query, rerank=False))
            pairs.append([took["embedded"], took["server"]])
        behind = served.vectors_behind()
    names = ("search, Chroma embedded", "search, Chroma server")
    rows = [percentiles(name, list(ms), None, None) for name, ms in zip(names, zip(*pairs, strict=True), strict=True)]
    return [*rows, _ratio(pairs, behind)]


def _ratio(pairs: list[list[float]], behind: int) -> Row:
    at95 = [sorted(ms)[int(len(ms) * 0.95)] for ms in zip(*pairs, strict=True)]
    ratio = at95[1] / at95[0]
    met = ratio <= _MOST and not behind
    return Row("  p95, server to embedded", f"{ratio:.2f} ×", f"{behind} changes behind", f"≤ {_MOST} ×", met)


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = str(Path(sys.executable).with_name("chroma"))
    command = [program, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url)
            yield url
        finally:
            process.terminate()


def _wait(url: str) -> None:
    ends = time.monotonic() + _START_S
    while True:
        try:
            httpx.get(f"{url}/api/v2/heartbeat", trust_env=False)
        except httpx.TransportError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.05)
        else:
            return
