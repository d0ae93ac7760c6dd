"""Fetchers for tests: small limits, loopback allowed or not, and resolvers that say what they are told to."""

from __future__ import annotations

import pytest

from rag.errors import FetchError
from rag.fetch.addresses import Allowed
from rag.fetch.body import Wanted
from rag.fetch.fetcher import Fetcher, FetchLimits, Resolver, Validators
from rag.fetch.wire import look_up
from tests.web import Web

LIMITS = FetchLimits(max_bytes=100_000, timeout_s=5.0)


def fetcher(*webs: Web, limits: FetchLimits = LIMITS, resolver: Resolver = look_up) -> Fetcher:
    """One that may fetch from these servers, each by its address and port, and from nothing else inside."""
    return Fetcher(limits, Allowed.parse(",".join(one.authority for one in webs)), resolver)


def fault(one: Fetcher, url: str, wanted: Wanted = "page", since: Validators | None = None) -> FetchError:
    """Why it can't be fetched."""
    with pytest.raises(FetchError) as caught:
        one.fetch(url, wanted, since or Validators())
    assert caught.value.remedy
    return caught.value


def answering(*addresses: str) -> Resolver:
    """A resolver that knows one answer."""
    return lambda _host, _port: addresses
