from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag.pair_spans import MAX_ANSWER_TOKENS, apart, best_spans
from rag.types import AnswerSpan

OFFSETS = [(0, 3), (4, 9), (10, 13), (14, 18)]
logits = st.lists(st.floats(-20, 20, width=32), min_size=1, max_size=60)


def scores(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(values, np.float32)


def test_the_best_span_has_the_best_sum_of_first_and_last_token() -> None:
    best = best_spans(scores(0, 5, 0, 0), scores(0, 0, 4, 0), OFFSETS, most=1)
    assert best == [AnswerSpan(4, 13, 9.0)]


def test_a_span_does_not_end_before_it_starts() -> None:
    best = best_spans(scores(0, 0, 0, 5), scores(5, 0, 0, 0), OFFSETS, most=1)
    assert best[0].start < best[0].end


def test_a_span_is_no_longer_than_an_answer_is() -> None:
    many = 3 * MAX_ANSWER_TOKENS
    start, end = np.zeros(many, np.float32), np.zeros(many, np.float32)
    start[0] = end[-1] = 9
    offsets = [(n * 2, n * 2 + 1) for n in range(many)]
    assert all(span.end - span.start < 2 * MAX_ANSWER_TOKENS for span in best_spans(start, end, offsets, most=3))


def test_no_tokens_have_no_span() -> None:
    assert best_spans(scores(), scores(), [], most=3) == []


@given(logits, logits, st.integers(1, 4))
def test_spans_are_in_order_and_apart(start: list[float], end: list[float], most: int) -> None:
    tokens = min(len(start), len(end))
    offsets = [(n * 3, n * 3 + 2) for n in range(tokens)]
    spans = best_spans(scores(*start[:tokens]), scores(*end[:tokens]), offsets, most)
    assert 1 <= len(spans) <= most
    assert spans == apart(spans, most)
    assert [span.score for span in spans] == sorted((span.score for span in spans), reverse=True)


def test_overlapping_spans_give_way_to_the_better() -> None:
    spans = [AnswerSpan(0, 5, 1.0), AnswerSpan(3, 8, 2.0), AnswerSpan(8, 9, 0.5), AnswerSpan(20, 20, 9.0)]
    assert apart(spans, 3) == [AnswerSpan(3, 8, 2.0), AnswerSpan(8, 9, 0.5)]
