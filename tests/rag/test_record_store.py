from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import NotFound, StoreDamaged
from rag.record_store import FILE, RecordStore
from rag.settings import Settings


@pytest.fixture
def store(settings: Settings) -> RecordStore:
    return RecordStore(settings.data_dir, settings.database_url)


def test_a_record_comes_back_as_it_was_kept(settings: Settings, store: RecordStore) -> None:
    record = {"id": "a", "text": "Ålesund — “yes”\0", "checked_at": "2024-01-01T00:00:00+00:00"}
    store.keep("check", record)
    assert RecordStore(settings.data_dir, settings.database_url).get("check", "a") == record


def test_old_records_are_forgotten_and_others_kept(store: RecordStore) -> None:
    assert store.forget("answer", "2024") == 0
    for name, day in (("old", "2024-01-01"), ("new", "2024-03-01")):
        store.keep("answer", {"id": name, "answered_at": f"{day}T00:00:00+00:00"})
    assert store.forget("answer", "2024-02-01") == 1
    assert store.get("answer", "new")


def test_what_came_out_how_is_counted_by_day(store: RecordStore) -> None:
    assert store.tallies("answer", "2024-01-02") == {}
    for day in ("2024-01-01", "2024-01-03", "2024-01-02", "2024-01-03"):
        store.tally("answer", "answered", day)
    store.tally("check", "refuted", "2024-01-03")
    assert list(store.tallies("answer", "2024-01-02").items()) == [
        ("2024-01-02", {"answered": 1}),
        ("2024-01-03", {"answered": 2}),
    ]


@pytest.mark.parametrize(("kind", "wanted"), [("check", "b"), ("answer", "a")])
def test_another_id_or_kind_is_not_found(store: RecordStore, kind: str, wanted: str) -> None:
    with pytest.raises(NotFound, match=f"no {kind} {wanted}"):
        store.get(kind, wanted)
    store.keep("check", {"id": "a"})
    with pytest.raises(NotFound):
        store.get(kind, wanted)


def test_a_damaged_file_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all, but long enough to be looked at" * 20)
    with pytest.raises(StoreDamaged, match="records"):
        RecordStore(tmp_path).keep("check", {"id": "a"})
    assert (tmp_path / FILE).read_bytes().startswith(b"no database")
