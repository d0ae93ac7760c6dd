"""`python -m tests.api.screenshots`: the pictures of the page under docs/, over articles that ship and made-up ones."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.api.page import press
from tests.api.page.acting import QUESTION, ask, check
from tests.api.serving import served
from tests.browser import chromium, tab
from tests.command import ROOT, byline

DOCS = ROOT / "docs"
DRAFT = (
    "Norvald has bought the crane maker Tessen. Tessen will be sold to Norvald. The Leith bridge will carry cars. "
    "It is awful. Ford has paid Geely three million dollars."
)


def opened(page: Page, address: str) -> None:
    page.goto(address)
    page.reload()  # the font is kept by now
    page.wait_for_load_state("networkidle")


def start(page: Page, address: str) -> None:
    opened(page, address)
    page.wait_for_selector(".example")


def answer(page: Page, address: str) -> None:
    opened(page, address)
    ask(page, QUESTION)
    page.locator("h2.question").click()  # away from the field, so that its ring does not draw the eye


def article(page: Page, address: str) -> None:
    answer(page, address)
    page.click(".chip")
    page.wait_for_selector("mark.quote")


def checked(page: Page, address: str) -> None:
    opened(page, f"{address}/?check")
    check(page, DRAFT)
    page.locator(".in-draft.disputed").click()
    page.evaluate("window.scrollTo({ top: 0, behavior: 'instant' })")


def archive(page: Page, address: str) -> None:
    opened(page, f"{address}/?archive")
    page.wait_for_selector(".shelves")


PICTURES = {
    "page.png": (start, 1280, 620, False),
    "page-article.png": (article, 1280, 760, False),
    "page-phone.png": (answer, 360, 740, False),
    "page-check.png": (checked, 1280, 900, False),
    "page-dark.png": (archive, 1280, 900, True),
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        articles = press.written(Path(folder) / "press.jsonl", press.newest())
        assert byline("ingest", articles, str(ROOT / "corpus"), data=Path(folder) / "data").returncode == 0
        with served(Path(folder) / "data") as service:
            for name, (shows, width, height, dark) in PICTURES.items():
                with tab(browser, width, height, dark=dark) as page:
                    shows(page, service.address)
                    page.wait_for_timeout(400)  # until what scrolls has come to rest
                    page.screenshot(path=DOCS / name)


if __name__ == "__main__":
    main()
