"""A fetched page to an Article: named by its web address, with what a feed said of it where the page says nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from rag.errors import ArticleRejected
from rag.ingest.dates import is_later_than_tomorrow, parse_published
from rag.ingest.draft import Draft, settle
from rag.ingest.identity import Origin, canonical_url
from rag.ingest.limits import Limits
from rag.ingest.readers import draft_of
from rag.types import Article, Published

FULL_CONTENT_CHARS = 500  # a feed's entry with less text is a teaser


@dataclass(frozen=True, slots=True)
class Stated:
    """What a feed says of an article. `content` is HTML."""

    title: str | None = None
    published: str | None = None
    content: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The bytes of a page, the address that they came from, and the suffix by which they are read."""

    url: str
    raw: bytes
    suffix: str


def read_page(page: Page, limits: Limits, stated: Stated = Stated()) -> Article:
    """Raises ArticleRejected."""
    origin = Origin(page.url, Path(_name(page.url) + page.suffix), hashlib.sha256(page.raw).hexdigest())
    draft = draft_of(page.raw, origin, limits)
    published = draft.published or _published(stated)
    told = replace(draft, url=_own(draft.url, page.url), title=draft.title or stated.title, published=published)
    return settle(told, origin, limits)


def read_content(url: str, stated: Stated, limits: Limits) -> Article:
    """The article that an entry holds in full, in place of its page. Raises ArticleRejected."""
    body = f"<html><body><article>{stated.content}</article></body></html>"
    raw = body.encode("utf-8", "replace")
    origin = Origin(url, Path(_name(url) + ".html"), hashlib.sha256(raw).hexdigest())
    draft = draft_of(raw, origin, limits)
    if len(draft.text) < FULL_CONTENT_CHARS:
        reason = f"its feed holds {len(draft.text)} characters of it, which is not the whole."
        raise ArticleRejected(url, reason, remedy="Save the page and ingest the file.")
    return settle(Draft(draft.text, title=stated.title, url=url, published=_published(stated)), origin, limits)


def likeness(article: Article) -> str:
    """SHA-256 of what a reader of the article sees: a page's bytes differ each time that it is fetched."""
    published = article.published.at if article.published else None
    seen = (article.title, article.source, article.authors, published, article.text)
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


def _own(claimed: str | None, fetched: str) -> str:
    """The address that a page claims for itself, if it is of the same host; else where it was fetched.

    A page that could name any address could replace the article of another site.
    """
    claim, here = canonical_url(claimed or ""), canonical_url(fetched)
    if claim is None or here is None or _host(claim) != _host(here):
        return fetched
    return claimed or fetched


def _host(canonical: str) -> str:
    return urlsplit(canonical).netloc.removeprefix("www.")


def _published(stated: Stated) -> Published | None:
    at = parse_published(stated.published)
    return Published(at, "given") if at and not is_later_than_tomorrow(at) else None


def _name(url: str) -> str:
    """The last part of the path without a suffix, or the host: what stands for a file name."""
    parts = urlsplit(url)
    last = parts.path.rstrip("/").rpartition("/")[2]
    return (Path(last).stem or parts.hostname or "page")[:120]
