"""How well a candidate answers: by its words alone, or by its words and what the reader model made of its passage.

Both give a rank, which orders the candidates of one question, and a probability, which compares across questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.calibration import Calibration, log_odds
from rag.candidates import Candidate
from rag.types import AnswerSpan, Hit

READ_FEATURES = (
    "words",  # the rank by words alone
    "words_odds",  # the log-odds by words alone
    "span",  # the best answer span in the candidate's last sentence, log-odds against "no answer"
    "relevance",  # of the passage, log-odds
    "share",  # of the vote of all passages that this span's answer has, log-odds
    "evidence",  # that its sentences answer, log-odds
)
_FAR_BELOW = -12.0  # log-odds of the relevance of what was not read
_NO_SPAN, _NO_SHARE = -4.0, -6.0  # log-odds where no span is among the passage's best
_SCALE = 5.0  # log-odds are divided by it, so that all features are of one size


class Judge(Protocol):
    """`values` are those of FEATURES, `apart` is how far the candidate stands out from its passage."""

    @property
    def threshold(self) -> float: ...
    def rank(self, candidate: Candidate, values: Sequence[float]) -> float: ...
    def probability(self, candidate: Candidate, values: Sequence[float], apart: float) -> float: ...


@dataclass(frozen=True, slots=True)
class ByWords:
    """Where no reader model read the hits."""

    calibration: Calibration

    @property
    def threshold(self) -> float:
        return self.calibration.threshold

    def rank(self, candidate: Candidate, values: Sequence[float]) -> float:  # noqa: ARG002 - as Judge has it
        return self.calibration.rank(values)

    def probability(self, candidate: Candidate, values: Sequence[float], apart: float) -> float:  # noqa: ARG002
        return self.calibration.probability(values, apart)


@dataclass(frozen=True, slots=True)
class ByReading:
    """`words` judges by words, `read` weighs READ_FEATURES."""

    words: Calibration
    read: Calibration

    @property
    def threshold(self) -> float:
        return self.read.threshold

    def rank(self, candidate: Candidate, values: Sequence[float]) -> float:
        return self.read.rank(read_features(candidate, values, self.words))

    def probability(self, candidate: Candidate, values: Sequence[float], apart: float) -> float:
        return self.read.probability(read_features(candidate, values, self.words), apart)


def read_features(candidate: Candidate, values: Sequence[float], words: Calibration) -> tuple[float, ...]:
    """The values of READ_FEATURES; `values` are those of FEATURES, which `words` weighs."""
    reading = candidate.hit.reading
    span = answer_span(candidate)
    score = max(_NO_SPAN, span.score) if span else _NO_SPAN
    relevance = log_odds(reading.relevance) if reading and reading.relevance is not None else _FAR_BELOW
    share = max(_NO_SHARE, log_odds(span.share)) if span else _NO_SHARE
    told = (words.rank(values), words.log_odds(values, 0.0), score, relevance, share, _evidence(candidate))
    return tuple(one / _SCALE for one in told)


def _evidence(candidate: Candidate) -> float:
    """Of its likeliest sentence; 0, which is even, where the model has no opinion."""
    hit = candidate.hit
    if hit.reading is None or hit.reading.evidence is None:
        return 0.0
    shift = hit.passage.start
    sentences = hit.passage.sentences[candidate.first : candidate.last + 1]
    odds = [hit.reading.evidence.of(one.start - shift, one.end - shift) for one in sentences]
    return max((value for value in odds if value is not None), default=0.0)


def answer_span(candidate: Candidate) -> AnswerSpan | None:
    """The best span of the passage that lies in the candidate's last sentence, in code points of the passage."""
    hit = candidate.hit
    if hit.reading is None:
        return None
    last = hit.passage.sentences[candidate.last]
    start, end = last.start - hit.passage.start, last.end - hit.passage.start
    return next((span for span in hit.reading.spans if start <= span.start and span.end <= end), None)


def were_read(hits: Sequence[Hit]) -> bool:
    """Whether a model that finds answer spans and relevance read the hits."""
    return any(hit.reading and hit.reading.answerable is not None and hit.reading.relevance is not None for hit in hits)
