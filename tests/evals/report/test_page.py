"""The page in a real browser: what it shows, that nothing said can do anything, and that it stays quick."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from evals.compare.compare import compare
from evals.gold import Case
from evals.reply import Reply
from evals.report.page import page
from evals.runs.record import Past, RunFile
from tests.browser import chromium, needs_browser, tab
from tests.evals import systems
from tests.evals.runfiles import run_of
from tests.evals.systems import CASES, corpus

HOSTILE = (
    "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">\u2028 12 million"
)


def hostile(case: Case) -> Reply:
    told = systems.oracle(case)
    if case.id != "price":
        return told
    return told.model_copy(update={"text": HOSTILE, "short_answer": HOSTILE})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def at(browser: Browser) -> Iterator[Page]:
    with tab(browser) as page:
        yield page


def opened(at: Page, folder: Path, html: str) -> Page:
    path = folder / "page.html"
    path.write_text(html, encoding="utf-8")
    at.goto(path.as_uri())
    return at


def texts(at: Page, selector: str) -> list[str]:
    return at.locator(selector).all_inner_texts()


def with_history(run: RunFile) -> RunFile:
    past = [Past(when="", commit=None, values={"right": value}) for value in (0.2, 0.5, 0.4)]
    return run.model_copy(update={"history": tuple(past)})


@needs_browser
def test_it_shows_scores_cases_and_the_quote_in_its_article(at: Page, tmp_path: Path) -> None:
    run = with_history(run_of(systems.copycat))
    opened(at, tmp_path, page(run, corpus(tmp_path / "corpus")))
    assert texts(at, ".card .value")[0] == "0.300"
    assert at.locator(".card .spark").count() == 1
    assert len(texts(at, ".row")) == len(CASES)
    at.fill("#words", "mending cost")
    assert at.locator(".row").count() == 1
    at.click(".row")
    assert "What did mending it cost?" in texts(at, "#detail h3")
    assert "Repairs had cost 12 million crowns," in "".join(texts(at, "mark.gold") + texts(at, "mark.both"))


@needs_browser
def test_filters_leave_what_they_say(at: Page, tmp_path: Path) -> None:
    opened(at, tmp_path, page(run_of(systems.copycat), None))
    at.click("#failing")
    faults = sum(bool(case.fault) for case in run_of(systems.copycat).cases)
    assert at.inner_text("#count") == f"{faults} of {len(CASES)}"
    at.select_option("#tag", "near-miss")
    assert at.inner_text("#count") == f"1 of {len(CASES)}"


@needs_browser
def test_nothing_that_was_said_is_read_as_markup(at: Page, tmp_path: Path) -> None:
    told = [c.model_copy(update={"question": HOSTILE}) if c.id == "mayor" else c for c in CASES]
    run = run_of(hostile, told)
    opened(at, tmp_path, page(run, corpus(tmp_path / "corpus")))
    for n in range(4):  # choosing a case draws the rows anew
        at.locator(".row").nth(n).click()
    assert "Byline eval" in at.title()
    assert at.locator("#detail img, #list img").count() == 0
    assert any("<img" in text for text in texts(at, ".row"))
    # What a script put in by hand would do: the policy allows this page's own script and no other.
    at.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = \"document.title='owned'\";"
        "document.body.append(s) }"
    )
    assert at.evaluate("window.violations.splice(0).length") == 1
    assert "owned" not in at.title()


@needs_browser
def test_changes_against_a_baseline_are_shown(at: Page, tmp_path: Path) -> None:
    many = [c.model_copy(update={"id": f"{c.id}-{n}", "cluster": f"{c.id}-{n}"}) for n in range(5) for c in CASES]
    old, new = run_of(systems.oracle, many), run_of(systems.abstainer, many)
    opened(at, tmp_path, page(new, None, old, compare(old, new)))
    assert "Regression" in at.inner_text(".banner")
    at.click("#changed")
    at.locator(".row").nth(0).click()
    assert texts(at, "#detail del")
    assert texts(at, "#detail ins")


@needs_browser
def test_on_a_phone_a_case_opens_over_the_list_and_nothing_is_wider_than_the_screen(at: Page, tmp_path: Path) -> None:
    at.set_viewport_size({"width": 390, "height": 800})
    opened(at, tmp_path, page(run_of(systems.copycat), corpus(tmp_path / "corpus")))
    assert at.evaluate("document.documentElement.scrollWidth") == 390
    assert not at.is_visible("#detail")
    at.locator(".row").nth(0).click()
    assert at.is_visible("#detail")
    at.click("#back")
    assert not at.is_visible("#detail")


@needs_browser
def test_five_thousand_cases_open_and_filter_without_a_pause(at: Page, tmp_path: Path) -> None:
    many = [
        c.model_copy(update={"id": f"{c.id}-{n}", "question": f"{c.question} ({n})"}) for n in range(358) for c in CASES
    ]
    html = page(run_of(systems.copycat, many), corpus(tmp_path / "corpus"))
    began = time.monotonic()
    opened(at, tmp_path, html)
    assert at.inner_text("#count") == f"{len(many)} of {len(many)}"
    assert time.monotonic() - began < 6  # 0.9 s on two idle cores
    spent = at.evaluate(
        "() => { const t = performance.now(); document.getElementById('words').value = 'cost (35';"
        "document.getElementById('filters').dispatchEvent(new Event('input')); return performance.now() - t }"
    )
    assert spent < 150
    assert at.locator(".row").count() < 40


def test_the_page_needs_nothing_from_elsewhere() -> None:
    html = page(run_of(hostile), None)
    assert "http://" not in html
    assert "https://" not in html
    assert html.count("<script") == 2
    assert "</script><script>document" not in html
