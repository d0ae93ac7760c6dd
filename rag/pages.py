"""Web pages to units of the ingest job: fetched, read, and compared with what is stored under their addresses."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.errors import ArticleRejected, FetchError, FetchGone
from rag.fetch.fetcher import Fetcher
from rag.ingest.identity import canonical_url
from rag.ingest.limits import Limits
from rag.ingest.pages import Page, Stated, likeness, read_content, read_page
from rag.ingest.units import Unit
from rag.ledger import Ledger
from rag.snapshot import Keyed
from rag.types import Article


def key_of_url(url: str) -> str:
    """The key that an article has by its address."""
    return f"url:{canonical_url(url)}"


class Pages:
    """Reads pages for an archive. Its ledger is only read."""

    def __init__(self, fetcher: Fetcher, ledger: Ledger, limits: Limits) -> None:
        self._fetcher = fetcher
        self._ledger = ledger
        self._limits = limits

    def units(self, urls: Sequence[str]) -> Iterator[Unit | ArticleRejected]:
        """The unit of each page; one that can't be had is a rejection, and the rest goes on."""
        for url in urls:
            try:
                yield self.unit(self.article(url))
            except FetchGone as gone:
                yield self._gone(gone)
            except FetchError as error:
                yield rejection(error)
            except ArticleRejected as error:
                yield error

    def article(self, url: str, stated: Stated = Stated()) -> Article:  # noqa: B008 - frozen
        """Raises FetchError and ArticleRejected."""
        fetched = self._fetcher.fetch(url)
        return read_page(Page(fetched.url, fetched.body or b"", fetched.suffix), self._limits, stated)

    def content(self, url: str, stated: Stated) -> Article:
        """The article that its feed holds in full. Raises ArticleRejected."""
        return read_content(url, stated, self._limits)

    def stored(self, key: str) -> Keyed | None:
        """The newest version under a key."""
        with self._ledger.snapshot() as snapshot:
            return snapshot.keyed(key)

    def unit(self, article: Article) -> Unit:
        """With the digest of the newest stored version if it reads the same, which leaves it unchanged.

        Else with one that holds the version that it follows: a page may go back to what it said before. What was known
        before, by a feed perhaps, and is not stated this time, stays known.
        """
        stored = self.stored(article.key)
        if stored is not None:
            before = stored.article
            published, title = article.published or before.published, article.title or before.title
            article = replace(article, published=published, title=title, authors=article.authors or before.authors)
        like = likeness(article)
        if stored is not None and stored.digest and likeness(stored.article) == like:
            digest = stored.digest
        else:
            version = stored.article.version if stored else 0
            digest = hashlib.sha256(f"{article.key}\n{version}\n{like}".encode()).hexdigest()
        return Unit(article.url or article.key, digest, lambda: article)

    def _gone(self, gone: FetchGone) -> ArticleRejected:
        stored = self.stored(key_of_url(gone.url))
        if stored is None:
            return rejection(gone)
        reason = f"{gone.reason} What is stored of it stays as it is."
        return ArticleRejected(gone.url, reason, remedy=f"`byline articles remove {stored.article.id}` removes it.")


def rejection(error: FetchError) -> ArticleRejected:
    return ArticleRejected(error.url, error.reason, remedy=error.remedy)
