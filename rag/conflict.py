"""Whether two sentences of different articles disagree, or tell two stages of one story.

Conservative: figures must be of one kind and unit and clearly apart, and a stage must be said in plain words.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from rag.spans import Found, find
from rag.terms import STOP_WORDS, stem, words

Stage = Literal["talks", "done", "denied"]

APART = 0.1  # figures nearer than this share of the larger are roundings of each other
_STAGES: tuple[tuple[Stage, re.Pattern[str]], ...] = (
    (
        "denied",
        re.compile(
            r"\b(?:den(?:y|ies|ied)|reject(?:s|ed)|ruled out|rul(?:es|ing) out|cancel(?:s|l?ed)|scrapp?(?:s|ed)|"
            r"abandon(?:s|ed)|called off|calls off|withdrew|withdrawn|collapsed|walked away|backed out)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "talks",
        re.compile(
            r"\b(?:talks|negotiati(?:ng|ons?)|in discussions?|discuss(?:ing|ions)|considering|weighing|exploring|"
            r"mulling|proposed|proposal|potential|possible|rumou?red|preliminary|seeking|bid)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "done",
        re.compile(
            r"\b(?:announced|agreed|signed|completed|finali[sz]ed|closed|approved|confirmed|struck|reached|acquired|"
            r"bought|sealed|concluded|ratified)\b",
            re.IGNORECASE,
        ),
    ),
)
_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "b": 1e9,
    "trillion": 1e12, "tn": 1e12,
}  # fmt: skip
_SMALL = {
    word: float(value)
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
} | {
    word: 10.0 * value
    for value, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_PART = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|[a-z]+", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


class Figure(NamedTuple):
    """A value and what it counts: a currency, "%", or the stem of the word after it."""

    value: float
    unit: str


def stage_of(sentence: str) -> Stage | None:
    """The stage that a sentence tells of a deal, plan or report; a denial or talks outweigh "announced"."""
    return next((stage for stage, words_of in _STAGES if words_of.search(sentence)), None)


def stages_differ(one: str, other: str) -> bool:
    """Whether two sentences put the same parties at different stages: they share two names at least."""
    first, second = stage_of(one), stage_of(other)
    return first is not None and second is not None and first != second and len(_names(one) & _names(other)) >= 2


def figures_differ(one: str, in_one: Found, other: str, in_other: Found) -> bool:
    """Whether two spans of one kind, of two sentences, give clearly different values of the same unit."""
    if in_one.kind != in_other.kind:
        return False
    if in_one.kind == "date":
        return _years_differ(in_one.of(one), in_other.of(other))
    first, second = figure(one, in_one), figure(other, in_other)
    if first is None or second is None or first.unit != second.unit:
        return False
    return abs(first.value - second.value) > APART * max(first.value, second.value)


def figure(sentence: str, span: Found) -> Figure | None:
    """The value at a money, percent or number span; None when it can't be read or counts nothing named."""
    value = _value(span.of(sentence))
    unit = _unit(sentence, span)
    return None if value is None or not unit else Figure(value, unit)


def _value(text: str) -> float | None:
    total: float | None = None
    for part in _PART.findall(text.lower()):
        if part[0].isdigit():
            total = float(part.replace(",", ""))
        elif part in _SCALES:
            total = (1.0 if total is None else total) * _SCALES[part]
        elif part in _SMALL:
            total = (total or 0.0) + _SMALL[part]
    return total


def _unit(sentence: str, span: Found) -> str:
    if span.kind == "percent":
        return "%"
    if span.kind == "money":
        text = span.of(sentence)
        sign = next((c for c in text if c in "$£€¥₹"), "")
        return sign or stem(text.split()[-1])
    following = words(sentence[span.end : span.end + 40])
    return following[0].stem if following and following[0].text.lower() not in STOP_WORDS else ""


def _years_differ(one: str, other: str) -> bool:
    first, second = _YEAR.search(one), _YEAR.search(other)
    return first is not None and second is not None and first.group() != second.group()


def _names(sentence: str) -> frozenset[str]:
    return frozenset(w.stem for span in find(sentence) if span.kind == "name" for w in words(span.of(sentence)))
