"""Comparing texts: what counts as the same words, and where one verbatim stretch overlaps another."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SAME = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "‐": "-", "–": "-", "—": "-", "\u00ad": None})

_NAME_CHARS = 15  # fewer characters in common may be a name that both stretches happen to have


@lru_cache(maxsize=20_000)  # the same passages, quotes and answers are compared by several metrics
def fold(text: str) -> str:
    """Text for comparing: one form of Unicode, case, quotes, dashes and whitespace."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_SAME).casefold().split())


def mentions(text: str, phrase: str) -> bool:
    """Whether `phrase` occurs in `text` as whole words and whole numbers: 6.5 is neither in 16.5 nor in 6.51."""
    wanted, within = fold(phrase), fold(text)
    if wanted not in within:
        return False
    whole = rf"(?<!\w)(?<!\d[.,]){re.escape(wanted)}(?!\w)(?![.,]\d)"
    return re.search(whole, within) is not None


def covers(passage: str, quote: str) -> bool:
    """Whether two stretches of one article share at least half of the shorter one, and more than a name.

    Both are runs of the same text, so one holds the other, or the end of one is the beginning of the other.
    """
    left, right = fold(passage), fold(quote)
    if not left or not right:
        return False
    least = max((min(len(left), len(right)) + 1) // 2, min(_NAME_CHARS, len(right)))
    if right in left or (left in right and len(left) >= least):
        return True
    return _meet(left, right, least) or _meet(right, left, least)


def _meet(first: str, second: str, least: int) -> bool:
    """Whether at least `least` characters at the end of `first` begin `second`."""
    longest = min(len(first), len(second))
    return any(first.endswith(second[:n]) for n in range(least, longest + 1))
