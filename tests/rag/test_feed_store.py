from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import StoreDamaged
from rag.feed_store import FILE, Feed, FeedStore, SeenEntry

URL = "https://valley.example/feed"


def test_a_feed_and_its_entries_come_back_as_they_were_kept(tmp_path: Path) -> None:
    store = FeedStore(tmp_path / "new")
    assert store.feeds() == []
    store.add(URL)
    feed = Feed(URL, "Málaga", '"1"', "yesterday", 1.5, 2.5, 3, "it failed.", off=True)
    entries = [SeenEntry("a", "m", "url:x", brought=True), SeenEntry("b", "n", attempts=2, deleted="")]
    store.polled(feed, entries)
    store.polled(feed, [replace(entries[1], attempts=3)])
    assert FeedStore(tmp_path / "new").feeds() == [feed]
    assert store.seen(URL) == {"a": entries[0], "b": replace(entries[1], attempts=3)}
    assert store.seen("https://other.example/") == {}


def test_a_poll_does_not_bring_back_a_feed_that_was_removed_meanwhile(tmp_path: Path) -> None:
    store = FeedStore(tmp_path)
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
