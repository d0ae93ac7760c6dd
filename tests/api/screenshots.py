"""`python -m tests.api.screenshots`: the pictures of the page under docs/, over the articles that ship."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.api.serving import served
from tests.browser import chromium, tab
from tests.command import ROOT, byline

DOCS = ROOT / "docs"
QUESTION = "Which Ford plant is the leading candidate to build Geely cars?"
DRAFT = (
    "Diess said VW would take an equity stake in Ford. One person said Ford’s site in Valencia is the leading "
    "candidate to take part. It is awful. Ford has paid Geely three million dollars."
)


def answered(page: Page, address: str) -> None:
    page.goto(address)
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    page.wait_for_selector(".answer-actions")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        assert byline("ingest", str(ROOT / "corpus"), data=Path(folder)).returncode == 0
        with served(Path(folder)) as service:
            with tab(browser, 1280, 760) as page:
                answered(page, service.address)
                page.click(".chip")
                page.wait_for_selector("mark.quote")
                page.wait_for_timeout(500)  # the quote scrolls into view
                page.screenshot(path=DOCS / "page.png")
            with tab(browser, 1280, 900, dark=True) as page:
                page.goto(service.address + "/?check")
                page.fill("#draft", DRAFT)
                page.click("form.draft button")
                page.wait_for_selector(".exports")
                page.screenshot(path=DOCS / "page-check.png")
            with tab(browser, 360, 740) as page:
                answered(page, service.address)
                page.screenshot(path=DOCS / "page-phone.png")


if __name__ == "__main__":
    main()
