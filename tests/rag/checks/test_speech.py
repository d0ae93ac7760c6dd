from __future__ import annotations

import pytest

from rag.checks.quoted import nearest, quoted, verbatim
from rag.checks.speech import sayings


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Bill Ford said the talks went well.", "Bill Ford"),
        ("Bob Shanks, the finance chief of Ford, said so in October.", "Bob Shanks"),
        ("“It works,” said Kari Holm of the port.", "Kari Holm"),
        ("The port will close, according to Kari Holm.", "Kari Holm"),
        ("The port will close, as reported by Reuters.", "Reuters"),
        ("Holm has also told reporters that it will.", "Holm"),
        ("He said it would.", "He"),
        ("Two sources said it would.", "Two sources"),
    ],
)
def test_who_says_it(text: str, speaker: str) -> None:
    assert sayings(text)[0].speaker == speaker


@pytest.mark.parametrize("text", ["It is said to be old.", "“He said no” is on the wall.", "The port closed."])
def test_where_nobody_says_it(text: str) -> None:
    assert sayings(text) == ()


def test_words_in_marks_are_found_even_where_one_mark_is_missing() -> None:
    assert [one.words for one in quoted('He said: "We will go" and “not stay”.')] == ["We will go", "not stay"]
    assert [one.words for one in quoted('It starts here," Holm said on a call with reporters.')] == []
    assert [one.words for one in quoted("Holm: “We will go on and on.")] == ["We will go on and on."]


@pytest.mark.parametrize(
    ("words", "same"),
    [
        ("we will go on", True),
        ("We will … on", True),
        ("We will [soon] on", True),
        ("we will stay", False),
        ("on and on we", False),
    ],
)
def test_verbatim_but_for_marks_spaces_and_what_is_left_out(words: str, same: bool) -> None:
    assert verbatim(words, "Holm: “We will  go on\nand on.”") is same


def test_the_nearest_words_show_what_was_changed() -> None:
    stored = "Holm said: “We will never go back to the old port.” Then she left."
    assert nearest("We will surely go back to the old port", stored) == "“We will never go back to the old port.”"
    assert nearest("An entirely other thing", stored) is None
