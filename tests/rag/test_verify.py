from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.checks.grounds import Grounds
from rag.sentences import sentence_spans
from rag.types import PairReading, Stance
from rag.verify import Verifier

FERRY = Grounds("The ferry\n sank on 3 May near Oslo with 40 people on board.", before="Nobody was hurt.")


class Told:
    """A reader model that is of one opinion whatever it reads, and remembers what that was."""

    identity = "told"

    def __init__(self, supports: float, refutes: float) -> None:
        self._stance = Stance(supports, refutes, 1 - supports - refutes)
        self.read_texts: list[str] = []

    def read(self, text: str, passages: Sequence[str], leads: Sequence[str] = ()) -> list[PairReading]:
        assert len(leads) in (0, len(passages))
        return self.read_pairs([(text, passage) for passage in passages])

    def read_pairs(self, pairs: Sequence[tuple[str, str]]) -> list[PairReading]:
        self.read_texts += [passage for _, passage in pairs]
        return [PairReading(stance=self._stance) for _ in pairs]


def test_the_words_of_a_quote_are_supported_and_nothing_is_read() -> None:
    reader = Told(0.0, 1.0)
    told = Verifier(reader).verify("The ferry sank on 3 May near Oslo with 40 people on board.", [FERRY])
    assert told.verdict == "supported"
    assert [(check.kind, check.ok) for check in told.checks] == [("quote", True)]
    assert reader.read_texts == []


def test_without_a_citation_nothing_is_supported() -> None:
    told = Verifier(Told(1.0, 0.0)).verify("The ferry sank.", [])
    assert told.verdict == "unsupported"
    assert told.checks[0].detail == "it cites nothing"


def test_a_paraphrase_is_supported_when_the_model_and_the_checks_say_so() -> None:
    reader = Told(0.9, 0.02)
    told = Verifier(reader).verify("Near Oslo a ferry went down on 3 May with 40 people on board.", [FERRY])
    assert told.verdict == "supported"
    assert told.support == pytest.approx(0.9)
    assert told.checks[-1].kind == "entailment"
    assert reader.read_texts == [FERRY.quote, f"{FERRY.before} {FERRY.quote}"]


def test_a_changed_number_contradicts_however_much_the_model_likes_it() -> None:
    told = Verifier(Told(0.99, 0.0)).verify("The ferry sank on 3 May near Oslo with 60 people on board.", [FERRY])
    assert told.verdict == "contradicted"
    assert "the article says 40, the sentence says 60" in [check.detail for check in told.checks]


def test_agreeing_items_do_not_make_a_sentence_follow() -> None:
    told = Verifier(Told(0.1, 0.1)).verify("The ferry of Oslo carries 40 people on 3 May for nothing.", [FERRY])
    assert told.verdict == "unsupported"


def test_the_model_alone_can_refute() -> None:
    told = Verifier(Told(0.05, 0.9)).verify("The ferry stayed afloat near Oslo.", [FERRY])
    assert told.verdict == "contradicted"
    assert "speaks against it" in told.checks[-1].detail


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("On 3 May the ferry sank near Oslo.", "supported"),
        ("The ferry sank near Bergen.", "contradicted"),
        ("Fog was to blame for the loss of the vessel.", "unchecked"),
        ("Kari Holm was on board.", "unsupported"),
    ],
)
def test_without_a_model_only_what_is_plain_is_said(sentence: str, verdict: str) -> None:
    assert Verifier(None).verify(sentence, [FERRY]).verdict == verdict


def test_in_a_longer_text_the_part_that_says_most_about_it_counts() -> None:
    text = "The ferry sank near Oslo. The council met. It bought 40 ships in 2019. The ferry was built in 2001."
    told = Verifier(None).verify_in("The ferry was built in 2003.", text, sentence_spans(text))
    assert told.verdict == "contradicted"
    assert "the article says 2001, the sentence says 2003" in [check.detail for check in told.checks]
    assert Verifier(None).verify_in("The ferry sank near Oslo.", text, sentence_spans(text)).verdict == "supported"


def test_an_empty_text_bears_nothing_out() -> None:
    assert Verifier(None).verify_in("The ferry sank.", "", []).verdict == "unsupported"
