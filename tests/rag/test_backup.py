"""An archive copied while it is served and written to, and restored: the same answers, keys, records and feeds."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from rag.backup.making import _note_removed_since
from rag.cli.app import app
from rag.feed_store import FeedStore
from rag.keys import KeyStore
from rag.record_store import RecordStore
from tests.api.serving import served
from tests.api.test_commands import QUESTION, masked
from tests.command import ROOT, byline
from tests.forking import Forked
from tests.rag.test_crash import story

ASKED = (
    ("ask", QUESTION, "--json", "--explain"),
    ("quotes", "Diess", "--json"),
    ("articles", "list", "--json"),
)


def run(*arguments: str, data: Path) -> tuple[int, str]:
    """The exit code, and what it printed or what went wrong."""
    done = CliRunner().invoke(app, [*arguments, "--data-dir", str(data)])
    error = str(done.exception) if done.exception and not isinstance(done.exception, SystemExit) else ""
    return done.exit_code, done.stdout + error


@pytest.fixture(scope="module")
def made(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of an archive with keys, records and feeds, made while it is served."""
    folder = tmp_path_factory.mktemp("backups")
    # What other tests spent on models stands beside the archive that they share.
    source = Path(shutil.copytree(data, folder / "data", ignore=shutil.ignore_patterns("spending.sqlite3*")))
    (folder / "key").write_text(KeyStore(source).add("desk", "read")[1], encoding="utf-8")
    RecordStore(source).keep("check", {"id": "7" * 32, "checked_at": "2026-01-01T00:00:00+00:00"})
    FeedStore(source).add("https://news.example/feed")
    FeedStore(source).note_removed(["url:https://news.example/gone"])
    with served(source) as service:
        code, told = run("backup", str(folder / "backup"), data=source)
        assert not [line for line in service.log if "ERROR" in line]
    assert code == 0, told
    counts = f"4 articles, 4 versions, 10 passages in 4 files, {size(folder)} MB."
    assert told == f"Copied to {folder / 'backup'}: {counts}\n"
    return folder / "backup"


def size(folder: Path) -> str:
    return f"{sum(one.stat().st_size for one in (folder / 'backup').glob('*.sqlite3')) / 1e6:,.1f}"


def test_a_restored_archive_answers_the_same(data: Path, made: Path, tmp_path: Path) -> None:
    code, told = run("restore", str(made), data=tmp_path / "new")
    assert (code, told.startswith(f"Restored to {tmp_path / 'new'}: 4 articles")) == (0, True)
    for command in ASKED:
        assert masked(run(*command, data=tmp_path / "new")[1]) == masked(run(*command, data=data)[1])
    assert run("doctor", data=tmp_path / "new")[0] == 0
    whole = (made.parent / "key").read_text(encoding="utf-8")
    assert KeyStore(tmp_path / "new").judge(whole) is not None
    assert RecordStore(tmp_path / "new").get("check", "7" * 32)
    assert [one.url for one in FeedStore(tmp_path / "new").feeds()] == ["https://news.example/feed"]
    assert FeedStore(tmp_path / "new").was_removed("url:https://news.example/gone")
    assert not (tmp_path / "new" / ".restoring").exists()


def test_it_holds_no_secret_and_nobody_else_may_read_it(made: Path) -> None:
    whole = (made.parent / "key").read_text(encoding="utf-8")
    secret = whole.rpartition("_")[2].encode()
    assert {one.name for one in made.iterdir()} == {
        *(f"{name}.sqlite3" for name in ("ledger", "records", "keys", "feeds")),
        "manifest.json",
    }
    for one in made.glob("*.sqlite3"):
        assert one.stat().st_mode & 0o077 == 0
        assert secret not in one.read_bytes()


def test_a_copy_of_an_archive_that_is_being_written_is_one_state_of_it(tmp_path: Path) -> None:
    file, data = tmp_path / "many.jsonl", tmp_path / "data"
    rows = ({"id": str(n), "text": story(n, 1)} for n in range(1000))
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    command, env = ("-m", "tests.rag.ingest_in_child", "ingest", str(file)), os.environ | {"BYLINE_DATA_DIR": str(data)}
    with Forked(*command, stdout=subprocess.PIPE, cwd=ROOT, env=env) as child:
        assert child.stdout is not None
        counts = []
        for line in child.stdout:
            if line.startswith("stored ") and int(line.split()[1]) > max(counts, default=0):
                assert run("backup", str(tmp_path / f"backup{len(counts)}"), data=data)[0] == 0
                manifest = json.loads((tmp_path / f"backup{len(counts)}" / "manifest.json").read_text("utf-8"))
                counts.append(manifest["counts"]["articles"])
            if len(counts) == 3:
                child.kill()
                break
    assert 0 < counts[0] < counts[1] < counts[2] < 1000
    assert run("restore", str(tmp_path / "backup1"), data=tmp_path / "new")[0] == 0
    assert f"1 of {counts[1]} articles" in run("articles", "list", "--limit", "1", data=tmp_path / "new")[1]
    with closing(sqlite3.connect(tmp_path / "new" / "ledger.sqlite3")) as ledger:
        assert ledger.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert ledger.execute("pragma foreign_key_check").fetchall() == []
        lone = "select count(*) from passages where id not in (select passage_id from vectors)"
        assert ledger.execute(lone).fetchone() == (0,)


