"""Which spans of a sentence could be the kind of answer that a question wants."""

from __future__ import annotations

import re

from rag.question import Asked, Wanted
from rag.spans import Found, find
from rag.terms import words

STRICT: frozenset[Wanted] = frozenset(
    {"money", "percent", "number", "date", "quote", "person", "organisation", "place"}
)
"""Kinds that can be recognised by form; a sentence without one hardly answers."""

QUANTITIES: frozenset[Wanted] = frozenset({"money", "percent", "number", "date"})
"""Kinds without which a sentence can't answer at all."""

_KINDS: dict[Wanted, frozenset[str]] = {
    "money": frozenset({"money"}),
    "percent": frozenset({"percent"}),
    "number": frozenset({"number", "percent", "money"}),
    "date": frozenset({"date"}),
    "quote": frozenset({"quote"}),
    "person": frozenset({"name"}),
    "organisation": frozenset({"name"}),
    "place": frozenset({"name"}),
}
_DURATION = re.compile(r"\bhow (?:long|old|often)\b", re.IGNORECASE)
_BEFORE_PLACE = re.compile(
    r"(?:\b(?:in|at|from|near|to|across|outside|of|around|into|towards?|for|between|and|over|throughout)|^) "
    r"(?:the |southern |northern |eastern |western |central |\w+ern )?$"
)
_AT_PLACE = re.compile(r"\b(?:in|at|near|inside|outside) (?:the )?$")
_DATELINE = re.compile(r"[A-Z][A-Z .,]{2,40}(?:\([A-Za-z ]+\) ?)?(?:--|—|–|-) |\([A-Z][A-Za-z ]{1,20}\) ")
_REASON = re.compile(
    r"\b(?:because|due to|owing to|since|so that|in order to|after|amid|citing|thanks to|over|as a result|reason|"
    r"caused by|blamed|following|for fear|to avoid|to prevent|to help|given|in response to|sparked|prompted|led to|"
    r"in protest|cause)\b",
    re.IGNORECASE,
)


def possible_answers(asked: Asked, sentence: str) -> list[Found]:
    """Spans of the wanted kind that the question itself does not hold; for other kinds than STRICT none.

    A reason is the whole clause from its marker on, as a span of kind "name".
    """
    if asked.wanted == "reason":
        marker = _REASON.search(sentence)
        return [Found("name", marker.start(), len(sentence))] if marker else []
    kinds = _KINDS.get(asked.wanted, frozenset())
    known = _known(asked)
    dateline = _DATELINE.match(sentence)
    opens = dateline.end() if dateline else 0
    found = [
        one for one in find(sentence) if one.kind in kinds and one.start >= opens and not _repeats(one, sentence, known)
    ]
    if asked.wanted == "person":
        found = [one for one in found if not _AT_PLACE.search(sentence[: one.start])]
    if asked.wanted == "place":
        found = [
            one
            for one in found
            if _BEFORE_PLACE.search(sentence[: one.start]) or sentence[one.end : one.end + 2] == ", "
        ]
    if asked.wanted == "number" and not _DURATION.search(asked.text):
        return found
    if asked.wanted == "number":
        return found + [one for one in find(sentence) if one.kind == "date" and one.of(sentence)[:1].isdigit()]
    return found


def _known(asked: Asked) -> frozenset[str]:
    return frozenset(word.stem for word in words(asked.text))


def _repeats(span: Found, sentence: str, known: frozenset[str]) -> bool:
    stems = [w.stem for w in words(span.of(sentence)) if not w.stop]
    return bool(stems) and all(s in known for s in stems)
