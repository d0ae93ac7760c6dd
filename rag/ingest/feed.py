"""RSS and Atom to plain values; feedparser's only door. Runs in the child process only (see `sandbox.py`).

feedparser gets a stream of bytes: it takes a string for an address to fetch, and bytes for the name of a file to open.
"""

from __future__ import annotations

import calendar
import html
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import feedparser
from lxml import etree

from rag.errors import ArticleRejected

MOST_ENTRIES = 500
_LONGEST_TITLE = 500
_LONGEST_TIME_TO_LIVE = 7 * 24 * 60  # minutes
_DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"  # RFC 6721
_TAG = re.compile(r"<[^<>]*>")


def read_feed(raw: bytes, where: str, charset: str | None) -> dict[str, Any]:
    """The feed's title, its `ttl` in minutes, its entries and the ids of deleted ones. Raises ArticleRejected."""
    kind = "application/xml" + (f"; charset={charset}" if charset else "")
    told = feedparser.parse(io.BytesIO(raw), response_headers={"content-location": where, "content-type": kind})
    deleted = list(_deleted(raw))
    if not told.get("version") and not told.entries:
        raise ArticleRejected(where, "it is not a feed.", remedy="Give the address of an RSS or Atom feed.")
    return {
        "title": _title(told.feed) or None,
        "ttl": _minutes(told.feed.get("ttl")),
        "entries": [_entry(one) for one in told.entries[:MOST_ENTRIES]],
        "deleted": deleted,
    }


def _entry(one: Any) -> dict[str, Any]:
    link = str(one.get("link") or "").strip()
    return {
        "id": str(one.get("id") or link)[:2_000],
        "link": link,
        "title": _title(one) or None,
        "published": _instant(one.get("published_parsed")) or _instant(one.get("created_parsed")),
        "updated": _instant(one.get("updated_parsed")),
        "content": _content(one),
    }


def _title(one: Any) -> str:
    """Without markup: feedparser leaves it in."""
    text = str(one.get("title") or "")
    if one.get("title_detail", {}).get("type") in {"text/html", "application/xhtml+xml"}:
        text = html.unescape(_TAG.sub("", text))
    return " ".join(text.split())[:_LONGEST_TITLE]


def _content(one: Any) -> str:
    """The longest of what the entry gives in full, as HTML that feedparser has cleaned."""
    given = [*one.get("content", []), *([one["summary_detail"]] if "summary_detail" in one else [])]
    return max((_as_html(part) for part in given), key=len, default="")


def _as_html(part: Any) -> str:
    value = str(part.get("value") or "")
    if part.get("type") != "text/plain":
        return value
    return "".join(f"<p>{html.escape(line)}</p>" for line in value.splitlines() if line.strip())


def _instant(parsed: Any) -> str | None:
    """feedparser's time, which is in UTC, as ISO 8601."""
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC).isoformat() if parsed else None
    except (ValueError, OverflowError, OSError):
        return None


def _minutes(stated: object) -> int:
    digits = str(stated or "").strip()
    return min(int(digits), _LONGEST_TIME_TO_LIVE) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 0


def _deleted(raw: bytes) -> Iterator[dict[str, str | None]]:
    """The tombstones of an Atom feed, which feedparser does not know: what was deleted, and when."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, recover=True, huge_tree=False)
    try:
        tree = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        return
    for one in tree.iter(_DELETED) if tree is not None else ():
        if one.get("ref"):
            yield {"id": one.get("ref")[:2_000], "when": _utc(one.get("when"))}


def _utc(stated: str | None) -> str | None:
    """An Atom date as ISO 8601 in UTC, so that it can be compared with an entry's."""
    try:
        return datetime.fromisoformat((stated or "").strip()).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return None
