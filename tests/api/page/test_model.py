"""What the page shows of a language model's words, while they come and where they do not hold."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.api.page.acting import QUESTION, ask
from tests.api.page.axe import accessible
from tests.api.serving import served
from tests.browser import tab, unmoved
from tests.rag.llm.asking import saying
from tests.scripted_llm import Say, ScriptedLLM, scripted

PLANT = "One person said Ford’s site in Valencia is the leading candidate"
TALKS = "Five individuals said the conversations have been ongoing for several months."


@pytest.fixture(scope="module")
def writing(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ScriptedLLM]]:
    folder = Path(shutil.copytree(data, tmp_path_factory.mktemp("writing") / "data"))
    with scripted() as model:
        wire = {"BYLINE_LLM": "openai:scripted", "BYLINE_LLM_BASE_URL": model.base_url, "BYLINE_LLM_RETRIES": "0"}
        with served(folder, BYLINE_LLM_STRUCTURED="never", **wire) as service:
            yield service.address, model


def test_words_stream_without_moving_and_what_does_not_hold_says_why(
    browser: Browser, writing: tuple[str, ScriptedLLM]
) -> None:
    address, model = writing
    draft = saying(
        ("One person said Ford's site in Valencia is the leading candidate to take part.", PLANT),
        ("Seven people said Ford's site in Valencia is the leading candidate to take part.", PLANT),
        (TALKS, TALKS),
    )
    model.say(Say(draft, pieces=60, pause_s=0.02))
    with tab(browser, 360) as page:
        page.goto(address)
        ask(page, QUESTION)
        unmoved(page)
        assert page.locator(".sentence").count() == 3
        assert "the quote has no Seven" in page.inner_text(".is-contradicted .flag")
        assert page.locator(".is-supported .flag").count() == 0
        accessible(page)


def test_the_other_citations_of_the_answer_are_marked_and_stepped_to(
    browser: Browser, writing: tuple[str, ScriptedLLM]
) -> None:
    address, model = writing
    model.say(Say(saying((f"{PLANT} to take part.", PLANT), (TALKS, TALKS))))
    with tab(browser) as page:
        page.goto(address)
        ask(page, QUESTION)
        page.locator(".chip").nth(0).click()
        expect(page.locator("mark.quote")).to_contain_text("Valencia")
        expect(page.locator("mark.quote")).to_have_attribute("data-n", "1")
        expect(page.locator("mark.other")).to_have_text(TALKS)
        page.keyboard.press("n")
        expect(page.locator("mark.quote")).to_have_text(TALKS)
        expect(page.locator("mark.quote")).to_be_in_viewport()
        expect(page.locator("mark.other")).to_contain_text("Valencia")
        accessible(page)
