"""What axe-core says of the page as it stands, on a phone and on a desktop, light and dark."""

from __future__ import annotations

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = ((360, 740), (1280, 900))


def accessible(page: Page) -> None:
    """Fails where axe finds anything; leaves the page as it was. In the dark only colours differ."""
    before = page.viewport_size
    page.evaluate(Axe().axe_script)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for dark in (False, True):
            page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
            only = {"type": "rule", "values": ["color-contrast"]} if dark else {"type": "tag", "values": RULES}
            options = {"runOnly": only, "resultTypes": ["violations"]}
            told = AxeResults(page.evaluate("options => axe.run(document, options)", options))
            assert not told.response["violations"], f"{width} px, dark {dark}: {told.generate_report()}"
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    if before:
        page.set_viewport_size(before)
