from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.occurrences import Terms, keys
from rag.rank import Candidate, rank

WORDS = ["who", "paid", "for", "the", "harbour", "bridge"]
FREQUENCY = {"who": 300, "paid": 60, "for": 900, "the": 990, "harbour": 8, "bridge": 5}
TERMS = Terms.of(WORDS, FREQUENCY, 1000)
PLAIN = Candidate(dense=0.3, ordinal=3, title=keys(["weather"]), body=keys(["the", "bridge", "is", "old"]))

words = st.lists(st.sampled_from([*WORDS, "x", "y"]), max_size=60).map(keys)
candidates = st.builds(Candidate, dense=st.floats(-1, 1), ordinal=st.integers(0, 50), title=words, body=words)


def fused(*given: Candidate) -> list[float]:
    return [scores.fused for scores in rank(TERMS, given)]


@pytest.mark.parametrize(
    "better",
    [
        replace(PLAIN, dense=0.6),
        replace(PLAIN, title=keys(["harbour", "bridge", "opens"])),
        replace(PLAIN, ordinal=0),
        replace(PLAIN, body=keys(["the", "harbour", "bridge", "is", "old"])),
    ],
    ids=["dense", "title", "lead", "words"],
)
def test_each_signal_lifts_a_passage(better: Candidate) -> None:
    plain, lifted = fused(PLAIN, better)

    assert lifted > plain


def test_the_parts_add_up_to_the_fused_score() -> None:
    for scores in rank(TERMS, [PLAIN, replace(PLAIN, ordinal=0, title=keys(["bridge"]))]):
        assert scores.fused == pytest.approx(sum(scores.parts.values()))


def test_the_raw_scores_are_kept() -> None:
    (scores,) = rank(TERMS, [PLAIN])

    assert scores.dense == 0.3
    # Once each in a passage of the mean length: BM25 is then the sum of the idf.
    assert scores.bm25 == pytest.approx(TERMS.idf[np.isin(TERMS.keys, keys(["the", "bridge"]))].sum())


def test_nothing_gives_nothing() -> None:
    assert rank(TERMS, []) == []


@given(given=st.lists(candidates, min_size=1, max_size=8))
def test_every_part_is_between_nought_and_its_weight(given: list[Candidate]) -> None:
    for scores in rank(TERMS, given):
        assert all(-1e-9 <= part <= 1 + 1e-9 for part in scores.parts.values())


@given(given=st.lists(candidates, min_size=1, max_size=8))
def test_a_question_without_known_words_is_ranked_too(given: list[Candidate]) -> None:
    assert len(rank(Terms.of([], {}, 10), given)) == len(given)
