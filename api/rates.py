"""Requests a minute for each client, and the headers that tell of it."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass

_CLIENTS = 10_000  # whose rates are remembered
_WINDOW_S = 60


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

    def take(self, client: str, now: float) -> Taken:
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
        missing = (self._most if bucket.left >= 1 else 1) - bucket.left
        return Taken(wait_s, int(bucket.left), math.ceil(missing / self._per_s))

    def headers(self, taken: Taken) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers has them since its eighth version."""
        return {
            "RateLimit-Policy": f'"minute";q={self._most};w={_WINDOW_S}',
            "RateLimit": f'"minute";r={taken.left};t={taken.reset_s}',
        }
