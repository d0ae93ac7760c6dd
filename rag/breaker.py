"""Leaves a server alone that keeps failing, so that answers don't wait for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

FAILURES = 3  # in a row, until it is left alone


class Breaker:
    """Safe to use from several threads. After a rest the next call is a trial: if it fails, the rest begins anew."""

    def __init__(self, rest_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rest_s = rest_s
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._until = 0.0

    def admit(self) -> float:
        """How many seconds the server is still left alone; 0 where it may be called now."""
        with self._lock:
            left = self._until - self._clock()
            if left <= 0 and self._failures >= FAILURES:
                self._until = self._clock() + self._rest_s  # this call is the trial; others go on without
            return max(0.0, left)

    @property
    def resting(self) -> bool:
        """Whether the server is left alone now."""
        with self._lock:
            return self._until > self._clock()

    def succeeded(self) -> None:
        with self._lock:
            self._failures, self._until = 0, 0.0

    def failed(self, retry_after_s: float | None = None, *, at_once: bool = False) -> None:
        """`retry_after_s`: what the server asked for, which is kept from the first failure on. `at_once`: this one is
        enough for it to be left alone.
        """
        with self._lock:
            self._failures = FAILURES if at_once else self._failures + 1
            rest = retry_after_s if retry_after_s is not None else self._rest_s if self._failures >= FAILURES else 0.0
            self._until = self._clock() + rest if rest else self._until
