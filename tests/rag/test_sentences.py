from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.sentences import LONGEST, paragraph_spans, sentence_spans

WILD = st.lists(
    st.sampled_from(
        [*"abcXYZ .!?…,;\"'“”‘’()\n\r\t\v\u2028\u00a0", "é", "e\u0301", "👩‍🚀", "👍🏽", "。", "文", "U.S. ", "Mr. "]
    ),
    max_size=400,
).map("".join)


def split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["The plant is in Memphis, Tenn.", "Of the two sites, it is the older."],
        ["They may use the U.S. automaker's plants."],
        ["She moved to the U.S.", "The next year she left."],
        ["The U.S. Senate voted on Jan. 6 in favor."],
        ["George W. Bush met Gen. Smith.", "J. K. Rowling did not come."],
        ["They chose Plan B.", "The mayor agreed."],
        ["(CNN) The council met.", "It rained."],
        ["“The fit is good.”", "“We agree,” she said."],
        ["“Really?” he asked.", "Nobody answered."],
        ['"We are building." he said.', '"We will stay."', "Others left."],
        ["It rose 3.5% to $1.2 million.", "Then... nothing."],
        ["At 5 p.m.", "The game began."],
        ["Rep. Ann Field, D-Ohio, met Dr. Noor at 10 a.m. Monday.", "They talked."],
        ["The company is called Ford Motor Co.", "It builds cars."],
        ["He lives at 4 St. James Street.", "The house is red."],
    ],
)
def test_splits_news_where_its_sentences_end(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences


def test_splits_where_the_space_after_the_full_stop_was_lost() -> None:
    assert split("The road was closed.The mayor said so.") == ["The road was closed.", "The mayor said so."]


def test_keeps_names_with_a_full_stop_inside_whole() -> None:
    assert split("They use Node.JS and Booking.com for it.") == ["They use Node.JS and Booking.com for it."]


def test_splits_scripts_without_spaces() -> None:
    assert split("橋は閉鎖された。市長が発表した。") == ["橋は閉鎖された。", "市長が発表した。"]


def test_a_line_break_ends_a_sentence_without_a_full_stop() -> None:
    assert split("What drivers should do\nDrivers take the northern road.") == [
        "What drivers should do",
        "Drivers take the northern road.",
    ]


def test_a_line_break_that_wraps_a_line_does_not_end_a_sentence() -> None:
    text = (
        "The harbour authority said on Monday that the new crane would\n"
        "arrive in May, two months later than planned, because the\n"
        "ship that carries it was held up by storms. It cost four\n"
        "million.\n\nA second crane follows."
    )
    assert split(text)[1] == "It cost four\nmillion."
    assert len(paragraph_spans(text)) == 2


def test_lines_of_a_list_stay_apart() -> None:
    text = "Ann Field, mayor of the old harbour town by the sea\nBen Noor, head of the harbour authority of the town"
    assert len(split(text)) == 2


def test_an_enormous_sentence_is_cut_after_a_clause() -> None:
    text = "one clause of several words, " * 200
    pieces = split(text)
    assert all(len(piece) <= LONGEST for piece in pieces)
    assert all(piece.endswith(",") for piece in pieces)


def test_an_enormous_word_is_not_cut_inside_a_character() -> None:
    pieces = split("e\u0301" * 3_001)
    assert "".join(pieces) == "e\u0301" * 3_001
    assert not any(piece.startswith("\u0301") for piece in pieces)


def test_offsets_are_into_the_whole_text() -> None:
    text = "First one. Second one. Third one."
    assert [text[s.start : s.end] for s in sentence_spans(text, 11, 22)] == ["Second one."]


@settings(deadline=None)
@given(WILD)
def test_sentences_are_trimmed_in_order_and_leave_no_character_out(text: str) -> None:
    spans = sentence_spans(text)
    end = 0
    for span in spans:
        sentence = text[span.start : span.end]
        assert sentence == sentence.strip() != ""
        assert not text[end : span.start].strip()
        end = span.end
    assert not text[end:].strip()
