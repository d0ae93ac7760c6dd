"""A poisoned article runs nothing, fetches nothing and leaves the page usable."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.api.page.acting import ask, check
from tests.api.serving import served
from tests.browser import tab
from tests.command import HOSTILE, ROOT, byline

TITLE = "<img src=x onerror=alert(1)> \u202egnp.exe\u202c " + "long " * 2_000_000  # 10 MB
TEXT = (
    f"{HOSTILE}\n\n![x](https://evil.example/x.png) [open](javascript:alert(1)) \u202ea\u202c <b onclick=alert(1)>\n\n"
    "<svg onload=alert(1)> The keeper’s cat <a href='javascript:alert(1)'>Tib</a> stayed at Grimsay."
)
ADDRESSES = ("https://hostile.example/a?x=<script>alert(1)</script>", "javascript:alert(1)")


def test_nothing_of_it_runs(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYLINE_MAX_ARTICLE_CHARS", "12000000")  # else so long a title is refused
    told = {"title": TITLE, "text": TEXT, "authors": ["<script>alert(1)</script>"], "source": "<b onclick=alert(1)>x"}
    lines = tmp_path / "hostile.jsonl"
    lines.write_text("".join(json.dumps(told | {"url": url}) + "\n" for url in ADDRESSES), encoding="utf-8")
    done = byline("ingest", str(lines), str(ROOT / "corpus"), data=tmp_path / "data")
    assert done.returncode in {0, 3}, done.stderr
    with served(tmp_path / "data") as service, tab(browser, 360) as page:  # tab fails on a dialog or a violation
        elsewhere: list[str] = []
        page.on("request", lambda one: elsewhere.append(one.url) if not one.url.startswith(service.address) else None)
        page.goto(service.address)
        ask(page, "When did the lighthouse keeper of Grimsay retire?")
        assert "<img src=x" in page.inner_text(".sentence")
        page.locator("#thread button:has-text('Read it in the article')").first.click()
        page.wait_for_selector("mark.quote")
        assert page.locator("main img, main script, #source img, #source script, #source b").count() == 0
        assert page.locator("a[href^='javascript']").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.keyboard.press("Escape")
        page.click("nav >> text=Check")
        check(page, "The lighthouse keeper of Grimsay <img src=x onerror=alert(1)> retired on Friday.")
        expect(page.locator("main img, main script, main svg[onload]")).to_have_count(0)
        page.click("nav >> text=Archive")
        page.wait_for_selector(".articles li")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.evaluate("document.querySelector('.articles bdi').textContent.length") <= 301
        page.fill("#search", "lighthouse keeper")
        page.click("form[role=search] button")
        page.wait_for_selector(".hits b")
        assert page.title() == "Archive · Byline"
        assert not elsewhere
