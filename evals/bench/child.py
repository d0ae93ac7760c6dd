"""Runs a command as a process of its own and says how long it took and how much memory it held at most."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds of wall time, and the peak resident memory of the process in MB."""

    seconds: float
    peak_mb: float
    output: str


def run(command: Sequence[str], *, env: dict[str, str] | None = None) -> Run:
    """Raises CalledProcessError when it fails."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **(env or {})}) as child:
        assert child.stdout is not None  # noqa: S101 - asked for
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, list(command), output)
    return Run(seconds, usage.ru_maxrss / 1024, output)
