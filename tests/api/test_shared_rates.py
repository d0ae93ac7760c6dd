"""What services that share a database count together: two of them, in one process, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import time

import pytest

from api.rates import Rates
from api.shared_rates import SharedRates, shared_rates
from rag.database.choose import shared_engine
from rag.settings import Settings
from tests.postgres import Server

PER_MINUTE = 90
PORTION = 3


def rates_of(url: str) -> SharedRates:
    """Those of a service."""
    made = shared_rates(Settings(database_url=url, rate_per_minute=PER_MINUTE), Rates(PER_MINUTE))
    assert made is not None
    return made


def services(url: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[SharedRates], list[str]]:
    """Two of them, and for each portion that one takes, whose it was."""
    leases: list[str] = []

    def counted(self: object, client: str, wanted: int) -> tuple[int, float]:
        leases.append(client)
        return lease(self, client, wanted)

    from rag.database.rates import RateStore

    lease = RateStore.lease
    monkeypatch.setattr(RateStore, "lease", counted)
    return [rates_of(url), rates_of(url)], leases


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


def test_while_the_database_is_gone_a_service_counts_by_itself(postgres: Server) -> None:
    url = postgres.fresh()
    rates = rates_of(url)
    postgres.run(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    async def ask() -> list[float]:
        return [(await rates.take("key a", 0.0)).wait_s for _ in range(PER_MINUTE + 1)]

    assert asyncio.run(ask()).count(0.0) == PER_MINUTE
    shared_engine(url).dispose()
