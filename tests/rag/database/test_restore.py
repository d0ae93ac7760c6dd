"""A database that PostgreSQL's own tools put back: no machine answers from indexes of the time that is gone."""

from __future__ import annotations

import subprocess
from pathlib import Path

from rag.archive import Archive
from rag.settings import Settings
from rag.store import open_store
from tests.postgres import PASSWORD, Server, programs
from tests.rag.fakes import article
from tests.rag.test_store import BAKERY, HARBOUR, found, put

FERRY = "The ferry to Stromness sailed on Thursday. It carried forty lambs to the market."


def tool(server: Server, name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs."""
    where = programs()
    assert where is not None
    to = ["-h", "127.0.0.1", "-p", str(server.port), "-U", "reporter"]
    subprocess.run([where / name, *to, *arguments], check=True, env={"PGPASSWORD": PASSWORD})


def add(settings: Settings, text: str) -> None:
    with open_store(settings, "test") as store:
        put(store, [article(text)])


def test_indexes_of_what_a_restore_took_back_are_made_anew(database_url: str, postgres: Server, tmp_path: Path) -> None:
    one, other = (Settings(data_dir=tmp_path / name, database_url=database_url) for name in ("one", "other"))
    name, dump = database_url.rpartition("/")[2], str(tmp_path / "dump")
    add(one, HARBOUR)
    tool(postgres, "pg_dump", "-Fc", "-f", dump, name)
    add(one, BAKERY)

    postgres.run(f"DROP DATABASE {name} WITH (FORCE)")
    postgres.run(f"CREATE DATABASE {name} TEMPLATE template0")
    tool(postgres, "pg_restore", "-d", name, "--exit-on-error", dump)
    add(other, FERRY)  # it has the number now that the bakery had, so numbers don't tell

    kept = (tmp_path / "one" / "replica.json").read_bytes()
    archive = Archive(one)
    assert found(archive, "acorn bread") == []
    assert found(archive, "ferry lambs")
    assert found(archive, "harbour reopened")
    archive.close()
    then = (tmp_path / "other" / "replica.json").read_bytes()
    assert (tmp_path / "one" / "replica.json").read_bytes() != kept
    Archive(other).close()
    assert (tmp_path / "other" / "replica.json").read_bytes() == then  # of this course: it stays
