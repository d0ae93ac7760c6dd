"""axe-core finds nothing in any view, on a phone and on a desktop, light and dark. Other states: beside their tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.api.page.acting import ask, check
from tests.api.page.axe import accessible
from tests.browser import tab

VIEWS = ["start", "answer", "article", "article page", "no answer", "draft", "check", "archive", "search", "keys"]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """One for all views: a new one costs as much as loading the page twice."""
    with tab(browser) as opened:
        yield opened


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(page: Page, papers: str, view: str) -> None:
    page.goto(papers)
    page.wait_for_load_state("networkidle")
    if view in {"answer", "article", "article page"}:
        ask(page, "What will the bridge carry?")
        page.focus(".verdict")
    if view.startswith("article"):
        page.click(".chip")
        page.wait_for_selector("mark.quote")
        page.click(".also summary")
    if view == "article page":
        page.click("text=Link to this place")
        page.wait_for_selector("main mark.quote")
    if view == "no answer":
        ask(page, "What did the Bishop of Ely say about the bridge?")
    if view in {"draft", "check"}:
        page.click("nav >> text=Check")
    if view == "check":
        check(page, "Tessen will be sold to Norvald. The bridge will carry cars. It is awful. Ely has a bishop.")
        page.click(".claim summary")
    if view in {"archive", "search"}:
        page.click("nav >> text=Archive")
        page.wait_for_selector(".shelves")
    if view == "search":
        page.click("text=Filters")
        page.fill("#search", "bridge")
        page.click("form[role=search] button")
        page.wait_for_selector(".hits b")
    if view == "keys":
        page.keyboard.press("Escape")
        page.click("#keys-open")
    accessible(page)
    page.evaluate("localStorage.clear()")  # the next one begins with nothing asked
