from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.types import AnswerSpan, Hit, PairReading
from rag.vote import pooled
from tests.rag.reading import hit

_ranks = count(1)


def read(text: str, *answers: tuple[str, float], relevance: float = 0.5, fused: float = 1.0) -> Hit:
    spans = tuple(AnswerSpan(text.index(a), text.index(a) + len(a), score) for a, score in answers)
    return replace(hit(text, fused=fused, rank=next(_ranks)), reading=PairReading(spans, 0.5, relevance))


def shares(hits: list[Hit]) -> list[list[float]]:
    return [
        [span.share for span in one.reading.spans] if one.reading else []
        for one in pooled(hits, {h.passage.id: h.scores.fused for h in hits})
    ]


def test_two_passages_outvote_a_surer_one() -> None:
    told = shares(
        [read("Ida Quist won.", ("Ida Quist", 1.5)), *(read("The Mr. Reed won.", ("Mr. Reed", 1.0)) for _ in range(2))]
    )
    assert told[0][0] < 0.5 < told[1][0]
    assert told[1] == told[2]


def test_relevance_and_retrieval_count() -> None:
    plain, relevant, found = (
        read("Ida won.", ("Ida", 1.0)),
        read("Jonas won.", ("Jonas", 1.0), relevance=0.99),
        read("Voss won.", ("Voss", 1.0), fused=3.0),
    )
    told = shares([plain, relevant, found])
    assert told[0][0] < told[1][0] < told[2][0]


@given(st.lists(st.tuples(st.floats(-20, 20), st.floats(0, 1), st.floats(0, 4)), max_size=6))
def test_the_shares_of_all_answers_are_one_in_sum(given: list[tuple[float, float, float]]) -> None:
    hits = [
        read(f"Town {n} won.", (f"Town {n}", score), relevance=relevance, fused=fused)
        for n, (score, relevance, fused) in enumerate(given)
    ]
    assert sum(one for row in shares(hits) for one in row) == pytest.approx(1.0 if hits else 0.0)


def test_what_was_not_read_has_no_say() -> None:
    unread = hit("Ida Quist won.")
    assert pooled([unread], {unread.passage.id: 1.0}) == [unread]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("the United States", "United States", True),
        ("Ms. Quist’s", "Quist", True),
        ("three", "3", True),
        ("1,284", "1284", True),
        ("38.6%", "38.6", False),
        ("Ida Quist", "Quist", False),
        ("May 3", "May 4", False),
    ],
)
def test_which_answers_are_one(one: str, other: str, same: bool) -> None:
    told = shares([read(f"It was {answer}.", (answer, 1.0)) for answer in (one, other)])
    assert told == ([[1.0], [1.0]] if same else [[0.5], [0.5]])
