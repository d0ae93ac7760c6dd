from __future__ import annotations

import pytest

from rag.errors import LanguageModelFailed
from rag.llm.breaker import FAILURES, REST_S, Breaker


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_model_that_keeps_failing_is_left_alone_and_tried_again() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(FAILURES):
        breaker.admit()
        breaker.failed()
    with pytest.raises(LanguageModelFailed, match="left alone for another 60 s"):
        breaker.admit()
    clock.now += REST_S
    breaker.admit()  # the trial
    with pytest.raises(LanguageModelFailed, match="left alone"):
        breaker.admit()  # the others meanwhile
    breaker.succeeded()
    breaker.admit()


def test_a_success_forgets_the_failures() -> None:
    breaker = Breaker(Clock())
    for _ in range(FAILURES * 2):
        breaker.failed()
        breaker.succeeded()
    breaker.admit()


def test_what_a_server_asks_to_wait_is_kept_from_the_first_failure() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    breaker.failed(retry_after_s=7)
    with pytest.raises(LanguageModelFailed, match="another 7 s"):
        breaker.admit()
    clock.now += 7
    breaker.admit()
