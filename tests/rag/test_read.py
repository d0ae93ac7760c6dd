from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.calibration import Calibration, load_calibration, read_calibration_file
from rag.errors import StoreDamaged
from rag.features import FEATURES
from rag.judges import READ_FEATURES
from rag.read import MAX_SENTENCES, Reader
from rag.types import AnswerSpan, Hit, PairReading, Reading
from tests.rag.fakes import WordEmbedder
from tests.rag.reading import article, hit

HARBOUR = hit(
    "Orsa Lines bought the Tarn wharf for $40 million in March.",
    "The wharf in Tarn handles 300 ships a year.",
    "Marta Lind, chief executive of Orsa Lines, announced the purchase.",
    "She said the wharf would reopen because demand had doubled.",
    of=article("harbour", title="Orsa Lines buys Tarn wharf"),
)
WEATHER = hit("Rain fell over the coast on Sunday.", rank=2, of=article("weather"), fused=0.2)


def read(question: str, *hits: Hit, abstain_below: float | None = None) -> Reading:
    return Reader(WordEmbedder(), abstain_below).read(question, hits or (HARBOUR, WEATHER))


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("How much did Orsa Lines pay for the Tarn wharf?", "$40 million"),
        ("How many ships does the Tarn wharf handle a year?", "300"),
        ("Who is chief executive of Orsa Lines?", "Marta Lind"),
        ("When did Orsa Lines buy the Tarn wharf?", "March"),
    ],
)
def test_the_sentence_and_the_span_that_answer(question: str, short: str) -> None:
    best = read(question, abstain_below=0.0).evidence[0]
    assert short in best.quote
    assert best.short_answer == short


def test_evidence_is_stored_text_within_its_passage() -> None:
    for one in read("Why will the Tarn wharf of Orsa Lines reopen?", abstain_below=0.0).evidence:
        assert one.hit.text[one.start : one.end] == one.quote


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("How much did Brax Ferries pay for the Tarn wharf?", "Brax Ferries"),
        ("What percentage of the Tarn wharf does Orsa Lines own?", "together with a percentage"),
        ("Welche Reederei hat die Werft von Orsa Lines gekauft und warum eigentlich?", "English"),
    ],
)
def test_abstaining_says_what_is_missing(question: str, missing: str) -> None:
    reading = read(question)
    assert reading.evidence == ()
    assert missing in (reading.missing or "")
    assert reading.confidence < 0.5


def test_without_hits_it_abstains() -> None:
    reading = Reader(None).read("Who bought the wharf?", [])
    assert (reading.evidence, reading.confidence) == ((), 0.0)
    assert reading.missing


def test_it_reads_without_an_embedder() -> None:
    reading = Reader(None, 0.0).read("How much did Orsa Lines pay for the Tarn wharf?", [HARBOUR])
    assert reading.evidence[0].short_answer == "$40 million"


def test_the_reader_models_span_is_the_short_answer_and_stands_where_it_says() -> None:
    at = HARBOUR.text.index("Orsa Lines, announced")
    span = AnswerSpan(at, at + len("Orsa Lines"), 6.0)
    one = replace(HARBOUR, reading=PairReading((span,), 0.99, 0.99))
    best = read("Marta Lind is chief executive of what?", one, abstain_below=0.0).evidence[0]
    assert best.short_answer == "Orsa Lines"
    assert best.answer_span is not None
    assert (best.answer_span.start, best.answer_span.end) == (span.start, span.end)
    assert best.start <= span.start < span.end <= best.end


def test_what_was_read_and_found_irrelevant_is_less_sure() -> None:
    question = "How much did Orsa Lines pay for the Tarn wharf?"
    at = HARBOUR.text.index("$40 million")
    good = PairReading((AnswerSpan(at, at + 11, 6.0),), 0.99, 0.99)
    bad = PairReading((AnswerSpan(at, at + 11, -6.0),), 0.01, 0.01)
    sure, unsure = (read(question, replace(HARBOUR, reading=one), abstain_below=0.0).confidence for one in (good, bad))
    assert sure > unsure


TALKS = hit("Orsa Lines is in talks with Lind Yards over a new ferry.", of=article("old", published="2023-01-01"))
SIGNED = hit("Orsa Lines has signed with Lind Yards for a new ferry.", rank=2, of=article("new", published=None))


def test_a_story_that_moved_on_shows_both() -> None:
    reading = read("Will Lind Yards build a new ferry for Orsa Lines?", TALKS, SIGNED, abstain_below=0.0)
    assert reading.conflict
    assert {one.hit.article.id for one in reading.evidence} == {"old", "new"}


def test_two_figures_for_one_thing_show_both() -> None:
    one = hit("The Tarn fire killed 12 sailors.", of=article("one"))
    other = hit("The Tarn fire killed 19 sailors.", rank=2, of=article("other"))
    assert read("How many sailors did the Tarn fire kill?", one, other, abstain_below=0.0).conflict


def test_one_article_does_not_disagree_with_its_copies() -> None:
    one = hit("The Tarn fire killed 12 sailors.", of=article("one"), also_in=("other",))
    other = hit("The Tarn fire killed 19 sailors.", rank=2, of=article("other"))
    assert not read("How many sailors did the Tarn fire kill?", one, other, abstain_below=0.0).conflict


@pytest.mark.parametrize("depth", ["full", "fast"])
def test_the_shipped_weights_of_a_reading_are_for_these_features(depth: str) -> None:
    assert 0 < load_calibration(READ_FEATURES, read_calibration_file(depth)).threshold < 1


def test_the_shipped_calibration_is_for_these_features() -> None:
    calibration = load_calibration(FEATURES)
    assert 0 < calibration.threshold < 1
    with pytest.raises(StoreDamaged, match="features"):
        Calibration.of({"ranking": {}, "confidence": {}, "bias": 0.0, "threshold": 0.5}, FEATURES)


@given(st.text(max_size=120), st.lists(st.text(min_size=1, max_size=80), min_size=1, max_size=5))
def test_whatever_is_asked_of_whatever_text(question: str, sentences: list[str]) -> None:
    made = hit(*sentences)
    reading = Reader(WordEmbedder(), 0.0).read(question, [made])
    assert 0.0 <= reading.confidence <= 1.0
    assert len(reading.evidence) <= MAX_SENTENCES
    assert all(made.text[e.start : e.end] == e.quote for e in reading.evidence)
    assert np.isfinite(reading.confidence)
