from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from training.examples import sentences
from training.framing import frame, made_lead, sentence_of

TEXT = (
    "The ferry left at nine. It was late. Nobody had told Captain Voss, who waited in Dunlisk. The storm came at noon. "
    "Ida Quist closed the harbour. It opened again in May."
)
seeds = st.integers(0, 10_000)


@given(seeds, st.integers(1, 40))
def test_a_window_holds_what_it_is_to_hold_and_says_where_it_begins(seed: int, words: int) -> None:
    at = TEXT.index("Captain Voss")
    window = frame(TEXT, [(at, at + 12)], random.Random(seed), words)
    assert TEXT[window.start : window.start + len(window.passage)] == window.passage
    inside = window.inside((at, at + 12))
    assert inside is not None
    assert window.passage[slice(*inside)] == "Captain Voss"
    for span in sentences(TEXT):
        told = window.inside(span)
        assert told is None or window.passage[slice(*told)] == TEXT[slice(*span)]


@given(seeds)
def test_what_is_read_before_a_window_is_not_in_it(seed: int) -> None:
    rng = random.Random(seed)
    last = TEXT.index("It opened")
    window = frame(TEXT, [(last, len(TEXT))], rng, 5)
    assert window.passage == "It opened again in May."
    assert not window.lead or window.lead.endswith(" ")
    assert "opened again" not in window.lead.replace(TEXT[: len(window.lead)], "")


@given(seeds)
def test_a_made_lead_is_of_the_text_or_empty(seed: int) -> None:
    told = made_lead(TEXT, random.Random(seed), "It was late.")
    assert told.endswith("It was late. ")


def test_the_sentences_of_a_span() -> None:
    start, end = TEXT.index("late"), TEXT.index("Voss")
    assert [TEXT[slice(*span)] for span in sentence_of(TEXT, (start, end))] == [
        "It was late.",
        "Nobody had told Captain Voss, who waited in Dunlisk.",
    ]
