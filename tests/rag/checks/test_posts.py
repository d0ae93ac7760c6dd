"""Posts and who holds them: found beside a name, compared by person and by what the post is of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.checks.grounds import Grounds
from rag.checks.posts import check_posts, posts_in
from rag.checks.speech import sayings


@pytest.mark.parametrize(
    ("text", "person", "words", "body", "former"),
    [
        ("Norsk Ferger CEO Kari Holm met officials", "Kari Holm", "CEO", "Norsk Ferger", False),
        ("Jon Berg, Norsk Ferger’s CFO, said so", "Jon Berg", "CFO", "Norsk Ferger", False),
        ("Bill Holm, executive chairman of Holm, said so", "Bill Holm", "executive chairman", "Holm", False),
        ("Kari Holm is the chief executive of Norsk Ferger.", "Kari Holm", "chief executive", "Norsk Ferger", False),
        ("Norsk Ferger's chief executive, Kari Holm, left", "Kari Holm", "chief executive", "Norsk Ferger", False),
        ("Ola Dahl, the former prime minister, said", "Ola Dahl", "prime minister", None, True),
        ("Vice President Anna Lie spoke", "Anna Lie", "Vice President", None, False),
    ],
)
def test_a_post_is_found_with_its_holder(text: str, person: str, words: str, body: str | None, former: bool) -> None:
    assert [(one.person, one.words, one.body, one.former) for one in posts_in(text)] == [(person, words, body, former)]


@pytest.mark.parametrize(
    "text", ["The president said so.", "Ford, its chief executive says, is well.", "a CEO, but who?"]
)
def test_a_post_without_a_holder_beside_it_is_nobodys(text: str) -> None:
    assert posts_in(text) == ()


def test_a_body_does_not_say_what_its_chief_says() -> None:
    assert not [one for one in sayings("It buys no shares in Havila, its chief executive says.") if one.named]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=120))
def test_any_text_can_be_read(text: str) -> None:
    assert all(held.person for held in posts_in(f"{text} CEO Kari Holm {text}"))


def _said(sentence: str, quote: str) -> list[tuple[bool, bool, str]]:
    return [(one.check.ok, one.against, one.check.detail) for one in check_posts(sentence, [Grounds(quote)])]


def test_the_same_post_by_another_word_agrees() -> None:
    told = _said("Kari Holm, chief executive of Norsk Ferger, met them.", "Norsk Ferger CEO Kari Holm met officials.")
    assert told == [(True, False, "Kari Holm is chief executive of Norsk Ferger in the quote")]


def test_another_post_of_the_same_person_speaks_against_it() -> None:
    told = _said("Kari Holm is the executive chairman of Norsk Ferger.", "Norsk Ferger CEO Kari Holm met officials.")
    why = "the article says Kari Holm is CEO of Norsk Ferger, the sentence says executive chairman of Norsk Ferger"
    assert told == [(False, True, why)]


def test_who_left_a_post_does_not_hold_it() -> None:
    told = _said("CEO Kari Holm met officials.", "Former CEO Kari Holm met officials.")
    assert [against for _, against, _ in told] == [True]


def test_another_holder_of_a_post_that_one_person_holds_speaks_against_it() -> None:
    told = _said("Jon Berg is the CEO of Norsk Ferger.", "Norsk Ferger CEO Kari Holm met officials with Jon Berg.")
    assert told == [(False, True, "the article says Kari Holm is CEO of Norsk Ferger, the sentence says Jon Berg")]


def test_a_body_has_many_senators_and_other_bodies_other_chiefs() -> None:
    assert not _said("Jon Berg, senator for Vest, spoke.", "Kari Holm, senator for Vest, spoke with Jon Berg.")
    assert not _said("Jon Berg is the CEO of Havila.", "Norsk Ferger CEO Kari Holm met Jon Berg.")
