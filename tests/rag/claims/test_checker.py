"""A draft checked over hits that are given: what is found, how it is weighed, what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from rag.claims.as_json import draft_record
from rag.claims.checking import Tools, check_in
from rag.claims.records import CheckedClaim, CheckedDraft
from rag.types import ArticleRef, Hit, Query
from rag.verify import Verifier
from tests.rag.reading import article, hit

QUAY = hit(
    "The Oslo council met on 3 March 2021.",
    "Kari Holm said the council was considering a second quay for 37 million euros.",
    of=article("quay", source="Harbour News", published="2021-03-04"),
)
COPY = hit(
    "Ford and Geely are in talks about a plant in Spain, reported Reuters, citing sources.",
    rank=2,
    of=article("copy", source="Auto Today", published="2021-02-01"),
    also_in=("twin",),
)
LATER = hit(
    "Ford and Geely announced their plant in Spain.",
    rank=3,
    of=article("later", source="Car Week", published="2021-06-01"),
)
DENIED = hit(
    "The Financial Times reported talks between Ford and Xiaomi about a plant, though both companies denied it.",
    rank=4,
    of=article("denied", source="Car Week", published="2021-06-02"),
)


def test_where_nothing_is_within_the_limits_they_are_the_reason() -> None:
    claim = checked("The ferry was late on Monday.", as_of=date(1990, 1, 1)).claims[0]
    assert claim.explanation == claim.missing == "no article published by 1990-01-01 is about it"


def checked(text: str, *hits: Hit, as_of: date | None = None) -> CheckedDraft:
    texts = {one.article.id: one.text for one in hits}

    def text_of(ref: ArticleRef) -> str:
        return texts[ref.id]

    def read(_claim: str, found: Sequence[Hit]) -> Sequence[Hit]:
        return found

    return check_in(text, Query("", as_of=as_of), Tools(lambda _query: hits, read, Verifier(None), text_of), {})


def one_claim(text: str, *hits: Hit) -> CheckedClaim:
    (claim,) = checked(text, *hits).claims
    return claim


def test_a_claim_in_other_order_is_supported_on_somebodys_word() -> None:
    claim = one_claim("The council was considering a second quay for 37 million euros.", QUAY)
    assert claim.verdict == "supported"
    assert claim.attributed_only
    assert claim.explanation == "Kari Holm in Harbour News, 2021-03-04 says so"
    (best, *_) = claim.evidence
    assert (best.stance, best.attribution.kind, best.attribution.source) == ("supports", "on the record", "Kari Holm")
    assert QUAY.text[best.citation.start : best.citation.end] == best.citation.quote


def test_a_claim_that_names_its_source_is_not_attributed_only() -> None:
    assert not one_claim("Kari Holm said the council was considering a second quay.", QUAY).attributed_only


def test_a_changed_number_is_refuted_in_words() -> None:
    claim = one_claim("The council was considering a second quay for 47 million euros.", QUAY)
    assert claim.verdict == "refuted"
    assert claim.explanation == "the article says 37 million euros, the sentence says 47 million euros"


def test_what_is_not_in_the_archive_says_what_is_missing() -> None:
    claim = one_claim("The Bishop of Ely keeps bees.", QUAY)
    assert claim.verdict == "not_enough_evidence"
    assert "Bishop of Ely" in (claim.missing or "")


def test_a_later_stage_disputes_and_is_shown_on_the_other_side_and_in_the_timeline() -> None:
    claim = one_claim("Ford and Geely are in talks about a plant in Spain.", COPY, LATER)
    assert claim.verdict == "disputed"
    assert [one.stance for one in claim.evidence][:2] == ["supports", "refutes"]
    assert [one.changed for one in claim.timeline] == [None, "in talks → agreed"]


def test_a_denial_in_the_same_sentence_disputes() -> None:
    assert one_claim("Ford and Xiaomi had talks about a plant.", DENIED).verdict == "disputed"
    assert one_claim("Both companies denied talks between Ford and Xiaomi.", DENIED).verdict != "disputed"


def test_copies_and_articles_on_one_report_count_once() -> None:
    claim = one_claim("Ford and Geely are in talks about a plant in Spain.", COPY)
    assert (claim.independent_sources, claim.sources) == (1, "2 articles, 1 independent report (Reuters)")
    assert claim.evidence[0].attribution.chain == ("sources", "Reuters", "Auto Today")


def test_every_part_has_to_be_supported() -> None:
    claim = one_claim("The council met on 3 March 2021 and considered a second quay for 40 million euros.", QUAY)
    assert [part.verdict for part in claim.parts] == ["supported", "refuted"]
    assert claim.verdict == "refuted"


def test_an_impossible_date_is_no_claim_to_look_for() -> None:
    claim = one_claim("The council met on 30 February 2021.", QUAY)
    assert (claim.verdict, claim.missing) == ("not_enough_evidence", "there is no 30 February 2021")


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("Kari Holm said the council was “considering a second quay”.", "exact"),
        ("Jon Berg said the council was “considering a second quay”.", "misattributed"),
        ("Kari Holm said the council was “considering a second large quay for 37 million euros”.", "altered"),
        ("Kari Holm spoke of “a harbour for our grandchildren”.", "not found"),
        ("Kari Holm said: “The Oslo council met considering a second quay”.", "stitched"),
    ],
)
def test_quoted_words_are_looked_up(claim: str, found: str) -> None:
    (quote,) = one_claim(claim, QUAY).quotes
    assert quote.found == found


def test_the_record_names_what_it_rests_on_and_what_it_left_out() -> None:
    record = draft_record(checked("Hello. The council met on 3 March 2021. It was awful.", QUAY))
    assert [one["kind"] for one in record["not_checked"]] == ["greeting", "opinion"]
    assert [one["id"] for one in record["articles"]] == ["quay"]
    assert record["claims"][0]["evidence"][0]["citation"]["attribution"]["kind"] == "article"
