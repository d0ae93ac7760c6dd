"""Claims made of quiz questions."""

from __future__ import annotations

from datetime import date

from evals.bench.quiz import QuizClaim, quiz_claims
from evals.bench.realtimeqa import Question


def _asked(text: str, gold: str, *choices: str) -> Question:
    return Question("q", text, (gold,), frozenset(), frozenset(), "2022-06-24", (gold, *choices))


def test_a_question_gives_a_true_claim_and_a_false_one_as_of_the_day_it_was_asked() -> None:
    made = quiz_claims([_asked("Who opened the new bridge?", "Ana Ruiz", "Kari Holm", "None of the above")])
    assert made == [
        QuizClaim("Ana Ruiz opened the new bridge.", True, date(2022, 6, 24)),
        QuizClaim("Kari Holm opened the new bridge.", False, date(2022, 6, 24)),
    ]


def test_where_no_rule_or_no_other_choice_fits_there_is_none() -> None:
    assert quiz_claims([_asked("Why did it rain?", "Clouds", "Fog")]) == []
    assert quiz_claims([_asked("Who opened the new bridge?", "Ana Ruiz", "all of the above")]) == []
