import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.gold.text import covers, fold, mentions

ARTICLE = (
    "The harbour bridge reopened on Monday. It had been shut for 16.5 months, the mayor’s office said. Boats cheered."
)


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("shut for 16.5 months", "6.5", False),
        ("shut for 6.51 months", "6.5", False),
        ("shut for 6.5.", "6.5", True),
        ("it rose 39% in May", "39%", True),
        ("The Mayor’s\u00a0 office", "mayor's office", True),
        ("nobody knew", "no", False),
        ("Zeekr and Lynk & Co, it said", "lynk & co", True),
    ],
)
def test_phrases_are_found_as_whole_words_and_numbers(text: str, phrase: str, found: bool) -> None:
    assert mentions(text, phrase) is found


@given(st.text())
def test_folding_twice_changes_nothing_for_comparing(text: str) -> None:
    assert fold(text + " ‘a’") == fold(text + " 'a'")


@pytest.mark.parametrize(
    ("passage", "quote", "same"),
    [
        (ARTICLE, "The harbour bridge reopened on Monday.", True),
        (ARTICLE[:20], ARTICLE[:60], True),
        ("noise. " + ARTICLE[:70], ARTICLE[10:90], True),  # half of the quote ends the passage
        (
            ARTICLE[80:] + " More words, of another article altogether.",
            ARTICLE[:100],
            False,
        ),  # less than half of either
        ("The ferry left on Tuesday.", ARTICLE[:38], False),
        ("", "x", False),
        ("Monday", ARTICLE, False),  # a word that both happen to have
        (ARTICLE, "Boats cheered.", True),
    ],
)
def test_two_stretches_of_one_article_overlap_when_they_share_half_of_the_shorter(
    passage: str, quote: str, same: bool
) -> None:
    assert covers(passage, quote) is same


@given(st.integers(0, 60), st.integers(1, 50), st.integers(0, 60), st.integers(1, 50))
def test_overlap_is_that_of_the_offsets(a: int, n: int, b: int, m: int) -> None:
    words = [f"w{i}x" for i in range(120)]
    left, right = range(a, a + n), range(b, b + m)
    shared = len(set(left) & set(right))
    told = covers(" ".join(words[i] for i in left), " ".join(words[i] for i in right))
    if shared >= max(min(n, m) / 2 + 1, 5):
        assert told
    if shared < min(n, m) / 2 - 1:
        assert not told
