from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from evals.gold import Case
from evals.measure import (
    Scored,
    confusion,
    estimate,
    exact_quotes,
    right,
    score,
    short_scores,
    squad_tokens,
    summarise,
    supported,
    wilson,
)

TEXT = "The old pier burned down in March. Rebuilding it will take the town until 2031, engineers said."
PIER, YEAR = TEXT.split(". ")[0] + ".", TEXT.split(". ")[1]
STORED = {("a1", 1): TEXT}


def case(**changes: Any) -> Case:
    fields: dict[str, Any] = {
        "id": "pier-year",
        "kind": "question",
        "question": "By when might the landing stage be whole again?",
        "as_of": None,
        "answers": ("2031", "until 2031"),
        "supporting": ({"file": "pier.txt", "quote": YEAR},),
        "answerable": True,
        "must_contain": (),
        "must_not_contain": (),
        "tags": ("date",),
        "cluster": "pier",
        "weight": 1,
    }
    return Case.model_validate(fields | changes)


UNANSWERABLE = case(id="pier-cost", answers=(), supporting=(), answerable=False, must_not_contain=("million",))


def citation(quote: str = YEAR, *, file: str = "pier.txt", shift: int = 0, version: int = 1) -> dict[str, Any]:
    start = TEXT.index(quote) + shift if quote in TEXT else 0
    article = {"id": "a1", "version": version, "file": file}
    return {"n": 1, "article": article, "start": start, "end": start + len(quote), "quote": quote}


def record(text: str = f"{YEAR} [1]", **changes: Any) -> dict[str, Any]:
    return {"status": "answered", "text": text, "short_answer": "2031", "citations": [citation()]} | changes


ABSTAINS = record("", status="no_evidence", short_answer=None, citations=[])


def test_a_right_and_cited_answer_scores_in_full() -> None:
    assert score(case(), record(), STORED) == Scored(case(), False, False, True, True, 1.0, 1.0, 1, 1)


def test_a_missing_record_scores_zero_even_where_abstaining_is_right() -> None:
    for one in (case(), UNANSWERABLE):
        assert score(one, None, STORED) == Scored(one)
        assert not any(e.value for e in summarise([Scored(one)]).values())


def test_an_abstention_that_happens_to_say_the_answer_is_not_an_answer() -> None:
    assert not right(case(), record(status="no_evidence"))


def test_abstaining_is_right_only_where_there_is_no_answer_and_nothing_forbidden_is_said() -> None:
    assert right(UNANSWERABLE, ABSTAINS)
    assert not right(UNANSWERABLE, {**ABSTAINS, "text": "It cost a Million."})
    assert not right(UNANSWERABLE, record())


@pytest.mark.parametrize(
    ("changes", "text", "expected"),
    [
        ({}, "In 2031 [1].", True),
        ({}, "In 20317.", False),
        ({"must_contain": ("Engineers",)}, YEAR, True),
        ({"must_contain": ("mayor",)}, YEAR, False),
        ({"must_not_contain": ("ENGINEERS SAID",)}, YEAR, False),
        ({"answers": ("town until 2031",)}, "the town [1] until 2031", True),
    ],
)
def test_an_answer_is_right_when_it_says_and_avoids_what_the_case_asks(
    changes: dict[str, Any], text: str, expected: bool
) -> None:
    assert right(case(**changes), record(text)) is expected


@pytest.mark.parametrize(
    ("cited", "expected"),
    [
        (citation(), True),
        (citation(TEXT), True),
        (citation("take the town until 2031"), True),
        (citation(file="corpus/pier.txt"), True),
        (citation(file="other.txt"), False),
        (citation(PIER), False),
        (citation("the town"), False),
    ],
)
def test_a_citation_supports_when_it_overlaps_the_gold_quote_in_its_file(cited: dict[str, Any], expected: bool) -> None:
    assert supported(case(), record(citations=[citation(PIER, file="z.txt"), cited])) is expected


@pytest.mark.parametrize(
    ("cited", "expected"),
    [
        (citation(), 1),
        (citation(shift=1), 0),
        (citation(shift=-500), 0),
        (citation(version=2), 0),
        (citation("It burned in April."), 0),
        (citation(""), 0),
    ],
)
def test_a_quote_is_exact_when_it_is_the_stored_text_at_its_offsets(cited: dict[str, Any], expected: int) -> None:
    assert exact_quotes(record(citations=[cited]), STORED) == expected


@pytest.mark.parametrize(
    ("short", "expected"),
    [
        ("2031", (1.0, 1.0)),
        ("Until  2031.", (1.0, 1.0)),
        ("the year 2031", (0.0, pytest.approx(2 / 3))),
        ("March", (0.0, 0.0)),
        ("...", (0.0, 0.0)),
        (None, (0.0, 0.0)),
    ],
)
def test_short_answers_are_compared_as_in_squad(short: str | None, expected: tuple[float, float]) -> None:
    assert short_scores(case(), record(short_answer=short)) == expected


def test_squad_tokens_drop_case_punctuation_articles_and_curly_quotes() -> None:
    assert squad_tokens("The town’s a “Pier-Head”") == squad_tokens("towns pierhead")


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_agrees_with_scipy(hits_of: tuple[int, int]) -> None:
    hits, n = hits_of
    known = binomtest(hits, n).proportion_ci(method="wilson")

    assert wilson(hits / n, n) == pytest.approx((known.low, known.high), abs=1e-6)


def test_an_estimate_over_nothing_knows_nothing() -> None:
    assert estimate([]) == estimate([], [])
    assert (estimate([]).value, estimate([]).low, estimate([]).high, estimate([]).n) == (0.0, 0.0, 1.0, 0)


def test_unequal_weights_move_the_mean_and_widen_the_interval() -> None:
    even, uneven = estimate([1, 0, 1, 0], [1, 1, 1, 1]), estimate([1, 0, 1, 0], [9, 1, 1, 9])

    assert even.value == uneven.value == 0.5
    assert uneven.low < even.low < 0.5 < even.high < uneven.high
    assert estimate([1, 0], [3, 1]).value == 0.75


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([None, record(), ABSTAINS, record(citations=[])]))))
def test_every_metric_is_a_number_within_its_interval(replies: list[tuple[bool, dict[str, Any] | None]]) -> None:
    scored = [score(case() if answerable else UNANSWERABLE, reply, STORED) for answerable, reply in replies]

    for one in summarise(scored).values():
        assert 0 <= one.low <= one.value + 1e-12
        assert one.value - 1e-12 <= one.high <= 1
    assert sum(sum(row.values()) for row in confusion(scored).values()) == len(scored)
