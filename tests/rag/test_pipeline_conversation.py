"""A conversation before a question never makes it fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import QuestionRejected
from rag.events import Understood
from rag.settings import load_settings
from rag.types import Turn
from rag.wiring import open_byline

QUESTION = "Which Ford plant is the leading candidate to build Geely cars?"


def test_a_question_without_a_conversation_is_as_it_was_asked(data: Path) -> None:
    with open_byline(load_settings(data_dir=data), one_shot=True) as byline:
        events = list(byline.stream(QUESTION.replace(" ", "  ")))
    assert not [event for event in events if isinstance(event, Understood)]


def test_what_a_conversation_makes_too_long_or_broken_is_asked_as_it_is(data: Path) -> None:
    settings = load_settings(data_dir=data, max_question_chars=120)
    with open_byline(settings, one_shot=True) as byline:
        long = byline.ask("And why does Ford say so?", history=[Turn("user", f"{QUESTION} {'Really? ' * 60}")]).answer
        broken = byline.ask("When was the signing?", history=[Turn("user", "Did Ford\x07 sign?")]).answer
        empty = byline.ask(QUESTION, history=[Turn("user", ""), Turn("assistant", "")]).answer
    assert (long.standalone, broken.standalone, empty.standalone) == (None, None, None)
    assert empty.short_answer == "Valencia"


def test_a_follow_up_may_have_no_word_of_its_own(data: Path) -> None:
    with open_byline(load_settings(data_dir=data), one_shot=True) as byline:
        told = byline.ask("By how much?", history=[Turn("user", "Did Geely Auto sell more cars in 2025?")]).answer
        assert told.standalone == "By how much did Geely Auto sell more cars in 2025?"
        with pytest.raises(QuestionRejected, match="no word that could be looked for"):
            byline.ask("And when?")
        with pytest.raises(QuestionRejected, match="no word that could be looked for"):
            byline.ask("And when?", history=[Turn("user", "Who is it?")])
