"""The article as stored, at exactly the quoted characters."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.page import press
from tests.api.page.acting import QUESTION, ask, focused, record_of
from tests.browser import tab

CARRIES = "What will the bridge carry?"


def test_it_opens_at_exactly_the_quoted_characters(page: Page, server: str) -> None:
    ask(page, QUESTION)
    assert "Valencia" in page.inner_text(".sentence .short")
    citation = record_of(page, server)["citations"][0]
    page.click(".chip")
    page.wait_for_selector("mark.quote")
    assert page.locator("mark.quote").all_text_contents() == [citation["quote"]]
    before = page.evaluate("document.querySelector('mark.quote').previousSibling.textContent")
    assert before.endswith(citation["prefix"][-20:])
    expect(page.locator("mark.quote")).to_be_in_viewport()
    page.keyboard.press("Escape")
    assert page.is_hidden("#source")
    assert focused(page) == "chip"


def test_it_tells_who_wrote_it_where_and_when_and_opens_the_original_at_the_quote(
    browser: Browser, papers: str
) -> None:
    with tab(browser) as page:
        page.goto(papers)
        ask(page, CARRIES)
        page.click(".chip")
        words = "“The bridge will carry trams and bicycles, but no cars,” Fyfe told reporters 🚋."
        expect(page.locator("mark.quote")).to_have_text(words)  # behind it a character of two UTF-16 units
        expect(page.locator("#source .facts")).to_have_text("By Isla Gray, Tom Ness · The Forth Courier · 3 March 2026")
        told = words.split()
        fragment = ",".join(quote(" ".join(part), safe="()!*'") for part in (told[:5], told[-5:]))
        address = page.get_attribute("#source a:has-text('Original')", "href")
        assert address == f"{press.BRIDGE}#:~:text={fragment}"


def test_its_copies_and_earlier_versions_are_at_hand(browser: Browser, papers: str) -> None:
    with tab(browser) as page:
        page.goto(papers)
        ask(page, CARRIES)
        page.click(".chip")
        page.click("text=Also in 1 article")
        expect(page.locator(".also li")).to_have_text("Lothian Wire, 3 March 2026")
        page.select_option("#version", "1")
        expect(page.locator(".note")).to_have_text("An earlier version, 1 of 2.")
        expect(page.locator(".stored")).to_contain_text("38 million pounds")
        page.select_option("#version", "2")
        page.wait_for_selector("mark.quote")
        page.click(".also summary")
        page.click(".also a")
        expect(page.locator("h1")).to_have_text("Leith bridge to carry trams")


def test_a_link_leads_to_the_place(browser: Browser, papers: str) -> None:
    with tab(browser, 360) as page:
        page.goto(papers)
        ask(page, CARRIES)
        page.click(".chip")
        page.click("text=Link to this place")
        expect(page.locator("main mark.quote")).to_be_in_viewport()
        expect(page.locator("main mark.quote")).to_contain_text("The bridge will carry")


@pytest.mark.parametrize(("width", "covers"), [(360, True), (1280, False)])
def test_on_a_small_screen_it_covers_the_page_and_the_focus_stays_in_it(
    page: Page, width: int, *, covers: bool
) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    ask(page, QUESTION)
    page.click(".chip")
    page.wait_for_selector("mark.quote")
    assert page.evaluate("document.getElementById('main').inert") is covers
    page.click("[aria-label='Close the article']")
    assert page.evaluate("document.getElementById('main').inert") is False
