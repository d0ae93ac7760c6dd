"""What a reader model reads before a passage: the article's title, outlet and day, and the sentence before."""

from __future__ import annotations

from datetime import date


def lead(title: str | None, source: str | None, published: date | None, before: str = "") -> str:
    """Ends in a space where it is not empty. `before` is the sentence before a passage that begins inside a paragraph.

    >>> lead("Storm closes ports", "Reuters", date(2026, 6, 2))
    'Storm closes ports (Reuters, 2 June 2026). '
    """
    day = f"{published.day} {published:%B %Y}" if published else ""
    origin = ", ".join(part for part in (source, day) if part)
    head = " ".join(part for part in (title, f"({origin})" if origin else "") if part)
    return "".join(part + " " for part in (f"{head}." if head else "", before) if part)
