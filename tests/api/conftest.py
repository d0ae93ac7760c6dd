"""A real server process over the archive of the tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.serving import served


@pytest.fixture(scope="session")
def server(data: Path) -> Iterator[str]:
    """The address of a running service."""
    with served(data) as service:
        yield service.address


@pytest.fixture
def own_data(data: Path, tmp_path: Path) -> Path:
    """A copy of the archive of the tests, for a service of the test's own: an archive has one."""
    return Path(shutil.copytree(data, tmp_path / "own"))
