"""Requests a minute for each client, and the headers that tell of it."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from anyio.to_thread import run_sync

from rag.errors import BylineError
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.database.rates import RateStore

_CLIENTS = 10_000  # whose rates are remembered
_WINDOW_S = 60
_PORTIONS = 30  # that a minute's requests are taken in by services that share them
_KEY = "key "


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a request: `wait_s` is 0 when it may go on. `left` more may follow at once; `reset_s` is when it
    will be as many as ever, or one more where there is none.
    """

    wait_s: float
    left: int
    reset_s: int


class Rates:
    """A token bucket for each client: it fills evenly, and holds at most a minute's worth."""

    def __init__(self, per_minute: int) -> None:
        self._most = per_minute
        self._per_s = per_minute / _WINDOW_S
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    async def take(self, client: str, now: float) -> Taken:
        """Count a request at `now` (seconds of any clock that only goes forward)."""
        bucket = self._buckets.setdefault(client, _Bucket(self._most, now))
        self._buckets.move_to_end(client)
        if len(self._buckets) > _CLIENTS:
            self._buckets.popitem(last=False)
        bucket.left = min(self._most, bucket.left + (now - bucket.at) * self._per_s)
        bucket.at = now
        wait_s = max(0.0, (1 - bucket.left) / self._per_s)
        if not wait_s:
            bucket.left -= 1
        return self._taken(wait_s, bucket.left)

    def _taken(self, wait_s: float, left: float) -> Taken:
        missing = (self._most if left >= 1 else 1) - left
        return Taken(wait_s, int(left), math.ceil(missing / self._per_s))

    def headers(self, taken: Taken) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers has them since its eighth version."""
        return {
            "RateLimit-Policy": f'"minute";q={self._most};w={_WINDOW_S}',
            "RateLimit": f'"minute";r={taken.left};t={taken.reset_s}',
        }


@dataclass(slots=True)
class _Lease:
    """`own` requests that this service may let through by itself, `left` beyond them as of the last look."""

    own: int = 0
    left: float = 0.0
    again_at: float = 0.0
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)


class SharedRates(Rates):
    """Of a key the same for all services that share a database; an address has a bucket in each.

    A service takes a thirtieth of a minute's requests at a time, so that one in many waits for the database. What it
    took and did not use is missing elsewhere: for each service a minute's count may be off by such a portion.
    """

    def __init__(self, per_minute: int, store: RateStore) -> None:
        super().__init__(per_minute)
        self._store = store
        self._portion = max(1, per_minute // _PORTIONS)
        self._leases: dict[str, _Lease] = {}

    async def take(self, client: str, now: float) -> Taken:
        if not client.startswith(_KEY):
            return await super().take(client, now)
        lease = self._leases.setdefault(client, _Lease())
        try:
            async with lease.looking:
                if not lease.own and now >= lease.again_at:
                    await self._renew(client, lease, now)
        except BylineError:  # the database does not answer: better an own count than none
            return await super().take(client, now)
        if not lease.own:
            return self._taken(max(lease.again_at - now, 1e-3), lease.left)
        lease.own -= 1
        return self._taken(0.0, lease.own + lease.left)

    async def _renew(self, client: str, lease: _Lease, now: float) -> None:
        lease.own, lease.left = await run_sync(self._store.lease, client, self._portion)
        lease.again_at = now + max(0.0, 1 - lease.left) / self._per_s


def rates_of(settings: Settings) -> Rates:
    """Shared where the ledger is."""
    per_minute = settings.rate_per_minute
    if settings.database_url is None:
        return Rates(per_minute)
    from rag.database.rates import RateStore

    return SharedRates(per_minute, RateStore(settings.database_url, per_minute, per_minute / _WINDOW_S))
