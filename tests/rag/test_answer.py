from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.answer import answer_of, date_of, in_quotes
from rag.checks.grounds import Grounds
from rag.cite import cite
from rag.outlets import outlet_named
from rag.types import Answer, Check, Citation, Evidence, Reading, Verdict
from rag.verify import Verifier
from tests.rag.reading import article, hit

FERRY = hit("The ferry\n  sank.", "Nobody was hurt.", of=article("ferry"))
LATER = hit("Two were hurt.", rank=2, of=article("later", source=None, title="Ferry, again", published=None))
TEXTS = {"ferry": FERRY.text, "later": LATER.text}


def verified(sentence: str, citations: Sequence[Citation]) -> tuple[Verdict, tuple[Check, ...]]:
    told = Verifier(None).verify(sentence, [Grounds.of(one, TEXTS[one.article.id]) for one in citations])
    return told.verdict, told.checks


def composed(reading: Reading) -> Answer:
    told = in_quotes(reading, cite(reading.evidence, lambda ref: TEXTS[ref.id]), verified)
    return answer_of(
        "Was anyone hurt?",
        reading,
        told,
        [FERRY, LATER] * 3,
        answer_id="x",
        as_of=None,
        answered_at="2026-01-01T00:00:00+00:00",
        timings_ms={},
        models={},
    )


def test_sentences_carry_their_numbers_and_show_single_spaces() -> None:
    answer = composed(Reading((Evidence(FERRY, 0, 17, 0.9, "ferry"), Evidence(LATER, 0, 14, 0.8)), 0.9))
    assert answer.text == "The ferry sank. [1] Two were hurt. [2]"
    assert answer.citations[0].quote == "The ferry\n  sank."
    assert (answer.status, answer.short_answer, answer.nearest) == ("answered", "ferry", ())
    assert {s.verdict for s in answer.sentences} == {"supported"}


def test_abstaining_gives_the_nearest_passages_and_what_is_missing() -> None:
    answer = composed(Reading((), 0.1, missing="no passage mentions Brax"))
    assert answer.status == "no_evidence"
    assert "no passage mentions Brax" in answer.text
    assert len(answer.nearest) == 3
    assert answer.citations == answer.sentences == ()


def test_a_conflict_names_outlet_and_date_and_picks_no_winner() -> None:
    evidence = (Evidence(FERRY, 18, 34, 0.9, "Nobody"), Evidence(LATER, 0, 14, 0.8, "Two"))
    answer = composed(Reading(evidence, 0.9, conflict=True))
    assert "example.com, 2024-03-01: Nobody was hurt. [1]" in answer.text
    assert "Ferry, again, date unknown: Two were hurt. [2]" in answer.text
    assert answer.short_answer is None


def test_an_outlet_falls_back_to_the_title_and_to_no_file() -> None:
    assert outlet_named("S", "T") == "S"
    assert outlet_named(None, "T") == "T"
    assert outlet_named(None, None) == "unknown outlet"
    assert date_of(article("a", published="2024-03-01T10:00:00Z")) == "2024-03-01"


def test_evidence_without_its_citation_is_an_error() -> None:
    reading = Reading((Evidence(FERRY, 0, 17, 0.9),), 0.9)
    with pytest.raises(KeyError, match="ferry"):
        in_quotes(reading, [], verified)
