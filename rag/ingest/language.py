"""The language of a text as an ISO 639-1 code, or None where it isn't clear."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_READ = 1_200  # characters
_FEWEST_LETTERS = 50  # below, names and numbers decide
_CLEAR = 0.9  # share of probability of the first language
_WORD = re.compile(r"[^\W\d_]+")
# Function words that together no other language uses; a quarter of an English text is made of them.
_ENGLISH = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "in",
        "that",
        "is",
        "was",
        "for",
        "with",
        "as",
        "his",
        "her",
        "it",
        "he",
        "she",
        "on",
        "by",
        "at",
        "this",
        "they",
        "from",
        "are",
        "were",
        "has",
        "had",
    ]
)
_CODE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*", re.IGNORECASE)


def stated(value: str | None) -> str | None:
    """The language part of a stated tag such as `en-GB`, or None where that isn't a tag."""
    value = (value or "").strip()
    return re.split("[-_]", value)[0].lower() if _CODE.fullmatch(value) else None


def detect(text: str) -> str | None:
    """The language of the beginning of a text. Plain English is told by its function words, without a model."""
    words = _WORD.findall(text[:_READ].lower())
    if sum(map(len, words)) < _FEWEST_LETTERS:
        return None
    english = sum(1 for word in words if word in _ENGLISH)
    if english * 5 >= len(words) and "the" in words:
        return "en"
    language, share = _identifier().classify(text[:_READ])
    return str(language) if float(share) >= _CLEAR else None


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
