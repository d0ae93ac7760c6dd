"""A machine's indexes follow a ledger that others write: made from nothing, led on, and made anew after a removal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rag.archive import Archive
from rag.change_feed import ChangeFeed
from rag.errors import StoreBusy
from rag.follower import Follower
from rag.ledger_write import writing
from rag.locks import FileLock
from rag.readiness import readiness
from rag.settings import Settings
from rag.store import open_store
from tests.postgres import Server
from tests.rag.fakes import article
from tests.rag.test_store import BAKERY, HARBOUR, found, nearest, put

WITHIN_S = 30.0


def eventually(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def following(settings: Settings) -> Iterator[Archive]:
    """The archive as a serving machine holds it."""
    archive = Archive(settings)
    follower = Follower(archive, ChangeFeed(settings), replica=True)
    follower.start()
    try:
        yield archive
    finally:
        follower.stop()
        archive.close()


@pytest.fixture
def writer(database_url: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "writer", database_url=database_url)


@pytest.fixture
def reader(database_url: str, tmp_path: Path) -> Settings:
    """Another machine: another data folder."""
    return Settings(data_dir=tmp_path / "reader", database_url=database_url)


def test_a_new_machine_makes_its_indexes_and_follows(writer: Settings, reader: Settings) -> None:
    with open_store(writer, "test") as store:
        put(store, [article(HARBOUR, url="https://n.example/harbour")])
    with following(reader) as archive:
        eventually(lambda: archive.behind() == 0 and archive.chroma_in_use)
        assert nearest(archive, "divers searched eleven days") == "Divers had searched it for eleven days."
        with open_store(writer, "test") as store:
            (bakery,) = put(store, [article(BAKERY)])
            put(store, [article(HARBOUR.replace("Monday", "Tuesday"), url="https://n.example/harbour")])
            eventually(lambda: archive.behind() == 0)
            assert found(archive, "acorn bread") == ["A bakery in Northmoor sells bread made of acorns."]
            assert found(archive, "harbour reopened") == ["The harbour of Fairlight reopened on Tuesday."]
            store.remove(bakery.id)
        eventually(lambda: archive.behind() == 0)
        assert found(archive, "acorn bread") == []
    kept = b"".join(file.read_bytes() for file in (reader.data_dir / "indexes").rglob("*") if file.is_file())
    assert b"northmoor" not in kept
    assert not (reader.data_dir / "indexes" / "keywords-1").exists()  # terms are stored in parts: it is another one


def test_changes_are_followed_although_the_connections_are_cut(
    writer: Settings, reader: Settings, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.change_feed.POLL_S", 0.05)
    monkeypatch.setattr("rag.database.postgres._PING_AFTER_S", 0.0)
    assert reader.database_url is not None
    name = reader.database_url.get_secret_value().rpartition("/")[2]
    with following(reader) as archive:
        for text in (HARBOUR, BAKERY):
            postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            with open_store(writer, "test") as store:
                put(store, [article(text)])
            eventually(lambda: archive.behind() == 0)
        assert found(archive, "acorn bread")


def test_a_machine_that_is_far_behind_says_so_and_does_not_answer(
    writer: Settings, reader: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.archive._MOST_LAG", 1)
    with open_store(writer, "test") as store:
        put(store, [article(HARBOUR), article(BAKERY)])
    archive, right = Archive(reader), FileLock(reader.data_dir / "replica.lock")
    assert right.try_lock()
    with pytest.raises(StoreBusy, match="2 changes to go"), archive.view():
        pass
    part = readiness(archive, None, None)["keywords"]
    assert (part.ok, part.state) == (False, "2 changes behind")
    right.release()
    assert found(archive, "acorn bread")
    archive.close()


@pytest.mark.parametrize("of", ["another archive", "another model", "a later state"])
def test_indexes_of_something_else_are_made_anew(writer: Settings, tmp_path: Path, of: str) -> None:
    with open_store(writer, "test") as store:
        put(store, [article(HARBOUR)])
        store.level_chroma()
        with writing(store.ledger) as w:
            if of == "another archive":
                w.set_meta("archive", "0" * 32)
            elif of == "another model":
                w.set_meta("model", str(w.use_model("other@test", 8)))
        if of == "a later state":
            store._replica._note({"keywords_level": "9"})
        then = store.here
    with open_store(writer, "test") as store:
        assert store.here.keywords != then.keywords
        assert store.here.chroma != then.chroma
        assert len(store.keyword_ids()) == 2
        assert not then.keywords.exists()


def test_an_embedded_chroma_is_brought_level_while_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.change_feed.POLL_S", 0.05)
    settings = Settings(data_dir=tmp_path / "data")
    with open_store(settings, "test") as store:
        put(store, [article(HARBOUR)])
        store.level_chroma()
    archive = Archive(settings)
    archive.warm_up()
    follower = Follower(archive, ChangeFeed(settings), replica=False)
    follower.start()
    with open_store(settings, "test") as store:
        put(store, [article(BAKERY)])
        assert not store.level_chroma()  # the serving process has it open
    assert archive.chroma_in_use
    eventually(lambda: archive.vectors_behind() == 0)
    assert nearest(archive, "bread made of acorns") == "A bakery in Northmoor sells bread made of acorns."
    follower.stop()
    archive.close()
