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
    return [
        one
        for one in find(sentence)
        if one.start >= opens
        and (one.kind in kinds or _is_duration(asked, one, sentence))
        and not _repeats(one, sentence, known)
        and _is_placed(asked.wanted, one, sentence)
    ]


def _is_duration(asked: Asked, one: Found, sentence: str) -> bool:
    """Whether a span like "3 years ago" tells the duration that is asked for: it is a date otherwise."""
    lasting = asked.wanted == "number" and _DURATION.search(asked.text) is not None
    return lasting and one.kind == "date" and one.of(sentence)[:1].isdigit()


def _is_placed(wanted: Wanted, one: Found, sentence: str) -> bool:
    """Whether a name stands where a place is named, or for a person where none is."""
    if wanted == "person":
        return _AT_PLACE.search(sentence[: one.start]) is None
    if wanted == "place":
        return _BEFORE_PLACE.search(sentence[: one.start]) is not None or sentence[one.end : one.end + 2] == ", "
    return True


def _known(asked: Asked) -> frozenset[str]:
    return frozenset(word.stem for word in words(asked.text))


def _repeats(span: Found, sentence: str, known: frozenset[str]) -> bool:
    stems = [w.stem for w in words(span.of(sentence)) if not w.stop]
    return bool(stems) and all(s in known for s in stems)
