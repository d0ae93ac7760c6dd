"""What an article's outlet is called to people."""

from __future__ import annotations


def outlet_named(source: str | None, title: str | None) -> str:
    """Where the outlet is not known, the article's title; a file is no outlet."""
    return source or title or "unknown outlet"
