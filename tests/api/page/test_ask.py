"""A reader asks, follows up, comes back, and takes an answer along."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.page.acting import NOWHERE, QUESTION, ask, clipboard, record_of
from tests.browser import tab


def test_each_sentence_has_its_outlet_and_date(browser: Browser, papers: str) -> None:
    with tab(browser) as page:
        page.goto(papers)
        ask(page, "What will the bridge carry?")
        expect(page.locator(".chip")).to_have_text("1The Forth Courier3 Mar 2026")
        expect(page.locator(".status")).to_contain_text("Quoted word for word · from 1 article")
        expect(page.locator("#citation-1")).to_contain_text("Also in 1 near-duplicate")


def test_a_follow_up_rests_on_what_came_before_and_a_reload_keeps_both(page: Page) -> None:
    ask(page, QUESTION)
    ask(page, "Who said that?")
    assert "Valencia" in page.inner_text(".understood")
    told = page.locator(".exchange").all_inner_texts()
    assert "One person" in told[1]
    page.reload()
    expect(page.locator(".exchange .words")).to_have_count(2)
    assert "Valencia" in page.inner_text(".understood")
    page.go_back()
    expect(page.locator(".history")).to_be_visible()


def test_an_answer_stays_under_its_address_and_in_the_browser_s_list(page: Page, server: str) -> None:
    ask(page, QUESTION)
    record = record_of(page, server)
    page.goto(f"{server}/?answer={record['id']}")
    expect(page.locator(".sentence .words")).to_have_text([one["text"] for one in record["sentences"]])
    expect(page.locator(".status")).to_contain_text("kept as it was")
    page.goto(server)
    page.click(f".history a:has-text('{QUESTION}')")
    page.wait_for_selector(".sentence")
    page.go_back()
    page.click("text=Clear the list")
    assert page.locator(".history").count() == 0


def test_footnotes_are_copied(page: Page) -> None:
    ask(page, QUESTION)
    page.click("text=Copy with footnotes")
    page.get_by_text("Copied with footnotes.").last.wait_for()
    told = clipboard(page)
    assert told.startswith(QUESTION)
    assert "[1] unknown outlet, date unknown: “One person said" in told


def test_an_abstention_says_what_is_missing_and_what_came_nearest(page: Page) -> None:
    ask(page, NOWHERE)
    assert "Bishop of Ely" in page.inner_text(".abstains")
    assert page.locator("mark").count() == 0
    expect(page.locator(".ways li")).to_have_count(3)
    page.click(".sources li button")
    page.wait_for_selector("mark.quote")


def test_an_example_is_asked_with_a_press(page: Page) -> None:
    page.click(".example")
    page.wait_for_selector(".answer-actions")
    assert page.locator(".is-supported").count()


@pytest.mark.parametrize("way", ["hover", "focus", "tap"])
def test_a_verdict_tells_its_reason(browser: Browser, server: str, way: str) -> None:
    with tab(browser, 360, touch=True) as page:
        page.goto(server)
        ask(page, QUESTION)
        tip = page.locator(".tip")
        expect(tip).to_be_hidden()
        verdict = page.locator(".verdict")
        {"hover": verdict.hover, "focus": verdict.focus, "tap": verdict.tap}[way]()
        expect(tip).to_be_visible()
        expect(tip).to_contain_text("quote: verbatim")
        box = tip.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        if way != "hover":
            page.keyboard.press("Escape")
            expect(tip).to_be_hidden()
