from __future__ import annotations

import random

import pytest

from evals.bench.rewording import reworded


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("On Tuesday, the council delayed the tunnel.", "The council delayed the tunnel on Tuesday."),
        ("The port will close, Kari Holm said.", "Kari Holm stated the port will close."),
        ("It bought three ships.", "It purchased 3 ships."),
    ],
)
def test_the_words_change_and_the_meaning_does_not(sentence: str, told: str) -> None:
    assert reworded(sentence, random.Random(0)) == told


def test_quoted_words_stay_as_they_are_and_where_no_rule_fits_there_is_none() -> None:
    assert reworded("“We bought three ships because we could.”", random.Random(0)) is None
    assert reworded("Rain fell.", random.Random(0)) is None
