"""Questions into statements and back, by rules that would rather give up than write nonsense."""

from __future__ import annotations

import random
import re

from training.swaps import names, numbers
from training.vocabulary import OPENERS

Made = tuple[str, list[tuple[str, int]]]
"""A text, and claims or yes/no questions with the stance of the text."""

DAYS = (
    "on Monday",
    "on Tuesday",
    "last week",
    "on Friday",
    "in March",
    "in 2019",
    "in 2021",
    "this week",
    "on Sunday",
    "",
)
_SUBJECT = re.compile(
    r"^(?:who|what|which(?: \w+){0,2}|what (?:\w+ ){0,2}\w+|how many \w+)\s+"
    r"(?=(?:is|was|are|were|has|had|will|would|can|could|won|made|became|wrote|led|began|caused|took|gave|played|said|"
    r"\w{3,}ed|\w{3,}s)\b)",
    re.IGNORECASE,
)
_INVERTED = re.compile(
    r"\b(?:did|does|do)\b|\b(?:in|on|at|of|for|with|by|from|to|as|about|into|called|named|known for)\?*$", re.IGNORECASE
)
_AUX_THEN_NAME = re.compile(
    r"^(?:is|was|are|were|has|had|will|would|can|could)\s+(?:the\s+\w+\s+\w+ed\b|[A-Z]|he\b|she\b|it\b|they\b)"
)
_WHEN = re.compile(
    r"^(?:when|in what year|in which year|what year) (was|were|is) (.+?) (\w+(?:ed|en|rn|un|de|lt))\b(.*?)\?*$",
    re.IGNORECASE,
)


def statement(question: str, answer: str) -> str | None:
    """The sentence that answers `question` with `answer`; None where no rule fits."""
    question = question.strip()
    when = _WHEN.match(question)
    if when and re.search(r"\d", answer):
        bare = re.sub(r"^in ", "", answer.strip())
        return _sentence(f"{when[2]} {when[1]} {when[3]}{when[4]} in {bare}")
    match = _SUBJECT.match(question)
    if match is None or _INVERTED.search(question) or not 1 <= len(answer.split()) <= 10:
        return None
    rest = question[match.end() :].rstrip("? ")
    if _AUX_THEN_NAME.match(rest) or len(rest.split()) < 3:
        return None
    return _sentence(f"{answer.strip(' .,')} {rest}")


def questioned(claim: str, passage: str, rng: random.Random) -> tuple[str, tuple[int, int]] | None:
    """A question that `claim` answers: a name or number of it that the passage has too gives way to a question word.

    Returns the question and where the answer stands in the passage. After Lewis et al. 2019, with a claim that is
    worded apart from the passage where the pair is, so that the question is too.
    """
    spans = [*names(claim), *[n for n in numbers(claim) if rng.random() < 0.8]]
    if claim[:1].isupper():
        opening = re.match(r"(?:[A-Z][\w’'.-]+ ?){1,4}(?= )", claim)
        spans += [(0, len(opening[0].rstrip()))] if opening and opening[0].split()[0] not in OPENERS else []
    fit = [(span, at) for span in spans for at in [_whole(passage, claim[slice(*span)])] if at is not None]
    if not fit:
        return None
    span, at = rng.choice(fit)
    rest = claim[span[1] :].rstrip(" .")
    word = _question_word(claim[slice(*span)], claim[: span[0]], rest, rng)
    text = f"{claim[: span[0]]}{word}{rest}?"
    return text[0].upper() + text[1:], at


def _question_word(answer: str, before: str, after: str, rng: random.Random) -> str:
    if re.fullmatch(r"1[5-9]\d\d|20\d\d", answer):
        return "what year"
    if answer[0].isdigit():
        return "how many" if re.match(r" [a-z]{3,}", after) else "what number"
    place = re.search(r"\b(?:in|at|from|near)\s*$", before)
    return (
        rng.choice(("what place", "which country or city", "what")) if place else rng.choice(("who", "what", "which"))
    )


def _whole(passage: str, words: str) -> tuple[int, int] | None:
    match = re.search(rf"(?<!\w){re.escape(words)}(?!\w)", passage)
    return match.span() if match else None


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."
