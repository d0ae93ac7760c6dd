"""Vectors on Chroma servers that die, come back, lose what they had, refuse or stall."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from rag.archive import Archive
from rag.chroma.servers import routes
from rag.chroma.wire import Route, Wire
from rag.doctor import examine, repair
from rag.errors import ChromaRefused, ChromaUnreachable, SettingsError
from rag.settings import Settings, load_settings
from rag.store import open_store
from tests.chroma import ChromaServer, asking_for, busy_at_first, silent_server
from tests.rag.fakes import WordEmbedder, article
from tests.rag.test_store import BAKERY, HARBOUR, put

WITHIN_S = 20.0
TEXTS = [HARBOUR, BAKERY, *(f"Note {n} from the archive.\n\nIt tells of matter {n}." for n in range(8))]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits seconds in earnest waits less here."""
    monkeypatch.setattr("rag.chroma.shards.LOOK_EVERY_S", 0.05)
    monkeypatch.setattr("rag.chroma.shard._REST_S", 0.2)


@contextmanager
def stored(folder: Path, url: str, **more: object) -> Iterator[tuple[Settings, Archive]]:
    """An archive of TEXTS whose vectors are on servers, opened as a process that stays does."""
    settings = load_settings(data_dir=folder / "data", chroma_url=url, **more)
    with open_store(settings, "test") as store:
        put(store, map(article, TEXTS))
        store.level_chroma()
    archive = Archive(settings)
    try:
        yield settings, archive
    finally:
        archive.close()


def searched(archive: Archive, words: str) -> tuple[list[int], list[str]]:
    """Passage ids, best first, and what the search had to go without."""
    with archive.view() as view:
        hits = view.dense.search(WordEmbedder().embed([words])[0], 3)
        return [i for i, _ in hits], [one.text for one in view.dense.notices]


