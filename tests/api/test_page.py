"""The page in a real browser against the real service: what a reader, a journalist and an operator do with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.api.serving import served
from tests.browser import chromium, needs_browser, tab
from tests.command import HOSTILE, ROOT, byline

pytestmark = needs_browser

QUESTION = "Which Ford plant is the leading candidate to build Geely cars?"
NOWHERE = "What did the Bishop of Ely say about beekeeping subsidies?"
DRAFT = "Diess said VW would take an equity stake in Ford. It is awful. Ford has joint ventures with Changan 🚗."
STORY = "Ada Brook retired as lighthouse keeper of Fenwick Point on Monday after thirty-one years. " * 3


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    with tab(browser) as opened:
        opened.goto(server)
        yield opened


def ask(page: Page, question: str) -> None:
    before = page.locator(".answer-actions").count()
    page.fill("#question", question)
    page.press("#question", "Enter")
    page.locator(".answer-actions").nth(before).wait_for()


def record_of(page: Page, server: str) -> dict[str, Any]:
    """The record of the last answer, by its permalink."""
    page.get_by_role("button", name="Copy link").last.click()
    page.get_by_text("The link is copied.").last.wait_for()
    link = str(page.evaluate("navigator.clipboard.readText()"))
    told: dict[str, Any] = httpx.get(f"{server}/v1/answers/{link.partition('answer=')[2]}", timeout=30).json()
    return told


def test_an_answer_opens_at_exactly_the_quoted_characters(page: Page, server: str) -> None:
    ask(page, QUESTION)
    assert "Valencia" in page.inner_text(".sentence .short")
    assert page.evaluate("window.shift") <= 0.02
    citation = record_of(page, server)["citations"][0]
    page.click(".chip")
    assert page.locator("mark.quote").all_text_contents() == [citation["quote"]]
    expect(page.locator("mark.quote")).to_be_in_viewport()
    page.keyboard.press("Escape")
    assert page.is_hidden("#source")
    assert page.evaluate("document.activeElement.className") == "chip"


def test_a_follow_up_rests_on_what_came_before(page: Page) -> None:
    ask(page, QUESTION)
    ask(page, "Who said that?")
    assert "Valencia" in page.inner_text(".understood")
    assert "One person" in page.locator(".exchange").nth(1).inner_text()


def test_an_answer_stays_under_its_address_and_in_the_browser_s_list(page: Page, server: str) -> None:
    ask(page, QUESTION)
    record = record_of(page, server)
    page.goto(f"{server}/?answer={record['id']}")
    expect(page.locator(".sentence .words")).to_have_text([one["text"] for one in record["sentences"]])
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
    told = str(page.evaluate("navigator.clipboard.readText()"))
    assert told.startswith(QUESTION)
    assert "[1] 002_d463962792375dd0.txt, date unknown: “One person said" in told


def test_an_abstention_says_what_is_missing_and_what_came_nearest(page: Page) -> None:
    ask(page, NOWHERE)
    assert "Bishop of Ely" in page.inner_text(".abstains")
    assert page.locator("mark").count() == 0
    page.click(".sources li button")
    page.wait_for_selector("mark.quote")


def test_an_example_is_asked_with_a_press(page: Page) -> None:
    page.click(".example")
    page.wait_for_selector(".answer-actions")
    assert page.locator(".is-supported").count()


def test_a_draft_is_coloured_in_place_with_both_sides(page: Page, server: str) -> None:
    page.click("nav >> text=Check")
    page.fill("#draft", DRAFT)
    page.click("form.draft button")
    page.wait_for_selector(".exports")
    shown = page.locator(".draft-text").text_content() or ""
    assert "Refuted: Diess said VW would take an equity stake in Ford." in shown
    assert "(opinion)" in shown
    assert "would not take an equity stake" in page.inner_text(".side.refutes")
    with page.expect_download() as saved:
        page.click("button:has-text('Markdown')")
    assert "**Refuted**" in Path(saved.value.path()).read_text(encoding="utf-8")
    page.click("text=Check it against the archive of today")
    page.wait_for_selector("text=Nothing has changed")
    page.reload()
    page.wait_for_selector(".in-draft.refuted")
    page.click(".side.refutes button")
    assert "would not take an equity stake" in page.inner_text("mark.quote")


def test_the_whole_way_by_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("/")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer-actions")
    page.locator(".chip").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("mark.quote")
    assert page.evaluate("document.activeElement.id") == "source-heading"
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("verdict")
    assert page.locator(".tip").first.is_visible()


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service whose archive the page changes."""
    folder = tmp_path_factory.mktemp("changing")
    with served(folder) as service:
        yield service.address


