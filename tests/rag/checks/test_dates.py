from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.checks.dates import Moment, agrees, conflicts, moments

PUBLISHED = date(2018, 12, 4)  # a Tuesday


def one(text: str) -> Moment:
    (found,) = moments(text)
    return found


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("on 19 June 2018", {"year": 2018, "month": 6, "day": 19}),
        ("on Tuesday, June 19, 2018, it", {"year": 2018, "month": 6, "day": 19, "weekday": 1}),
        ("2018-06-19", {"year": 2018, "month": 6, "day": 19}),
        ("in May", {"month": 5}),
        ("the 1990s", {"decade": 1990}),
        ("in the third quarter", {"quarter": 3}),
        ("in 2024,", {"year": 2024}),
    ],
)
def test_a_date_names_some_of_year_month_and_day(text: str, fields: dict[str, int]) -> None:
    assert one(text).fields == fields


@pytest.mark.parametrize("text", ["It may rain.", "They march on.", "2,018 people", "2018 people", "$2018"])
def test_what_is_no_date(text: str) -> None:
    assert moments(text) == ()


@pytest.mark.parametrize(
    ("told", "stored", "same"),
    [
        ("June 19", "19 June 2018", True),
        ("19 June 2018", "June 19", True),  # the year of the article
        ("19 June 2016", "June 19", False),
        ("June 29", "June 19", False),
        ("in 2017", "last year", True),
        ("in 2018", "last year", False),
        ("on Tuesday", "today", True),
        ("on Monday", "today", False),
        ("on Tuesday", "on Tuesday", True),
        ("the 2010s", "in 2014", True),
        ("last year", "last year", True),
        ("30 November 2018", "on Friday", True),  # the last one
        ("7 December 2018", "on Friday", True),  # the next one
        ("6 December 2018", "on Friday", False),
    ],
)
def test_what_is_told_agrees_with_what_is_stored(told: str, stored: str, same: bool) -> None:
    assert agrees(one(told), one(stored), PUBLISHED) is same


def test_two_dates_are_in_conflict_only_where_both_name_a_field() -> None:
    assert conflicts(one("June 29"), one("June 19"), None)
    assert not conflicts(one("in 2018"), one("June 19"), None)


def test_a_bare_weekday_is_in_conflict_with_no_date() -> None:
    assert not conflicts(one("6 December 2018"), one("on Friday"), PUBLISHED)
    assert conflicts(one("on Thursday"), one("on Friday"), PUBLISHED)


def test_there_is_no_thirtieth_of_february_and_a_weekday_has_its_date() -> None:
    assert not one("30 February 2020").possible
    assert not one("Monday, June 19, 2018").possible
    assert one("29 February 2020").possible


@given(st.dates(date(1500, 1, 1), date(2099, 12, 31)))
def test_a_day_agrees_with_itself_however_it_is_written(day: date) -> None:
    written = [f"{day:%B} {day.day}, {day.year}", f"{day.day} {day:%B} {day.year}", day.isoformat()]
    for told in written:
        assert all(agrees(one(told), one(stored), None) for stored in written)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=120))
def test_dates_of_any_text_lie_inside_it(text: str) -> None:
    for found in moments(text):
        assert text[found.start : found.end] == found.text
