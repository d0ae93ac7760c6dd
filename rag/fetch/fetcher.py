"""Fetches a web address, safe by default: every hop is checked, and connects to the address that was checked."""

from __future__ import annotations

import email.utils
import logging
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin

from rag.errors import FetchFailed, FetchGone
from rag.fetch.addresses import Address, Allowed
from rag.fetch.body import KINDS, Wanted, content_type, read_body
from rag.fetch.urls import Target, check_characters, parse_url, refused
from rag.fetch.wire import Budget, look_up, requested, system_trust

log = logging.getLogger("byline.fetch")

Resolver = Callable[[str, int], Sequence[str]]
"""The addresses of a host, for a port. Raises OSError."""

_MOST_HOPS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_AGENT = "Byline/0.1"
_LATER = "Try again later."


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """For one fetch with its redirects. `max_bytes` counts what is sent, and again what it unpacks to."""

    max_bytes: int = 10_000_000
    timeout_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask whether something has changed since."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        given = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class Fetched:
    """`url` is where the redirects led. `body` is None when it has not changed since the validators were given."""

    url: str
    body: bytes | None
    suffix: str = ""
    charset: str | None = None
    validators: Validators = field(default_factory=Validators)


class Fetcher:
    """Fetches pages and feeds. One can be used by many threads."""

    def __init__(
        self,
        limits: FetchLimits = FetchLimits(),
        allowed: Allowed = Allowed(),  # noqa: B008 - frozen
        resolver: Resolver = look_up,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits
        self._allowed = allowed
        self._resolver = resolver
        self._trust = trust

    def fetch(self, url: str, wanted: Wanted = "page", since: Validators = Validators()) -> Fetched:
        """Raises FetchRefused for what may not be fetched, FetchGone and FetchFailed."""
        target = parse_url(url)
        ends = time.monotonic() + self._limits.timeout_s
        budget = Budget(target.url, self._limits.max_bytes, ends)
        headers = {"User-Agent": _AGENT, "Accept": ", ".join(KINDS[wanted]), "Accept-Encoding": "gzip"}
        seen: set[str] = set()
        while len(seen) <= _MOST_HOPS:
            seen.add(target.url)
            led = self._hop(target, wanted, headers | since.headers(), budget)
            if isinstance(led, Fetched):
                return led
            if led.url in seen:
                raise refused(url, "it leads in a circle.", "Give the article's own address.")
            target = led
        raise refused(url, f"it leads on more than {_MOST_HOPS} times.", "Give the article's own address.")

    def _hop(self, target: Target, wanted: Wanted, headers: dict[str, str], budget: Budget) -> Fetched | Target:
        """What one address gives: a body, or where it leads to."""
        addresses = self._checked(target, budget)
        trust = self._trust or system_trust()
        with requested(target, addresses, headers, budget, trust) as response:
            given = {name.decode("latin-1").lower(): _text(value) for name, value in response.headers}
            log.info("fetched host=%s status=%d", target.host, response.status)
            if response.status in _REDIRECTS and "location" in given:
                return _led(target, given["location"])
            validators = Validators(_kept(given.get("etag")), _kept(given.get("last-modified")))
            if response.status == 304:
                return Fetched(target.url, None, validators=validators)
            _check_status(response.status, given, target.url)
            kind = content_type(given.get("content-type", ""), wanted, target.url)
            body = read_body(response.iter_stream(), given.get("content-encoding", ""), budget)
        return Fetched(target.url, body, kind.suffix, kind.charset, validators)

    def _checked(self, target: Target, budget: Budget) -> tuple[Address, ...]:
        """The addresses of a host, all of which may be fetched from; they are looked up once."""
        if target.address is not None:
            addresses: tuple[Address, ...] = (target.address,)
        else:
            names = _within(budget, lambda: self._resolver(target.host, target.port))
            addresses = tuple(ip_address(name) for name in names)
        if not addresses:
            raise FetchFailed(target.url, "its host has no address.", remedy="Check its spelling.")
        self._allowed.check(target, addresses)
        return addresses


def _within(budget: Budget, look: Callable[[], Sequence[str]]) -> Sequence[str]:
    """What `look` finds in the time there is: the system's own look-up knows no limit, so it gets a thread."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(look())
        except (OSError, UnicodeError) as error:
            found.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(budget.seconds(float("inf")))
    if not found:
        raise budget.too_slow()
    if isinstance(found[0], Exception):
        raise FetchFailed(budget.url, "its host is not known.", remedy="Check its spelling.") from found[0]
    names: Sequence[str] = found[0]
    return names


def _led(target: Target, location: str) -> Target:
    check_characters(location)  # before it is joined: joining drops some of them without a word
    try:
        return parse_url(urljoin(target.url, location.partition("#")[0]))
    except ValueError as error:
        raise refused(location, "it can't be read as a web address.", "Give the article's own address.") from error


def _check_status(status: int, given: dict[str, str], url: str) -> None:
    if status == 200:
        return
    if status in {404, 410}:
        remedy = "Check the address." if status == 404 else "Its publisher took it away."
        raise FetchGone(url, f"there is nothing (HTTP {status}).", remedy=remedy, for_good=status == 410)
    wait = retry_after(given.get("retry-after"), time.time())
    raise FetchFailed(url, f"its server answered with HTTP {status}.", remedy=_LATER, retry_after_s=wait)


def retry_after(stated: str | None, now: float) -> float | None:
    """Seconds, from a number of them or a date; None where it is neither."""
    if stated is None:
        return None
    if stated.strip().isdecimal():
        return float(stated.strip()[:9])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(stated).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _kept(validator: str | None) -> str | None:
    """A validator that can be sent back as it came."""
    return validator if validator and validator.isascii() and validator.isprintable() else None
