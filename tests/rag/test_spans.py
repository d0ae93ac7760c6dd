from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.spans import find, names


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("It cost $3.5 billion in all.", "money", ["$3.5 billion"]),
        ("They paid two million euros and £40.", "money", ["two million euros", "£40"]),
        ("Turnout was 41.5% or 42 per cent.", "percent", ["41.5%", "42 per cent"]),
        ("On 3 May 2021 and June 9, 2022 it rained.", "date", ["3 May 2021", "June 9, 2022"]),
        ("It began two years ago, on Tuesday.", "date", ["two years ago", "Tuesday"]),
        ("About 1,200 people and twelve dogs.", "number", ["1,200", "twelve"]),
        ("“We will sail again,” she said.", "quote", ["“We will sail again,”"]),
        ("The Bank of Finland hired Marta Lind’s firm.", "name", ["Bank of Finland", "Marta Lind"]),
        ("Yesterday he left.", "name", ["Yesterday"]),
    ],
)
def test_spans_by_form(text: str, kind: str, found: list[str]) -> None:
    assert [one.of(text) for one in find(text) if one.kind == kind] == found


def test_a_price_is_not_a_number_too() -> None:
    assert {one.kind for one in find("it cost $3.5 billion")} == {"money"}


def test_a_sentence_opener_is_no_name() -> None:
    assert [one.of("The US and After Noon") for one in names("The US and After Noon")] == ["US", "Noon"]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_spans_lie_inside_the_text(text: str) -> None:
    for one in find(text):
        assert 0 <= one.start < one.end <= len(text)
        assert one.of(text).strip()
