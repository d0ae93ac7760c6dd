"""What goes wrong has a helpful state, and a way on: made by a real service that refuses, fails or is gone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from rag.keys import KeyStore
from tests.api.page.acting import QUESTION, ask, send
from tests.api.page.axe import accessible
from tests.api.serving import served
from tests.browser import tab
from tests.rag.llm.asking import saying
from tests.scripted_llm import Say, ScriptedLLM, scripted

PER_MINUTE = 60
FOUND = "One person said Ford’s site in Valencia is the leading candidate"


@dataclass
class Guarded:
    """A service that asks for keys, counts requests and has a language model."""

    address: str
    keys: KeyStore
    model: ScriptedLLM

    def key(self, scope: str = "read") -> str:
        return self.keys.add("tester", scope)[1]

    def opened(self, page: Page, key: str, path: str = "/") -> None:
        page.goto(self.address)
        page.evaluate("key => sessionStorage.setItem('byline-key', key)", key)
        page.goto(self.address + path)


@pytest.fixture(scope="module")
def guarded(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = Path(shutil.copytree(data, tmp_path_factory.mktemp("guarded") / "data"))
    with scripted() as model:
        settings = {
            "BYLINE_REQUIRE_KEYS": "1",
            "BYLINE_RATE_PER_MINUTE": str(PER_MINUTE),
            "BYLINE_MAX_BODY_MB": "1",
            "BYLINE_LLM": "openai:scripted",
            "BYLINE_LLM_BASE_URL": model.base_url,
            "BYLINE_LLM_RETRIES": "0",
            "BYLINE_LLM_STRUCTURED": "never",
        }
        with served(folder, **settings) as service:
            yield Guarded(service.address, KeyStore(folder), model)


def test_a_key_is_asked_for_and_kept_for_the_tab(browser: Browser, guarded: Guarded) -> None:
    with tab(browser) as page:
        page.goto(guarded.address)
        expect(page.locator(".trouble h2")).to_have_text("A key is needed")
        accessible(page)
        page.fill("#key", "byl_not_valid")
        page.click("text=Use it")
        expect(page.locator(".trouble p").first).to_contain_text("not valid")
        page.fill("#key", guarded.key())
        page.click("text=Use it")
        page.wait_for_selector(".example")
        assert page.evaluate("localStorage.length") == 0


def test_a_key_that_may_only_read_is_told_so(browser: Browser, guarded: Guarded) -> None:
    with tab(browser) as page:
        guarded.opened(page, guarded.key(), "/?archive")
        page.wait_for_selector(".drop")
        page.set_input_files("#files", [{"name": "a.txt", "mimeType": "text/plain", "buffer": b"A short story."}])
        expect(page.locator(".job .trouble")).to_contain_text("may read only")


def test_what_is_too_large_is_refused_with_the_limit(browser: Browser, guarded: Guarded) -> None:
    with tab(browser) as page:
        guarded.opened(page, guarded.key("write"), "/?archive")
        page.wait_for_selector(".drop")
        page.set_input_files("#files", [{"name": "a.txt", "mimeType": "text/plain", "buffer": b"x" * 1_200_000}])
        expect(page.locator(".job .trouble h2")).to_have_text("Too large")
        expect(page.locator(".job .trouble")).to_contain_text("may have 1 MB")


def test_too_many_questions_wait_and_are_asked_again(browser: Browser, guarded: Guarded) -> None:
    key = guarded.key()
    with tab(browser) as page, httpx.Client(base_url=guarded.address, timeout=30) as http:
        guarded.opened(page, key)
        page.wait_for_selector(".example")
        header = {"Authorization": f"Bearer {key}"}
        while http.get("/v1/jobs", headers=header).status_code == 200:
            pass
        send(page, "What did the Bishop of Ely say about beekeeping subsidies?")
        expect(page.locator(".trouble h2")).to_have_text("Too many questions at once")
        expect(page.locator(".trouble button")).to_have_text("Try again in 1 s")
        expect(page.locator(".trouble button")).to_be_disabled()
        expect(page.locator(".trouble button")).to_be_enabled()
        page.click(".trouble button")
        page.wait_for_selector(".abstains")


def test_a_model_that_is_down_leaves_the_answer_in_quotes(browser: Browser, guarded: Guarded) -> None:
    guarded.model.say(Say(status=500))
    with tab(browser) as page:
        guarded.opened(page, guarded.key())
        ask(page, QUESTION)
        expect(page.locator(".notice")).to_contain_text("The answer is in quotes.")
        expect(page.locator(".words")).to_contain_text("Valencia")
        accessible(page)


def test_an_answer_under_way_is_stopped_and_asked_again(browser: Browser, guarded: Guarded) -> None:
    draft = saying(("One person said Ford's site in Valencia is the leading candidate to take part.", FOUND))
    guarded.model.say(Say(draft, pieces=30, pause_s=0.3), Say(draft))
    with tab(browser) as page:
        guarded.opened(page, guarded.key())
        send(page, QUESTION)
        page.wait_for_selector("text=Reading")
        page.click("#ask >> text=Stop")
        page.wait_for_selector("text=Stopped.")
        page.click("text=Ask it again")
        page.wait_for_selector(".is-supported")


def test_being_offline_is_shown_and_passes(page: Page) -> None:
    ask(page, QUESTION)
    page.context.set_offline(True)
    page.wait_for_selector("#offline >> text=can’t be reached")
    send(page, "Who said that?")
    expect(page.locator(".trouble h2")).to_have_text("Not connected")
    assert "Valencia" in page.locator(".words").first.inner_text()
    accessible(page)
    page.context.set_offline(False)
    page.wait_for_selector("#offline", state="hidden")
    page.click(".trouble button")
    page.locator(".answer-actions").nth(1).wait_for()


def test_a_service_that_dies_half_way_is_told(browser: Browser, own_data: Path) -> None:
    draft = saying((f"{FOUND} to take part.", FOUND), (f"{FOUND}.", FOUND))
    with scripted(Say(draft, pieces=60, pause_s=0.3)) as model:
        wire = {"BYLINE_LLM": "openai:scripted", "BYLINE_LLM_BASE_URL": model.base_url}
        with served(own_data, BYLINE_LLM_STRUCTURED="never", **wire) as service, tab(browser) as page:
            page.goto(service.address)
            send(page, QUESTION)
            page.wait_for_selector("text=Reading")
            service.process.kill()
            expect(page.locator(".trouble h2")).to_have_text("The connection broke")
            page.wait_for_selector("#offline >> text=can’t be reached")
            page.click("nav >> text=Archive")
            expect(page.locator(".trouble h2").first).to_have_text("Not connected")


@pytest.mark.parametrize("address", ["/?answer=none", "/?check=none", "/?article=none"])
def test_what_is_not_there_is_said(page: Page, server: str, address: str) -> None:
    page.goto(server + address)
    expect(page.locator(".trouble h2")).to_have_text("Not here")
    if "answer" in address:
        accessible(page)
