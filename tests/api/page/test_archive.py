"""The archive: searched, listed, filled, followed, and drawn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.page.acting import QUESTION, send
from tests.api.page.axe import accessible
from tests.api.serving import served
from tests.browser import tab

STORY = "Ada Brook retired as lighthouse keeper of Fenwick Point on Monday after thirty-one years. " * 3


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service whose archive the page changes; it begins empty."""
    with served(tmp_path_factory.mktemp("changing")) as service:
        yield service.address


@pytest.fixture
def archive(browser: Browser, papers: str) -> Iterator[Page]:
    with tab(browser) as page:
        page.goto(papers + "/?archive")
        page.wait_for_selector(".shelves")
        yield page


def upload(page: Page, *files: tuple[str, str]) -> None:
    given = [{"name": name, "mimeType": "text/plain", "buffer": text.encode()} for name, text in files]
    page.set_input_files("#files", given)  # type: ignore[arg-type]


def test_an_empty_archive_helps_and_fills(browser: Browser, changing: str) -> None:
    with tab(browser) as page:
        page.goto(changing)
        page.wait_for_selector("text=No articles yet")
        send(page, QUESTION)
        page.click("text=Add articles in the archive")
        page.wait_for_selector("text=No articles yet. Drop some files here")
        accessible(page)
        upload(page, ("keeper.txt", STORY), ("empty.txt", ""))
        page.wait_for_selector("text=2 files: 1 new, 1 rejected")
        page.wait_for_selector("text=1 article in 1 passage")
        expect(page.locator(".job details")).to_contain_text("empty.txt: ")
        upload(page, ("tune.mp3", "x"))
        page.wait_for_selector("text=files of this kind can't be read")
        page.click("nav >> text=Ask")
        send(page, "Who retired as lighthouse keeper of Fenwick Point?")
        page.wait_for_selector(".sentence >> text=Ada Brook")


def test_files_are_dropped_and_articles_removed(browser: Browser, changing: str) -> None:
    with tab(browser) as page:
        page.goto(changing + "/?archive")
        page.wait_for_selector(".drop")
        dropped = page.evaluate_handle(
            "() => { const d = new DataTransfer(); d.items.add(new File(['The mast of the Merriwether was found off "
            "Skerra on Friday, the coastguard said.'], 'mast.txt')); return d }"
        )
        page.dispatch_event(".drop", "drop", {"dataTransfer": dropped})
        page.wait_for_selector("text=mast.txt: 1 new")
        page.click("[aria-label='Remove mast.txt']")
        page.click("text=Really remove it?")
        page.wait_for_selector("[aria-label='Remove mast.txt']", state="detached")


def test_a_feed_is_followed_polled_and_left(browser: Browser, changing: str) -> None:
    with tab(browser) as page:
        page.goto(changing + "/?archive")
        page.fill("#feed", "http://127.0.0.1/rss.xml")
        page.click("text=Follow")
        page.wait_for_selector(".tools li >> text=polled not yet")
        page.click("text=Poll now")
        page.wait_for_selector(".tools .note >> text=not public")  # such an address is never fetched
        page.click("[aria-label^='Unfollow']")
        page.wait_for_selector("text=None yet. Those that are due")
        page.fill("#feed", "ftp://feeds.example/rss.xml")
        page.click("text=Follow")
        expect(page.locator(".tools .trouble")).to_be_visible()


def test_a_job_under_way_is_shown_to_who_comes_later(browser: Browser, changing: str) -> None:
    lines = "".join(f'{{"text": "Skipper number {n} landed {n} crates of herring at Skerra."}}\n' for n in range(60))
    with tab(browser) as first, tab(browser) as second:
        first.goto(changing + "/?archive")
        first.wait_for_selector(".drop")
        upload(first, ("landings.jsonl", lines))
        first.wait_for_selector(".job progress")
        second.goto(changing + "/?archive")
        expect(second.locator(".job").first).to_contain_text("landings.jsonl: 60 new")


def test_a_search_is_filtered_and_stands_in_its_address(archive: Page) -> None:
    archive.fill("#search", "Norvald crane maker")
    archive.click("text=Filters")
    archive.fill("#source-filter", "Lothian Wire")
    archive.fill("#from", "2026-02-01")
    archive.click("form[role=search] button")
    titles = ["Norvald agrees to buy Tessen", "Norvald completes Tessen purchase", "Leith bridge to carry trams"]
    expect(archive.locator(".hits .title")).to_have_count(3)
    assert sorted(archive.locator(".hits .title").all_inner_texts()) == sorted(titles)
    assert "crane" in archive.locator(".hits b").all_inner_texts()
    archive.reload()
    expect(archive.locator(".hits .title")).to_have_count(3)
    assert archive.input_value("#from") == "2026-02-01"
    archive.fill("#to", "2026-01-01")
    archive.fill("#from", "2025-01-01")
    archive.click("form[role=search] button")
    archive.wait_for_selector("text=Nothing fits")
    archive.click("text=Close the search")
    assert archive.url.endswith("/?archive")


def test_what_it_holds_is_drawn(archive: Page) -> None:
    expect(archive.locator(".holdings h2")).to_have_text("6 articles in 6 passages")
    outlets = archive.locator("[aria-label='Articles by day of publication and outlet'] li")
    assert outlets.locator("button").all_text_contents() == ["Lothian Wire", "The Forth Courier"]
    assert outlets.locator("> span:last-child").all_text_contents() == ["4", "2"]
    first = outlets.first.locator("svg")
    assert first.get_attribute("aria-label") == "Lothian Wire, by day: at most 1 in 2 days"
    drawn = [one.locator("rect title").all_text_contents() for one in outlets.all()]
    assert [len(columns) for columns in drawn] == [4, 2]
    assert drawn[0][0] == drawn[1][0] == "10 Jan 2026: 1"  # on one scale: seventy days in sixty-four columns
    archive.click("nav >> text=Ask")
    send(archive, "What will the bridge carry?")
    archive.wait_for_selector(".answer-actions")
    send(archive, "What did the Bishop of Ely say?")
    archive.locator(".answer-actions").nth(1).wait_for()
    archive.click("nav >> text=Archive")
    label = archive.get_attribute("[aria-label^='Answers by day']", "aria-label") or ""
    assert "% answered" in label
    assert "% no answer" in label


def test_the_articles_of_an_outlet_are_listed(archive: Page) -> None:
    expect(archive.locator(".articles li")).to_have_count(6)
    archive.click(".multiples >> text=The Forth Courier")
    expect(archive.locator(".articles li")).to_have_count(2)
    archive.locator(".articles >> text=Read").first.click()
    expect(archive.locator("#source-heading")).to_have_text("Leith bridge to carry trams, not cars")
    archive.keyboard.press("Escape")
    archive.click("text=All outlets")
    expect(archive.locator(".articles li")).to_have_count(6)
