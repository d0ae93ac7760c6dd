from __future__ import annotations

from dataclasses import replace

import pytest

from rag.answer import in_quotes
from rag.cite import citation_at
from rag.question import is_polar
from rag.types import Evidence, Hit, PairReading, Reading, Span, Stance, TokenOdds
from rag.yes_no import answer_yes_no
from tests.rag.reading import article, hit


def read(
    supports: float, refutes: float, *, of: str = "a1", relevance: float = 0.9, taught: bool = True, **more: object
) -> Hit:
    """The second of its sentences answers."""
    made = hit("The council met.", "It sold the ferry.", of=article(of), **more)  # type: ignore[arg-type]
    starts = tuple(range(0, len(made.text), 4))
    odds = TokenOdds(starts, tuple(2.0 if at >= made.text.index("It sold") else -2.0 for at in starts))
    stance = Stance(supports, refutes, max(0.0, 1 - supports - refutes))
    return replace(made, reading=PairReading(relevance=relevance, stance=stance, evidence=odds if taught else None))


def test_the_surest_passage_answers_with_its_sentence() -> None:
    told = answer_yes_no(
        "Did the council sell the ferry?",
        [read(0.2, 0.3), read(0.9, 0.05, of="b"), read(0.1, 0.7, of="c", relevance=0.1)],
    )
    assert told is not None
    assert (told.polarity, told.confidence, told.conflict) == ("yes", 0.9, False)
    assert [(one.quote, one.hit.article.id) for one in told.evidence] == [("It sold the ferry.", "b")]


def test_a_passage_that_speaks_against_it_says_no() -> None:
    told = answer_yes_no("Did the council sell the ferry?", [read(0.05, 0.9)])
    assert told is not None
    assert told.polarity == "no"


@pytest.mark.parametrize(
    "hits",
    [
        [],
        [hit("It sold the ferry.")],
        [read(0.5, 0.4)],
        [read(0.9, 0.0, relevance=0.1)],
        [read(0.9, 0.0, taught=False)],
    ],
    ids=["nothing", "unread", "unsure", "of something else", "never taught"],
)
def test_where_none_is_sure_there_is_no_answer(hits: list[Hit]) -> None:
    assert answer_yes_no("Did the council sell the ferry?", hits) is None


def test_two_articles_that_differ_are_both_shown_and_copies_are_not() -> None:
    yes, no = read(0.95, 0.0), read(0.0, 0.9, of="b")
    told = answer_yes_no("Did the council sell the ferry?", [no, yes])
    assert told is not None
    assert (told.polarity, told.conflict) == ("mixed", True)
    assert [one.hit.article.id for one in told.evidence] == ["a1", "b"]
    copy = answer_yes_no("Did the council sell the ferry?", [read(0.95, 0.0, also_in=("b",)), no])
    assert copy is not None
    assert copy.polarity == "yes"
    weaker = answer_yes_no("Did the council sell the ferry?", [yes, read(0.0, 0.65, of="b")])
    assert weaker is not None
    assert weaker.polarity == "yes"


@pytest.mark.parametrize(
    ("polarity", "text", "short"),
    [
        ("yes", "Yes. It sold the ferry. [1]", "Yes"),
        ("no", "No. It sold the ferry. [1]", "No"),
        ("mixed", "Reports differ, or the story moved on. example.com, 2024-03-01: It sold the ferry. [1]", None),
    ],
)
def test_the_word_comes_first(polarity: str, text: str, short: str | None) -> None:
    made = read(0.9, 0.0)
    start = made.text.index("It sold")
    evidence = Evidence(made, start, len(made.text), 0.9)
    reading = Reading((evidence,), 0.9, conflict=polarity == "mixed", polarity=polarity)  # type: ignore[arg-type]
    citation = replace(citation_at(made, Span(start, len(made.text)), made.text), n=1)
    composed = in_quotes(reading, [citation], lambda *_: ("supported", ()))
    assert (composed.text, composed.short_answer) == (text, short)


def test_a_yes_with_another_number_is_none() -> None:
    made = hit("The council met.", "It sold 12 ferries.", of=article("a1"))
    odds = TokenOdds((0, made.text.index("It sold")), (-2.0, 2.0))
    told = replace(made, reading=PairReading(relevance=0.9, stance=Stance(0.9, 0.0, 0.1), evidence=odds))
    assert answer_yes_no("Did the council sell 14 ferries?", [told]) is None
    assert answer_yes_no("Did the council sell 12 ferries?", [told]) is not None


@pytest.mark.parametrize(
    ("question", "polar"),
    [
        ("Did the council sell the ferry?", True),
        ("is the ferry late", True),
        ("Did it sell it or not?", True),
        ("Can you tell me who sold the ferry?", False),
        ("Do you know when it was sold?", False),
        ("Was it the council or the bank that sold it?", False),
        ("Who sold the ferry?", False),
    ],
)
def test_which_questions_a_yes_answers(question: str, polar: bool) -> None:
    assert is_polar(question) is polar
