"""What the tools for MCP clients do, without the protocol: search, fetch, ask, check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel

from api.chat_reply import stored_link, title_of
from api.watch import Watch
from rag.claims.as_json import draft_record
from rag.errors import NotFound
from rag.pipeline import Byline
from rag.record_store import RecordStore
from rag.records import answer_record
from rag.types import Article, ArticleRef, Query

ARTICLES = 10  # that a search names at most
_PASSAGES = 30  # that are looked at for them
_NOWHERE = "byline://article"  # a link where there is no service that could show the article


class Found(BaseModel):
    """An article that a search found; `id` is what fetch takes."""

    id: str
    title: str
    url: str


class SearchResults(BaseModel):
    """The best first."""

    results: list[Found]


class FetchedArticle(BaseModel):
    """One version of an article, its text whole."""

    id: str
    title: str
    text: str
    url: str
    metadata: dict[str, str]


class ArchiveTools:
    """Safe to use from several threads. A `base_url` is the service's own address; None without one."""

    def __init__(self, byline: Byline, records: RecordStore, watch: Watch | None = None) -> None:
        self._byline = byline
        self._records = records
        self._watch = watch

    def search(self, query: str, base_url: str | None) -> SearchResults:
        """Raises QuestionRejected, StoreEmpty, StoreBusy."""
        hits = self._byline.search(Query(text=query, k=_PASSAGES))
        articles: dict[str, ArticleRef] = {}
        for hit in hits:
            if hit.left_out is None:
                articles.setdefault(hit.article.id, hit.article)  # at the place of its best passage
        return SearchResults(results=[_found(one, base_url) for one in list(articles.values())[:ARTICLES]])

    def fetch(self, wanted: str, base_url: str | None) -> FetchedArticle:
        """`wanted` is an article's id, with or without `@version`. Raises NotFound."""
        article_id, _, version = wanted.strip().partition("@")
        if version and not (version.isascii() and version.isdigit() and len(version) < 10):
            raise NotFound(f"There is no version {version[:40]!r}.", remedy="Give ID, or ID@N as search has it.")
        article = self._byline.article(article_id, int(version) if version else None)
        return FetchedArticle(
            id=f"{article.id}@{article.version}",
            title=article.title or article.file,
            text=article.text,
            url=article.url or _link(article.id, article.version, base_url),
            metadata=_metadata(article),
        )

    def ask(
        self,
        question: str,
        as_of: date | None,
        published_from: date | None,
        published_to: date | None,
        sources: Sequence[str],
    ) -> dict[str, Any]:
        """The answer record. Raises QuestionRejected, StoreEmpty, StoreBusy."""
        limits = Query(
            "", sources=tuple(sources), published_from=published_from, published_to=published_to, as_of=as_of
        )
        record = answer_record(self._byline.ask(question, limits).answer)
        if self._watch:
            self._watch.answer(record)
        return record

    def check(self, text: str, as_of: date | None) -> dict[str, Any]:
        """The check record, which is kept. Raises DraftRejected, StoreEmpty, StoreBusy."""
        record = draft_record(self._byline.check(text, Query("", as_of=as_of)))
        if self._watch:
            self._watch.check(record)
        self._records.keep("check", record)
        return record


def _found(article: ArticleRef, base_url: str | None) -> Found:
    url = article.url or _link(article.id, article.version, base_url)
    return Found(id=f"{article.id}@{article.version}", title=title_of(article), url=url)


def _link(article_id: str, version: int, base_url: str | None) -> str:
    return stored_link(article_id, version, base_url) if base_url else f"{_NOWHERE}/{article_id}?version={version}"


def _metadata(article: Article) -> dict[str, str]:
    known = {
        "version": str(article.version),
        "file": article.file,
        "source": article.source,
        "published": article.published.at if article.published else None,
        "authors": ", ".join(article.authors),
    }
    return {name: value for name, value in known.items() if value}
