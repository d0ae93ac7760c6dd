"""A sentence in the words of what it is checked against."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.checks.worded import as_worded

PUBLISHED = date(2022, 9, 8)  # a Thursday


@pytest.mark.parametrize(
    ("sentence", "text", "worded"),
    [
        ("She died on 8 September 2022.", "She died Thursday.", "She died on Thursday."),
        ("Sales rose by 39 percent.", "Sales were up 39%.", "Sales rose by 39%."),
        ("It costs 37.6m euros.", "The price is 37.6 million euros.", "It costs 37.6 million euros."),
        ("Volkswagen met Ford in 2021.", "VW met Ford last year.", "VW met Ford in last year."),
        ("Sales rose by 39 percent.", "Sales were up 49%.", "Sales rose by 39 percent."),
        ("She died on 9 September 2022.", "She died Thursday.", "She died on 9 September 2022."),
    ],
)
def test_what_is_the_same_is_worded_the_same(sentence: str, text: str, worded: str) -> None:
    assert as_worded(sentence, text, PUBLISHED) == worded


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_a_sentence_in_its_own_words_stays(text: str) -> None:
    assert as_worded(text, text, PUBLISHED) == text
