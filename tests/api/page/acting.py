"""What a person does on the page."""

from __future__ import annotations

from typing import Any

import httpx
from playwright.sync_api import Page

from tests.browser import forget_movements

QUESTION = "Which Ford plant is the leading candidate to build Geely cars?"
NOWHERE = "What did the Bishop of Ely say about beekeeping subsidies?"
DRAFT = (
    "Diess said VW would take an equity stake in Ford. It is awful. Ford has joint ventures with Changan 🚗. "
    "One person said Ford’s site in Valencia is the leading candidate to take part."
)


def send(page: Page, question: str) -> None:
    page.fill("#question", question)
    forget_movements(page)  # to the browser, what is filled in is no input
    page.press("#question", "Enter")


def ask(page: Page, question: str) -> None:
    before = page.locator(".answer-actions").count()
    send(page, question)
    page.locator(".answer-actions").nth(before).wait_for()


def check(page: Page, draft: str) -> None:
    page.fill("#draft", draft)
    page.click("form.draft button[type=submit]")
    page.wait_for_selector(".exports")


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def record_of(page: Page, server: str) -> dict[str, Any]:
    """The record of the last answer, by its permalink."""
    page.get_by_role("button", name="Copy link").last.click()
    page.get_by_text("The link is copied.").last.wait_for()
    told: dict[str, Any] = httpx.get(
        f"{server}/v1/answers/{clipboard(page).partition('answer=')[2]}", timeout=30
    ).json()
    return told


def focused(page: Page) -> str:
    """The id or class of what has the focus."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.className"))
