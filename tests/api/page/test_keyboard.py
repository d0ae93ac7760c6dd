"""The whole way without a mouse."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.api.page.acting import DRAFT, QUESTION, focused
from tests.browser import tab


def test_asking_and_reading(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("/")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer-actions")
    page.keyboard.press("Tab")
    page.keyboard.press("n")
    assert focused(page) == "chip"
    page.keyboard.press("Enter")
    page.wait_for_selector("mark.quote")
    assert focused(page) == "source-heading"
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert focused(page).startswith("verdict")
    assert page.locator(".tip").first.is_visible()
    page.keyboard.press("Escape")
    assert page.locator(".tip").first.is_hidden()


def test_the_first_key_skips_to_the_content(page: Page, server: str) -> None:
    page.goto(server + "/?archive")
    page.wait_for_selector(".shelves")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert focused(page) == "main"


def test_checking(page: Page, server: str) -> None:
    page.goto(server + "/?check")
    page.keyboard.type(DRAFT)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".exports")
    claim = page.locator(".in-draft.supported")
    claim.focus()
    page.keyboard.press("Space")
    expect(claim).to_have_attribute("aria-pressed", "true")
    assert focused(page) == "claim"
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Read it in the article":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("mark.quote")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "Read it in the article"


def test_searching(browser: Browser, papers: str) -> None:
    with tab(browser) as page:
        page.goto(papers + "/?archive")
        page.wait_for_selector(".shelves")
        page.keyboard.press("/")
        page.keyboard.type("bridge trams")
        page.keyboard.press("Enter")
        page.wait_for_selector(".hits b")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("#source-heading")


def test_the_keys_are_told_and_can_be_switched_off(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.uncheck("#letters")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
    page.reload()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert focused(page) != "question"
