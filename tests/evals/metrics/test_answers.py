from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.gold import Case
from evals.metrics import BY_NAME, Scored, Unscored
from evals.metrics.numbers import figures
from evals.metrics.squad import token_f1, tokens
from evals.reply import Reply, Usage, missing
from tests.evals.systems import ARTICLES, QUESTIONS, case, cite, reply

ASKED = {one.id: one for one in QUESTIONS}
FILES = {one.id: one.supporting[0].file for one in QUESTIONS if one.supporting}


def value(metric: str, asked: Case, given: Reply) -> float:
    told = BY_NAME[metric].outcome(asked, given)
    assert isinstance(told, Scored), told
    return told.parts[0]


def unscored(metric: str, asked: Case, given: Reply) -> str:
    told = BY_NAME[metric].outcome(asked, given)
    assert isinstance(told, Unscored), told
    return told.reason


def answer(asked: Case, text: str, *quotes: str, **more: Any) -> Reply:
    return reply(asked, text, [(FILES[asked.id], quote) for quote in quotes], **more)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Mayor’s «new» bridge — a marvel!", ["mayors", "new", "bridge", "marvel"]),
        ("37.6%", ["376"]),
        ("ÉLAN élan", ["élan", "élan"]),
        ("東京 2020年", ["東", "京", "2020", "年"]),
        ("€5 and $5", ["€5", "and", "5"]),
        ("the", []),
    ],
)
def test_tokens_are_normalised_as_in_squad_for_any_script(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@given(st.lists(st.sampled_from("abcde"), max_size=8), st.lists(st.sampled_from("abcde"), max_size=8))
def test_f1_is_symmetric_and_one_only_for_the_same_bag(one: list[str], other: list[str]) -> None:
    assert token_f1(one, other) == token_f1(other, one)
    assert (token_f1(one, other) == 1) == (sorted(one) == sorted(other))


def test_the_nearest_accepted_answer_counts() -> None:
    asked = ASKED["mayor"]
    assert value("squad_em", asked, answer(asked, "It was she.", short_answer="ana ruiz.")) == 1
    assert value("squad_f1", asked, answer(asked, "It was she.", short_answer="Ana Ruiz Ochoa")) == pytest.approx(0.8)
    assert value("squad_em", asked, answer(asked, "Ruiz [1]")) == 1  # no short answer: the text, without its markers


def test_a_yes_no_question_has_no_short_answer() -> None:
    asked = ASKED["mayor"].model_copy(update={"tags": ("yes-no",)})
    assert "yes or no" in unscored("squad_em", asked, answer(asked, "Yes"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 million cars", {("number", 3e6)}),
        ("three million cars", {("number", 3e6)}),
        ("3,000,000 cars", {("number", 3e6)}),
        ("twenty-five people", {("number", 25.0)}),
        ("rose 37.6% in 2024", {("percent", 37.6), ("number", 2024.0)}),
        ("37.6 per cent", {("percent", 37.6)}),
        ("June 19", {("month", 6.0), ("day", 619.0)}),
        ("the 19th of June", {("month", 6.0), ("day", 619.0)}),
        ("2018-06-19", {("number", 2018.0), ("month", 6.0), ("day", 619.0)}),
        ("June 2018", {("month", 6.0), ("number", 2018.0)}),
        ("they may go", set()),
        ("nobody", set()),
        ("A4 paper", set()),
        ("6.5 million", {("number", 6.5e6)}),
    ],
)
def test_figures_have_one_form(text: str, expected: set[tuple[str, float]]) -> None:
    assert figures(text) == expected


@given(st.text())
def test_figures_are_read_from_any_text(text: str) -> None:
    figures(text)


def test_numbers_and_dates_agree_however_they_are_written() -> None:
    asked = ASKED["price"]
    assert value("figures_agree", asked, answer(asked, "12,000,000 crowns")) == 1
    assert value("figures_agree", asked, answer(asked, "11 million")) == 0
    assert "no gold answer" in unscored("figures_agree", ASKED["mayor"], answer(ASKED["mayor"], "x"))


def test_a_citation_must_point_at_the_supporting_quote() -> None:
    asked = ASKED["price"]
    quote = asked.supporting[0].quote
    assert value("citation_precision", asked, answer(asked, "x", quote)) == 1
    assert value("citation_precision", asked, answer(asked, "x", ARTICLES["bridge.txt"])) == 0  # the whole article
    assert value("citation_precision", asked, answer(asked, "x", quote, "The old deck was sold for scrap.")) == 0.5
    assert value("citation_recall", asked, answer(asked, "x", quote, "The old deck was sold for scrap.")) == 1
    assert value("evidence_recall", asked, answer(asked, "x", "The old deck was sold for scrap.")) == 0
    elsewhere = reply(asked, "x", [("ferry.txt", "The operator Norrfrakt blamed wages.")])
    assert value("wrong_article_rate", asked, elsewhere) == 1


def test_a_quote_that_is_not_in_its_article_is_not_exact() -> None:
    asked = ASKED["price"]
    assert value("quotes_exact", asked, answer(asked, "x", "Repairs cost nothing")) == 0
    assert unscored("quotes_exact", asked, answer(asked, "x")) == "nothing is cited"
    assert value("uncited_rate", asked, answer(asked, "x")) == 1


def test_evidence_after_the_as_of_day_a_replaced_version_and_a_wire_copy_are_told() -> None:
    asked = case("x", "When?", "The harbour bridge reopened on Monday after", "Monday", as_of=date(2024, 5, 1))
    quote = asked.supporting[0].quote

    def cited(**more: Any) -> Reply:
        return reply(asked, "x", []).model_copy(update={"citations": (cite(1, "bridge.txt", quote, **more),)})

    assert value("later_evidence", asked, cited(published="2024-05-02T00:00:00")) == 1
    assert value("later_evidence", asked, cited(published="2024-05-01T23:00:00")) == 0
    assert value("later_evidence", asked, cited()) == 0
    stale = cited().citations[0].model_copy(update={"newest": False})
    assert value("superseded_cited", asked, cited().model_copy(update={"citations": (stale,)})) == 1
    first = cite(1, "bridge.txt", quote, also_in=("copy",))
    copy = cite(2, "bridge.txt", quote).model_copy(update={"article_id": "copy"})
    other = cite(2, "bridge.txt", "Mayor Ana Ruiz cut the ribbon").model_copy(update={"article_id": "copy"})
    assert value("wire_twice", asked, cited().model_copy(update={"citations": (first, copy)})) == 1
    assert value("wire_twice", asked, cited().model_copy(update={"citations": (first, other)})) == 0


def test_what_a_target_cannot_do_is_unscored_and_no_prediction_costs_nothing() -> None:
    asked = ASKED["price"]
    assert unscored("right", asked, Reply(case="price", unsupported="it checks no claims")) == "it checks no claims"
    assert unscored("latency_p50", asked, missing("price", "timeout", "60 s")) == "there is no prediction"
    assert unscored("price", asked, answer(asked, "x")) == "no LLM was used"
    paid = answer(asked, "x", usage=Usage(input_tokens=90, output_tokens=10, price=0.5))
    assert (value("tokens", asked, paid), value("price", asked, paid)) == (100, 0.5)
