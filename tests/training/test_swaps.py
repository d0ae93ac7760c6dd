from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training import swaps
from training.rows import REFUTE

SENTENCE = "On Monday, Mayor Ida Quist said that Carrow will open a larger pool for 12 million crowns."
OTHERS = ["Jonas Reed", "Aldmoor"]


@pytest.mark.parametrize("maker", [maker for maker, _, _ in swaps.CHANGES], ids=lambda maker: maker.__name__)
def test_a_change_changes_one_place(maker: swaps.Maker) -> None:
    changed = maker(SENTENCE, OTHERS, random.Random(1))
    assert changed is not None
    assert changed != SENTENCE
    same_start = len(re.match(r".*", SENTENCE)[0]) and next(
        n for n, (a, b) in enumerate(zip(SENTENCE, changed + " ", strict=False)) if a != b
    )
    assert SENTENCE[:same_start] == changed[:same_start]
    assert SENTENCE[-4:] == changed[-4:]


@pytest.mark.parametrize("maker", [maker for maker, _, _ in swaps.CHANGES], ids=lambda maker: maker.__name__)
def test_nothing_to_change_is_told(maker: swaps.Maker) -> None:
    assert maker("it rains", OTHERS, random.Random(1)) is None


def test_names_leave_out_words_that_only_open_a_sentence() -> None:
    found = [SENTENCE[slice(*span)] for span in swaps.names(SENTENCE)]
    assert "Mayor Ida Quist" in found
    assert "On" not in found


@given(st.integers(0, 10**9), st.integers(0, 500))
def test_another_number_is_another_one_of_the_same_form(number: int, seed: int) -> None:
    for text in (str(number), f"{number:,}", f"{number}.5"):
        other = swaps.other_number(text, random.Random(seed))
        assert other != text
        assert ("," in text) <= ("," in other or number < 2000)
        float(other.replace(",", ""))


def test_negation_is_put_in_and_taken_out() -> None:
    assert swaps.negate("The pool was open.", [], random.Random(0)) == "The pool was not open."
    assert swaps.negate("The pool was not open.", [], random.Random(0)) == "The pool was open."


def test_a_shortened_sentence_says_nothing_new() -> None:
    long = "However, the pool (built in 1962) was closed by Mayor Quist in May, which nobody had expected."
    assert swaps.shorten(long, random.Random(3)) in (
        "The pool was closed by Mayor Quist in May.",
        "The pool was closed by Mayor Quist in May, which nobody had expected.",
    )


def test_a_change_comes_with_what_the_passage_says_of_it() -> None:
    assert swaps.change("The pool was open.", [], random.Random(0)) is not None
    assert swaps.change("it rains", [], random.Random(0)) is None
    made = swaps.change("The price rose.", [], random.Random(0))
    assert made == ("The price fell.", REFUTE)
