"""Boilerplate inside plain text."""

from __future__ import annotations

from rag.types import Mark


def mark(text: str) -> tuple[Mark, ...]:
    return ()
