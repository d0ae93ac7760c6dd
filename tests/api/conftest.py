"""A real server process over the archive of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.serving import served


@pytest.fixture(scope="session")
def server(data: Path) -> Iterator[str]:
    """The address of a running service."""
    with served(data) as service:
        yield service.address
