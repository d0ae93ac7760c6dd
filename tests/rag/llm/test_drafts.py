from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import LanguageModelFailed
from rag.llm.drafts import Drafted, DraftParser, MarkedText, StructuredText

WORDS = st.lists(
    st.sampled_from(["Ford", "plans", "a", "plant", "in", "Spain", "3.5", "percent"]), min_size=2, max_size=7
)


def read(parser: DraftParser, text: str, size: int = 3, *, cut_off: bool = False) -> list[Drafted]:
    found = [one for at in range(0, len(text), size) for one in parser.feed(text[at : at + size])]
    return [*found, *parser.end(cut_off=cut_off)]


def test_a_sentence_takes_the_keys_of_the_markers_after_it() -> None:
    told = read(MarkedText(), "Ford is in talks [E1]. Geely too. [E2][E3]\nBoth deny it [E4, E5; E4]!\n")
    assert told == [
        Drafted("Ford is in talks.", ("E1",)),
        Drafted("Geely too.", ("E2", "E3")),
        Drafted("Both deny it!", ("E4", "E5")),
    ]


def test_only_the_last_sentence_before_a_marker_is_marked() -> None:
    told = read(MarkedText(), "Ford is in talks. Geely is based in Hangzhou. [E2]")
    assert [one.keys for one in told] == [(), ("E2",)]


def test_a_sentence_is_given_once_others_begin() -> None:
    parser = MarkedText()
    assert parser.feed("Ford is in talks. [E1") == []
    assert parser.feed("] ") == []
    assert parser.feed("[E2]") == []
    assert parser.feed(" G") == [Drafted("Ford is in talks.", ("E1", "E2"))]
    assert parser.feed("eely too. [E3]\n") == [Drafted("Geely too.", ("E3",))]


def test_a_link_is_no_marker_and_a_number_is_a_key_that_no_quote_has() -> None:
    assert read(MarkedText(), "See [1](http://x.example) now [7].") == [
        Drafted("See [1](http://x.example) now.", ("7",)),
    ]


def test_no_answer_is_told_apart_from_an_answer() -> None:
    parser = MarkedText()
    assert read(parser, "NO ANSWER\n") == []
    assert parser.no_answer
    other = MarkedText()
    assert read(other, "Ford said so [E1].\nNO ANSWER") == [Drafted("Ford said so.", ("E1",))]
    assert not other.no_answer


def test_an_unfinished_sentence_of_a_reply_that_was_cut_off_is_left_out() -> None:
    text = "Ford is in talks [E1]. Geely has not yet sa"
    assert [one.text for one in read(MarkedText(), text, cut_off=True)] == ["Ford is in talks."]
    assert [one.text for one in read(MarkedText(), text[:22], cut_off=True)] == ["Ford is in talks."]


@given(st.lists(st.tuples(WORDS, st.lists(st.integers(1, 40), max_size=3)), max_size=5), st.integers(1, 9))
def test_whatever_the_pieces_the_same_sentences_come_out(
    sentences: list[tuple[list[str], list[int]]], size: int
) -> None:
    lines = [" ".join(["It", *words]) + "." + "".join(f" [E{n}]" for n in keys) for words, keys in sentences]
    text = "\n".join(lines)
    told = read(MarkedText(), text, size)
    assert told == read(MarkedText(), text, len(text) + 1)
    assert [one.keys for one in told] == [tuple(dict.fromkeys(f"E{n}" for n in keys)) for _, keys in sentences]


@given(st.text(max_size=200), st.integers(1, 20))
def test_any_text_is_read_without_an_error(text: str, size: int) -> None:
    read(MarkedText(), text, size)


def test_json_gives_each_sentence_when_its_object_closes() -> None:
    parser = StructuredText()
    text = json.dumps(
        {
            "answered": True,
            "sentences": [
                {"text": 'He said "so} ]" \\ twice.', "evidence": ["E1", "E1"]},
                {"text": "And no more.", "evidence": ["[E2]"]},
            ],
        }
    )
    first = text.index("},") + 1
    assert parser.feed(text[: first - 1]) == []
    assert parser.feed(text[first - 1 : first]) == [Drafted('He said "so} ]" \\ twice.', ("E1",))]
    assert [*parser.feed(text[first:]), *parser.end()] == [Drafted("And no more.", ("E2",))]


def test_json_without_an_answer() -> None:
    parser = StructuredText()
    assert read(parser, '{"answered": false, "sentences": []}') == []
    assert parser.no_answer


@pytest.mark.parametrize(
    "text",
    [
        "Ford is in talks [E1].",
        '```json\n{"answered": true, "sentences": []}\n```',
        '{"answered": true, "sentences": [{"text": "Ford.", "evidence": "E1"}]}',
        '{"answered": true, "sentences": [{"text": "Ford.", "link": "http://x.example", "evidence": []}]}',
        '{"answered": true, "sentences": [{"text": "Fo',
        '{"answered": true, "sentences": []} and more',
    ],
)
def test_what_is_not_the_json_asked_for_is_refused(text: str) -> None:
    with pytest.raises(LanguageModelFailed, match="not the JSON") as told:
        read(StructuredText(), text)
    assert told.value.again


@given(st.text(max_size=100), st.integers(1, 9))
def test_no_text_breaks_the_reader_of_json(text: str, size: int) -> None:
    try:
        read(StructuredText(), text, size)
    except LanguageModelFailed:
        return
