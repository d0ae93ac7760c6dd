"""Links that open an article at a quote: URL fragment text directives (WICG Scroll to Text Fragment)."""

from __future__ import annotations

from urllib.parse import quote as percent

_WHOLE = 200  # characters of a quote that is named in full; of a longer one its first and last words
_WORDS = 5
_AROUND = 3  # words before and after, which tell two places with the same words apart


def fragment_link(url: str, quote: str, prefix: str = "", suffix: str = "") -> str:
    """`url` with a text directive for the quote, after any fragment that it has already."""
    words = quote.split()
    if len(quote) <= _WHOLE or len(words) <= 2 * _WORDS:
        middle = _encoded(" ".join(words))
    else:
        middle = f"{_encoded(' '.join(words[:_WORDS]))},{_encoded(' '.join(words[-_WORDS:]))}"
    before, after = prefix.split()[-_AROUND:], suffix.split()[:_AROUND]
    parts = [f"{_encoded(' '.join(before))}-"] if before else []
    parts += [middle, *([f"-{_encoded(' '.join(after))}"] if after else [])]
    joint = ":~:" if "#" in url else "#:~:"
    return f"{url}{joint}text={','.join(parts)}"


def _encoded(text: str) -> str:
    """Percent-encoded, "-" and "," too: they are the directive's own signs."""
    return percent(text, safe="").replace("-", "%2D")
