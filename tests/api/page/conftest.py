"""One browser and few services for all tests of the page.

They belong to this package and not to the session: while Playwright runs, its event loop is the thread's, and tests
elsewhere that run one could not.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.api.page import press
from tests.api.serving import served
from tests.browser import CHROMIUM, chromium, tab
from tests.command import byline


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and not CHROMIUM:
            item.add_marker(pytest.mark.skip("needs Debian's chromium"))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """The page of the service over the shipped articles."""
    with tab(browser) as opened:
        opened.goto(server)
        yield opened


@pytest.fixture(scope="package")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service over the articles of tests/api/page/press.py."""
    folder = tmp_path_factory.mktemp("papers")
    for articles in (press.earlier(), press.newest()):
        done = byline("ingest", press.written(folder / "press.jsonl", articles), data=folder / "data")
        assert done.returncode == 0, done.stderr
    with served(folder / "data") as service:
        yield service.address
