"""Data folders that earlier versions left, opened by today's: the same answers, permalinks and keys, nothing lost."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rag.doctor import examine
from rag.feed_store import FeedStore
from rag.jobs import open_ingest
from rag.keys import KeyStore
from rag.pipeline import Byline
from rag.record_store import RecordStore
from rag.records import answer_record
from rag.settings import Settings
from rag.store import open_store
from rag.wiring import open_byline
from tests.command import ROOT
from tests.upgrade.make import HERE, LATER, QUESTIONS

REVISIONS = {"before-revisions": None, "revision-0002": "0002"}
SAME = ("status", "text", "short_answer", "mode", "sentences", "citations")


@dataclass
class Left:
    """A folder as it was left, and what its service had said."""

    folder: Path
    told: dict[str, Any]


@pytest.fixture(scope="module", params=REVISIONS)
def left(request: pytest.FixtureRequest, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Left:
    where = tmp_path_factory.mktemp("left")
    with tarfile.open(HERE / f"{request.param}.tar.xz") as archive:
        archive.extractall(where, filter="data")
    folder = where / "data"
    with closing(sqlite3.connect(folder / "ledger.sqlite3")) as ledger:
        there = ledger.execute("SELECT name FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        found = ledger.execute("SELECT version_num FROM alembic_version").fetchone()[0] if there else None
    assert found == REVISIONS[request.param]
    shutil.copytree(data / "models", folder / "models")
    return Left(folder, json.loads((folder / "told.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def opened(left: Left) -> Iterator[Byline]:
    with closing(open_byline(Settings(data_dir=left.folder))) as byline:
        yield byline


@pytest.mark.parametrize("n", range(len(QUESTIONS)))
def test_it_answers_as_it_did(opened: Byline, left: Left, n: int) -> None:
    then, now = left.told["answers"][n], answer_record(opened.ask(QUESTIONS[n]).answer)
    assert {name: now[name] for name in SAME} == {name: then[name] for name in SAME}
    assert [one["passage"] for one in now["nearest"]] == [one["passage"] for one in then["nearest"]]


def test_permalinks_open_what_they_did(left: Left) -> None:
    records = RecordStore(left.folder)
    for kind, one in [*(("answer", each) for each in left.told["answers"]), ("check", left.told["check"])]:
        assert records.get(kind, one["id"]) == one


def test_keys_and_feeds_are_what_they_were(left: Left) -> None:
    key = KeyStore(left.folder).judge(left.told["key"])
    assert key is not None
    assert (key.name, key.scope) == ("desk", "write")
    assert [feed.url for feed in FeedStore(left.folder).feeds()] == ["https://news.example/feed"]


def test_nothing_is_lost_and_what_is_in_is_known(opened: Byline, left: Left) -> None:
    assert opened.counts()["articles"] == 3
    assert opened.counts()["versions"] == 4
    edited = next(one for one in left.told["answers"][1]["citations"] if one["article"]["version"] == 2)
    first, second = (opened.article_text(edited["article"]["id"], version) for version in (1, 2))
    assert second == first + LATER
    with open_store(Settings(data_dir=left.folder), "test") as store:
        assert [one for one in examine(store) if not one.ok] == []
    with open_ingest(Settings(data_dir=left.folder), [ROOT / "corpus"]) as job:
        assert job.run(lambda _: None).unchanged == 3
