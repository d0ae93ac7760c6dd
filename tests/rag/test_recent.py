"""What is kept of questions asked before, and when it no longer counts."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

from rag.recent import Recent
from rag.settings import load_settings
from rag.wiring import open_byline
from tests.command import ROOT, byline

QUESTION = "Who retired as lighthouse keeper of Fenwick Point?"
STORY = "Ada Brook retired as lighthouse keeper of Fenwick Point on Monday. The lamp is now switched from Leith."


def test_the_least_lately_asked_goes_first() -> None:
    kept: Recent[int] = Recent(2)
    for key in ("a", "b", "a", "c"):
        kept.get(key, lambda: 1)
    assert (kept.hits, kept.misses) == (1, 3)
    assert kept.get("a", lambda: 2) == 1
    assert kept.get("b", lambda: 2) == 2


def test_what_fails_is_not_kept() -> None:
    kept: Recent[int] = Recent(2)
    try:
        kept.get("a", lambda: 1 // 0)
    except ZeroDivisionError:
        assert kept.get("a", lambda: 2) == 2


def test_many_threads_get_their_own_values() -> None:
    kept: Recent[int] = Recent(8)
    wrong: list[int] = []

    def ask(n: int) -> None:
        for turn in range(500):
            key = (n * turn) % 20
            if kept.get(key, partial(int, key)) != key:
                wrong.append(key)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_changed_archive_is_asked_anew(tmp_path: Path) -> None:
    story = tmp_path / "keeper.txt"
    story.write_text(STORY, encoding="utf-8")
    assert byline("ingest", str(story), str(ROOT / "corpus"), data=tmp_path / "data").returncode == 0
    with open_byline(load_settings(data_dir=tmp_path / "data")) as library:
        first, again = library.ask(QUESTION).answer, library.ask(QUESTION).answer
        assert (library.chain.recent.hits, first.text, first.citations) == (1, again.text, again.citations)
        assert first.id != again.id
        assert "rerank" in first.timings_ms
        assert "rerank" not in again.timings_ms
        story.write_text(STORY.replace("Ada", "Ida"), encoding="utf-8")
        assert byline("ingest", str(story), data=tmp_path / "data").returncode == 0
        assert "Ida Brook" in library.ask(QUESTION).answer.text


def test_what_is_not_to_be_kept_is_made_again() -> None:
    kept: Recent[int] = Recent(2)
    assert kept.get("a", lambda: 1, lambda: False) == 1
    assert kept.get("a", lambda: 2) == 2
    assert kept.get("a", lambda: 3) == 2
