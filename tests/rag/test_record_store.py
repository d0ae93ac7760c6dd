from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import NotFound, StoreDamaged
from rag.record_store import FILE, RecordStore


def test_a_record_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    record = {"id": "a", "text": "Ålesund — “yes”", "checked_at": "2024-01-01T00:00:00+00:00"}
    RecordStore(tmp_path / "new").keep("check", record)
    assert RecordStore(tmp_path / "new").get("check", "a") == record


@pytest.mark.parametrize(("kind", "wanted"), [("check", "b"), ("answer", "a")])
def test_another_id_or_kind_is_not_found(tmp_path: Path, kind: str, wanted: str) -> None:
    store = RecordStore(tmp_path)
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
