from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.occurrences import K1, WINDOW_WORDS, B, Keys, Occurrences, Terms, keys

WORDS = ["who", "paid", "for", "the", "harbour", "bridge"]
FREQUENCY = {"who": 300, "paid": 60, "for": 900, "the": 990, "harbour": 8, "bridge": 5}
TERMS = Terms.of(WORDS, FREQUENCY, 1000)

texts = st.lists(st.lists(st.sampled_from([*WORDS, "x", "y"]), max_size=90), max_size=6)


def found(*texts: list[str]) -> Occurrences:
    return Occurrences.of(TERMS, [keys(text) for text in texts])


def idf(word: str) -> float:
    return math.log(1 + (1000 - FREQUENCY[word] + 0.5) / (FREQUENCY[word] + 0.5))


def share(words: set[str]) -> float:
    return sum(map(idf, words & FREQUENCY.keys())) / sum(map(idf, FREQUENCY))


def test_rare_words_tell_more() -> None:
    by_word = {word: float(TERMS.idf[TERMS.keys == keys([word])].item()) for word in FREQUENCY}

    assert by_word == pytest.approx({word: idf(word) for word in FREQUENCY})
    assert by_word["bridge"] > by_word["harbour"] > by_word["paid"] > by_word["the"] > 0


@given(texts)
def test_every_share_is_what_counting_by_hand_gives(texts: list[list[str]]) -> None:
    here = found(*texts)

    assert here.coverage() == pytest.approx([share(set(text)) for text in texts])
    assert here.window() == pytest.approx([window(text) for text in texts])
    assert here.pairs() == pytest.approx([pairs(text) for text in texts])


def window(text: list[str]) -> float:
    starts = range(max(1, len(text) - WINDOW_WORDS + 1))
    return max(share(set(text[at : at + WINDOW_WORDS])) for at in starts)


def pairs(text: list[str]) -> float:
    weights = {(a, b): min(idf(a), idf(b)) for a, b in pairwise(WORDS)}
    return sum(weights.get(pair, 0.0) for pair in set(pairwise(text))) / sum(weights.values())


@given(texts)
def test_bm25_is_okapi(texts: list[list[str]]) -> None:
    mean = max(1.0, sum(map(len, texts)) / max(1, len(texts)))

    def okapi(text: list[str]) -> float:
        count = Counter(text)
        norm = K1 * (1 - B + B * len(text) / mean)
        return sum(idf(w) * count[w] * (K1 + 1) / (count[w] + norm) for w in FREQUENCY if count[w])

    assert found(*texts).bm25([len(text) for text in texts]) == pytest.approx([okapi(text) for text in texts])


def test_neither_a_window_nor_a_pair_reaches_into_the_next_passage() -> None:
    here = found(["harbour"], ["bridge"])

    assert here.pairs().tolist() == [0, 0]
    assert here.window() == pytest.approx([share({"harbour"}), share({"bridge"})])


def test_a_word_counted_in_more_passages_than_there_are_still_tells_something() -> None:
    assert Terms.of(["bridge"], {"bridge": 40}, 10).idf > 0


def test_a_word_that_does_not_count_parts_its_neighbours() -> None:
    terms = Terms.of(["bank", "of", "england"], {"bank": 10, "england": 5}, 1000)

    assert len(terms.keys) == 2
    assert len(terms.pairs) == 0


@pytest.mark.parametrize("texts", [[], [keys([])], [keys(["x"])]], ids=["none", "empty", "others"])
def test_a_question_without_known_words(texts: list[Keys]) -> None:
    here = Occurrences.of(Terms.of([], {}, 10), texts)
    shares = (here.coverage(), here.window(), here.pairs(), here.bm25([len(text) for text in texts]))

    assert all(np.array_equal(each, np.zeros(len(texts))) for each in shares)
