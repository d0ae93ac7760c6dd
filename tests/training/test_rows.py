from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import InputError
from tests.training.rows_folder import write_rows
from training import rows as rows_module
from training.rows import HELD_OUT, Rows


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    monkeypatch.setattr(rows_module, "TEST_PAIRS", 20)
    return Rows(write_rows(tmp_path / "rows", many=200))


def test_no_premise_is_on_two_sides(rows: Rows) -> None:
    sides = [{row.premise for row in rows.pairs(split)} for split in ("train", "dev", "test")]
    assert all(sides)
    assert not sides[0] & sides[1]
    assert not sides[0] & sides[2]
    assert not sides[1] & sides[2]


def test_test_pairs_are_as_many_as_asked_and_of_the_named_sources(rows: Rows) -> None:
    assert len(rows.pairs("test")) == 20
    assert {row.source for row in rows.pairs("test")} <= set(HELD_OUT)


def test_the_published_test_questions_are_never_trained_on(rows: Rows) -> None:
    tested = {row.passage for row in rows.questions("test")}
    assert {row.id.rpartition("-")[0] for row in rows.questions("test")} == {"squad2-dev"}
    for split in ("train", "dev"):
        assert all(not row.id.startswith("squad2-dev") for row in rows.questions(split))
        assert not tested & {row.passage for row in rows.questions(split)}
    assert not tested & {row.passage for row in rows.judged}


def test_held_out_questions_share_no_passage_with_what_is_trained_on(rows: Rows) -> None:
    held = {row.passage for row in rows.questions("dev")}
    assert held
    assert not held & {row.passage for row in rows.questions("train")}
    assert not held & {row.passage for row in rows.judged}


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\[paths\] rows"):
        Rows(tmp_path / "nowhere").pairs("train")
