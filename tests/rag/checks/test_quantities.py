from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.checks.quantities import Quantity, agrees, quantities


def one(text: str) -> Quantity:
    (found,) = quantities(text)
    return found


@pytest.mark.parametrize(
    ("text", "low", "unit", "bound"),
    [
        ("levies of as much as 37.6% on cars", 37.6, "%", "limit"),
        ("just above three million vehicles", 3e6, "", "more"),
        ("it lost $1.2 billion", 1.2e9, "$", "exact"),
        ("it lost 1,200 million dollars", 1.2e9, "$", "exact"),
        ("a fine of £900m", 9e8, "£", "exact"),
        ("nearly twenty-one ships", 21, "", "about"),
        ("less than a dozen ships", 12, "", "less"),
        ("40 ships or more", 40, "", "more"),
        ("two-thirds of the ships", 2 / 3, "share", "exact"),
        ("its second plant", 2, "rank", "exact"),
        ("up 3 percentage points", 3, "points", "exact"),
        ("in talks for more than a week", 7, "days", "more"),
        ("for 36 hours", 1.5, "days", "exact"),
    ],
)
def test_numbers_have_a_value_a_unit_and_a_bound(text: str, low: float, unit: str, bound: str) -> None:
    found = one(text)
    assert (found.low, found.unit, found.bound) == (pytest.approx(low), unit, bound)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("5 to 7 percent", 5, 7), ("40 to 50 million people", 4e7, 5e7), ("100,000-150,000 people", 1e5, 1.5e5)],
)
def test_a_range_has_both_ends(text: str, low: float, high: float) -> None:
    assert (one(text).low, one(text).high) == (low, high)


def test_a_sum_for_two_men_is_no_range() -> None:
    assert [(n.low, n.high, n.unit) for n in quantities("It paid $26 million to two men.")] == [
        (26e6, 26e6, "$"),
        (2, 2, ""),
    ]


@pytest.mark.parametrize("text", ["Covid-19 spread", "one of them", "in 2024", "on 3 May", "no one came"])
def test_what_is_no_number(text: str) -> None:
    assert quantities(text) == ()


@pytest.mark.parametrize(
    ("told", "stored", "same"),
    [
        ("37.6 percent", "37.6%", True),
        ("47.6%", "37.6%", False),
        ("37.6%", "as much as 37.6%", False),
        ("up to 37.6%", "as much as 37.6%", True),
        ("3 million cars", "just above three million vehicles", True),
        ("more than 3 million", "3 million", False),
        ("more than 3 million", "3.1 million", True),
        ("more than 2 million", "more than 3 million", False),
        ("fewer than 40 people", "more than 40 people", False),
        ("about 40 people", "41 people", True),
        ("3.2 million people", "3,214,567 people", True),
        ("3.1 million people", "3,214,567 people", False),
        ("31,000 flights", "30,949 flights", True),
        ("30,000 flights", "30,949 flights", False),
        ("$5 million", "5 million euros", False),
        ("twelve", "12", True),
        ("for a year", "for 12 months", True),
        ("for less than a month", "for more than a year", False),
        ("half of the crew", "a third of the crew", False),
    ],
)
def test_what_is_told_agrees_with_what_is_stored(told: str, stored: str, same: bool) -> None:
    assert agrees(one(told), one(stored)) is same


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=120))
def test_numbers_of_any_text_lie_inside_it_and_agree_with_themselves(text: str) -> None:
    for found in quantities(text):
        assert text[found.start : found.end] == found.text
        assert agrees(found, found)


@given(st.integers(2, 10**9), st.integers(2, 10**9))
def test_two_plain_numbers_agree_only_when_equal_or_rounded_to_thousands(a: int, b: int) -> None:
    rounded = a % 1_000 == 0 and abs(a - b) <= min(500, a / 20)
    assert agrees(one(f"exactly {a:,} tons"), one(f"exactly {b:,} tons")) is (a == b or rounded)
