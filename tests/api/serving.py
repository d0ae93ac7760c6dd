"""Starts the real service as a process of its own, and ends it."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.command import lend_model
from tests.forking import Forked

READY_S = 60


@dataclass
class Service:
    """A running service. `log` grows with what it writes to its standard error."""

    address: str
    process: subprocess.Popen[str]
    log: list[str]


@contextmanager
def served(data: Path, *arguments: str, **environment: str) -> Iterator[Service]:
    """`byline serve` over `data` on a free port, once it answers; `environment` is added to this process's."""
    lend_model(data)
    command = ("-m", "rag.cli", "serve", "--port", "0", "--data-dir", str(data), *arguments)
    with Forked(*command, stderr=subprocess.PIPE, env=os.environ | environment) as process:
        try:
            yield _told(process)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _told(process: subprocess.Popen[str]) -> Service:
    assert process.stderr is not None
    log: list[str] = []
    found = None
    while found is None:
        line = process.stderr.readline()
        assert line, "the server ended before it said where it is:\n" + "".join(log)
        log.append(line)
        found = re.search(r"http://[\d.]+:\d+", line)
    threading.Thread(target=lambda: log.extend(process.stderr or ()), daemon=True).start()
    service = Service(found.group(), process, log)
    httpx.get(service.address + "/healthz", timeout=READY_S)  # who connects before it accepts waits
    return service
