"""A journalist checks a draft and opens every quote."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.page.acting import DRAFT, check, clipboard
from tests.browser import tab

EXPORTS = {
    "Markdown": "**Refuted**",
    "HTML": "<html",
    "CSV": "refuted",
    "ClaimReview": "claimReviewed",
    "Web annotations": "TextQuoteSelector",
}


@pytest.fixture
def checked(page: Page) -> Page:
    page.click("nav >> text=Check")
    check(page, DRAFT)
    return page


def test_a_draft_is_coloured_in_place_with_both_sides(checked: Page) -> None:
    shown = checked.locator(".draft-text").text_content() or ""
    assert "Refuted: Diess said VW would take an equity stake in Ford." in shown
    assert "(opinion)" in shown
    tints = [
        checked.locator(f".in-draft.{verdict}").evaluate("one => getComputedStyle(one).backgroundColor")
        for verdict in ("refuted", "supported")
    ]
    assert len({*tints, "rgba(0, 0, 0, 0)"}) == 3
    assert "would not take an equity stake" in checked.inner_text(".side.refutes")
    left, right = (checked.locator(f".side.{one}").bounding_box() for one in ("supports", "refutes"))
    assert left is not None
    assert right is not None
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] < right["x"]
    checked.keyboard.press("n")
    expect(checked.locator(".in-draft[aria-pressed=true]")).to_contain_text("Changan 🚗.")


def test_a_check_stays_under_its_address_and_its_quotes_open(checked: Page) -> None:
    checked.click("text=Copy link")
    checked.wait_for_selector("text=The link is copied.")
    assert clipboard(checked) == checked.url
    checked.reload()
    checked.wait_for_selector(".in-draft.refuted")
    checked.click(".side.refutes button")
    assert "would not take an equity stake" in checked.inner_text("mark.quote")
    checked.click("text=Edit the draft")
    assert checked.is_hidden("#source")
    assert checked.input_value("#draft") == DRAFT


def test_it_is_exported_and_checked_once_more(checked: Page) -> None:
    for name, holds in EXPORTS.items():
        with checked.expect_download() as saved:
            checked.click(f"button:has-text('{name}')")
        assert holds in Path(saved.value.path()).read_text(encoding="utf-8")
    checked.click("text=Check it against the archive of today")
    checked.wait_for_selector("text=Nothing has changed")


def test_a_story_that_moves_on_is_drawn_as_a_timeline(browser: Browser, papers: str) -> None:
    with tab(browser) as page:
        page.goto(papers + "/?check")
        check(page, "Tessen will be sold to Norvald. The bridge will carry cars.")
        expect(page.locator(".in-draft.disputed")).to_have_count(1)
        expect(page.locator(".timeline li")).to_have_count(4)
        expect(page.locator(".line-picture circle")).to_have_count(4)
        label = page.get_attribute(".line-picture", "aria-label")
        assert label == "4 dated statements from 10 January 2026 to 20 March 2026"
        page.click("text=Edit the draft")
        page.fill("#as-of", "2026-01-31")
        page.click("form.draft button[type=submit]")
        page.wait_for_selector("text=as of 31 January 2026")
        expect(page.locator(".timeline li")).to_have_count(2)


def test_a_long_check_shows_how_far_it_is_and_can_be_stopped(page: Page) -> None:
    page.click("nav >> text=Check")
    page.fill("#draft", "\n".join(f"Ford paid {n} million dollars for Argo AI in 20{n}." for n in range(20, 99)))
    page.click("form.draft button[type=submit]")
    expect(page.locator(".working .status")).to_contain_text("of 79 claims checked")
    assert page.evaluate("document.querySelector('.working progress').max") == 79
    page.click("form.draft >> text=Stop")
    page.wait_for_selector("text=Stopped.")
    expect(page.locator("form.draft button[type=submit]")).to_have_text("Check")


def test_a_text_without_claims_says_so(page: Page) -> None:
    page.click("nav >> text=Check")
    check(page, "It is awful.")
    expect(page.locator(".tally")).to_have_text("Nothing that could be checked")
