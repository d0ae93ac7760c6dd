"""Sentences of made-up articles, turned into the questions that they answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.examples import examples
from rag.question_forms import posed
from rag.settings import load_settings
from rag.wiring import open_byline
from tests.api.page import press
from tests.command import byline


def asked(*sentences: str) -> list[str]:
    return [one.question for one in posed(sentences)]


@pytest.mark.parametrize(
    ("sentences", "question", "key"),
    [
        (
            ("Ada Brook won the Skerra regatta on Sunday.", "Brook said so."),
            "Who won the Skerra regatta on Sunday?",
            "Brook",
        ),
        (("Ada Brook opened the Leith lock, the third.", "She left."), "Who opened the Leith lock?", "Brook"),
        (("At least 12 people were hurt in a fire at Leith.",), "How many people were hurt in a fire at Leith?", "12"),
        (("Two boats sank off Skerra after a storm.",), None, None),
        (("Two boats have sunk off Skerra after a storm.",), "How many boats have sunk off Skerra?", "Two"),
        (("The Leith lock was closed in 2019.",), "When was the Leith lock closed?", "2019"),
        (("Ivo Lund was elected mayor of Leith on Monday.",), "When was Ivo Lund elected mayor of Leith?", "Monday"),
    ],
)
def test_a_sentence_is_asked_for_what_it_tells(
    sentences: tuple[str, ...], question: str | None, key: str | None
) -> None:
    assert [(one.question, one.key) for one in posed(sentences)] == ([(question, key)] if question else [])


def test_who_is_quoted_is_asked_of_what_the_article_is_about() -> None:
    text = (
        "Talks over the harbour of Leith went on.",
        "CEO Morag Fyfe said that Leith needs a wider lock.",
        "“Enough,” said Ian Reid.",
        "The council said Chinese ships can’t enter Leith.",
    )
    assert asked(*text) == ["What did Morag Fyfe say about Leith?"]


@pytest.mark.parametrize(
    "text",
    [
        # A mayor is called by the town's name, or a sentence with it comes before his.
        ("Cooke City said that the bridge at Leith is gone.", "City said so.", "The road to Leith is closed."),
        (
            "Floods reached Morag Vale. He saw it.",
            "Morag Vale said Leith is dry.",
            "Near Morag Vale and Leith it rains.",
        ),
        ("Vale Springs won the Skerra cup at Leith.", "Mayor Vale Springs was glad."),
    ],
)
def test_a_place_says_nothing_and_is_nobody(text: tuple[str, ...]) -> None:
    assert asked(*text) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "He won the Skerra regatta on Sunday.",  # who?
        "Ada Brook won it on Sunday at Skerra.",  # what?
        "Ada Brook won the race.",  # which?
        "Skerra River reached 14 feet at Leith on Monday.",  # a river
        "Ada Brook contributed to this report from Leith.",
        "Two sources described the talks at Leith.",
        "By the time Leith was closed in 2019.",
        "“Ada Brook won at Skerra” was the headline.",
    ],
)
def test_what_does_not_stand_by_itself_is_not_asked(sentence: str) -> None:
    assert asked(sentence) == []


def test_examples_are_answered_and_of_different_articles(tmp_path: Path) -> None:
    more = [
        press.article(
            "https://wire.example/9",
            "Regatta",
            "Lothian Wire",
            "2026-04-01",
            "Ada Brook won the Skerra regatta on Sunday. She went home at once.",
        ),
        press.article(
            "https://wire.example/8",
            "Fire",
            "Lothian Wire",
            "2026-04-02",
            "At least 12 people were hurt in a fire at Leith.",
        ),
    ]
    lines = press.written(tmp_path / "press.jsonl", [*press.newest(), *more])
    assert byline("ingest", lines, data=tmp_path / "data").returncode == 0
    opened = open_byline(load_settings(data_dir=tmp_path / "data"))
    try:
        found = examples(opened)
    finally:
        opened.close()
    assert set(found) >= {"Who won the Skerra regatta on Sunday?", "How many people were hurt in a fire at Leith?"}
    assert "When was the old swing bridge closed?" in found
