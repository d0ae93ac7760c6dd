from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.terms import is_stop, rarity, share, stem, words


def test_forms_of_a_word_share_a_stem() -> None:
    assert stem("Ferries") == stem("ferry")
    assert stem("U.S.") == stem("US")
    assert stem("Köln") == stem("Koln")


def test_a_possessive_is_its_owner() -> None:
    assert [word.text for word in words("Lind’s isn't")] == ["Lind", "isn't"]


def test_an_acronym_is_no_stop_word() -> None:
    assert is_stop("who")
    assert not is_stop("WHO")


def test_rare_words_tell_more() -> None:
    assert rarity(stem("zeppelin")) == 1.0
    assert rarity(stem("said")) < rarity(stem("treaty")) <= 1.0


def test_share_weighs_by_rarity() -> None:
    assert share([], frozenset()) == 1.0
    assert share(["zeppelin", "the"], frozenset({"zeppelin"})) > 0.9


@given(st.text(max_size=200))
def test_words_stand_where_they_say(text: str) -> None:
    for word in words(text):
        assert text[word.start : word.end] == word.text
