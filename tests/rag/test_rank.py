from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.rank import WINDOW_WORDS, Candidate, Terms, coverage, pairs, promising, rank, window

WORDS = ["who", "paid", "for", "the", "harbour", "bridge"]
FREQUENCY = {"who": 300, "paid": 60, "for": 900, "the": 990, "harbour": 8, "bridge": 5}
TERMS = Terms.of(WORDS, FREQUENCY, 1000)
PLAIN = Candidate(bm25=4.0, dense=0.3, ordinal=3, title=["weather"], body=["the", "bridge", "is", "old"])

words = st.lists(st.sampled_from([*WORDS, "x", "y"]), max_size=60)
candidates = st.builds(
    Candidate,
    bm25=st.floats(0, 40),
    dense=st.floats(-1, 1),
    ordinal=st.integers(0, 50),
    title=words,
    body=words,
)


def fused(*given: Candidate) -> list[float]:
    return [scores.fused for scores in rank(TERMS, given)]


def test_rare_words_tell_more() -> None:
    assert TERMS.idf["bridge"] > TERMS.idf["harbour"] > TERMS.idf["paid"] > TERMS.idf["the"] > 0


@pytest.mark.parametrize(
    "better",
    [
        replace(PLAIN, bm25=8.0),
        replace(PLAIN, dense=0.6),
        replace(PLAIN, title=["harbour", "bridge", "opens"]),
        replace(PLAIN, ordinal=0),
        replace(PLAIN, body=["the", "harbour", "bridge", "is", "old"]),
    ],
    ids=["bm25", "dense", "title", "lead", "nearness"],
)
def test_each_signal_lifts_a_passage(better: Candidate) -> None:
    plain, lifted = fused(PLAIN, better)

    assert lifted > plain


def test_the_parts_add_up_to_the_fused_score() -> None:
    for scores in rank(TERMS, [PLAIN, replace(PLAIN, bm25=9.0, ordinal=0, title=["bridge"])]):
        assert scores.fused == pytest.approx(sum(scores.parts.values()))


def test_the_raw_scores_are_kept() -> None:
    (scores,) = rank(TERMS, [PLAIN])

    assert (scores.bm25, scores.dense) == (4.0, 0.3)


def test_nothing_gives_nothing() -> None:
    assert rank(TERMS, []) == []
    assert promising({}, {}, 5) == []


def test_the_promising_are_those_that_words_or_vectors_favour() -> None:
    bm25 = {1: 9.0, 2: 1.0, 3: 5.0, 4: 0.0}
    dense = {1: 0.1, 2: 0.1, 3: 0.9}

    assert promising(bm25, dense, 2) == [1, 3]
    assert sorted(promising(bm25, dense, 9)) == [1, 2, 3, 4]


@given(given=st.lists(candidates, min_size=1, max_size=8))
def test_every_part_is_between_nought_and_its_weight(given: list[Candidate]) -> None:
    for scores in rank(TERMS, given):
        assert all(-1e-9 <= part <= 1 + 1e-9 for part in scores.parts.values())


@given(given=st.lists(candidates, min_size=1, max_size=8))
def test_a_question_without_known_words_is_ranked_too(given: list[Candidate]) -> None:
    assert len(rank(Terms.of([], {}, 10), given)) == len(given)


def test_coverage_is_the_share_of_the_question() -> None:
    assert coverage(TERMS, []) == 0
    assert coverage(TERMS, [*WORDS, "and", "more"]) == pytest.approx(1)
    assert coverage(TERMS, ["bridge"]) > coverage(TERMS, ["the", "for"])


def test_a_window_sees_only_words_that_stand_together() -> None:
    near = ["harbour", "bridge"]
    edge = ["harbour", *["x"] * (WINDOW_WORDS - 2), "bridge"]
    far = ["harbour", *["x"] * (WINDOW_WORDS - 1), "bridge"]

    assert window(TERMS, near) == pytest.approx(window(TERMS, edge)) == pytest.approx(coverage(TERMS, near))
    assert window(TERMS, far) == pytest.approx(coverage(TERMS, ["bridge"]))


@given(body=words)
def test_a_window_never_holds_more_than_the_passage(body: list[str]) -> None:
    assert 0 <= window(TERMS, body) <= coverage(TERMS, body) + 1e-9


def test_pairs_are_neighbours_in_order() -> None:
    assert pairs(TERMS, ["harbour", "bridge"]) > 0
    assert pairs(TERMS, ["bridge", "harbour"]) == 0
    assert pairs(TERMS, ["harbour", "x", "bridge"]) == 0
    assert pairs(TERMS, WORDS) == pytest.approx(1)
