"""`byline feeds`, as a user runs it; all but the interrupted poll in this process, for a new one takes seconds."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rag.cli.app import app
from rag.feeds.jobs import add_feed, list_feeds
from rag.settings import Settings
from tests.command import lend_model
from tests.forking import Forked
from tests.rag.news import Item, page, rss, story
from tests.web import Reply, dripping, web


def run(data: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["feeds", *arguments, "--data-dir", str(data)])
    return done.exit_code, done.stdout


def test_feeds_are_added_polled_listed_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.nice", lambda _: 0)  # this process goes on after the command
    with web() as site:
        feed = site.url("/feed")
        assert run(tmp_path, "poll") == (0, "0 feeds polled\n")
        assert run(tmp_path, "add", feed) == (0, "added\n")
        assert run(tmp_path, "add", feed) == (0, "it is there already\n")
        code, told = run(tmp_path, "poll", "--once")
        assert code == 3
        assert f"{feed}: its host has an address that is not public (loopback)." in told
        monkeypatch.setenv("BYLINE_FETCH_ALLOW", site.authority)
        site.pages["/feed"] = Reply(rss(Item(site.url("/gone")), ttl=60), kind="text/xml")
        assert run(tmp_path, "poll") == (0, "0 feeds polled\n")
        code, told = run(tmp_path, "poll", "--now")
        assert code == 3
        assert "1 rejected" in told
        assert f"rejected: {site.url('/gone')}: there is nothing (HTTP 404)." in told
    code, told = run(tmp_path, "list")
    assert "Valley & Hill · polled 20" in told
    assert json.loads(run(tmp_path, "list", "--json")[1])["title"] == "Valley & Hill"
    assert run(tmp_path, "remove", feed) == (0, "removed\n")
    assert run(tmp_path, "list") == (0, "0 feeds\n")


def test_an_interrupted_poll_keeps_what_it_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first feed is stored, the second hangs when Ctrl-C comes."""
    with web() as site:
        monkeypatch.setenv("BYLINE_FETCH_ALLOW", site.authority)
        feed = rss(Item(site.url("/oban")))
        site.pages |= {"/1": Reply(feed, kind="text/xml"), "/oban": Reply(page(story()))}
        site.pages["/2"] = Reply(raw=dripping(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.05))
        for path in ("/1", "/2"):
            add_feed(Settings(data_dir=tmp_path), site.url(path))
        lend_model(tmp_path)
        command = ("-m", "rag.cli", "feeds", "poll", "--data-dir", str(tmp_path))
        child = Forked(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        ends = time.monotonic() + 60
        while child.poll() is None and "/2" not in site.paths and time.monotonic() < ends:
            time.sleep(0.02)
        child.send_signal(signal.SIGINT)
        told, errors = child.communicate(timeout=30)
    assert child.returncode == 130, errors
    assert "Traceback" not in errors
    assert f"{site.url('/1')}: 1 new" in told
    first, second = list_feeds(Settings(data_dir=tmp_path))
    assert first.title == "Valley & Hill"
    assert second.polled_at is None
