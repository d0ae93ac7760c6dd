"""Tables made at once and tables led on by the revisions are the same; what is in them stays."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from rag import schema as s
from rag.database.migrate import FIRST, HEAD, configuration, upgrade
from rag.database.sqlite import SqliteFile
from rag.errors import StoreDamaged
from rag.ledger import Ledger
from rag.settings import Settings


def before_revisions(settings: Settings) -> None:
    """A ledger as it was made before there were revisions, with an article in it."""
    database = SqliteFile.ledger(settings.ledger_path)
    with database.writing() as connection:
        command.upgrade(configuration(connection), FIRST)
        connection.exec_driver_sql("DROP TABLE alembic_version")
        connection.exec_driver_sql("INSERT INTO meta VALUES ('schema', '2')")
        connection.exec_driver_sql("INSERT INTO articles VALUES ('a1', 3, NULL)")
    database.close()


def made(path: Path) -> dict[str, str]:
    """The definition of each table and index."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    connection.close()
    return {name: re.sub(r"\s*([(),]|\s)\s*", r"\1", sql).replace(",)", ")") for name, sql in rows}


def test_a_folder_from_before_there_were_revisions_is_led_on_in_place(tmp_path: Path) -> None:
    old, new = Settings(data_dir=tmp_path / "old"), Settings(data_dir=tmp_path / "new")
    before_revisions(old)
    for settings in (old, old, new):
        ledger = Ledger(settings)
        with ledger.snapshot() as snapshot:
            assert len(snapshot.meta("archive") or "") == 32
            assert snapshot.counts()["articles"] == (1 if settings is old else 0)
            assert compare_metadata(MigrationContext.configure(snapshot.connection), s.metadata) == []
        ledger.close()
    assert made(old.ledger_path) == made(new.ledger_path)


def test_the_newest_revision_is_the_one_the_code_reads(tmp_path: Path) -> None:
    database = SqliteFile.ledger(tmp_path / "ledger.sqlite3")
    with database.writing() as connection:
        assert ScriptDirectory.from_config(configuration(connection)).get_heads() == [HEAD]
    database.close()


@pytest.mark.parametrize(
    "change", ["UPDATE alembic_version SET version_num = '9999'", "UPDATE meta SET value = '1' WHERE name = 'schema'"]
)
def test_what_another_version_wrote_is_refused_and_left_alone(tmp_path: Path, change: str) -> None:
    settings = Settings(data_dir=tmp_path)
    before_revisions(settings)
    if "alembic" in change:
        Ledger(settings).close()
    with sqlite3.connect(settings.ledger_path) as connection:
        connection.execute(change)
    connection.close()
    then = settings.ledger_path.read_bytes()
    with pytest.raises(StoreDamaged, match="this version of Byline reads revision"):
        Ledger(settings)
    assert settings.ledger_path.read_bytes() == then


def test_an_upgrade_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data_dir=tmp_path)
    before_revisions(settings)
    then = made(settings.ledger_path)
    database = SqliteFile.ledger(settings.ledger_path)
    with pytest.raises(RuntimeError), database.writing() as connection:  # noqa: PT012 - the block is what fails
        upgrade(connection)
        raise RuntimeError
    database.close()
    assert made(settings.ledger_path) == then


def test_a_file_that_is_no_ledger_is_told_and_left_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    settings.ledger_path.write_bytes(b"no database at all, but long enough to be looked at" * 20)
    with pytest.raises(StoreDamaged, match="can't be read as a ledger"):
        Ledger(settings)
    assert settings.ledger_path.read_bytes().startswith(b"no database")
