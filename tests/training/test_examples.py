from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from training.examples import crop, other_than, sentences, surround

TEXT = "The ferry left at nine. It was late. Nobody had told Captain Voss, who waited. The storm came at noon."
texts = st.text(st.sampled_from("abc .!?XYZ1"), max_size=200)
seeds = st.integers(0, 1000)


@given(texts)
def test_sentences_are_in_order_and_hold_every_letter(text: str) -> None:
    spans = sentences(text)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    held = "".join(text[slice(*span)] for span in spans)
    assert [c for c in held if not c.isspace()] == [c for c in text if not c.isspace()]


@given(seeds, st.integers(1, 30))
def test_a_cropped_passage_keeps_its_answer(seed: int, words: int) -> None:
    start = TEXT.index("Captain Voss")
    text, span = crop(TEXT, (start, start + 12), words, random.Random(seed))
    assert span is not None
    assert text[slice(*span)] == "Captain Voss"
    assert text in TEXT


@given(seeds, st.lists(st.text(st.sampled_from("ab "), min_size=1, max_size=9), max_size=4))
def test_an_answer_is_found_again_among_other_sentences(seed: int, others: list[str]) -> None:
    text, span = surround("It was late.", (7, 11), others, random.Random(seed))
    assert span is not None
    assert text[slice(*span)] == "late"


def test_another_passage_is_neither_the_same_nor_one_with_the_answer() -> None:
    fits = other_than("It was late.", "Nine")
    assert not fits("It was late.")
    assert not fits("The ferry left at nine.")
    assert fits("The storm came at noon.")