def test_what_is_not_as_it_was_written_is_not_restored(made: Path, tmp_path: Path) -> None:
    def spoiled(name: str) -> Path:
        return Path(shutil.copytree(made, tmp_path / name))

    flipped = spoiled("flipped")
    content = bytearray((flipped / "ledger.sqlite3").read_bytes())
    content[len(content) // 2] ^= 1
    (flipped / "ledger.sqlite3").write_bytes(content)
    lacking = spoiled("lacking")
    (lacking / "keys.sqlite3").unlink()
    unfinished = spoiled("unfinished")
    (unfinished / "manifest.json").unlink()
    leading = spoiled("leading")
    text = (leading / "manifest.json").read_text("utf-8")
    (leading / "manifest.json").write_text(text.replace("keys.sqlite3", "../keys.sqlite3"), encoding="utf-8")
    for backup, why in (
        (flipped, "ledger.sqlite3 is not as it was written"),
        (lacking, "keys.sqlite3 can't be read"),
        (unfinished, "it has no manifest"),
        (leading, "its manifest is of another version"),
        (tmp_path / "nowhere", "it has no manifest"),
    ):
        for more in ([], ["--verify"]):
            code, told = run("restore", str(backup), *more, data=tmp_path / "new")
            assert (code, why in told) == (1, True), told
        assert not list((tmp_path / "new").iterdir())
    code, told = run("restore", str(made), "--verify", data=tmp_path / "new")
    assert (code, told.startswith(f"Every file of {made} is as it was written: 4 articles")) == (0, True)


def test_nothing_is_overwritten(made: Path, data: Path, tmp_path: Path) -> None:
    assert "is not empty, and what it holds is not overwritten" in run("restore", str(made), data=data)[1]
    assert "is not empty" in run("backup", str(made), data=data)[1]
    assert "There is no archive" in run("backup", str(tmp_path / "b"), data=tmp_path / "none")[1]
    left = tmp_path / "new" / ".restoring"
    left.mkdir(parents=True)
    (left / "ledger.sqlite3").write_text("left by one that was killed", encoding="utf-8")
    assert run("restore", str(made), data=tmp_path / "new")[0] == 0
    told = byline("restore", str(made), data=tmp_path / "new")
    assert (told.returncode, "Traceback" in told.stderr) == (1, False)


def test_an_archive_in_postgresql_is_left_to_its_own_tools(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BYLINE_DATABASE_URL", "postgresql://byline:sesame@db.example/byline")
    code, told = run("backup", str(tmp_path / "b"), data=tmp_path / "new")
    assert (code, "pg_dump" in told, "sesame" in told) == (1, True, False)
    assert not list(tmp_path.iterdir())
    assert run("restore", str(made), "--verify", data=tmp_path / "new")[0] == 0


def test_an_archive_moves_to_postgresql(
    data: Path, made: Path, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {command: masked(run(*command, data=data)[1]) for command in ASKED}
    monkeypatch.setenv("BYLINE_DATABASE_URL", database_url)
    with monkeypatch.context() as killed:
        killed.setattr("rag.backup.pouring.in_shared", None)  # when the ledger is poured and the rest is not
        assert "NoneType" in run("restore", str(made), data=tmp_path / "new")[1]
    code, told = run("restore", str(made), data=tmp_path / "new")
    assert (code, told[:51]) == (0, "Restored to the database: 4 articles, 4 versions, 1")
    assert {command: masked(run(*command, data=tmp_path / "new")[1]) for command in ASKED} == answers
    assert run("doctor", data=tmp_path / "new")[0] == 0
    url = SecretStr(database_url)
    assert KeyStore(tmp_path, url).judge((made.parent / "key").read_text(encoding="utf-8")) is not None
    assert RecordStore(tmp_path, url).get("check", "7" * 32)
    assert FeedStore(tmp_path, url).was_removed("url:https://news.example/gone")
    assert "are not overwritten" in run("restore", str(made), data=tmp_path / "other")[1]
    (tmp_path / "more.txt").write_text(story(1, 1), encoding="utf-8")
    assert run("ingest", str(tmp_path / "more.txt"), data=tmp_path / "new")[0] == 0  # numbers go on
    assert {one.name for one in (tmp_path / "new").iterdir()} >= {"indexes", "replica.json"}
    assert not list((tmp_path / "new").glob(".restoring-*"))


def test_it_may_be_kept_wherever_fsspec_reaches(data: Path, tmp_path: Path) -> None:
    there = f"file://{tmp_path / 'far' / 'off'}"
    assert run("backup", there, data=data)[0] == 0
    assert "is not empty" in run("backup", there, data=data)[1]
    assert run("restore", there, "--verify", data=tmp_path / "x")[0] == 0
    assert run("restore", there, data=tmp_path / "new")[0] == 0
    assert "Valencia" in run("ask", QUESTION, data=tmp_path / "new")[1]
    assert "needs another package" in run("backup", "s3://bucket/folder", data=data)[1]
    assert "of no kind that is known" in run("restore", "gopher://x/y", data=tmp_path / "y")[1]
    assert "it has no manifest" in run("restore", f"file://{tmp_path}/none", data=tmp_path / "z")[1]


def test_what_was_removed_meanwhile_stays_removed(tmp_path: Path) -> None:
    for name in ("live", "copy"):
        FeedStore(tmp_path / name).add("https://news.example/feed")
    FeedStore(tmp_path / "live").note_removed(["url:https://news.example/late"])
    _note_removed_since(tmp_path / "live" / "feeds.sqlite3", tmp_path / "copy" / "feeds.sqlite3")
    assert FeedStore(tmp_path / "copy").was_removed("url:https://news.example/late")
