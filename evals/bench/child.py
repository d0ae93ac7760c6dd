"""Runs a command as a process of its own and says what it took: time, processor time and memory."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds of wall time and of processor time (of all cores: other work beside it hardly shows in these), and the
    peak resident memory of the process in MB."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    output: str


def run(command: Sequence[str], *, fine: Collection[int] = (0,)) -> Run:
    """Raises CalledProcessError when it ends with a code that is not `fine`."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None  # noqa: S101 - asked for
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if child.returncode not in fine:
        raise subprocess.CalledProcessError(child.returncode, list(command), output)
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)
