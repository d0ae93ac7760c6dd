"""Processes that end with the block they were started in."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

from rag.errors import BylineError

_END_S = 30.0
_LOOK_EVERY_S = 0.05


def account() -> pwd.struct_passwd:
    """Who runs what refuses to be root, or should not be: this user, or another where this one is root."""
    if os.geteuid():
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


class _Who(TypedDict, total=False):
    user: int
    group: int


def as_account() -> _Who:
    """For `subprocess`: to be `account()`."""
    who = account()
    return _Who() if os.geteuid() else _Who(user=who.pw_uid, group=who.pw_gid)


def folder_of_account(folder: Path) -> Path:
    """The folder, made if absent, as `account()`'s own."""
    folder.mkdir(mode=0o700, exist_ok=True)
    os.chown(folder, account().pw_uid, account().pw_gid)
    return folder


def free_port() -> int:
    """A port of this machine that nobody listened at a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str],
    log: Path,
    ready: Callable[[], bool],
    *,
    ending: signal.Signals = signal.SIGTERM,
    within_s: float = 60.0,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    unprivileged: bool = False,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process, once it is `ready`; what it writes is in `log`. Raises BylineError when it does not get there."""
    who = as_account() if unprivileged else _Who()
    with (
        log.open("ab") as written,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=written, stderr=written, cwd=cwd, env=env, process_group=0, **who
        ) as process,
    ):
        try:
            wait_for(ready, process, log, within_s)
            yield process
        finally:
            end(process, ending)


def wait_for(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, within_s: float) -> None:
    """Raises BylineError when the process ends before it is ready, or is not in time."""
    ends = time.monotonic() + within_s
    while not ready():
        if process.poll() is not None or time.monotonic() > ends:
            state = "did not start in time" if process.returncode is None else f"ended with {process.returncode}"
            raise BylineError(f"{Path(str(process.args[0])).name} {state}.", remedy=f"{log} says why.")  # type: ignore[index]
        time.sleep(_LOOK_EVERY_S)


def end(process: subprocess.Popen[bytes], ending: signal.Signals = signal.SIGTERM) -> None:
    """Ask the process to end, and make it end when it does not."""
    if process.poll() is None:
        process.send_signal(ending)
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
