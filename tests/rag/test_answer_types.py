from __future__ import annotations

import pytest

from rag.answer_types import possible_answers
from rag.question import ask


@pytest.mark.parametrize(
    ("question", "sentence", "found"),
    [
        (
            "Who runs Orsa Lines?",
            "TARN (Wire) -- Marta Lind runs Orsa Lines.",
            ["Marta Lind"],
        ),
        ("Where is the Orsa yard?", "The Orsa yard in Tarn is Lind's.", ["Tarn"]),
        ("How much did Orsa pay?", "Orsa paid $4 million for 3 boats.", ["$4 million"]),
        ("How long did the strike last?", "The strike of Orsa ended 3 weeks later.", ["3 weeks later"]),
        ("How many of the 300 crew left?", "Of the 300 crew 40 left.", ["40"]),
        ("Why did Orsa stop?", "Orsa stopped because of ice.", ["because of ice."]),
        ("What did Orsa build?", "Orsa built 3 boats in Tarn.", []),
        ("When did Orsa sail?", "Orsa sailed.", []),
    ],
)
def test_only_spans_of_the_wanted_kind_that_the_question_does_not_hold(
    question: str, sentence: str, found: list[str]
) -> None:
    assert [one.of(sentence) for one in possible_answers(ask(question), sentence)] == found
