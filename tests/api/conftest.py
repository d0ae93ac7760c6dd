"""A real server process over the archive of the tests."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest


def _accepts(address: str) -> bool:
    host, port = address.removeprefix("http://").split(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="session")
def server(data: Path) -> Iterator[str]:
    """The address of a running service."""
    command = [sys.executable, "-m", "rag.cli", "serve", "--port", "0", "--data-dir", str(data)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = None
        while found is None:
            line = process.stderr.readline()
            assert line, "the server ended before it said where it is"
            found = re.search(r"http://[\d.]+:\d+", line)
        address = found.group()
        while not _accepts(address):  # it says where it is before it accepts anybody
            assert process.poll() is None, "the server ended before it answered"
            time.sleep(0.05)
        yield address
        process.terminate()
        process.wait(20)
