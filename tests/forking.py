"""Commands as processes of their own that start at once: forked from one that has imported what they need.

Imports are most of what a short command costs. A forked process has its own memory, files, environment, signals and
exit code, as one that is started anew; what only a new interpreter shows (what is imported when, how soon it is
there) is for the tests that start one with `subprocess`.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Never

ROOT = Path(__file__).parents[1]
COMMAND = (  # what the commands and the service import, and what a test's process does
    *("rag.cli.app", "rag.jobs", "rag.doctor", "rag.backup.making", "rag.read", "rag.judges", "rag.claims.checking"),
    *("rag.cli.ingest_job", "rag.cli.show", "api.server", "chromadb", "chromadb.api.rust", "onnxruntime", "psycopg"),
    *("evals.runs.run", "evals.report.terminal", "evals.compare.compare", "evals.pytest_plugin", "pytest"),
)
TORCH = ("torch", "sentence_transformers", "transformers", "training.train")  # seconds to import
_REQUEST = 1 << 20  # bytes, of arguments and environment
_PR_SET_CHILD_SUBREAPER = 36


class Forked(subprocess.Popen[str]):
    """`python -m MODULE …` or `python -c CODE …`, without the `python`. It finds the modules of `after` imported."""

    def __init__(self, *arguments: str, after: tuple[str, ...] = COMMAND, **given: Any) -> None:
        self._after = after
        super().__init__(arguments, text=True, **given)

    def told(self, typed: str | None = None, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
        """What it wrote and its exit code, once it has ended."""
        with self:
            try:
                out, errors = self.communicate(typed, timeout_s)
            except BaseException:
                self.kill()
                raise
        return subprocess.CompletedProcess(self.args, self.returncode, out, errors)

    def _execute_child(self, args: Any, *given: Any) -> None:  # type: ignore[override]
        """Instead of fork and exec. Only the places of what comes from the caller are taken from `given`."""
        cwd, env, pipes = given[4], given[5], given[9:15]
        files = (pipes[0], pipes[3], pipes[5])  # those ends that are the child's
        request = {"args": list(args), "cwd": str(cwd or Path.cwd()), "env": dict(env or os.environ)}
        self.pid = _forked(_forker(self._after), request, [own if own != -1 else n for n, own in enumerate(files)])
        self._child_created = True
        self._close_pipe_fds(*pipes)


def _forked(forker: socket.socket, request: dict[str, Any], files: Sequence[int]) -> int:
    """The id of a new child of this process."""
    # A child whose parent has ended is given to the nearest ancestor that takes such: this process, for a moment.
    _take_orphans(True)
    try:
        socket.send_fds(forker, [json.dumps(request).encode("utf-8", "surrogateescape")], files)
        told = forker.recv(32)
    finally:
        _take_orphans(False)
    assert told, "the process that forks has ended"
    return int(told)


def _take_orphans(take: bool) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(take), 0, 0, 0)


@cache
def _forker(modules: tuple[str, ...]) -> socket.socket:
    """The way to the process that forks after importing `modules`, started when it is first wanted."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    here.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _REQUEST)
    command = [sys.executable, "-m", "tests.forking", str(there.fileno()), *modules]
    # numpy's own threads would not be there in a forked process.
    env = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen(command, pass_fds=[there.fileno()], cwd=ROOT, env=env)
    there.close()

    def end() -> None:
        here.close()
        process.wait()

    atexit.register(end)
    return here


def main(channel: int, *modules: str) -> None:
    """Fork for each request, until nobody is there who could make one."""
    for name in modules:
        import_module(name)
    if "rag.sentences" in sys.modules:
        sys.modules["rag.sentences"].sentence_spans("It has a model. That is loaded once.")
    threads = [(one / "comm").read_text().strip() for one in Path("/proc/self/task").iterdir()]
    own = [name for name in threads if name != "jemalloc_bg_thd"]  # pyarrow's allocator copes without its thread
    assert len(own) == 1, "a thread would not be there in a forked process"
    gc.collect()
    gc.freeze()  # what is shared is not written to
    asked = socket.socket(fileno=channel)
    while True:
        request, files, _, _ = socket.recv_fds(asked, _REQUEST, 3)
        if not request:
            return
        _fork_twice(asked, json.loads(request), files)


def _fork_twice(asked: socket.socket, request: dict[str, Any], files: list[int]) -> None:
    """The one in between ends at once, so that the process is not this one's child."""
    between = os.fork()
    if between == 0:
        child = os.fork()
        if child == 0:
            asked.close()
            _become(request, files)
        os.write(_told[1], b"%d" % child)
        os._exit(0)
    os.waitpid(between, 0)
    asked.send(os.read(_told[0], 32))
    for file in files:
        os.close(file)


def _become(request: dict[str, Any], files: list[int]) -> Never:
    """Run what was asked for as Python itself would, and end."""
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.closerange(3, max(*files, *_told) + 1)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by what a shell runs in the background
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    code: Any = 0
    try:
        _run(*request["args"])
    except SystemExit as ended:
        code = ended.code or 0
        if not isinstance(code, int):
            sys.stderr.write(f"{code}\n")
            code = 1
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException:  # noqa: BLE001 - as Python does
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _run(how: str, what: str, *arguments: str) -> None:
    sys.argv = [what if how == "-m" else how, *arguments]
    if how == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102 - a test's own


if __name__ == "__main__":
    _told = os.pipe()
    main(int(sys.argv[1]), *sys.argv[2:])
