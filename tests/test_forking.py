"""A forked process behaves as one that was started: its streams, codes, signals, environment and folder are its own."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from subprocess import PIPE

import pytest

from tests.forking import Forked


def told(code: str, typed: str | None = None, **given: object) -> tuple[int, str, str]:
    done = Forked("-c", code, stdin=PIPE, stdout=PIPE, stderr=PIPE, **given).told(typed)
    return done.returncode, done.stdout, done.stderr


def test_streams_and_exit_codes() -> None:
    assert told("import sys; print(sys.stdin.read()); sys.exit(3)", "naïve") == (3, "naïve\n", "")
    assert told("import sys; sys.exit('it failed')") == (1, "", "it failed\n")
    code, _, error = told("import sys; sys.stderr.write('before. '); 1 / 0")
    assert (code, error.startswith("before. Traceback"), error.splitlines()[-1]) == (
        1,
        True,
        "ZeroDivisionError: division by zero",
    )


def test_what_is_registered_runs_at_its_end_and_threads_are_waited_for() -> None:
    code = "import atexit, threading as t; atexit.register(print, 'ended'); t.Timer(0.05, print, ['late']).start()"
    assert told(code) == (0, "late\nended\n", "")


def test_environment_folder_and_modules_are_its_own(tmp_path: Path) -> None:
    code = "import os, rag; rag.mine = hasattr(rag, 'mine'); print(rag.mine, os.environ.get('MINE'), os.getcwd())"
    assert told(code, cwd=tmp_path, env={"MINE": "1"}) == (0, f"False 1 {tmp_path}\n", "")
    assert told(code, env={}) == (0, f"False None {os.getcwd()}\n", "")  # noqa: PTH109 - as the other says it


@pytest.mark.parametrize("which", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_signals_end_it(which: signal.Signals) -> None:
    code = "import time; print('ready', flush=True); time.sleep(60)"
    with Forked("-c", code, stdout=PIPE, stderr=PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        assert child.poll() is None
        child.send_signal(which)
        assert child.wait(10) == -which
