"""The page in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser import BROWSER, DRIVER, MISSING, chrome

pytestmark = pytest.mark.skipif(not (BROWSER and DRIVER), reason=MISSING)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chrome(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def ask(browser: Chrome, server: str, question: str) -> str:
    browser.get(server + "/")
    browser.find_element(By.ID, "question").send_keys(question)
    browser.find_element(By.CSS_SELECTOR, "button").click()
    WebDriverWait(browser, 20).until(lambda b: b.find_elements(By.CSS_SELECTOR, "#answer .text, #answer .note"))
    return browser.find_element(By.ID, "answer").text


def test_a_question_is_answered_with_a_marked_quote(browser: Chrome, server: str) -> None:
    told = ask(browser, server, "Which Ford plant is the leading candidate to build Geely cars?")
    assert "Valencia" in told
    assert "[1]" in told
    assert "Valencia" in browser.find_element(By.CSS_SELECTOR, "#citation-1 mark").text


def test_an_abstention_shows_what_came_nearest(browser: Chrome, server: str) -> None:
    ask(browser, server, "What did the Bishop of Ely say about beekeeping subsidies?")
    assert not browser.find_elements(By.TAG_NAME, "mark")
    assert browser.find_elements(By.CSS_SELECTOR, ".cards li")


def test_an_article_s_markup_is_shown_as_text(browser: Chrome, server: str) -> None:
    told = ask(browser, server, "Who retired as lighthouse keeper of Grimsay on Friday?")
    assert "<img src=x" in told
    assert browser.title == "Byline"
    assert not browser.find_elements(By.CSS_SELECTOR, "#answer img, #answer script")


@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_is_wider_than_the_screen(browser: Chrome, server: str, width: int) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    ask(browser, server, "Which Ford plant is the leading candidate to build Geely cars?")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
