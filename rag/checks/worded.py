"""A sentence in the words of what it is checked against, where those are known to mean the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rag.checks import dates, quantities
from rag.checks.names import as_named


def as_worded(sentence: str, text: str, published: date | None = None) -> str:
    """The sentence with its names, dates and numbers as `text` has them: "39%" for "39 percent", and "Thursday" for
    "8 September 2022" in an article of that day. A model that reads both then needs no almanac.
    """
    for start, end, words in sorted(_same_items(sentence, text, published), reverse=True):
        sentence = sentence[:start] + words + sentence[end:]
    return as_named(sentence, text)


def _same_items(sentence: str, text: str, published: date | None) -> Iterator[tuple[int, int, str]]:
    for told in dates.moments(sentence):
        same = (one.text for one in dates.moments(text) if dates.agrees(told, one, published))
        if told.text not in text and (words := next(same, None)):
            yield told.start, told.end, words
    for number in quantities.quantities(sentence):
        same = (one.text for one in quantities.quantities(text) if quantities.agrees(number, one))
        if number.text not in text and (words := next(same, None)):
            yield number.start, number.end, words
