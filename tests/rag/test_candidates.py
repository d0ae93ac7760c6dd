from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.candidates import MAX_JOINED, candidates, needs_antecedent
from tests.rag.reading import hit


def texts(*sentences: str) -> list[str]:
    return [one.text for one in candidates([hit(*sentences)])]


def test_a_pronoun_brings_its_antecedent() -> None:
    assert texts("Marta Lind runs Orsa.", "She joined in May.")[1] == "Marta Lind runs Orsa. She joined in May."


def test_a_bare_said_brings_its_speaker() -> None:
    joined = texts("Marta Lind met reporters.", "“The sea was calm,” she said.")[1]
    assert joined.startswith("Marta Lind")


def test_a_sentence_that_stands_alone_stays_alone() -> None:
    assert texts("Marta Lind runs Orsa.", "The ferry sails at dawn.")[1] == "The ferry sails at dawn."
    assert not needs_antecedent("Theatre prices rose.")


def test_the_first_sentence_has_nothing_to_join() -> None:
    assert texts("He left.") == ["He left."]


@given(st.lists(st.sampled_from(["She left.", "Lind came.", "It sank in the bay.", "“No,” he said."]), max_size=12))
def test_candidates_are_contiguous_and_short(sentences: list[str]) -> None:
    made = hit(*sentences)
    for one in candidates([made]):
        assert made.text[one.span.start : one.span.end] == one.text
        assert one.last - one.first < MAX_JOINED
