"""Requests a minute, counted by one process or by several together."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.rates import Rates


def test_a_bucket_fills_evenly_and_not_beyond_a_minute() -> None:
    rates = Rates(60)
    assert [rates.take("a", 0.0).wait_s for _ in range(60)] == [0.0] * 60
    assert rates.take("a", 0.0).wait_s == pytest.approx(1.0)
    assert rates.take("b", 0.0).wait_s == 0.0
    assert rates.take("a", 1.0).wait_s == 0.0
    assert rates.take("a", 1.0).wait_s > 0
    assert [rates.take("a", 1e6).wait_s for _ in range(61)].count(0.0) == 60


def test_workers_count_together(tmp_path: Path) -> None:
    one, other = (Rates(4, tmp_path / "rates") for _ in range(2))
    assert [taker.take("reader", 5.0).left for taker in (one, other, one, other)] == [3, 2, 1, 0]
    assert one.take("reader", 5.0).wait_s == other.take("reader", 5.0).wait_s == 15.0


def test_who_asked_longest_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.rates._SLOTS", 8)
    rates = Rates(10)
    for n in range(9):
        rates.take(f"reader {n}", float(n))
    assert rates.take("reader 8", 8.0).left == 8
    assert rates.take("reader 0", 9.0).left == 9
