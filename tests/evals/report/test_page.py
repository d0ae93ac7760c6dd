"""The page in a real browser: what it shows, that nothing said can do anything, and that it stays quick."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from evals.compare.compare import compare
from evals.gold import Case
from evals.reply import Reply
from evals.report.page import page
from evals.runs.record import Past, RunFile
from tests.browser import BROWSER, DRIVER, MISSING, chrome
from tests.evals import systems
from tests.evals.runfiles import run_of
from tests.evals.systems import CASES, corpus

needs_browser = pytest.mark.skipif(not (BROWSER and DRIVER), reason=MISSING)
HOSTILE = (
    "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">\u2028 12 million"
)


def hostile(case: Case) -> Reply:
    told = systems.oracle(case)
    if case.id != "price":
        return told
    return told.model_copy(update={"text": HOSTILE, "short_answer": HOSTILE})


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chrome(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def opened(browser: Chrome, folder: Path, html: str) -> Chrome:
    path = folder / "page.html"
    path.write_text(html, encoding="utf-8")
    browser.get(path.as_uri())
    return browser


def texts(browser: Chrome, selector: str) -> list[str]:
    return [one.text for one in browser.find_elements(By.CSS_SELECTOR, selector)]


def log(browser: Chrome) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return told


def with_history(run: RunFile) -> RunFile:
    past = [Past(when="", commit=None, values={"right": value}) for value in (0.2, 0.5, 0.4)]
    return run.model_copy(update={"history": tuple(past)})


@needs_browser
def test_it_shows_scores_cases_and_the_quote_in_its_article(browser: Chrome, tmp_path: Path) -> None:
    run = with_history(run_of(systems.copycat))
    opened(browser, tmp_path, page(run, corpus(tmp_path / "corpus")))
    assert texts(browser, ".card .value")[0] == "0.300"
    assert len(browser.find_elements(By.CSS_SELECTOR, ".card .spark")) == 1
    assert len(texts(browser, ".row")) == len(CASES)
    browser.find_element(By.ID, "words").send_keys("mending cost")
    (row,) = browser.find_elements(By.CSS_SELECTOR, ".row")
    row.click()
    assert "What did mending it cost?" in texts(browser, "#detail h3")
    assert "Repairs had cost 12 million crowns," in "".join(texts(browser, "mark.gold") + texts(browser, "mark.both"))
    assert not log(browser)


@needs_browser
def test_filters_leave_what_they_say(browser: Chrome, tmp_path: Path) -> None:
    opened(browser, tmp_path, page(run_of(systems.copycat), None))
    browser.find_element(By.ID, "failing").click()
    faults = sum(bool(case.fault) for case in run_of(systems.copycat).cases)
    assert browser.find_element(By.ID, "count").text == f"{faults} of {len(CASES)}"
    Select(browser.find_element(By.ID, "tag")).select_by_value("near-miss")
    assert browser.find_element(By.ID, "count").text == f"1 of {len(CASES)}"


@needs_browser
def test_nothing_that_was_said_is_read_as_markup(browser: Chrome, tmp_path: Path) -> None:
    told = [c.model_copy(update={"question": HOSTILE}) if c.id == "mayor" else c for c in CASES]
    run = run_of(hostile, told)
    opened(browser, tmp_path, page(run, corpus(tmp_path / "corpus")))
    for n in range(4):  # choosing a case draws the rows anew
        browser.find_elements(By.CSS_SELECTOR, ".row")[n].click()
    assert "Byline eval" in browser.title
    assert not browser.find_elements(By.CSS_SELECTOR, "#detail img, #list img")
    assert any("<img" in text for text in texts(browser, ".row"))
    # What a script put in by hand would do: the policy allows this page's own script and no other.
    browser.execute_script(  # type: ignore[no-untyped-call]
        "const s = document.createElement('script'); s.textContent = \"document.title='owned'\";document.body.append(s)"
    )
    assert "owned" not in browser.title


@needs_browser
def test_changes_against_a_baseline_are_shown(browser: Chrome, tmp_path: Path) -> None:
    many = [c.model_copy(update={"id": f"{c.id}-{n}", "cluster": f"{c.id}-{n}"}) for n in range(5) for c in CASES]
    old, new = run_of(systems.oracle, many), run_of(systems.abstainer, many)
    opened(browser, tmp_path, page(new, None, old, compare(old, new)))
    assert "Regression" in browser.find_element(By.CSS_SELECTOR, ".banner").text
    browser.find_element(By.ID, "changed").click()
    browser.find_elements(By.CSS_SELECTOR, ".row")[0].click()
    assert texts(browser, "#detail del")
    assert texts(browser, "#detail ins")


@needs_browser
def test_on_a_phone_a_case_opens_over_the_list_and_nothing_is_wider_than_the_screen(
    browser: Chrome, tmp_path: Path
) -> None:
    browser.execute_cdp_cmd(  # type: ignore[no-untyped-call]
        "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    )
    opened(browser, tmp_path, page(run_of(systems.copycat), corpus(tmp_path / "corpus")))
    assert browser.execute_script("return document.documentElement.scrollWidth") == 390  # type: ignore[no-untyped-call]
    assert not browser.find_element(By.ID, "detail").is_displayed()
    browser.find_elements(By.CSS_SELECTOR, ".row")[0].click()
    assert browser.find_element(By.ID, "detail").is_displayed()
    browser.find_element(By.ID, "back").click()
    assert not browser.find_element(By.ID, "detail").is_displayed()
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})  # type: ignore[no-untyped-call]


@needs_browser
def test_five_thousand_cases_open_and_filter_without_a_pause(browser: Chrome, tmp_path: Path) -> None:
    many = [
        c.model_copy(update={"id": f"{c.id}-{n}", "question": f"{c.question} ({n})"}) for n in range(358) for c in CASES
    ]
    html = page(run_of(systems.copycat, many), corpus(tmp_path / "corpus"))
    began = time.monotonic()
    opened(browser, tmp_path, html)
    assert browser.find_element(By.ID, "count").text == f"{len(many)} of {len(many)}"
    assert time.monotonic() - began < 6  # 0.9 s on two idle cores
    spent = browser.execute_script(  # type: ignore[no-untyped-call]
        "const t = performance.now(); document.getElementById('words').value = 'cost (35';"
        "document.getElementById('filters').dispatchEvent(new Event('input')); return performance.now() - t"
    )
    assert spent < 150
    assert len(browser.find_elements(By.CSS_SELECTOR, ".row")) < 40


def test_the_page_needs_nothing_from_elsewhere() -> None:
    html = page(run_of(hostile), None)
    assert "http://" not in html
    assert "https://" not in html
    assert html.count("<script") == 2
    assert "</script><script>document" not in html
