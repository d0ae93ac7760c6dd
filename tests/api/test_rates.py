"""Requests a minute: counted by one process, by several of a machine, and by services that share a real PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from api.rates import Rates, SharedRates, Taken, rates_of
from rag.database.choose import shared_engine
from rag.settings import Settings
from tests.postgres import Server

PER_MINUTE = 90
PORTION = 3


def take(rates: Rates, client: str, now: float) -> Taken:
    return asyncio.run(rates.take(client, now))


def test_a_bucket_fills_evenly_and_not_beyond_a_minute() -> None:
    rates = Rates(60)
    assert [take(rates, "a", 0.0).wait_s for _ in range(60)] == [0.0] * 60
    assert take(rates, "a", 0.0).wait_s == pytest.approx(1.0)
    assert take(rates, "b", 0.0).wait_s == 0.0
    assert take(rates, "a", 1.0).wait_s == 0.0
    assert take(rates, "a", 1.0).wait_s > 0
    assert [take(rates, "a", 1e6).wait_s for _ in range(61)].count(0.0) == 60


def test_workers_count_together(tmp_path: Path) -> None:
    one, other = (Rates(4, tmp_path / "rates") for _ in range(2))
    assert [take(taker, "reader", 5.0).left for taker in (one, other, one, other)] == [3, 2, 1, 0]
    assert take(one, "reader", 5.0).wait_s == take(other, "reader", 5.0).wait_s == 15.0


def test_who_asked_longest_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.rates._SLOTS", 8)
    rates = Rates(10)
    for n in range(9):
        take(rates, f"reader {n}", float(n))
    assert take(rates, "reader 8", 8.0).left == 8
    assert take(rates, "reader 0", 9.0).left == 9


def services(url: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[SharedRates], list[str]]:
    """Two of them, and for each portion that one takes, whose it was."""
    leases: list[str] = []

    def counted(self: object, client: str, wanted: int) -> tuple[int, float]:
        leases.append(client)
        return lease(self, client, wanted)

    from rag.database.rates import RateStore

    lease = RateStore.lease
    monkeypatch.setattr(RateStore, "lease", counted)
    both = [rates_of(Settings(database_url=url, rate_per_minute=PER_MINUTE)) for _ in range(2)]
    return [one for one in both if isinstance(one, SharedRates)], leases


def test_a_key_has_one_rate_whichever_service_it_asks(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    both, leases = services(database_url, monkeypatch)

    async def ask(client: str, n: int) -> list[float]:
        """How long each request is to wait, of `n` sent at once to each service in turn."""
        taken = [both[i % 2].take(client, time.monotonic()) for i in range(n)]
        return [one.wait_s for one in await asyncio.gather(*taken)]

    began = time.monotonic()
    waits = asyncio.run(ask("key a", 2 * PER_MINUTE))
    most = PER_MINUTE + (time.monotonic() - began) * PER_MINUTE / 60
    assert PER_MINUTE - 2 * PORTION <= waits.count(0.0) <= most
    assert all(wait <= 60 / PER_MINUTE for wait in waits)
    assert len(leases) <= PER_MINUTE / PORTION + 4  # and to learn of the end
    assert asyncio.run(ask("key b", 2)) == [0.0, 0.0]
    time.sleep(1.5)
    assert asyncio.run(ask("key a", 2)).count(0.0) >= 1  # it fills again


def test_an_address_is_counted_by_each_service(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    both, leases = services(database_url, monkeypatch)
    assert asyncio.run(both[0].take("address 192.0.2.1", 0.0)).left == PER_MINUTE - 1
    assert not leases


def test_while_the_database_is_gone_a_service_counts_by_itself(postgres: Server) -> None:
    url = postgres.fresh()
    rates = rates_of(Settings(database_url=url, rate_per_minute=PER_MINUTE))
    postgres.run(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    async def ask() -> list[float]:
        return [(await rates.take("key a", 0.0)).wait_s for _ in range(PER_MINUTE + 1)]

    assert asyncio.run(ask()).count(0.0) == PER_MINUTE
    shared_engine(url).dispose()
