from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.claims.draft import check_draft, read_draft
from rag.errors import DraftRejected


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Ford makes cars.", "claim"),
        ("Kari Holm said the food was awful.", "claim"),  # that she said so can be checked
        ("The council will build a second quay.", "claim"),
        ("The food was awful.", "opinion"),
        ("I think this will fail.", "opinion"),
        ("They should stop at once.", "opinion"),
        ("The company will probably never build trucks.", "prediction"),
        ("Ford is doomed to fail.", "prediction"),
        ("Does Ford make cars?", "question"),
        ("Hello everybody.", "greeting"),
        ("Please subscribe to our newsletter.", "greeting"),
        ("Cars.", "fragment"),
        ("Der Rat hat am Dienstag beschlossen, den Bau des neuen Tunnels um ein Jahr zu verschieben.", "fragment"),
    ],
)
def test_what_a_sentence_is(sentence: str, kind: str) -> None:
    (one,) = read_draft(sentence)
    assert one.kind == kind
    assert (one.why is None) == (kind == "claim")


@pytest.mark.parametrize(
    ("draft", "claim"),
    [
        ("VW CEO Herbert Diess met the press. He said VW was growing.", "Herbert Diess said VW was growing."),
        ("Kari Holm runs the port. Her plan failed in May.", "Kari Holm’s plan failed in May."),
        ("Geely sold more cars. The company denied the report.", "Geely denied the report."),
        ("Ford and Geely met. They denied it.", "Ford and Geely denied it."),
        ("It rained. He left the town.", "He left the town."),  # nobody is named
    ],
)
def test_a_pronoun_is_read_as_the_name_it_stands_for(draft: str, claim: str) -> None:
    last = read_draft(draft)[-1]
    assert last.claim == claim
    for edit in last.edits:
        assert draft[edit.start : edit.end] == edit.old


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_sentences_stand_where_they_say(text: str) -> None:
    for one in read_draft(text):
        assert " ".join(text[one.start : one.end].split()) == one.text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("x" * 101, "101 characters"),
        ("https://example.com/story", "address"),
        ("<p>Ford makes cars.</p>", "HTML"),
        ("Ford\x00 makes cars.", r"U\+0000"),
    ],
)
def test_what_is_no_draft_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(DraftRejected, match=reason):
        check_draft(text, 100)
