"""A ledger on a real PostgreSQL: its tables, its one writer, and what is told when it is gone."""

from __future__ import annotations

import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect

from rag import schema as s
from rag.database.choose import shared_engine
from rag.database.migrate import HEAD, configuration
from rag.database.postgres import PostgresDatabase, connect
from rag.database.tables import SHARED
from rag.errors import SettingsError, StoreBusy, StoreUnreachable
from rag.ledger import Ledger
from rag.ledger_write import writing
from rag.settings import Settings, load_settings
from rag.store import open_store
from tests.command import ROOT, byline, child_environment
from tests.forking import Forked
from tests.postgres import PASSWORD, Server
from tests.rag.fakes import WordEmbedder, admission, article


def wanted() -> MetaData:
    both = MetaData()
    for table in (*s.metadata.sorted_tables, *SHARED.sorted_tables):
        table.to_metadata(both)
    return both


def revision_and_faults(url: str) -> tuple[object, list[object]]:
    """The revision that a database is said to be of, and how its tables differ from the code's."""
    with shared_engine(url).connect() as connection:
        stamped = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return stamped, compare_metadata(MigrationContext.configure(connection), wanted())


def columns(url: str) -> dict[str, list[tuple[str, str, bool]]]:
    inspector = inspect(shared_engine(url))
    return {
        table: [(column["name"], str(column["type"]), column["nullable"]) for column in inspector.get_columns(table)]
        for table in sorted(inspector.get_table_names())
    }


def test_revisions_and_the_newest_tables_are_the_same(postgres: Server) -> None:
    led, made = postgres.empty(), postgres.empty()
    database = PostgresDatabase(connect(led))
    with database.writing() as connection:
        command.upgrade(configuration(connection), "head")
    assert revision_and_faults(led) == revision_and_faults(made) == (HEAD, [])
    assert columns(led) == columns(made)
    for engine in (database.engine, shared_engine(led), shared_engine(made)):
        engine.dispose()


def test_processes_that_start_on_an_empty_database_make_its_tables_once(postgres: Server, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=postgres.empty())
    code = "from rag.ledger import Ledger; from rag.settings import load_settings; Ledger(load_settings()).close()"

    def start() -> Forked:
        return Forked("-c", code, cwd=ROOT, env=child_environment(settings))

    assert [process.wait(60) for process in [start(), start(), start()]] == [0, 0, 0]


def admit_one(ledger: Ledger, text: str = "The harbour of Fairlight reopened on Monday.") -> None:
    with writing(ledger) as w:
        w.set_meta("model", str(w.use_model(WordEmbedder.identity, WordEmbedder.dimensions)))
        w.admit(admission(article(text)))


def write_patiently(settings: Settings, n: int) -> None:
    ledger = Ledger(settings)
    for turn in range(5):
        while True:
            try:
                admit_one(ledger, f"Story {n} of turn {turn} is told.")
                break
            except StoreBusy:
                continue


def test_changes_are_numbered_without_a_gap_whoever_writes(database_url: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=database_url)
    ledger = Ledger(settings)
    admit_one(ledger)
    with pytest.raises(ZeroDivisionError), writing(ledger) as w:  # noqa: PT012 - rolled back
        w.admit(admission(article("Never stored.")))
        _ = 1 / 0
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(write_patiently, [settings] * 3, range(3)))
    with ledger.snapshot() as snapshot:
        changes = snapshot.changes(0)
    assert [change.seq for change in changes] == list(range(1, 17))
    assert [change.first for change in changes] == list(range(1, 17))
    ledger.close()


def test_a_lost_connection_loses_the_lock_and_what_was_not_committed(
    database_url: str, postgres: Server, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, database_url=database_url)
    name = database_url.rpartition("/")[2]
    with open_store(settings, "first") as store:
        admit_one(store.ledger)
        with pytest.raises(StoreUnreachable), writing(store.ledger) as w:  # noqa: PT012 - the connection is cut
            w.admit(admission(article("This is never stored.")))
            postgres.run(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' "
                "AND application_name LIKE 'first, process%'"
            )
            w.admit(admission(article("Nor is this.")))
        with open_store(settings.model_copy(update={"data_dir": tmp_path / "other"}), "second") as second:
            admit_one(second.ledger, "What the second one writes is stored.")
            with pytest.raises(StoreUnreachable, match="writer's lock was lost"):
                admit_one(store.ledger, "The first one may no longer write.")
        with store.ledger.snapshot() as snapshot:
            assert snapshot.counts()["articles"] == 2


def test_a_writer_that_is_killed_lets_go_of_the_lock(database_url: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=database_url)
    code = (
        "import time; from rag.store import open_store; from rag.settings import load_settings\n"
        "with open_store(load_settings(), 'killed'):\n    print('ready', flush=True); time.sleep(60)"
    )
    with Forked("-c", code, stdout=subprocess.PIPE, cwd=ROOT, env=child_environment(settings)) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        with pytest.raises(StoreBusy, match="killed, process"), open_store(settings, "second"):
            pass
        child.send_signal(signal.SIGKILL)
    for _ in range(100):
        try:
            with open_store(settings, "second"):
                return
        except StoreBusy:
            continue
    pytest.fail("the lock was not let go of")


def test_connections_that_the_server_cut_are_made_anew(database_url: str, postgres: Server, tmp_path: Path) -> None:
    ledger = Ledger(Settings(data_dir=tmp_path, database_url=database_url))
    with ledger.snapshot() as snapshot:
        assert snapshot.seq() == 0
    name = database_url.rpartition("/")[2]
    postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    with ledger.snapshot() as snapshot:
        assert snapshot.seq() == 0
    ledger.close()


@pytest.mark.parametrize("fault", ["port", "password", "name"])
def test_a_database_that_cannot_be_reached_is_told_without_its_password(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    url = {
        "port": postgres.url("byline").replace(str(postgres.port), "1"),
        "password": postgres.url("byline").replace("open%20sesame", "open%20door"),
        "name": postgres.url("nowhere"),
    }[fault]
    monkeypatch.setenv("BYLINE_DATABASE_URL", url)
    done = byline("articles", "list", data=tmp_path)
    assert done.returncode == 1
    assert "can't be reached" in done.stderr
    assert "BYLINE_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
    for secret in (PASSWORD, "open%20", "open door"):
        assert secret not in done.stderr + repr(load_settings())


@pytest.mark.parametrize("url", ["mysql://secret@host/db", "not a url: secret", "sqlite:///secret"])
def test_what_is_no_address_of_postgres_is_told_without_showing_it(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match="BYLINE_DATABASE_URL") as told:
        Ledger(Settings(data_dir=tmp_path, database_url=url))
    assert "secret" not in str(told.value)
