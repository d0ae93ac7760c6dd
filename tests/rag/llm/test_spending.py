from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import LanguageModelFailed, StoreDamaged
from rag.llm.spending import FILE, Caps, Meter, Tally


def test_tokens_and_cost_add_up_over_calls_and_processes(tmp_path: Path) -> None:
    caps = Caps(1000, price_input=2.0, price_output=10.0)
    meter = Meter(caps, Tally(tmp_path))
    meter.add(100, 50, estimated=False)
    meter.add(10, 5, estimated=True)
    assert (meter.used.calls, meter.used.input_tokens, meter.used.output_tokens) == (2, 110, 55)
    assert meter.used.cost == pytest.approx(110 * 2e-6 + 55 * 1e-5)
    assert meter.used.estimated
    tokens, cost = Tally(tmp_path).so_far()
    assert tokens == 165
    assert cost == pytest.approx(meter.used.cost)


def test_a_call_that_could_pass_a_cap_is_not_made(tmp_path: Path) -> None:
    meter = Meter(Caps(200, daily_tokens=300), Tally(tmp_path))
    meter.admit(150, 50)
    with pytest.raises(LanguageModelFailed, match="more than 200 tokens"):
        meter.admit(151, 50)
    meter.add(150, 0, estimated=False)
    with pytest.raises(LanguageModelFailed, match="more than 200 tokens"):
        meter.admit(51, 0)
    next_answer = Meter(Caps(200, daily_tokens=300), Tally(tmp_path))
    with pytest.raises(LanguageModelFailed, match="day's 300 tokens"):
        next_answer.admit(151, 0)


def test_a_days_money_is_a_cap_and_the_next_day_is_another(tmp_path: Path) -> None:
    day = ["2026-01-01"]
    tally = Tally(tmp_path, today=lambda: day[0])
    caps = Caps(10**6, daily_cost=0.01, price_output=10.0)
    Meter(caps, tally).add(0, 900, estimated=False)
    with pytest.raises(LanguageModelFailed, match=r"day's 0\.01 US dollars"):
        Meter(caps, tally).admit(0, 200)
    day[0] = "2026-01-02"
    Meter(caps, tally).admit(0, 200)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("no database, and long enough to be looked at as one" * 20)
    with pytest.raises(StoreDamaged, match=r"spending\.sqlite3"):
        Tally(tmp_path).so_far()
