from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.conversation import standalone
from rag.types import Turn


def after(question: str, *earlier: str) -> str:
    """`earlier` are questions; one that begins with a dash is the answer to the one before."""
    turns = [Turn("assistant", one[2:]) if one.startswith("- ") else Turn("user", one) for one in earlier]
    return standalone(question, turns)


@pytest.mark.parametrize(
    ("earlier", "asked", "understood"),
    [
        # the rest of the question before
        ("Is the ferry line hiring?", "And since when?", "Since when is the ferry line hiring?"),
        ("Why did Brax leave Ostrava?", "And when?", "When did Brax leave Ostrava?"),
        ("By how much did Velma Bank grow?", "To how many clients?", "To how many clients did Velma Bank grow?"),
        ("Do Brax and Velma meet?", "In which Asian country?", "In which Asian country do Brax and Velma meet?"),
        # another name in its place
        ("What did Brax say about the strike?", "What about Velma?", "What did Velma say about the strike?"),
        ("How many people does Brax employ in Spain?", "And in Italy?", "How many people does Brax employ in Italy?"),
        ("How many people does Brax employ?", "In Europe?", "How many people does Brax employ in Europe?"),
        ("Does Brax want a merger?", "And its union?", "Does Brax’s union want a merger?"),
        # a name for a pronoun
        ("Does Brax own the port?", "What did it pay for the cranes?", "What did Brax pay for the cranes?"),
        ("Did Brax and Velma sign?", "What will they build?", "What will Brax and Velma build?"),
        ("Who runs Velma?", "How long has he been there?", "How long has the person who runs Velma been there?"),
        ("What did Anna Berg say?", "What is her post?", "What is Anna Berg’s post?"),
        ("Which yard may get it?", "How many people named it?", "How many people named the yard that may get it?"),
        # what no rule is sure of goes on after the question before
        ("Did Brax send a team to Oslo?", "What was the reason?", "Did Brax send a team to Oslo? What was the reason?"),
        ("Did the ferry sink?", "Why is that?", "Did the ferry sink? Why is that?"),
    ],
)
def test_a_follow_up_is_understood_by_the_question_before(earlier: str, asked: str, understood: str) -> None:
    assert after(asked, earlier) == understood


@pytest.mark.parametrize(
    "question",
    [
        "Who leads Volkswagen?",
        "Why are car prices rising in Europe?",
        "What did Anna Berg say about her plans?",
        "Is it true that Brax bought the port?",
        "How many people work at the plant in Valencia?",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    assert after(question, "Did Velma Bank close?", "- Velma Bank closed. [1]") == question


def test_another_topic_drops_the_one_before() -> None:
    assert after("Something else: who leads Brax?", "Did Velma close?") == "Who leads Brax?"
    assert after("By the way, is Brax hiring?", "Did Velma close?") == "Is Brax hiring?"


def test_who_said_that_asks_for_the_speaker_of_the_answer() -> None:
    answer = "- One person said the Ostrava yard is the favourite. [1]"
    expected = "Who said that the Ostrava yard is the favourite?"
    assert after("Which yard is the favourite?", *()) == "Which yard is the favourite?"
    assert after("Who said that?", "Which yard is the favourite?", answer) == expected
    assert after("Says who?", "Which yard is the favourite?", answer) == expected


@pytest.mark.parametrize("word", ["Yes.", "No.", "Reports differ, or the story moved on."])
def test_the_word_before_an_answer_is_none_of_it(word: str) -> None:
    told = after("Who said that?", "Did Brax leave Ostrava?", f"- {word} Brax left Ostrava. [1]")
    assert told == "Who said that Brax left Ostrava?"


def test_he_is_the_person_of_the_answer() -> None:
    told = after("Does he want a merger?", "Who runs Velma Bank?", "- “No,” said Velma Bank CEO Anna Berg. [1]")
    assert told == "Does Anna Berg want a merger?"


def test_an_abstention_is_no_answer_to_ask_on_about() -> None:
    missing = "- The archive does not answer this: no passage mentions Brax."
    assert after("Who said that?", "Who runs Brax?", missing) == "Who runs Brax? Who said that?"


def test_a_topic_is_carried_over_several_turns() -> None:
    told = after("For what reasons?", "Does Brax want a merger?", "- Yes. [1]", "And its union?", "- No. [1]")
    assert told == "For what reasons does Brax’s union want a merger?"


@given(st.text(max_size=120), st.lists(st.text(max_size=120), max_size=3))
def test_any_conversation_gives_a_question(question: str, earlier: list[str]) -> None:
    told = standalone(question, [Turn("user", one) for one in earlier])
    assert len(told) <= len(question) + 3 * 500


@given(st.text(max_size=120))
def test_without_a_conversation_only_space_is_tidied(question: str) -> None:
    assert standalone(question, []) == " ".join(question.split())
