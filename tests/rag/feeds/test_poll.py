"""Polling feeds of a real server into a real archive, at times that the test sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from rag.errors import FetchRefused, NotFound
from rag.feed_store import Feed
from rag.feeds.jobs import FeedReport, add_feed, due_feeds, list_feeds, poll, remove_feed
from rag.ingestion import IngestReport
from rag.jobs import open_ingest
from rag.ledger import Ledger
from rag.pages import key_of_url
from rag.settings import Settings
from rag.store import open_store
from rag.types import Article
from tests.rag.news import Item, atom, page, rss, story
from tests.web import Reply, Web, web

XML = "application/xml"


@dataclass
class Follower:
    """Who follows the feed `/feed` of a site. `now` is the time of the next poll."""

    site: Web
    settings: Settings
    now: float = 1_000_000.0

    def serve(self, feed: str, **pages: Reply) -> None:
        self.site.pages["/feed"] = Reply(feed, kind=XML, headers={"ETag": f'"{hash(feed)}"'})
        self.site.pages |= {f"/{name}": one for name, one in pages.items()}

    def poll(self, *, later: bool = True) -> FeedReport:
        """An hour later, which is when a feed without faults is due."""
        self.now += 3_600 if later else 0
        (report,) = poll(self.settings, clock=lambda: self.now)
        return report

    @property
    def feed(self) -> Feed:
        (feed,) = list_feeds(self.settings)
        return feed

    def link(self, name: str) -> str:
        return self.site.url(f"/{name}")

    def article(self, name: str) -> Article | None:
        ledger = Ledger(self.settings)
        try:
            with ledger.snapshot() as snapshot:
                found = snapshot.keyed(key_of_url(self.link(name)))
                return found.article if found else None
        finally:
            ledger.close()

    def remove(self, name: str) -> None:
        """As `byline articles remove` does."""
        article = self.article(name)
        assert article is not None
        with open_store(self.settings, "test") as store:
            store.remove(article.id)

    def ingest(self, name: str) -> IngestReport:
        """By hand."""
        with open_ingest(self.settings, [], [self.link(name)]) as job:
            return job.run(lambda _: None)

    def fetched(self, name: str) -> int:
        return self.site.paths.count(f"/{name}")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Preparing the embedding model takes longer than all else, so the archives of these tests share it."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture
def follower(tmp_path: Path, models: Path) -> Iterator[Follower]:
    (tmp_path / "models").symlink_to(models)
    with web() as site:
        settings = Settings(data_dir=tmp_path, fetch_allow=site.authority, fetch_timeout_s=5, read_passages=0)
        add_feed(settings, site.url("/feed"))
        yield Follower(site, settings)


def texts(*names: str) -> dict[str, Reply]:
    """A page for each name, each about a place of that name."""
    return {name: Reply(page(story(name.title()))) for name in names}


def test_new_entries_are_fetched_and_ingested_once(follower: Follower) -> None:
    follower.serve(rss(Item(follower.link("oban")), Item(follower.link("leith"))), **texts("oban", "leith"))
    report = follower.poll()
    assert (report.articles.new, report.faultless) == (2, True)
    article = follower.article("oban")
    assert article is not None
    assert article.published is not None
    assert (article.title, article.published.at) == ("Harbour closed after storm", "2024-03-05T10:00:00+00:00")
    follower.serve(rss(*(Item(follower.link(name)) for name in ("ayr", "oban", "leith"))), **texts("ayr"))
    assert follower.poll().articles.new == 1
    assert [follower.fetched(name) for name in ("feed", "oban", "leith", "ayr")] == [2, 1, 1, 1]


def test_what_the_page_does_not_say_the_feed_does(follower: Follower) -> None:
    follower.serve(atom(Item("/oban", "From the feed")), oban=Reply(story(), kind="text/plain"))
    follower.poll()
    article = follower.article("oban")
    assert article is not None
    assert article.title == "From the feed"
    head = '<meta name="datePublished" content="2023-01-01">'
    follower.serve(atom(Item("/leith", "From the feed")), leith=Reply(page(story("Leith"), "From the page", head)))
    follower.poll()
    article = follower.article("leith")
    assert article is not None
    assert article.published is not None
    assert (article.title, article.published.at) == ("From the page", "2023-01-01")


def test_what_the_feed_said_is_kept_when_the_page_is_fetched_by_hand(follower: Follower) -> None:
    follower.serve(atom(Item("/oban")), **texts("oban"))
    follower.poll()
    assert follower.ingest("oban").unchanged == 1
    follower.serve(atom(), oban=Reply(page(story(month="June"))))
    assert follower.ingest("oban").updated == 1
    article = follower.article("oban")
    assert article is not None
    assert article.published is not None
    assert article.published.day.isoformat() == "2024-03-05"


def test_an_unchanged_feed_is_not_sent_again(follower: Follower) -> None:
    follower.serve(rss(Item(follower.link("oban"))), **texts("oban"))
    follower.poll()
    etag = follower.feed.etag
    assert follower.poll().articles.articles == 0
    assert follower.site.requests[-1][1]["if-none-match"] == etag
    assert follower.fetched("oban") == 1
    assert follower.feed.etag == etag


def test_an_entry_that_changes_is_fetched_again(follower: Follower) -> None:
    follower.serve(atom(Item("/oban")), **texts("oban"))
    follower.poll()
    follower.serve(atom(Item("/oban", at="2024-03-06T10:00:00Z")), oban=Reply(page(story("Oban", "June"))))
    assert follower.poll().articles.updated == 1
    follower.serve(atom(Item("/oban", at="2024-03-07T10:00:00Z")), oban=Reply(status=404))
    assert "HTTP 404" in follower.poll().articles.rejected[0].reason
    article = follower.article("oban")
    assert article is not None
    assert "June" in article.text


# --- without the page


def test_the_whole_text_in_the_feed_stands_in_for_a_page(follower: Follower) -> None:
    full = f"<p>{story()}</p>"
    follower.serve(atom(Item("/oban", content=full)), oban=Reply(status=403))
    assert follower.poll().articles.new == 1
    article = follower.article("oban")
    assert article is not None
    assert "three boats" in article.text
    assert (article.title, article.url) == ("Harbour closed after storm", follower.link("oban"))


@pytest.mark.parametrize(("status", "content"), [(404, "A storm closed the harbour of Oban."), (410, story())])
def test_a_teaser_and_what_was_taken_away_do_not(follower: Follower, status: int, content: str) -> None:
    follower.serve(atom(Item("/oban", content=content)), oban=Reply(status=status))
    (rejected,) = follower.poll().articles.rejected
    assert f"HTTP {status}" in rejected.reason
    assert follower.article("oban") is None
    follower.poll()
    assert follower.fetched("oban") == 1


def test_the_feed_s_text_never_replaces_a_stored_page(follower: Follower) -> None:
    follower.serve(atom(Item("/oban")), **texts("oban"))
    follower.poll()
    follower.serve(atom(Item("/oban", content=story(month="June"))), oban=Reply(status=500))
    assert follower.poll().articles.rejected
    article = follower.article("oban")
    assert article is not None
    assert "May" in article.text


def test_what_fails_for_a_while_is_tried_again_and_given_up(follower: Follower) -> None:
    follower.serve(atom(Item("/oban"), Item("/leith")), oban=Reply(status=503), **texts("leith"))
    first = follower.poll()
    assert (first.articles.new, len(first.articles.rejected)) == (1, 1)
    for _ in range(6):
        follower.poll()
    assert (follower.fetched("oban"), follower.fetched("leith")) == (5, 1)
    follower.serve(atom(Item("/ayr")), ayr=Reply(status=503))
    follower.poll()
    follower.serve(atom(Item("/ayr")), **texts("ayr"))
    assert follower.poll().articles.new == 1


def test_a_bad_entry_does_not_stop_the_rest(follower: Follower) -> None:
    bad = (Item("javascript:alert(1)"), Item("http://10.0.0.1/x"), Item("http://2130706433/"), Item("http://a\\@b/"))
    picture = Reply("GIF89a", kind="image/gif")
    follower.serve(rss(*bad, Item(follower.link("png")), Item(follower.link("oban"))), png=picture, **texts("oban"))
    report = follower.poll()
    assert (report.articles.new, len(report.articles.rejected)) == (1, 5)
    assert follower.poll().articles.articles == 0


def test_a_very_long_feed_is_read_in_several_polls(follower: Follower) -> None:
    follower.serve(rss(*(Item(f"javascript:{n}") for n in range(105))))
    assert [len(follower.poll().articles.rejected) for _ in range(3)] == [100, 5, 0]
    assert follower.feed.etag


def test_what_can_not_be_stored_is_brought_by_the_next_poll(follower: Follower) -> None:
    follower.serve(rss(Item(follower.link("oban"))), **texts("oban"))
    with open_store(follower.settings, "another"):
        (busy,) = poll(follower.settings, patience_s=0)
    assert busy.fault
    assert "Nothing was stored" in busy.fault
    assert follower.feed.polled_at is None
    assert follower.poll().articles.new == 1


# --- tombstones


def test_an_article_that_was_removed_does_not_come_back(follower: Follower) -> None:
    follower.serve(atom(Item("/oban")), **texts("oban"))
    follower.poll()
    follower.remove("oban")
    follower.serve(atom(Item("/oban", at="2024-03-06T10:00:00Z"), Item("/oban?utm_source=x", id="urn:copy")))
    report = follower.poll()
    assert (report.articles.articles, report.kept_out) == (0, 2)
    assert follower.article("oban") is None
    kept = b"".join(file.read_bytes() for file in follower.settings.data_dir.glob("feeds.sqlite3*"))
    assert b"/feed" in kept
    assert b"/oban" not in kept
    assert follower.fetched("oban") == 1


def test_nor_by_an_address_that_leads_to_it(follower: Follower) -> None:
    follower.serve(atom(Item("/oban")), **texts("oban"))
    follower.poll()
    follower.remove("oban")
    canonical = page(story(), head=f'<link rel="canonical" href="{follower.link("oban")}">')
    follower.serve(atom(Item("/short", id="urn:short")), short=Reply(canonical))
    assert follower.poll().kept_out == 1
    assert follower.article("oban") is None


def test_one_removed_that_came_by_hand_is_not_brought_by_a_feed_until_put_back(follower: Follower) -> None:
    follower.site.pages |= {f"/{name}": one for name, one in texts("oban").items()}
    follower.ingest("oban")
    follower.remove("oban")
    follower.serve(atom(Item("/oban")))
    assert follower.poll().kept_out == 1
    follower.ingest("oban")
    follower.serve(atom(Item("/oban", at="2024-03-06T10:00:00Z")), oban=Reply(page(story(month="June"))))
    assert follower.poll().articles.updated == 1


def test_a_deleted_entry_takes_its_article_with_it(follower: Follower) -> None:
    follower.serve(atom(Item("/oban", id="urn:1"), Item("/leith", id="urn:2")), **texts("oban", "leith"))
    follower.poll()
    gone = (("urn:1", "2024-03-06T00:00:00Z"),)
    follower.serve(atom(Item("/oban", id="urn:1"), Item("/leith", id="urn:2"), deleted=gone))
    assert follower.poll().withdrawn == 1
    assert follower.article("oban") is None
    assert follower.article("leith")
    follower.serve(atom(Item("/oban", "Once more", id="urn:1")))
    assert follower.poll().articles.articles == 0
    follower.serve(atom(Item("/oban", id="urn:1", at="2024-03-07T00:00:00Z")))  # published anew, after it was deleted
    assert follower.poll().articles.new == 1


def test_a_feed_can_not_delete_what_it_did_not_bring(follower: Follower) -> None:
    follower.site.pages |= {f"/{name}": one for name, one in texts("oban").items()}
    follower.ingest("oban")
    follower.serve(atom(Item("/oban", id="urn:1")))
    assert follower.poll().articles.updated == 1  # the feed knows its date
    follower.serve(atom(deleted=(("urn:1", "2024-03-06T00:00:00Z"), ("urn:other", "2024-03-06T00:00:00Z"))))
    assert follower.poll().withdrawn == 0
    assert follower.article("oban")


# --- the feed itself


def test_failures_double_the_wait_and_success_ends_it(follower: Follower) -> None:
    follower.site.pages["/feed"] = Reply(status=500)
    waits = []
    for _ in range(3):
        report = follower.poll()
        assert report.fault
        assert "HTTP 500" in report.fault
        waits.append(follower.feed.due_at - follower.now)
        follower.now = follower.feed.due_at
    assert waits == [3_600, 7_200, 14_400]
    assert follower.feed.failures == 3
    follower.serve(rss(ttl=90))
    follower.poll(later=False)
    assert (follower.feed.failures, follower.feed.fault) == (0, None)
    assert follower.feed.due_at - follower.now == 90 * 60


def test_a_server_that_asks_for_time_gets_it(follower: Follower) -> None:
    follower.site.pages["/feed"] = Reply(status=429, headers={"Retry-After": "40000"})
    follower.poll()
    assert follower.feed.due_at - follower.now == 40_000
    assert due_feeds(follower.settings, follower.now + 39_999) == []
    assert list(poll(follower.settings, clock=lambda: follower.now + 39_999)) == []
    assert due_feeds(follower.settings, follower.now + 40_000)


def test_a_feed_that_is_gone_for_good_is_switched_off(follower: Follower) -> None:
    follower.site.pages["/feed"] = Reply(status=410)
    report = follower.poll()
    assert report.fault
    assert "switched off" in report.fault
    assert follower.feed.off
    assert list(poll(follower.settings, every_feed=True)) == []
    follower.serve(rss())
    assert not add_feed(follower.settings, follower.link("feed"))
    assert follower.poll().fault is None


@pytest.mark.parametrize("body", ["<html><body>hello</body></html>", "", "<rss"])
def test_what_is_no_feed_is_told_and_left_for_longer(follower: Follower, body: str) -> None:
    follower.serve(body)
    report = follower.poll()
    assert report.fault
    assert "not a feed" in report.fault
    assert follower.feed.failures == 1


def test_a_feed_of_the_inside_is_refused(follower: Follower) -> None:
    closed = follower.settings.model_copy(update={"fetch_allow": ""})
    (report,) = poll(closed, every_feed=True)
    assert report.fault
    assert "not public" in report.fault
    assert follower.site.requests == []


def test_feeds_are_added_once_and_removed_with_what_was_seen(follower: Follower) -> None:
    assert not add_feed(follower.settings, follower.link("feed") + "#top")
    with pytest.raises(FetchRefused):
        add_feed(follower.settings, "file:///etc/passwd")
    follower.serve(rss(Item(follower.link("oban"))), **texts("oban"))
    follower.poll()
    assert follower.feed.title == "Valley & Hill"
    remove_feed(follower.settings, follower.link("feed"))
    assert list_feeds(follower.settings) == []
    assert follower.article("oban")
    with pytest.raises(NotFound):
        remove_feed(follower.settings, follower.link("feed"))