def eventually(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def urls(servers: list[ChromaServer]) -> str:
    return ",".join(one.url for one in servers)


def test_what_was_written_while_a_server_was_down_is_brought_level(tmp_path: Path, servers: list[ChromaServer]) -> None:
    with stored(tmp_path, urls(servers[:1])) as (settings, archive):
        before = searched(archive, "divers searched the harbour")
        assert (before[0][0], before[1]) == (1, [])
        servers[0].kill()
        silent = ["The Chroma server does not answer: passages were found by their words alone."]
        assert searched(archive, "divers searched the harbour") == ([], silent)
        with open_store(settings, "test") as store:
            put(store, [article("A late story of an otter.\n\nIt swam.")])
            with pytest.raises(ChromaUnreachable, match="can't be reached"):
                store.level_chroma()
        assert searched(archive, "a story of an otter") == ([21, 22], silent)  # what it never had is in memory
        servers[0].start()
        eventually(lambda: not searched(archive, "divers searched the harbour")[1])
        assert searched(archive, "divers searched the harbour")[0] == before[0]
        assert archive.vectors_behind() == 1
        archive.level_chroma()
        assert archive.vectors_behind() == 0
        assert searched(archive, "a story of an otter")[0][0] == 21
        with open_store(settings, "test") as store:
            assert all(one.ok for one in examine(store))


def test_a_server_that_is_killed_while_it_is_written_to(tmp_path: Path, servers: list[ChromaServer]) -> None:
    with stored(tmp_path, urls(servers[:1])) as (settings, _), open_store(settings, "test") as store:
        store.remove(article(BAKERY).id)
        put(store, map(article, ("One more.", "And another.")))
        with pytest.raises(ChromaUnreachable):  # between what was added and the word that it was
            store.level_chroma(lambda _: servers[0].kill())
        servers[0].start()
        eventually(lambda: all(one.ok for one in examine(store)))


def test_a_server_that_lost_its_folder_is_filled_anew(tmp_path: Path, servers: list[ChromaServer]) -> None:
    with stored(tmp_path, urls(servers)) as (settings, archive):
        before = searched(archive, "bread made of acorns")
        servers[1].kill()
        silent = ["1 of 2 Chroma servers does not answer: what they hold was found by its words alone."]
        found, notices = searched(archive, "bread made of acorns")
        assert notices == silent
        assert len({i % 2 for i in found}) == 1
        assert set(before[0]) & {i for i in range(21) if i % 2 == found[0] % 2} <= set(found)
        shutil.rmtree(servers[1].folder)
        servers[1].folder.mkdir()
        servers[1].start()
        eventually(lambda: searched(archive, "bread made of acorns") == before)  # compared exactly meanwhile
        assert archive.vectors_behind() > 0
        archive.level_chroma()
        assert archive.vectors_behind() == 0
        with open_store(settings, "test") as store:
            assert all(one.ok for one in examine(store))


def test_doctor_finds_what_a_server_lacks_and_repairs_it(tmp_path: Path, servers: list[ChromaServer]) -> None:
    with stored(tmp_path, urls(servers)) as (settings, archive), open_store(settings, "test") as store:
        before = searched(archive, "bread made of acorns")
        shard = archive.shards()[1]
        shard.drop([3, 5])
        shard.add([5], WordEmbedder().embed(["something else"]))
        findings = examine(store)
        told = [(one.subject, one.detail) for one in findings if not one.ok]
        assert told == [
            ("chroma 2 of 2", "1 passages missing, 0 not in the ledger, 0 doubled"),
            ("chroma 2 of 2", "2 sampled vectors are not the ledger's"),
        ]
        repair(store, findings)
        assert all(one.ok for one in examine(store))
        assert searched(archive, "bread made of acorns") == before


def test_removed_passages_leave_the_servers(tmp_path: Path, servers: list[ChromaServer]) -> None:
    with stored(tmp_path, urls(servers)) as (settings, archive):
        with open_store(settings, "test") as store:
            store.remove(article(BAKERY).id)
        held = set().union(*(one.collection.ids() for one in archive.shards() if one.look()))
        assert held == {1, 2, *range(5, 21)}
        assert not {3, 4} & set(searched(archive, "bread made of acorns")[0])


def test_a_header_that_is_missing_or_wrong_is_told(tmp_path: Path, servers: list[ChromaServer]) -> None:
    with asking_for("X-Desk", "open sesame", servers[0].url) as url:
        let_in = SecretStr("X-Desk: open sesame; X-Other: 1")
        with stored(tmp_path, url, chroma_headers=let_in) as (settings, archive):
            assert searched(archive, "harbour")[0]
        other = settings.model_copy(update={"chroma_headers": SecretStr("X-Desk: guess")})
        with open_store(other, "test") as store:
            put(store, [article("More.")])
            with pytest.raises(ChromaUnreachable, match=r"lets no such request in \(HTTP 401\)") as told:
                store.level_chroma()
    assert "BYLINE_CHROMA_HEADERS" in str(told.value)
    assert "guess" not in str(told.value) + repr(other)


@pytest.mark.parametrize("retries", [0, 2])
def test_a_request_is_sent_again_to_who_was_busy(servers: list[ChromaServer], retries: int) -> None:
    with busy_at_first(2, servers[0].url) as url:
        wire = Wire(Route(url, {}, None, None, 5, retries))
        if retries:
            assert wire.most_added > 0
        else:
            with pytest.raises(ChromaRefused, match="HTTP 503"):
                _ = wire.most_added
        wire.close()


def test_a_server_that_was_down_at_first_is_asked_when_it_comes(tmp_path: Path, servers: list[ChromaServer]) -> None:
    with stored(tmp_path, servers[0].url) as (settings, _):
        servers[0].kill()
        archive = Archive(settings)
        assert searched(archive, "divers searched the harbour")[1]
        servers[0].start()
        eventually(lambda: not searched(archive, "divers searched the harbour")[1])
        archive.close()


def test_a_server_that_stalls_costs_a_search_its_time_once(tmp_path: Path, servers: list[ChromaServer]) -> None:
    with silent_server() as url, stored(tmp_path, servers[0].url) as (settings, _):
        settings = settings.model_copy(update={"chroma_url": f"{servers[0].url},{url}", "chroma_timeout_s": 0.4})
        archive = Archive(settings)
        took = []
        for _ in range(3):
            started = time.monotonic()
            _, notices = searched(archive, "divers searched the harbour")
            took.append(time.monotonic() - started)
            assert notices
        archive.close()
    assert 0.3 < took[0] < 1.5
    assert max(took[1:]) < 0.3


@pytest.mark.parametrize(
    ("given", "because"),
    [
        ({"chroma_url": "cloud"}, "BYLINE_CHROMA_API_KEY"),
        ({"chroma_url": "http://a:1", "chroma_headers": "sesame"}, "BYLINE_CHROMA_HEADERS"),
        ({"chroma_url": "http://user:sesame@a:1"}, "BYLINE_CHROMA_URL"),
    ],
)
def test_settings_that_cant_be_used_are_told_without_what_they_hold(given: dict[str, str], because: str) -> None:
    with pytest.raises(SettingsError, match=because) as told:
        routes(load_settings(**given))
    assert "sesame" not in str(told.value)


def test_servers_are_the_same_in_any_order() -> None:
    one, other = "http://a:1, http://b:2/", "http://b:2,http://a:1"
    assert [r.url for r in routes(Settings(chroma_url=one))] == [r.url for r in routes(Settings(chroma_url=other))]


def test_machines_share_what_servers_hold(tmp_path: Path, servers: list[ChromaServer], database_url: str) -> None:
    with stored(tmp_path, servers[0].url, database_url=database_url) as (settings, _):
        other = Archive(settings.model_copy(update={"data_dir": tmp_path / "other"}))
        other.bring_level()
        with other.ledger.database.alone("vectors") as alone:  # what it finds it did not write
            assert alone
            assert searched(other, "divers searched the harbour")[1] == []
            with open_store(settings, "test") as store:
                put(store, [article("A late story of an otter.")])
                assert not store.level_chroma()
        assert other.vectors_behind() == 1
        other.level_chroma()
        assert other.vectors_behind() == 0
        other.close()


def test_cloud_is_asked_with_its_key_where_the_key_leads(
    tmp_path: Path, servers: list[ChromaServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    with asking_for("x-chroma-token", "sesame", servers[0].url) as url:
        for place in ("wire", "servers"):
            monkeypatch.setattr(f"rag.chroma.{place}.CLOUD", url)
        with stored(tmp_path, "cloud", chroma_api_key="sesame") as (_, archive):
            assert searched(archive, "divers searched the harbour")[1] == []
            assert archive.vectors_behind() == 0
