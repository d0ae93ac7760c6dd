from __future__ import annotations

import threading
import time

import pytest

from evals.errors import EvalError
from evals.gold import Case
from evals.reply import Reply
from evals.runs.engine import ask_all
from rag.errors import StoreBusy
from tests.evals import systems
from tests.evals.runfiles import Fake
from tests.evals.systems import QUESTIONS

WORK = [(case, 0) for case in QUESTIONS]


def test_every_case_is_asked_once_and_no_more_than_so_many_at_a_time() -> None:
    lock, flying, most = threading.Lock(), 0, 0

    def slow(case: Case) -> Reply:
        nonlocal flying, most
        with lock:
            flying += 1
            most = max(most, flying)
        time.sleep(0.01)
        with lock:
            flying -= 1
        return systems.oracle(case)

    told = list(ask_all(Fake(slow), WORK, concurrency=3, timeout_s=10))
    assert sorted(r.case for r in told) == sorted(case.id for case in QUESTIONS)
    assert most == 3
    assert all(r.ms is not None and r.ms >= 10 for r in told)


def test_a_case_that_hangs_is_a_timeout_and_the_rest_goes_on() -> None:
    release = threading.Event()

    def hangs(case: Case) -> Reply:
        if case.id == "mayor":
            release.wait(10)
        return systems.oracle(case)

    began = time.monotonic()
    told = {r.case: r for r in ask_all(Fake(hangs), WORK, concurrency=2, timeout_s=0.2)}
    release.set()
    assert time.monotonic() - began < 5
    assert told["mayor"].trouble == "timeout"
    assert told["mayor"].detail == "no answer in 0.2 s"
    assert [r.case for r in told.values() if r.trouble] == ["mayor"]
    assert len(told) == len(WORK)


def test_what_breaks_is_the_error_of_its_case() -> None:
    def breaks(case: Case) -> Reply:
        if case.id == "mayor":
            raise ZeroDivisionError("oh")
        if case.id == "crowd":
            raise StoreBusy("It is busy.", remedy="Wait.")
        return systems.oracle(case)

    told = {r.case: r for r in ask_all(Fake(breaks), WORK, concurrency=1, timeout_s=10)}
    assert (told["mayor"].trouble, told["mayor"].detail) == ("error", "ZeroDivisionError: oh")
    assert told["crowd"].detail == "It is busy. Wait."


def test_a_pointless_run_ends() -> None:
    def pointless(case: Case) -> Reply:
        raise EvalError("There is no such service.", remedy="Correct --url.")

    with pytest.raises(EvalError, match="no such service"):
        list(ask_all(Fake(pointless), WORK, concurrency=2, timeout_s=10))
