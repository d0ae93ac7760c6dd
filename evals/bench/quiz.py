"""Claims made of news quiz questions: with the answer true, with another of the choices false.

Nobody wrote them with a sentence of the archive before them, so that they are worded apart from it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from evals.bench.realtimeqa import Question
from training.statements import statement

_SEED = 5
_NO_ANSWER = frozenset({"none of the above", "all of the above"})


@dataclass(frozen=True, slots=True)
class QuizClaim:
    text: str
    true: bool
    asked: date


def quiz_claims(questions: Sequence[Question]) -> list[QuizClaim]:
    """A true and a false claim of each question that a rule can turn into a statement."""
    return list(_claims(questions, random.Random(_SEED)))  # noqa: S311 - the same claims each time


def _claims(questions: Sequence[Question], rng: random.Random) -> Iterator[QuizClaim]:
    for question in questions:
        right = {answer.lower() for answer in question.gold}
        wrong = [choice for choice in question.choices if choice.lower() not in right | _NO_ANSWER]
        true = statement(question.text, question.gold[0])
        false = statement(question.text, rng.choice(wrong)) if wrong else None
        if true and false:
            asked = date.fromisoformat(question.asked[:10])
            yield from (QuizClaim(true, True, asked), QuizClaim(false, False, asked))
