from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.ingest.dates import in_text, parse_published


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2024-03-05", "2024-03-05"),
        (" 2024-03-05T10:00:00Z", "2024-03-05T10:00:00+00:00"),
        (date(2024, 3, 5), "2024-03-05"),
        (datetime(2024, 3, 5, 10, tzinfo=UTC), "2024-03-05T10:00:00+00:00"),
        ("3 March 2021", "2021-03-03"),
        ("Wed, Mar. 3rd, 2021", "2021-03-03"),
        ("March 2021", None),
        ("03/04/2021", None),
        ("2021-02-30", None),
        ("February 30, 2021", None),
        ("yesterday", None),
        (20210303, None),
    ],
)
def test_only_whole_dates_are_read(value: object, at: str | None) -> None:
    assert parse_published(value) == at


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("PARIS, March 3, 2021 — The council met.", "2021-03-03"),
        ("NEW YORK (Agency), 3 March 2021 - The council met.", "2021-03-03"),
        ("Old bridge closes\n\nPublished: 3 March 2021\n\nThe council met.", "2021-03-03"),
        ("Posted on Wednesday, March 3, 2021 at 10:30 am\nThe council met.", "2021-03-03"),
        ("The council met on March 3, 2021 — in Paris.", None),
        ("PARIS, March 3 — The council met.", None),
        ("Updated: 3 March 2021\nThe council met.", None),
        ("PARIS — The council met on March 3, 2021.", None),
        ("Published: yesterday\nThe council met.", None),
        ("One.\nTwo.\nThree.\nFour.\nFive.\nSix.\nPublished: 3 March 2021", None),
    ],
)
def test_a_text_dates_itself_only_in_a_dateline(text: str, day: str | None) -> None:
    found = in_text(text)
    assert (found and (found.at, found.known)) == (day and (day, "text"))


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_gives_a_date_or_none(value: str) -> None:
    at = parse_published(value)
    assert at is None or date.fromisoformat(at[:10])
