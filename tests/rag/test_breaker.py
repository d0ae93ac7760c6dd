"""When a server that fails is left alone, and when it is tried again."""

from __future__ import annotations

from rag.breaker import FAILURES, Breaker

REST_S = 60.0


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_server_that_keeps_failing_is_left_alone_and_tried_again() -> None:
    clock = Clock()
    breaker = Breaker(REST_S, clock)
    for _ in range(FAILURES):
        assert not breaker.admit()
        breaker.failed()
    assert breaker.admit() == REST_S
    clock.now += REST_S
    assert not breaker.admit()  # the trial
    assert breaker.admit()  # the others meanwhile
    breaker.succeeded()
    assert not breaker.admit()


def test_a_success_forgets_the_failures() -> None:
    breaker = Breaker(REST_S, Clock())
    for _ in range(FAILURES * 2):
        breaker.failed()
        breaker.succeeded()
    assert not breaker.admit()


def test_what_a_server_asks_to_wait_is_kept_from_the_first_failure() -> None:
    clock = Clock()
    breaker = Breaker(REST_S, clock)
    breaker.failed(retry_after_s=7)
    assert breaker.admit() == 7
    clock.now += 7
    assert not breaker.admit()


def test_one_failure_may_be_enough() -> None:
    breaker = Breaker(REST_S, Clock())
    breaker.failed(at_once=True)
    assert breaker.resting
