"""Passages vote on the answer: what several of them give, or one of them surely, has the largest share.

Each span's weight is the exponential of a score that joins span, passage and retrieval; equal answers add up. Over a
year of news this finds more than the best single span, and the share of the winner tells right answers from wrong ones
(after answer aggregation in open-domain reading, Wang et al. 2018, arXiv:1711.05116).
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.calibration import log_odds
from rag.types import AnswerSpan, Hit

SPAN, RELEVANCE, FOUND = 1.0, 0.25, 0.75  # of a span's log-odds, its passage's, and retrieval's score, about 1 to 3
_WORD = re.compile(r"\d+(?:[.,]\d+)*%?|[^\W\d_]+(?:['’][^\W\d_]+)*")
_SMALL = ("a", "an", "the", "about", "around", "some", "mr", "mrs", "ms", "dr")
_NUMBERS = {
    word: str(n)
    for n, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())  # noqa: SIM905
}


def pooled(hits: Sequence[Hit], found: Mapping[int, float]) -> list[Hit]:
    """The hits with each span's `share`: that of all spans with its answer. `found` is retrieval's score of each
    passage, by its id.
    """
    weights: dict[str, float] = defaultdict(float)
    for hit in hits:
        for span in _spans(hit):
            weights[_answer(hit, span)] += _weight(hit, span, found[hit.passage.id])
    whole = sum(weights.values()) or 1.0
    return [_with_shares(hit, {answer: weight / whole for answer, weight in weights.items()}) for hit in hits]


def _with_shares(hit: Hit, shares: dict[str, float]) -> Hit:
    if hit.reading is None or not hit.reading.spans:
        return hit
    spans = tuple(replace(span, share=shares[_answer(hit, span)]) for span in hit.reading.spans)
    return replace(hit, reading=replace(hit.reading, spans=spans))


def _spans(hit: Hit) -> tuple[AnswerSpan, ...]:
    return hit.reading.spans if hit.reading else ()


def _answer(hit: Hit, span: AnswerSpan) -> str:
    return _plain(hit.text[span.start : span.end])


def _plain(answer: str) -> str:
    words = [word.lower().replace("’", "'").removesuffix("'s") for word in _WORD.findall(answer)]
    return " ".join(_NUMBERS.get(word, word.replace(",", "")) for word in words if word not in _SMALL)


def _weight(hit: Hit, span: AnswerSpan, found: float) -> float:
    relevance = hit.reading.relevance if hit.reading else None
    told = RELEVANCE * log_odds(relevance) if relevance is not None else 0.0
    return math.exp(min(30.0, SPAN * span.score + told + FOUND * found))
