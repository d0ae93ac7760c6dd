"""One training example, and the small text operations that recipes share."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

_WORD = re.compile(r"\S+")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z0-9])")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Example:
    """A question or claim with a passage, and what is known of the pair; None is unknown and adds no loss.

    `span` is [start, end) of the answer in the passage, and `(-1, -1)` says that the passage has no answer. `lead` is
    read before the passage and holds no answer: title, outlet and date, and the sentence before. `evidence` are the
    sentences of the passage that answer or decide; an empty tuple says that none does.
    """

    recipe: str
    first: str
    passage: str
    span: Span | None = None
    relevant: bool | None = None
    stance: int | None = None
    evidence: tuple[Span, ...] | None = None
    lead: str = ""


NO_ANSWER: Span = (-1, -1)


def sentences(text: str) -> list[Span]:
    """Rough sentence spans, by punctuation alone: training text need not be cut where a reader would cut it."""
    ends = [match.start() for match in _SENTENCE_END.finditer(text)]
    starts = [match.end() for match in _SENTENCE_END.finditer(text)]
    return [(a, b) for a, b in zip([0, *starts], [*ends, len(text)], strict=True) if text[a:b].strip()]


def crop(text: str, keep: Span | None, words: int, rng: random.Random) -> tuple[str, Span | None]:
    """At most about `words` words of whole sentences around `keep`, at a random place; and where `keep` is then."""
    if len(_WORD.findall(text)) <= words:
        return text, keep
    spans = sentences(text)
    inside = [n for n, (a, b) in enumerate(spans) if keep and a < keep[1] and b > keep[0]] or [0]
    first, last = inside[0], inside[-1]
    size = sum(_count(text, spans[n]) for n in range(first, last + 1))
    while True:
        sides = [n for n in (first - 1, last + 1) if 0 <= n < len(spans) and size + _count(text, spans[n]) <= words]
        if not sides:
            break
        side = rng.choice(sides)
        size += _count(text, spans[side])
        first, last = min(first, side), max(last, side)
    start, end = spans[first][0], spans[last][1]
    return text[start:end], (keep[0] - start, keep[1] - start) if keep else None


def surround(text: str, span: Span | None, others: list[str], rng: random.Random) -> tuple[str, Span | None]:
    """`text` at a random place among `others`, and where `span` is then."""
    at = rng.randint(0, len(others))
    before = " ".join(others[:at])
    shift = len(before) + 1 if before else 0
    whole = " ".join(part for part in (before, text, " ".join(others[at:])) if part)
    return whole, (span[0] + shift, span[1] + shift) if span else None


def holds(passage: str, answer: str) -> bool:
    return bool(answer.strip()) and answer.strip().lower() in passage.lower()


def other_than(passage: str, answer: str = "") -> Callable[[str], bool]:
    """Whether a passage is another one, and doesn't hold the answer."""
    return lambda one: one != passage and not holds(one, answer)


def _count(text: str, span: Span) -> int:
    return len(_WORD.findall(text[slice(*span)]))
