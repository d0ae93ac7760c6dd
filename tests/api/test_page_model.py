"""What the page shows of a language model's words that do not hold."""

from __future__ import annotations

from pathlib import Path

from tests.api.serving import served
from tests.browser import chromium, needs_browser, tab
from tests.rag.llm.asking import QUESTION, saying
from tests.scripted_llm import Say, scripted


@needs_browser
def test_a_changed_number_is_marked_with_its_reason(own_data: Path) -> None:
    words = "One person said Ford’s site in Valencia is the leading candidate"
    draft = saying(
        ("One person said Ford's site in Valencia is the leading candidate to take part.", words),
        ("Seven people said Ford's site in Valencia is the leading candidate to take part.", words),
    )
    with scripted(Say(draft, pieces=60, pause_s=0.01)) as model:
        wire = {"BYLINE_LLM": "openai:scripted", "BYLINE_LLM_BASE_URL": model.base_url, "BYLINE_LLM_RETRIES": "0"}
        with (
            served(own_data, BYLINE_LLM_STRUCTURED="never", **wire) as service,
            chromium() as browser,
            tab(browser) as page,
        ):
            page.goto(service.address)
            page.fill("#question", QUESTION)
            page.press("#question", "Enter")
            page.wait_for_selector(".answer-actions")
            assert page.locator(".sentence").count() == 2
            assert "the quote has no Seven" in page.inner_text(".is-contradicted .flag")
            assert page.locator(".is-supported .flag").count() == 0
            assert page.evaluate("window.shift") <= 0.02
