"""Requests a minute for each client, and the headers that tell of it."""

from __future__ import annotations

import fcntl
import hashlib
import math
import mmap
import os
import struct
import weakref
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

WINDOW_S = 60
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


def as_taken(wait_s: float, left: float, most: int) -> Taken:
    """Of a bucket with `left` of `most` requests in it."""
    missing = (most if left >= 1 else 1) - left
    return Taken(wait_s, int(left), math.ceil(missing * WINDOW_S / most))


class Rates:
    """A token bucket for each client: it fills evenly, and holds at most a minute's worth. Where there are very many
    clients, those that asked longest ago are forgotten.
    """

    def __init__(self, per_minute: int, shared: Path | None = None) -> None:
        """`shared`: a file in which several processes of this machine count together."""
        self._most = per_minute
        self._per_s = per_minute / WINDOW_S
        with TemporaryFile() if shared is None else shared.open("a+b") as file:
            file.truncate(_SLOTS * _SLOT.size)
            self._slots = mmap.mmap(file.fileno(), _SLOTS * _SLOT.size)
            self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)

    def take(self, client: str, now: float) -> Taken:
        """Count a request at `now` (seconds of a clock that only goes forward, and is the same for all who share)."""
        digest = int.from_bytes(hashlib.blake2b(client.encode(), digest_size=8).digest()) or 1
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            return self._taken(digest, now)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _taken(self, digest: int, now: float) -> Taken:
        at, left = self._bucket(digest, now)
        wait_s = max(0.0, (1 - left) / self._per_s)
        if not wait_s:
            left -= 1
        _SLOT.pack_into(self._slots, at, digest, left, now)
        return as_taken(wait_s, left, self._most)

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
            "RateLimit-Policy": f'"minute";q={self._most};w={WINDOW_S}',
            "RateLimit": f'"minute";r={taken.left};t={taken.reset_s}',
        }
