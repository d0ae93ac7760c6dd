"""What a check found, in words for people."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import Check, CheckKind


@dataclass(frozen=True, slots=True)
class Finding:
    """A check, and whether what it found speaks against the sentence, rather than only not for it."""

    check: Check
    against: bool = False


def finding(kind: CheckKind, ok: bool, detail: str, against: bool = False) -> Finding:
    return Finding(Check(kind, ok, detail), against and not ok)


def difference(stored: str, told: str) -> str:
    return f"the article says {stored}, the sentence says {told}"
