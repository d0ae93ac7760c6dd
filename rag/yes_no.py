"""Yes/no questions: the reader takes the question as a claim, and what passages say of it is the answer.

Only a reader that was taught on such questions can, which is one that also tells which sentences answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.types import Evidence, Hit, Polarity, Reading, Span

SURE = 0.6  # of a passage's word that it is taken for an answer
BESIDE = 0.75  # of one that says the opposite of the best, for both to be shown
RELEVANT = 0.3  # of a passage that may answer


@dataclass(frozen=True, slots=True)
class _Word:
    """What one passage says."""

    hit: Hit
    polarity: Polarity
    probability: float


def answer_yes_no(hits: Sequence[Hit]) -> Reading | None:
    """The passage that answers most surely, with its sentence, and one that says the opposite where there is such;
    None where none is sure.
    """
    told = sorted(filter(None, map(_word, hits)), key=lambda word: -word.probability)
    if not told or told[0].probability < SURE:
        return None
    best = told[0]
    other = next((word for word in told[1:] if _opposes(best, word)), None)
    evidence = tuple(_evidence(word) for word in ([best, other] if other else [best]))
    return Reading(evidence, best.probability, conflict=other is not None, polarity="mixed" if other else best.polarity)


def _word(hit: Hit) -> _Word | None:
    reading = hit.reading
    if reading is None or reading.stance is None or reading.evidence is None:
        return None
    if reading.relevance is not None and reading.relevance < RELEVANT:
        return None
    yes, no = reading.stance.supports, reading.stance.refutes
    return _Word(hit, "yes" if yes >= no else "no", max(yes, no))


def _opposes(best: _Word, word: _Word) -> bool:
    """Another article, that is no copy, says the opposite surely."""
    copies = {best.hit.article.id, *best.hit.also_in}
    return (
        word.polarity != best.polarity
        and word.probability >= max(SURE, BESIDE * best.probability)
        and word.hit.article.id not in copies
    )


def _evidence(word: _Word) -> Evidence:
    sentence = max(word.hit.passage.sentences, key=lambda span: _odds(word.hit, span))
    return Evidence(word.hit, sentence.start, sentence.end, word.probability)


def _odds(hit: Hit, sentence: Span) -> float:
    shift = hit.passage.start
    told = hit.reading.evidence if hit.reading else None
    odds = told.of(sentence.start - shift, sentence.end - shift) if told else None
    return odds if odds is not None else -99.0
