"""HTML to a draft: the body through trafilatura, the facts only as the markup states them.

Runs in the child process only (see `sandbox.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import trafilatura
from lxml import html
from lxml.etree import LxmlError

from rag.errors import ArticleRejected
from rag.ingest.dates import is_later_than_tomorrow, parse_published
from rag.ingest.decode import decode
from rag.ingest.draft import Draft
from rag.ingest.identity import canonical_url
from rag.types import Published

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_LARGEST = 20_000_000  # bytes; trafilatura reads no more
_DATE_NAMES = (  # <meta name|property|itemprop>, the surest first
    "article:published_time",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "citation_publication_date",
    "publication_date",
    "publish-date",
    "pubdate",
    "publishdate",
    "cxenseparse:recs:publishtime",
)
_ARTICLE_TYPES = frozenset(
    [
        "Article",
        "NewsArticle",
        "ReportageNewsArticle",
        "BlogPosting",
        "AnalysisNewsArticle",
        "OpinionNewsArticle",
        "LiveBlogPosting",
    ]
)
_DEEPEST = 8  # levels of JSON-LD that are looked through


def read_html(raw: bytes, where: str) -> Draft:
    """Body text, one paragraph a line. Raises ArticleRejected."""
    if len(raw) > _LARGEST:
        raise ArticleRejected(where, f"the page has more than {_LARGEST:,} bytes.", remedy="Save its text as .txt.")
    source = _decoded(raw, where)
    try:
        tree = html.fromstring(source.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8"))
    except (LxmlError, ValueError) as error:
        raise ArticleRejected(where, "it is not HTML.", remedy="Save the page again, or its text as .txt.") from error
    found = trafilatura.bare_extraction(
        source,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if found is None or isinstance(found, dict) or not (found.text or "").strip():
        raise ArticleRejected(
            where, "no article text was found in the page.", remedy="Save the article's text as .txt."
        )
    meta, linked = _meta(tree), list(_linked_data(tree))
    url = _url(tree, meta)
    published = _published(tree, meta, linked)
    return Draft(
        text=found.text or "",
        title=found.title,
        source=meta.get("og:site_name") or _publisher(linked),
        url=url,
        authors=tuple(name for name in (found.author or "").split("; ") if name),
        published=Published(published, "markup") if published else None,
        language=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
    )


def _decoded(raw: bytes, where: str) -> str:
    """By UTF-8 or byte order mark, else as the page says, else as its bytes look."""
    stated = _CHARSET.search(raw[:4096])
    if stated and not raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        for encoding in ("utf-8", stated[1].decode("ascii")):
            try:
                return raw.decode({"iso-8859-1": "cp1252"}.get(encoding.lower(), encoding))
            except (UnicodeDecodeError, LookupError):
                continue
    return decode(raw, where)


def _meta(tree: Any) -> dict[str, str]:
    """The first content of each meta name, property or itemprop, by its name in lower case."""
    found: dict[str, str] = {}
    for tag in tree.iter("meta"):
        content = (tag.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop"):
            name = (tag.get(attribute) or "").strip().lower()
            if name and content:
                found.setdefault(name, content)
    return found


def _linked_data(tree: Any) -> Iterator[dict[str, Any]]:
    """The objects in the page's JSON-LD that describe an article."""
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            try:
                yield from _articles(json.loads(script.text or "", strict=False), _DEEPEST)
            except (ValueError, RecursionError):
                continue


def _articles(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth == 0:
        return
    if isinstance(value, list):
        for one in value:
            yield from _articles(one, depth - 1)
    elif isinstance(value, dict):
        types = value.get("@type")
        if _ARTICLE_TYPES.intersection(
            one for one in (types if isinstance(types, list) else [types]) if isinstance(one, str)
        ):
            yield value
        yield from _articles(value.get("@graph"), depth - 1)


def _published(tree: Any, meta: dict[str, str], linked: list[dict[str, Any]]) -> str | None:
    stated = [meta.get(name) for name in _DATE_NAMES]
    stated += [one.get("datePublished") for one in linked if isinstance(one.get("datePublished"), str)]
    for tag in tree.iter("time"):
        if tag.get("pubdate") is not None or (tag.get("itemprop") or "").lower() == "datepublished":
            stated.append(tag.get("datetime"))
    parsed = (parse_published(value) for value in stated if value)
    return next((at for at in parsed if at and not is_later_than_tomorrow(at)), None)


def _publisher(linked: list[dict[str, Any]]) -> str | None:
    for one in linked:
        publisher = one.get("publisher")
        name = publisher.get("name") if isinstance(publisher, dict) else publisher
        if isinstance(name, str) and name.strip():
            return name
    return None


def _url(tree: Any, meta: dict[str, str]) -> str | None:
    links = [tag.get("href") for tag in tree.iter("link") if (tag.get("rel") or "").lower() == "canonical"]
    stated = (value.strip() for value in (*links, meta.get("og:url")) if value)
    return next((url for url in stated if canonical_url(url) is not None), None)
