from __future__ import annotations

import random

import pytest

from training.statements import questioned, statement


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        ("Who led the inquiry into the flood?", "Ida Quist", "Ida Quist led the inquiry into the flood."),
        ("Which town opened a new pool?", "Carrow", "Carrow opened a new pool."),
        ("When was the pool opened?", "in 1962", "The pool was opened in 1962."),
        ("What did the mayor open?", "a pool", None),
        ("What was the mayor known for?", "singing", None),
        ("Why?", "because", None),
    ],
)
def test_a_question_and_its_answer_make_a_statement_or_none(question: str, answer: str, said: str | None) -> None:
    assert statement(question, answer) == said


def test_a_claim_makes_a_question_whose_answer_stands_in_the_passage() -> None:
    passage = "The pool, designed by Ida Quist, opened in 1962."
    for seed in range(20):
        made = questioned("Carrow's pool was designed by Ida Quist in 1962.", passage, random.Random(seed))
        assert made is not None
        question, span = made
        assert passage[slice(*span)] in ("Ida Quist", "1962")
        assert passage[slice(*span)] not in question
        assert question.endswith("?")


def test_a_claim_without_a_name_that_the_passage_has_makes_none() -> None:
    assert questioned("Everybody likes it.", "The pool opened in 1962.", random.Random(0)) is None
