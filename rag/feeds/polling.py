"""One poll of one feed, up to what is to be stored: which entries are new, and their articles. Nothing is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.errors import ArticleRejected, FetchError, FetchFailed, FetchGone
from rag.feed_store import Feed, FeedStore, SeenEntry, digest
from rag.fetch.fetcher import Fetched, Fetcher, Validators
from rag.fetch.urls import parse_url
from rag.ingest.identity import canonical_url
from rag.ingest.limits import Limits
from rag.ingest.pages import Stated
from rag.ingest.sandbox import ask_apart
from rag.ingest.units import Unit
from rag.pages import Pages, key_of_url, rejection
from rag.types import Article

_MOST_PAGES = 100  # of one feed in one poll; the rest waits for the next
_ATTEMPTS = 5  # for an article whose page fails in a way that may pass


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed as it was parsed. Times are ISO 8601 in UTC, `content` is HTML."""

    id: str
    link: str
    title: str | None
    published: str | None
    updated: str | None
    content: str

    @property
    def digest(self) -> str:
        return digest(self.id)

    @property
    def mark(self) -> str:
        seen = (self.link, self.title, self.published, self.updated, self.content)
        return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:32]

    @property
    def stated(self) -> Stated:
        return Stated(self.title, self.published or self.updated, self.content)


@dataclass(slots=True)
class Gathered:
    """What a poll brought. `fetched` is None when the feed itself could not be had, for `fault`."""

    feed: Feed
    fetched: Fetched | None = None
    fault: FetchError | ArticleRejected | None = None
    title: str | None = None
    time_to_live: int = 0
    units: list[Unit | ArticleRejected] = field(default_factory=list)
    entries: list[SeenEntry] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)  # ids of stored articles
    waiting: bool = False  # there is more than one poll takes
    kept_out: int = 0  # entries of articles that were removed from the archive

    @property
    def pending(self) -> bool:
        """Whether some entry is left for later, so that the feed has to be read whole next time."""
        return self.waiting or any(one.attempts for one in self.entries)


class Polling:
    """Gathers what is new in feeds."""

    def __init__(self, store: FeedStore, pages: Pages, fetcher: Fetcher, limits: Limits) -> None:
        self._store = store
        self._pages = pages
        self._fetcher = fetcher
        self._limits = limits

    def gather(self, feed: Feed) -> Gathered:
        """Fetch the feed, and the page of each entry that is new or has changed. Faults are told in what it gives."""
        gathered = Gathered(feed)
        try:
            fetched = self._fetcher.fetch(feed.url, "feed", Validators(feed.etag, feed.last_modified))
            if fetched.body is not None:
                self._read(fetched.body, fetched, gathered)
            gathered.fetched = fetched
        except (FetchError, ArticleRejected) as fault:
            gathered.fault = fault
        return gathered

    def _read(self, raw: bytes, fetched: Fetched, gathered: Gathered) -> None:
        told = ask_apart("feed", raw, fetched.url, self._limits, charset=fetched.charset)
        gathered.title, gathered.time_to_live = told["title"], told["ttl"]
        seen = self._store.seen(gathered.feed.url)
        deleted: dict[str, str] = {digest(one["id"]): one["when"] or "" for one in told["deleted"]}
        for entry_id, when in deleted.items():
            self._withdraw(entry_id, when, seen.get(entry_id), gathered)
        tombstones = {one.id: one.deleted for one in seen.values() if one.deleted is not None} | deleted
        known: set[str] = set()  # some feeds hold an entry twice
        for entry in (Entry(**one) for one in told["entries"]):
            before = seen.get(entry.digest)
            if entry.digest not in known and not _is_deleted(entry, tombstones) and _is_open(entry, before):
                gathered.waiting = len(gathered.units) >= _MOST_PAGES
                if gathered.waiting:
                    break
                self._take(entry, before, gathered)
            known.add(entry.digest)

    def _withdraw(self, entry_id: str, when: str, before: SeenEntry | None, gathered: Gathered) -> None:
        """A feed takes away what it brought, and nothing else: whatever came by another way stays."""
        if before is not None and before.deleted is not None:
            return
        if before is not None and before.brought and before.key and (stored := self._pages.stored(before.key)):
            gathered.withdrawn.append(stored.article.id)
        gathered.entries.append(SeenEntry(entry_id, "", before.key if before else None, deleted=when))

    def _take(self, entry: Entry, before: SeenEntry | None, gathered: Gathered) -> None:
        again = before is not None and before.deleted is not None  # published anew after it was deleted
        attempts = before.attempts + 1 if before is not None and before.mark == entry.mark else 1
        brought = before is not None and before.brought and not again
        try:
            article = self._article(entry, brought_back=again)
        except _RemovedError:
            gathered.kept_out += 1
            gathered.entries.append(SeenEntry(entry.digest, entry.mark, before.key if before else None))
        except (FetchError, ArticleRejected) as fault:
            passing = isinstance(fault, FetchFailed) and not isinstance(fault, FetchGone) and attempts < _ATTEMPTS
            gathered.units.append(rejection(fault) if isinstance(fault, FetchError) else fault)
            key = before.key if before else None
            gathered.entries.append(SeenEntry(entry.digest, entry.mark, key, brought, attempts if passing else 0))
        else:
            brought = brought or self._pages.stored(article.key) is None
            gathered.units.append(self._pages.unit(article))
            gathered.entries.append(SeenEntry(entry.digest, entry.mark, article.key, brought))

    def _article(self, entry: Entry, *, brought_back: bool) -> Article:
        """The entry's page, or what the feed holds of it. Raises FetchError, ArticleRejected and _RemovedError."""
        link = self._link(entry)
        if not brought_back:
            self._check_not_removed(key_of_url(link))
        try:
            article = self._pages.article(link, entry.stated)
        except (FetchError, ArticleRejected) as fault:
            article = self._in_full(link, entry, fault)
        if not brought_back:
            self._check_not_removed(article.key)
        return article

    def _link(self, entry: Entry) -> str:
        if canonical_url(entry.link) is None:
            where = entry.link or entry.id or entry.title or "an entry"
            raise ArticleRejected(where[:200], "the entry has no web address.", remedy="Save its text as a file.")
        return parse_url(entry.link).url

    def _in_full(self, link: str, entry: Entry, fault: FetchError | ArticleRejected) -> Article:
        """The feed's own text, unless the page was taken away or a version of it is stored. Raises `fault` else."""
        withdrawn = isinstance(fault, FetchGone) and fault.for_good
        if withdrawn or self._pages.stored(key_of_url(link)) is not None:
            raise fault
        try:
            return self._pages.content(link, entry.stated)
        except ArticleRejected:
            raise fault from None

    def _check_not_removed(self, key: str) -> None:
        """Who put a removed article back by hand has it polled again."""
        if self._store.was_removed(key) and self._pages.stored(key) is None:
            raise _RemovedError


class _RemovedError(Exception):
    """The article was removed from the archive."""


def _is_open(entry: Entry, before: SeenEntry | None) -> bool:
    """Whether an entry is new, has changed, or is to be tried again."""
    return before is None or before.mark != entry.mark or before.attempts > 0


def _is_deleted(entry: Entry, tombstones: Mapping[str, str | None]) -> bool:
    """RFC 6721: an entry that was updated after it was deleted is there again."""
    when = tombstones.get(entry.digest)
    return when is not None and not (when and entry.updated and entry.updated > when)


def off(fault: object) -> bool:
    """Whether a feed's fault says that it is gone for good."""
    return isinstance(fault, FetchGone) and fault.for_good
