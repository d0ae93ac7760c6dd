from __future__ import annotations

from rag.feeds.schedule import after_failure, next_due

DAY = 86_400


def test_a_feed_is_left_alone_as_long_as_it_asks_and_never_over_a_day() -> None:
    assert next_due(0, 30) == 1_800
    assert next_due(0, 30, 10) == 1_800
    assert next_due(0, 30, 60) == 3_600
    assert next_due(0, 30, 10_000) == DAY


def test_each_failure_doubles_the_wait_up_to_a_day() -> None:
    waits = [after_failure(0, 30, n) for n in range(1, 9)]
    assert waits[:3] == [3_600, 7_200, 14_400]
    assert waits[-1] == DAY
    assert after_failure(0, 30, 10_000) == DAY


def test_a_server_that_asks_for_more_time_gets_it() -> None:
    assert after_failure(0, 30, 1, 20_000) == 20_000
    assert after_failure(0, 30, 1, 10) == 3_600
    assert after_failure(0, 30, 1, 1e12) == DAY
