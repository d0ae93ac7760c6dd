"""The body of a response: of a kind that can be read, unpacked, and no larger than allowed."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rag.errors import FetchFailed
from rag.fetch.urls import refused
from rag.fetch.wire import Budget

Wanted = Literal["page", "feed"]
_PAGES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "application/pdf": ".pdf",
}
_FEEDS = dict.fromkeys(
    (
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/xml",
        "text/xml",
        "text/html",  # feeds are often served as these; what is none is told when it is parsed
        "text/plain",
    ),
    ".xml",
)
KINDS = {"page": _PAGES, "feed": _FEEDS}
_GZIP = 31  # zlib's window bits for a gzip header


@dataclass(frozen=True, slots=True)
class ContentType:
    """What a server says that a body is: the suffix by which it is read, and the charset if it names one."""

    suffix: str
    charset: str | None


def content_type(stated: str, wanted: Wanted, url: str) -> ContentType:
    """Raises FetchRefused for a kind that can't be read."""
    name, *parameters = (part.strip() for part in stated.split(";"))
    suffix = KINDS[wanted].get(name.lower())
    if suffix is None:
        can = "an article's page, text or PDF" if wanted == "page" else "an RSS or Atom feed"
        raise refused(url, f"it is of the kind {name[:60] or 'unknown'!r}.", f"Give the address of {can}.")
    given = dict(part.lower().split("=", 1) for part in parameters if "=" in part)
    return ContentType(suffix, given.get("charset", "").strip("\"' ") or None)


def read_body(parts: Iterable[bytes], encoding: str, budget: Budget) -> bytes:
    """All of a body, unpacked. Raises FetchRefused when it is too large and FetchFailed when it is damaged."""
    packing = encoding.strip().lower()
    if packing in {"gzip", "x-gzip"}:
        return _unpacked(parts, budget)
    if packing not in {"", "identity"}:
        raise refused(budget.url, f"it is packed as {packing[:40]!r}.", "Save the page and ingest the file.")
    body = bytearray()
    for part in parts:
        body += part
        _check_size(body, budget)
    return bytes(body)


def _unpacked(parts: Iterable[bytes], budget: Budget) -> bytes:
    """zlib is told how much it may unpack, so that a bomb is noticed before it is unpacked."""
    body, unpacker = bytearray(), zlib.decompressobj(_GZIP)
    try:
        for part in parts:
            rest = part
            while rest:
                body += unpacker.decompress(rest, budget.max_bytes + 1 - len(body))
                _check_size(body, budget)
                rest = unpacker.unconsumed_tail or unpacker.unused_data
                unpacker = zlib.decompressobj(_GZIP) if unpacker.eof and rest else unpacker
    except zlib.error as error:
        raise _damaged(budget) from error
    if not unpacker.eof:
        raise _damaged(budget)
    return bytes(body)


def _check_size(body: bytearray, budget: Budget) -> None:
    if len(body) > budget.max_bytes:
        raise budget.too_large()


def _damaged(budget: Budget) -> FetchFailed:
    return FetchFailed(budget.url, "its compressed data is damaged.", remedy="Try again later.")
