"""A headless Chromium, for the tests of pages.

Each module opens its own: while Playwright runs, its event loop is the thread's, and tests that run one could not.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium")
needs_browser = pytest.mark.skipif(not CHROMIUM, reason="needs Debian's chromium")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)

# A script of the page's own origin can't be injected under its policy; this runs before it, from outside.
_WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (e) => window.violations.push(e.violatedDirective));
window.shift = 0;
window.moved = [];
window.movements = new PerformanceObserver((list) => {
  for (const one of list.getEntries()) {
    if (one.hadRecentInput) continue;
    window.shift += one.value;
    window.moved.push(...one.sources.map(({ node }) => node?.className || node?.textContent || "?"));
  }
});
window.movements.observe({ type: "layout-shift", buffered: true });
"""
# What moved is told some time after the frame in which it did.
_FORGET = """
async () => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(drawn))));
  window.movements.takeRecords();
  window.shift = 0;
  window.moved = [];
}
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield opened
        finally:
            opened.close()


def forget_movements(page: Page) -> None:
    """What moved so far does not count, to the last frame that was drawn."""
    page.evaluate(_FORGET)


def unmoved(page: Page) -> None:
    """Fails where anything moved that no input of the last half second moved, and says what."""
    shift, moved = page.evaluate("[window.shift, window.moved]")
    assert shift == 0, moved


@contextmanager
def tab(
    browser: Browser, width: int = 1280, height: int = 900, *, dark: bool = False, touch: bool = False
) -> Iterator[Page]:
    """A page in a context of its own. It fails the test when a dialog opens, or when a script breaks or is refused."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        permissions=["clipboard-read", "clipboard-write"],
        has_touch=touch,
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    faults: list[str] = []
    page.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.add_init_script(_WATCH)
    try:
        yield page
        assert not faults
        assert page.evaluate("window.violations") == []
    finally:
        context.close()
