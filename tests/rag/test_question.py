from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import QuestionRejected
from rag.question import ask, check_question, wanted_of


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("w" * 101, "101 characters"),
        ("what\x00 now Berlin", "U+0000"),
        ("lone \ud800 surrogate", "U+D800"),
        ("who is it and why?", "no word"),
        ("?!... --", "no word"),
    ],
)
def test_a_question_that_asks_nothing_is_refused_with_a_remedy(question: str, reason: str) -> None:
    with pytest.raises(QuestionRejected, match=reason.replace("+", r"\+")) as refused:
        check_question(question, 100)
    assert refused.value.remedy


@pytest.mark.parametrize(
    "question", ["SELECT * FROM t; --", "<b>Berlin</b>?", "¿Quién ganó?", "誰が勝った?", "Berlin", "WHO chief?"]
)
def test_markup_code_and_other_languages_are_only_text(question: str) -> None:
    assert check_question(f"  {question}\n", 100) == question


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Who runs the Baltic ferry line?", "person"),
        ("How much did Orsted pay for the wharf?", "money"),
        ("By how much did fares rise?", "number"),
        ("How much did fares rise last year?", "number"),
        ("What percentage of riders stayed away?", "percent"),
        ("How many ferries were sold?", "number"),
        ("When does the new timetable start?", "date"),
        ("In which city is the yard?", "place"),
        ("Where was the ferry built?", "place"),
        ("Why was the crossing cancelled?", "reason"),
        ("What did the captain say about the storm?", "quote"),
        ("Did the ferry sink?", "yes or no"),
        ("True or false: the ferry sank.", "yes or no"),
        ("Which shipping company ordered it?", "organisation"),
        ("What hit the pier?", "thing"),
        ("A sailor who fell overboard was saved by what?", "thing"),
        ("The ferry sank in May. How many people were aboard?", "number"),
        ("", "thing"),
    ],
)
def test_the_kind_of_answer(question: str, wanted: str) -> None:
    assert wanted_of(question) == wanted


def test_names_and_numbers_are_found_and_stop_words_left_out() -> None:
    asked = ask("How much did the U.S. Coast Guard pay Marta Lind for 12 boats?")
    assert [name for name, _ in asked.names] == ["U.S. Coast Guard", "Marta Lind", "12"]
    assert "the" not in asked.terms
    assert "boat" in asked.terms


@given(st.text(max_size=300))
def test_any_text_can_be_taken_apart(text: str) -> None:
    asked = ask(text)
    assert len(set(asked.terms)) == len(asked.terms)
