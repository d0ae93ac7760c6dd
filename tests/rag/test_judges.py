from __future__ import annotations

from dataclasses import replace

import pytest

from rag.calibration import Calibration
from rag.candidates import Candidate
from rag.features import FEATURES
from rag.judges import READ_FEATURES, ByReading, ByWords, answer_span, read_features, were_read
from rag.types import AnswerSpan, PairReading
from tests.rag.reading import hit

PASSAGE = hit("The council met.", "It chose Ida Quist as mayor.", "Rain fell.")
AT = PASSAGE.text.index("Ida Quist")
READ = replace(PASSAGE, reading=PairReading((AnswerSpan(AT, AT + 9, 3.0),), 0.9, 0.8))
WORDS = Calibration(FEATURES, (1.0,) * len(FEATURES), (1.0,) * (len(FEATURES) + 1), 0.0, 0.3)
VALUES = (0.5,) * len(FEATURES)


def weights(**wanted: float) -> Calibration:
    told = tuple(wanted.get(name, 0.0) for name in READ_FEATURES)
    return Calibration(READ_FEATURES, told, (*told, 0.0), -0.5, 0.4)


def test_a_span_belongs_to_the_sentence_that_holds_it() -> None:
    spans = [answer_span(Candidate(READ, n, n)) for n in range(3)]
    assert [span is not None for span in spans] == [False, True, False]
    assert answer_span(Candidate(READ, 0, 1)) == spans[1]
    assert answer_span(Candidate(PASSAGE, 1, 1)) is None


def test_the_sentence_with_the_span_is_ranked_first_and_likelier() -> None:
    judge = ByReading(WORDS, weights(span=1.0))
    with_span, without = Candidate(READ, 1, 1), Candidate(READ, 0, 0)
    assert judge.rank(with_span, VALUES) > judge.rank(without, VALUES)
    assert judge.probability(with_span, VALUES, 0.0) > 0.5 > judge.probability(without, VALUES, 0.0)
    assert judge.threshold == 0.4


def test_words_count_beside_the_reading() -> None:
    judge = ByReading(WORDS, weights(words=1.0))
    one = Candidate(READ, 0, 0)
    assert judge.rank(one, VALUES) == pytest.approx(WORDS.rank(VALUES) / 5)
    assert ByWords(WORDS).rank(one, VALUES) == WORDS.rank(VALUES)
    assert ByWords(WORDS).probability(one, VALUES, 0.2) == WORDS.probability(VALUES, 0.2)


def test_what_was_not_read_is_far_below_what_was() -> None:
    read, unread = (read_features(Candidate(h, 1, 1), VALUES, WORDS) for h in (READ, PASSAGE))
    assert read[:2] == unread[:2]
    assert read[2] > unread[2]
    assert read[3] > unread[3]


@pytest.mark.parametrize(
    ("reading", "counts"),
    [
        (None, False),
        (PairReading(relevance=0.4), False),  # a cross-encoder finds no spans
        (PairReading(answerable=0.4), False),
        (PairReading((), 0.2, 0.4), True),
    ],
)
def test_a_model_counts_where_it_finds_spans_and_relevance(reading: PairReading | None, counts: bool) -> None:
    assert were_read([PASSAGE, replace(PASSAGE, reading=reading)]) is counts
