"""What the page shows of a language model's words that do not hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.serving import served
from tests.api.test_page import ask
from tests.browser import BROWSER, DRIVER, MISSING, chrome
from tests.rag.llm.asking import saying
from tests.scripted_llm import Say, scripted

pytestmark = pytest.mark.skipif(not (BROWSER and DRIVER), reason=MISSING)


def test_a_changed_number_is_marked_with_its_reason(data: Path, tmp_path: Path) -> None:
    words = "One person said Ford’s site in Valencia is the leading candidate"
    draft = saying(
        ("One person said Ford's site in Valencia is the leading candidate to take part.", words),
        ("Seven people said Ford's site in Valencia is the leading candidate to take part.", words),
    )
    with scripted(Say(draft)) as model:
        wire = {
            "BYLINE_LLM": "openai:scripted",
            "BYLINE_LLM_BASE_URL": model.base_url,
            "BYLINE_LLM_RETRIES": "0",
            "BYLINE_LLM_STRUCTURED": "never",
        }
        with served(data, **wire) as service, chrome(tmp_path) as browser:
            told = ask(browser, service.address, "Which Ford plant is the leading candidate to build Geely cars?")
            marks = [one.text for one in browser.find_elements("css selector", ".flag")]
    assert "Seven people" in told
    assert len(marks) == 1
    assert "the quote has no Seven" in marks[0]
