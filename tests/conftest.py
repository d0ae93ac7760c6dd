"""For all tests: no socket leaves this machine, and no setting comes from the developer's own environment."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.database.choose import shared_engine
from rag.settings import Settings
from tests.command import HOSTILE, ROOT, byline
from tests.groups import Groups, group
from tests.postgres import Server, programs, running

# The full reader takes most of a second to load, in every process; `tests/rag/test_full_reader.py` is about it.
DEPTH = {"BYLINE_READER": "fast"}
os.environ.update(DEPTH)
_connect = socket.socket.connect


class OutsideConnectionError(AssertionError):
    """A test tried to reach another machine."""


def _connect_inside(self: socket.socket, address: Any) -> None:
    if self.family != socket.AF_UNIX and not _is_inside(str(address[0])):
        raise OutsideConnectionError(f"A test tried to connect to {address}.")
    _connect(self, address)


def _is_inside(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: group(item.nodeid)[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Groups:
    config.option.loadscopereorder = False
    return Groups(config, log)


@pytest.fixture(autouse=True)
def _closed_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", _connect_inside)
    for name in list(os.environ):
        if name.startswith("BYLINE_") and name not in DEPTH:
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL; where none is installed, the test is skipped."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed here: apt-get install postgresql")
    with running() as server:
        yield server


@pytest.fixture
def database_url(postgres: Server) -> Iterator[str]:
    """A PostgreSQL database of the test's own, with Byline's tables."""
    url = postgres.fresh()
    yield url
    shared_engine(url).dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """An empty archive, on each engine in turn."""
    url = request.getfixturevalue("database_url") if request.param == "postgres" else None
    return Settings(data_dir=tmp_path / "data", database_url=url)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an archive of the shipped articles and a hostile one."""
    folder = tmp_path_factory.mktemp("archive")
    hostile = folder / "hostile.txt"
    hostile.write_text(HOSTILE, encoding="utf-8")
    done = byline("ingest", str(ROOT / "corpus"), str(hostile), data=folder / "data")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "data"
