"""Leaves a language model alone that keeps failing, so that answers don't wait for it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from threading import Lock

from rag.errors import LanguageModelFailed

FAILURES = 3  # in a row, until it is left alone
REST_S = 60.0  # unless its server names a time


class Breaker:
    """Safe to use from several threads. After a rest the next call is a trial: if it fails, the rest begins anew."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._until = 0.0

    def admit(self) -> None:
        """Raises LanguageModelFailed while the model is left alone."""
        with self._lock:
            left = self._until - self._clock()
            if left > 0:
                raise LanguageModelFailed(f"it failed before and is left alone for another {math.ceil(left)} s")
            if self._failures >= FAILURES:
                self._until = self._clock() + REST_S  # this call is the trial; others go on without

    @property
    def resting(self) -> bool:
        """Whether the model is left alone now."""
        with self._lock:
            return self._until > self._clock()

    def succeeded(self) -> None:
        with self._lock:
            self._failures, self._until = 0, 0.0

    def failed(self, retry_after_s: float | None = None) -> None:
        """`retry_after_s`: what the server asked for, which is kept from the first failure on."""
        with self._lock:
            self._failures += 1
            rest = retry_after_s if retry_after_s is not None else REST_S if self._failures >= FAILURES else 0.0
            self._until = self._clock() + rest if rest else self._until
