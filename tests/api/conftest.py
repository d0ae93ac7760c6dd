"""A real server process over the archive of the tests."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


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
        yield found.group()
        process.terminate()
        process.wait(20)
