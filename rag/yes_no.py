"""Yes/no questions: the reader takes the question as a claim, and what passages say of it is the answer.

Only a reader that was taught on such questions can, which is one that also tells which sentences answer. Where an exact
check finds that the sentence has another number, date or name than the question, it says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.checks.grounds import Grounds
from rag.types import Evidence, Hit, Polarity, Reading, Span

# From what probability a passage's word is taken for an answer. Over 351 pairs of held-out questions with passages that
# answer or don't, a yes from .75 on is right 15 times of 16; a no is right 4 times of 5 from .85 on, 2 of 2 from .9 on.
SURE: dict[Polarity, float] = {"yes": 0.75, "no": 0.9}
BESIDE = 0.75  # of one that says the opposite of the best, for both to be shown
RELEVANT = 0.3  # of a passage that may answer
_EXACT = ("number", "date")  # checks of what the sentence has to have too


@dataclass(frozen=True, slots=True)
class _Word:
    """What one passage says, and the sentence that says it."""

    hit: Hit
    sentence: Span
    polarity: Polarity
    probability: float


def answer_yes_no(question: str, hits: Sequence[Hit], least: float = 0.0) -> Reading | None:
    """The passage that answers most surely, with its sentence, and one that says the opposite where there is such, the
    newer one first; None where none is sure enough, or as sure as `least`.
    """
    told = sorted((word for hit in hits if (word := _word(hit))), key=lambda word: -word.probability)
    told = [
        word for word in told if word.probability >= max(least, SURE[word.polarity]) and not _differs(question, word)
    ]
    if not told:
        return None
    best = told[0]
    other = next((word for word in told[1:] if _opposes(best, word)), None)
    if other is None:
        return Reading((_evidence(best),), best.probability, polarity=best.polarity)
    both = sorted((best, other), key=lambda word: word.hit.article.published or "", reverse=True)
    return Reading(tuple(map(_evidence, both)), best.probability, conflict=True, polarity="mixed")


def _word(hit: Hit) -> _Word | None:
    reading = hit.reading
    if reading is None or reading.stance is None or reading.evidence is None:
        return None
    if reading.relevance is not None and reading.relevance < RELEVANT:
        return None
    shift = hit.passage.start

    def odds(sentence: Span) -> float:
        told = reading.evidence.of(sentence.start - shift, sentence.end - shift) if reading.evidence else None
        return told if told is not None else -99.0

    yes, no = reading.stance.supports, reading.stance.refutes
    sentence = max(hit.passage.sentences, key=odds)
    return _Word(hit, sentence, "yes" if yes >= no else "no", max(yes, no))


def _differs(question: str, word: _Word) -> bool:
    """Whether a yes rests on a sentence that has another number, date or name than the question."""
    if word.polarity != "yes":
        return False
    from rag.checks.compare import compare  # other questions do not pay for its patterns

    before = word.hit.text[: word.sentence.start - word.hit.passage.start]
    grounds = Grounds(word.hit.sentence(word.sentence), before, word.hit.article.day)
    found = compare(question.rstrip("? "), [grounds])
    return any(one.against or (one.check.kind in _EXACT and not one.check.ok) for one in found)


def _opposes(best: _Word, word: _Word) -> bool:
    """Another article, that is no copy, says the opposite nearly as surely."""
    copies = {best.hit.article.id, *best.hit.also_in}
    sure = word.probability >= BESIDE * best.probability
    return word.polarity != best.polarity and sure and word.hit.article.id not in copies


def _evidence(word: _Word) -> Evidence:
    return Evidence(word.hit, word.sentence.start, word.sentence.end, word.probability)
