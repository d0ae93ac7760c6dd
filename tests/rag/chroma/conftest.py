"""Two Chroma servers, started once for the folder's tests: every archive has collections of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chroma import ChromaServer, chroma_servers


@pytest.fixture(scope="package")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[ChromaServer]]:
    with chroma_servers(*(tmp_path_factory.mktemp("chroma") for _ in range(2))) as servers:
        yield servers
