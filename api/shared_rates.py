"""Requests a minute of a key, counted together by the services that share a database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from anyio.to_thread import run_sync

from api.rates import WINDOW_S, Rates, Taken, as_taken
from rag.errors import BylineError
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.database.rates import RateStore

_PORTIONS = 30  # that a minute's requests are taken in


@dataclass(slots=True)
class _Lease:
    """`own` requests that this process may let through by itself, `left` beyond them as of the last look."""

    own: int = 0
    left: float = 0.0
    again_at: float = 0.0
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)


class SharedRates:
    """A process takes a thirtieth of a minute's requests at a time, so that one in many waits for the database. What it
    took and did not use is missing elsewhere: for each process a minute's count may be off by such a portion.
    """

    def __init__(self, per_minute: int, store: RateStore, here: Rates) -> None:
        """`here` counts while the database does not answer."""
        self._most = per_minute
        self._portion = max(1, per_minute // _PORTIONS)
        self._store = store
        self._here = here
        self._leases: dict[str, _Lease] = {}

    async def take(self, client: str, now: float) -> Taken:
        """Count a request at `now` (seconds of any clock that only goes forward)."""
        lease = self._leases.setdefault(client, _Lease())
        try:
            async with lease.looking:
                if not lease.own and now >= lease.again_at:
                    await self._renew(client, lease, now)
        except BylineError:
            return self._here.take(client, now)
        if not lease.own:
            return as_taken(max(lease.again_at - now, 1e-3), lease.left, self._most)
        lease.own -= 1
        return as_taken(0.0, lease.own + lease.left, self._most)

    async def _renew(self, client: str, lease: _Lease, now: float) -> None:
        lease.own, lease.left = await run_sync(self._store.lease, client, self._portion)
        lease.again_at = now + max(0.0, 1 - lease.left) * WINDOW_S / self._most


def shared_rates(settings: Settings, here: Rates) -> SharedRates | None:
    """None where the ledger is in the data folder."""
    if settings.database_url is None:
        return None
    from rag.database.rates import RateStore

    per_minute = settings.rate_per_minute
    return SharedRates(per_minute, RateStore(settings.database_url, per_minute, per_minute / WINDOW_S), here)
