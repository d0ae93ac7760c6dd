"""Feeds as they are parsed apart, the broken and the hostile ones among them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.errors import ArticleRejected
from rag.ingest.feed import MOST_ENTRIES, read_feed
from rag.ingest.limits import Limits
from rag.ingest.sandbox import ask_apart
from tests.rag.news import Item, atom, rss

WHERE = "https://valley.example/feed"


def parsed(feed: str | bytes, charset: str | None = None) -> dict[str, Any]:
    return ask_apart("feed", feed.encode() if isinstance(feed, str) else feed, WHERE, Limits(), charset=charset)


def test_atom_gives_entries_and_tombstones() -> None:
    item = Item("/storm", "Storms &amp; <b>gales</b>", "urn:1", "2024-03-05T12:00:00+02:00", "<p>A storm.</p>")
    told = parsed(atom(item, deleted=(("urn:2", "2024-03-06T01:00:00+01:00"), ("urn:3", "then"))))
    assert told["title"] == "Valley News"
    assert told["deleted"] == [{"id": "urn:2", "when": "2024-03-06T00:00:00+00:00"}, {"id": "urn:3", "when": None}]
    assert told["entries"] == [
        {
            "id": "urn:1",
            "link": "https://valley.example/storm",
            "title": "Storms &amp; <b>gales</b>",
            "published": "2024-03-05T10:00:00+00:00",
            "updated": "2024-03-05T10:00:00+00:00",
            "content": "<p>A storm.</p>",
        }
    ]


def test_rss_gives_entries_and_its_time_to_live() -> None:
    told = parsed(
        rss(Item("https://valley.example/1", content="<p>One.</p>"), Item("https://valley.example/2"), ttl=90)
    )
    assert (told["title"], told["ttl"]) == ("Valley & Hill", 90)
    assert [one["link"] for one in told["entries"]] == ["https://valley.example/1", "https://valley.example/2"]
    assert told["entries"][0]["published"] == "2024-03-05T10:00:00+00:00"
    assert told["entries"][0]["content"] == "<p>One.</p>"


def test_scripts_in_an_entry_are_left_out() -> None:
    (one,) = parsed(atom(Item("/a", content="<p onclick=x()>A</p><script>alert(1)</script>")))["entries"]
    assert one["content"] == "<p>A</p>"


@pytest.mark.parametrize("charset", [None, "utf-8"])
def test_a_feed_without_a_declaration_is_utf_8(charset: str | None) -> None:
    feed = rss(Item("https://valley.example/1", "Málaga – “storm”"))
    assert parsed(feed, charset)["entries"][0]["title"] == "Málaga – “storm”"
    assert parsed(feed.encode("cp1252", "replace"), "windows-1252")["entries"][0]["title"] == "Málaga – “storm”"


def test_a_broken_feed_gives_what_can_be_read() -> None:
    whole = rss(Item("https://valley.example/1"), Item("https://valley.example/2"))
    told = parsed(whole[: whole.rindex("<guid>")])
    assert told["entries"][0]["link"] == "https://valley.example/1"
    assert parsed(whole.replace("storm", "storm & gale"))["entries"]


@pytest.mark.parametrize(
    "raw", [b"<html><body>hello</body></html>", b"no xml", b"{}", b"/etc/passwd", b"<rss", b"\0\1"]
)
def test_what_is_no_feed_is_rejected(raw: bytes) -> None:
    with pytest.raises(ArticleRejected, match="not a feed"):
        parsed(raw)


def test_the_name_of_a_file_is_not_opened(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(rss(Item("https://valley.example/1")), encoding="utf-8")
    with pytest.raises(ArticleRejected, match="not a feed"):
        parsed(str(file))


def test_an_external_entity_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("THE SECRET", encoding="utf-8")
    secret = (tmp_path / "secret").as_uri()
    kind = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret}"><!ENTITY % y SYSTEM "{secret}"> %y;]>'
    assert "SECRET" not in str(parsed(kind + rss(Item("https://valley.example/1", "T &x;")).replace("&amp;x;", "&x;")))
    head = '<?xml version="1.0" encoding="utf-8"?>'
    hostile = atom(Item("/a"), deleted=(("&x;", "2024-01-01"),)).replace(head, head + kind)
    assert "SECRET" not in str(parsed(hostile))


def test_entities_that_unfold_to_gigabytes_are_harmless() -> None:
    names = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{names}]>' + rss(Item("https://valley.example/1", "X"))
    assert len(str(parsed(bomb.replace("<title>X", "<title>&l9;")))) < 5_000


def test_a_feed_with_very_many_entries_is_cut() -> None:
    told = parsed(rss(*(Item(f"https://valley.example/{n}") for n in range(MOST_ENTRIES + 5))))
    assert len(told["entries"]) == MOST_ENTRIES


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.text(alphabet=st.sampled_from("<>/&;[]!?\"'= \n" + "rsitemlnkguda:x-0é\ufffe"), max_size=60),
    st.integers(min_value=0, max_value=300),
)
def test_any_damage_gives_entries_or_a_rejection(noise: str, at: int) -> None:
    whole = atom(Item("/a"), Item("/b"))
    raw = (whole[:at] + noise + whole[at + len(noise) :]).encode("utf-8", "replace")
    try:
        told = read_feed(raw, WHERE, None)
    except ArticleRejected:
        return
    for one in told["entries"]:
        assert isinstance(one["id"], str)
        assert isinstance(one["link"], str)