def test_an_empty_archive_helps_and_fills(browser: Browser, changing: str) -> None:
    with tab(browser) as page:
        page.goto(changing)
        page.wait_for_selector("text=No articles yet")
        page.fill("#question", QUESTION)
        page.press("#question", "Enter")
        page.click("text=Add articles in the archive")
        files = [{"name": "keeper.txt", "mimeType": "text/plain", "buffer": STORY.encode()}]
        page.set_input_files("#files", files)
        page.wait_for_selector("text=keeper.txt: 1 new")
        page.wait_for_selector("text=1 articles")
        page.set_input_files("#files", [{"name": "tune.mp3", "mimeType": "audio/mpeg", "buffer": b"x"}])
        page.wait_for_selector("text=files of this kind can't be read")
        dropped = page.evaluate_handle(
            "() => { const d = new DataTransfer(); d.items.add(new File(['The mast of the Merriwether was found off "
            "Skerra on Friday, the coastguard said.'], 'mast.txt')); return d }"
        )
        page.dispatch_event(".drop", "drop", {"dataTransfer": dropped})
        page.wait_for_selector("text=mast.txt: 1 new")
        page.fill("#search", "Merriwether mast")
        page.click("form[role=search] button")
        page.wait_for_selector("ol.cards >> text=coastguard")
        page.click("[aria-label='Remove mast.txt']")
        page.click("text=Really remove it?")
        page.wait_for_selector("[aria-label='Remove mast.txt']", state="detached")


def fails(status: int, headers: dict[str, str] | None = None) -> Any:
    told = {"title": "x", "status": status, "detail": f"told {status}"}

    def reply(route: Route) -> None:
        kind = "application/problem+json"
        route.fulfill(status=status, headers=headers or {}, content_type=kind, body=json.dumps(told))

    return reply


@pytest.mark.parametrize(
    ("status", "heading", "button"),
    [
        (401, "A key is needed", "Use it"),
        (413, "Too large", "Try again"),
        (429, "Too many questions at once", "Try again in 2 s"),
        (503, "Not just now", "Try again"),
    ],
)
def test_what_goes_wrong_has_a_way_on(page: Page, status: int, heading: str, button: str) -> None:
    page.route("**/v1/ask", fails(status, {"Retry-After": "2"}))
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    box = page.locator(".trouble")
    expect(box.locator("h2")).to_have_text(heading)
    expect(box.locator("button")).to_have_text(button)
    page.unroute("**/v1/ask")
    if status == 401:
        box.locator("input").fill("byl_x_y")
    expect(box.locator("button")).to_be_enabled()
    page.route("**/v1/ask", lambda route: route.continue_(headers=without_key(route)))
    box.locator("button").click()
    page.wait_for_selector(".answer-actions")


def without_key(route: Route) -> dict[str, str]:
    return {name: value for name, value in route.request.headers.items() if name != "authorization"}


