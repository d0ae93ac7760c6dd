"""When a feed is polled again."""

from __future__ import annotations

_LONGEST_S = 24 * 3600.0  # whatever a feed or its server asks for
_MINUTE_S = 60.0


def next_due(now: float, minutes: int, time_to_live: int = 0) -> float:
    """After a poll that went well: what the settings say, or the feed's own `ttl` in minutes if that is longer."""
    return now + min(_LONGEST_S, max(minutes, time_to_live) * _MINUTE_S)


def after_failure(now: float, minutes: int, failures: int, retry_after_s: float | None = None) -> float:
    """After `failures` in a row: twice as long each time, or as long as its server asks, and never over a day."""
    doubled = minutes * _MINUTE_S * 2.0 ** min(failures, 20)
    return now + min(_LONGEST_S, max(doubled, retry_after_s or 0.0))
