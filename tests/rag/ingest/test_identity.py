from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.ingest.identity import canonical_url, source_of


@pytest.mark.parametrize(
    "url",
    [
        "https://valley.example/a?id=1",
        "HTTP://Valley.Example:80/a/?id=1",
        "https://user@valley.example/a?id=1&utm_source=x&fbclid=y#top",
    ],
)
def test_spellings_of_one_address_are_one(url: str) -> None:
    assert canonical_url(url) == "https://valley.example/a?id=1"


@pytest.mark.parametrize(
    "url", ["", "valley.example", "ftp://a.example/", "https://", "https://a b/", "https://[::1", "http://a:99999/"]
)
def test_what_is_no_web_address_has_no_canonical_form(url: str) -> None:
    assert canonical_url(url) is None


@settings(deadline=None)
@given(st.text(max_size=60))
def test_a_canonical_form_is_its_own(rest: str) -> None:
    once = canonical_url(f"https://a.example/{rest}")
    assert once is None or canonical_url(once) == once


def test_the_source_is_the_host() -> None:
    assert source_of("https://www.Valley.example/a") == "valley.example"
