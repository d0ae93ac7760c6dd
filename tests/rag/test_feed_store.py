from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import StoreDamaged
from rag.feed_store import FILE, Feed, FeedStore, SeenEntry
from rag.settings import Settings

URL = "https://valley.example/feed"


@pytest.fixture
def store(settings: Settings) -> FeedStore:
    return FeedStore(settings.data_dir, settings.database_url)


def test_a_feed_and_its_entries_come_back_as_they_were_kept(settings: Settings, store: FeedStore) -> None:
    assert store.feeds() == []
    store.add(URL)
    feed = Feed(URL, "Málaga", '"1"', "yesterday", 1.5, 2.5, 3, "it failed.", off=True)
    entries = [SeenEntry("a", "m", "url:x", brought=True), SeenEntry("b", "n", attempts=2, deleted="")]
    store.polled(feed, entries)
    store.polled(feed, [replace(entries[1], attempts=3)])
    assert FeedStore(settings.data_dir, settings.database_url).feeds() == [feed]
    assert store.seen(URL) == {"a": entries[0], "b": replace(entries[1], attempts=3)}
    assert store.seen("https://other.example/") == {}


def test_a_feed_that_was_off_is_polled_again_when_it_is_added_again(store: FeedStore) -> None:
    assert store.add(URL)
    store.polled(Feed(URL, failures=9, off=True))
    assert not store.add(URL)
    assert store.feeds() == [Feed(URL)]


def test_a_feed_is_polled_by_one_machine_at_a_time(settings: Settings, store: FeedStore) -> None:
    store.add(URL)
    other = FeedStore(settings.data_dir, settings.database_url)
    with store.polling(URL) as first, other.polling(URL) as second:
        assert first == Feed(URL)
        assert second == (None if settings.database_url else Feed(URL))  # a file has one service
        with other.polling("https://other.example/") as unknown:
            assert unknown is None
    with other.polling(URL) as again:
        assert again == Feed(URL)


def test_a_removed_article_is_known_by_its_key(store: FeedStore) -> None:
    store.add(URL)
    store.polled(Feed(URL), [SeenEntry("a", "m", "url:x"), SeenEntry("b", "n", "url:y")])
    assert not store.was_removed("url:x")
    store.note_removed(["url:x", "url:z"])
    store.note_removed(["url:x"])
    assert [store.was_removed(f"url:{name}") for name in "xyz"] == [True, False, True]
    assert [one.key for one in store.seen(URL).values()] == [None, "url:y"]


def test_a_poll_does_not_bring_back_a_feed_that_was_removed_meanwhile(store: FeedStore) -> None:
    store.add(URL)
    store.remove(URL)
    store.polled(Feed(URL), [SeenEntry("a", "m")])
    assert store.feeds() == []
    assert store.seen(URL) == {}


def test_a_damaged_file_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all, but long enough to be looked at" * 20)
    with pytest.raises(StoreDamaged, match="feeds"):
        FeedStore(tmp_path).feeds()
    assert (tmp_path / FILE).read_bytes().startswith(b"no database")