def test_a_connection_that_fails_or_breaks_can_be_tried_again(page: Page) -> None:
    page.route("**/v1/ask", lambda route: route.abort())
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    page.wait_for_selector("text=Not connected")
    page.unroute("**/v1/ask")
    half = 'event: sentence\ndata: {"n": 1, "text": "Half an answer."}\n\n'
    page.route("**/v1/ask", lambda route: route.fulfill(status=200, content_type="text/event-stream", body=half))
    page.click("text=Try again")
    page.wait_for_selector("text=The connection broke")
    page.unroute("**/v1/ask")
    page.click("text=Try again")
    page.wait_for_selector(".answer-actions")


def test_being_offline_is_shown(page: Page) -> None:
    page.context.set_offline(True)
    page.wait_for_selector("text=You are offline")
    page.context.set_offline(False)
    page.wait_for_selector("#offline", state="hidden")


@pytest.mark.parametrize("address", ["/?answer=none", "/?check=none", "/?article=none"])
def test_what_is_not_there_is_said(browser: Browser, server: str, address: str) -> None:
    with tab(browser) as page:
        page.goto(server + address)
        expect(page.locator(".trouble h2")).to_have_text("Not here")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("view", ["ask", "answer", "source", "check", "archive", "trouble"])
def test_axe_finds_nothing(browser: Browser, server: str, view: str, dark: bool) -> None:
    with tab(browser, dark=dark, bypass_csp=True) as page:
        page.goto(server + {"check": "/?check", "archive": "/?archive", "trouble": "/?answer=none"}.get(view, ""))
        if view in {"answer", "source"}:
            ask(page, QUESTION)
        if view == "source":
            page.click(".chip")
            page.wait_for_selector("mark.quote")
        if view == "check":
            page.fill("#draft", DRAFT)
            page.click("form.draft button")
            page.wait_for_selector(".exports")
        if view == "archive":
            page.wait_for_selector(".cards li")
        if view == "ask":
            page.wait_for_selector(".example")
        told = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
        assert not told.response["violations"], told.generate_report()


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_wider_than_the_screen(browser: Browser, server: str, width: int) -> None:
    with tab(browser, width) as page:
        for address in ("/", "/?check", "/?archive"):
            page.goto(server + address)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.goto(server)
        ask(page, QUESTION)
        page.click(".chip")
        page.wait_for_selector("mark.quote")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_paint_is_soon_and_the_page_small(browser: Browser, server: str) -> None:
    with tab(browser) as page:
        sizes: list[int] = []
        page.on("response", lambda reply: sizes.append(len(reply.body())) if "/v1/" not in reply.url else None)
        page.goto(server)
        page.wait_for_selector(".example")
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        assert paint <= 1500  # some 100 ms on two idle cores
        assert sum(sizes) <= 150_000


HOSTILE_TITLE = "<img src=x onerror=alert(1)> \u202egnp.exe\u202c " + "long " * 40_000
POISON = f"{HOSTILE}\n\n![x](https://evil.example/x.png) [open](javascript:alert(1)) \u202ea\u202c <b onclick=alert(1)>"


def test_a_hostile_article_runs_nothing(browser: Browser, tmp_path: Path) -> None:
    record = {"title": HOSTILE_TITLE, "text": POISON, "url": "https://hostile.example/a?x=<script>alert(1)</script>"}
    lines = tmp_path / "hostile.jsonl"
    lines.write_text(json.dumps(record) + "\n", encoding="utf-8")
    assert byline("ingest", str(lines), str(ROOT / "corpus"), data=tmp_path / "data").returncode == 0
    with served(tmp_path / "data") as service, tab(browser, 360) as page:
        elsewhere: list[str] = []
        page.on("request", lambda one: elsewhere.append(one.url) if not one.url.startswith(service.address) else None)
        page.goto(service.address)
        ask(page, "Who retired as lighthouse keeper of Grimsay on Friday?")
        assert "<img src=x" in page.inner_text(".sentence")
        page.locator("#thread button:has-text('Read it in the article')").first.click()
        page.wait_for_selector("mark.quote")
        assert page.locator("main img, main script, #source img, #source script").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.goto(service.address + "/?archive")
        page.wait_for_selector(".cards li")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert not elsewhere
