"""What a command or a scheduler does with feeds: add, list, remove, poll."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from rag.errors import ArticleRejected, FetchFailed, NotFound, StoreBusy
from rag.feed_store import Feed, FeedStore
from rag.feeds.polling import Gathered, Polling, off
from rag.feeds.schedule import after_failure, next_due
from rag.fetch.urls import parse_url
from rag.ingestion import IngestReport
from rag.jobs import limits_of, open_units
from rag.ledger import Ledger
from rag.pages import Pages
from rag.settings import Settings
from rag.wiring import fetcher_of

log = logging.getLogger("byline.feeds")

Clock = Callable[[], float]

_PATIENCE_S = 60.0  # for another process that writes
_TURN_S = 0.2


@dataclass(frozen=True, slots=True)
class FeedReport:
    """How the poll of a feed went. `kept_out` counts entries whose articles were removed from the archive, `withdrawn`
    those that the feed took back. `fault` is why nothing was polled or stored.
    """

    feed: Feed
    articles: IngestReport = field(default_factory=IngestReport)
    withdrawn: int = 0
    kept_out: int = 0
    fault: str | None = None

    @property
    def faultless(self) -> bool:
        return self.fault is None and not self.articles.rejected


def add_feed(settings: Settings, url: str) -> bool:
    """False when it is there already. Raises FetchRefused for what is no web address."""
    return _store(settings).add(parse_url(url).url)


def get_feed(settings: Settings, url: str) -> Feed:
    """Raises NotFound."""
    address = parse_url(url).url
    found = next((feed for feed in list_feeds(settings) if feed.url == address), None)
    if found is None:
        raise NotFound(f"There is no feed {address}.", remedy="`byline feeds list` shows what there is.")
    return found


def list_feeds(settings: Settings) -> list[Feed]:
    return _store(settings).feeds()


def remove_feed(settings: Settings, url: str) -> None:
    """The articles that it brought stay. Raises NotFound."""
    _store(settings).remove(parse_url(url).url)


def _store(settings: Settings) -> FeedStore:
    return FeedStore(settings.data_dir, settings.database_url)


def due_feeds(settings: Settings, now: float) -> list[Feed]:
    """Those to be polled now, the longest due first."""
    due = [feed for feed in list_feeds(settings) if not feed.off and feed.due_at <= now]
    return sorted(due, key=lambda feed: feed.due_at)


def poll(
    settings: Settings, *, every_feed: bool = False, clock: Clock = time.time, patience_s: float = _PATIENCE_S
) -> Iterator[FeedReport]:
    """Poll the feeds that are due, or every one that is not off, and ingest what is new: a report for each feed.

    A feed's articles are stored together, and only then is it noted what was seen of it: an interruption costs the feed
    at hand, which the next poll reads again. Another process that writes is waited for, `patience_s` for each feed.
    """
    feeds = [one for one in list_feeds(settings) if not one.off] if every_feed else due_feeds(settings, clock())
    if not feeds:
        return
    store, fetcher, limits = _store(settings), fetcher_of(settings), limits_of(settings)
    ledger = Ledger(settings)
    try:
        polling = Polling(store, Pages(fetcher, ledger, limits), fetcher, limits)
        for feed in feeds:
            with store.polling(feed.url) as found:
                if found is None or (not every_feed and found.due_at > clock()):
                    continue  # another machine polls it, or has just done so
                report = _settled(polling.gather(found), settings, store, clock(), patience_s)
            yield report
            if report.articles.interrupted:
                return
    finally:
        ledger.close()


def _settled(gathered: Gathered, settings: Settings, store: FeedStore, now: float, patience_s: float) -> FeedReport:
    """Store what was gathered, and then note it."""
    if gathered.fetched is None:
        feed = _failed(gathered, settings.feed_minutes, now)
        store.polled(feed)
        return FeedReport(feed, fault=feed.fault)
    try:
        articles = _ingest(gathered, settings, patience_s)
    except StoreBusy as busy:
        return FeedReport(gathered.feed, fault=f"Nothing was stored. {busy}")
    if articles.interrupted:
        return FeedReport(gathered.feed, articles, fault="It was interrupted.")
    feed = _succeeded(gathered, settings.feed_minutes, now)
    store.polled(feed, gathered.entries)
    log.info("polled new=%d rejected=%d withdrawn=%d", articles.new, len(articles.rejected), len(gathered.withdrawn))
    return FeedReport(feed, articles, len(gathered.withdrawn), gathered.kept_out)


def _ingest(gathered: Gathered, settings: Settings, patience_s: float) -> IngestReport:
    """Raises StoreBusy when another process writes for long."""
    if all(isinstance(one, ArticleRejected) for one in gathered.units) and not gathered.withdrawn:
        return IngestReport(rejected=[one for one in gathered.units if isinstance(one, ArticleRejected)])
    ends = time.monotonic() + patience_s
    while True:
        try:
            with open_units(settings, gathered.units, "byline feeds poll") as job:
                for article_id in gathered.withdrawn:
                    with suppress(NotFound):
                        job.remove(article_id)
                return job.run(lambda _: None)
        except StoreBusy:
            if time.monotonic() >= ends:
                raise
            time.sleep(_TURN_S)


def _succeeded(gathered: Gathered, minutes: int, now: float) -> Feed:
    feed, fetched = gathered.feed, gathered.fetched
    assert fetched is not None  # noqa: S101 - the caller looked
    told = replace(feed, polled_at=now, due_at=next_due(now, minutes, gathered.time_to_live), failures=0, fault=None)
    if fetched.body is None:
        return told
    validators = (None, None) if gathered.pending else (fetched.validators.etag, fetched.validators.last_modified)
    return replace(told, title=gathered.title or feed.title, etag=validators[0], last_modified=validators[1])


def _failed(gathered: Gathered, minutes: int, now: float) -> Feed:
    feed, fault = gathered.feed, gathered.fault
    assert fault is not None  # noqa: S101 - there is one where nothing was fetched
    wait = fault.retry_after_s if isinstance(fault, FetchFailed) else None
    failures = feed.failures + 1
    due = after_failure(now, minutes, failures, wait)
    reason = f"{fault.reason} {fault.remedy}"
    if gone := off(fault):
        reason = "The feed is gone for good (HTTP 410); it is switched off. `byline feeds add` switches it on again."
    return replace(feed, polled_at=now, due_at=due, failures=failures, fault=reason, off=gone)
