from __future__ import annotations

from pathlib import Path

import pytest

from evals.errors import EvalError
from evals.reply import Reply
from evals.runs.journal import Journal

KEY = {"gold": "g", "code": "c"}
REPLIES = [Reply(case=f"case-{n}", text="Ünï\u2028code\n", status="answered", ms=n) for n in range(3)]


def filled(path: Path) -> Path:
    with Journal(path, KEY) as journal:
        for reply in REPLIES:
            journal.add(reply)
    return path


def test_what_was_added_is_kept(tmp_path: Path) -> None:
    with Journal(filled(tmp_path / "j"), KEY) as journal:
        assert journal.kept == REPLIES
        journal.add(Reply(case="more"))
    with Journal(tmp_path / "j", KEY) as journal:
        assert [r.case for r in journal.kept] == ["case-0", "case-1", "case-2", "more"]


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_line_that_was_cut_short_is_dropped_and_written_over(tmp_path: Path, cut: int) -> None:
    path = filled(tmp_path / "j")
    path.write_bytes(path.read_bytes()[:-cut])
    with Journal(path, KEY) as journal:
        assert journal.kept == REPLIES[:2]
        journal.add(REPLIES[2])
    with Journal(path, KEY) as journal:
        assert journal.kept == REPLIES


def test_a_journal_whose_first_line_was_cut_short_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "j"
    path.write_bytes(b'{"format"')
    with Journal(path, KEY) as journal:
        assert journal.kept == []


def test_a_journal_of_another_run_is_refused_by_what_differs(tmp_path: Path) -> None:
    path = filled(tmp_path / "j")
    with pytest.raises(EvalError, match=r"of another run \(another code\).*--fresh"):
        Journal(path, KEY | {"code": "new"})
    with Journal(path, KEY | {"code": "new"}, fresh=True) as journal:
        assert journal.kept == []


def test_a_line_in_the_middle_that_is_no_reply_is_named(tmp_path: Path) -> None:
    path = filled(tmp_path / "j")
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([lines[0], b"{}", *lines[2:]]))
    with pytest.raises(EvalError, match=r"j:2 can't be read"):
        Journal(path, KEY)


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="Choose another --out"):
        Journal(tmp_path / "none" / "j", KEY)
