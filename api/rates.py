"""Requests a minute for each client, and the headers that tell of it."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import math
import mmap
import os
import struct
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from anyio.to_thread import run_sync

from rag.errors import BylineError
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.database.rates import RateStore

_WINDOW_S = 60
_PORTIONS = 30  # that a minute's requests are taken in by services that share them
_KEY = "key "
_SLOTS, _LOOKED_AT = 16_384, 8  # of clients; and in how many of them one may be
_SLOT = struct.Struct("<Qdd")  # a digest of the client, what is left of its bucket, and when that was


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a request: `wait_s` is 0 when it may go on. `left` more may follow at once; `reset_s` is when it
    will be as many as ever, or one more where there is none.
    """

    wait_s: float
    left: int
    reset_s: int


class Rates:
    """A token bucket for each client: it fills evenly, and holds at most a minute's worth. Where there are very many
    clients, those that asked longest ago are forgotten.
    """

    def __init__(self, per_minute: int, shared: Path | None = None) -> None:
        """`shared`: a file in which several processes of this machine count together."""
        self._most = per_minute
        self._per_s = per_minute / _WINDOW_S
        with TemporaryFile() if shared is None else shared.open("a+b") as file:
            file.truncate(_SLOTS * _SLOT.size)
            self._slots = mmap.mmap(file.fileno(), _SLOTS * _SLOT.size)
            self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)

    async def take(self, client: str, now: float) -> Taken:
        """Count a request at `now` (seconds of a clock that only goes forward, and is the same for all who share)."""
        digest = int.from_bytes(hashlib.blake2b(client.encode(), digest_size=8).digest()) or 1
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            return self._counted(digest, now)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _counted(self, digest: int, now: float) -> Taken:
        at, left = self._bucket(digest, now)
        wait_s = max(0.0, (1 - left) / self._per_s)
        if not wait_s:
            left -= 1
        _SLOT.pack_into(self._slots, at, digest, left, now)
        return self._taken(wait_s, left)

    def _taken(self, wait_s: float, left: float) -> Taken:
        missing = (self._most if left >= 1 else 1) - left
        return Taken(wait_s, int(left), math.ceil(missing / self._per_s))

    def _bucket(self, digest: int, now: float) -> tuple[int, float]:
        """Where a client's bucket is, and what is in it now; that of who asked longest ago where it had none."""
        oldest, oldest_at = 0, math.inf
        for n in range(digest, digest + _LOOKED_AT):
            place = n % _SLOTS * _SLOT.size
            owner, left, at = _SLOT.unpack_from(self._slots, place)
            if owner == digest:
                return place, min(self._most, left + (now - at) * self._per_s)
            if at < oldest_at:
                oldest, oldest_at = place, at
        return oldest, self._most

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

    def __init__(self, per_minute: int, store: RateStore, shared: Path | None = None) -> None:
        super().__init__(per_minute, shared)
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


def rates_of(settings: Settings, shared: Path | None = None) -> Rates:
    """Shared by whoever shares the ledger, and by the workers who were given a file for it."""
    per_minute = settings.rate_per_minute
    if settings.database_url is None:
        return Rates(per_minute, shared)
    from rag.database.rates import RateStore

    return SharedRates(per_minute, RateStore(settings.database_url, per_minute, per_minute / _WINDOW_S), shared)
