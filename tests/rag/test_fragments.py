from __future__ import annotations

from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from rag.fragments import fragment_link


def test_a_short_quote_is_named_in_full_with_its_surroundings() -> None:
    link = fragment_link(
        "https://x.example/a", "The well-known ferry, built in 1990, sank.", "It rained all day", "Nobody died."
    )
    assert link == (
        "https://x.example/a#:~:text=rained%20all%20day-,The%20well%2Dknown%20ferry%2C%20built%20in%201990%2C%20sank."
        ",-Nobody%20died."
    )


def test_of_a_long_quote_the_ends_and_a_fragment_that_is_there_stays() -> None:
    quote = " ".join(f"word{n}" for n in range(60))
    link = fragment_link("https://x.example/a#part", quote)
    assert link == "https://x.example/a#part:~:text=" + "%20".join(f"word{n}" for n in range(5)) + "," + "%20".join(
        f"word{n}" for n in range(55, 60)
    )


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=80))
def test_the_signs_of_the_directive_are_never_in_the_words(quote: str) -> None:
    told = fragment_link("https://x.example/", quote).partition("text=")[2]
    assert "&" not in told
    assert unquote(told) == " ".join(quote.split())
