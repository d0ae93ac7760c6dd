from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.errors import EvalError
from evals.runs.records import parse_prediction, reply_of
from tests.evals.systems import ARTICLES, CLAIMS, QUESTIONS

PRICE = next(case for case in QUESTIONS if case.id == "price")
QUOTE = PRICE.supporting[0].quote
START = ARTICLES["bridge.txt"].index(QUOTE)


class Shelf:
    """The articles as an archive in which version 2 of each is the newest."""

    def text(self, article_id: str | None, version: int | None, file: str) -> str | None:  # noqa: ARG002
        return ARTICLES.get(file)

    def newest(self, article_id: str | None) -> int | None:
        return 2 if article_id else None


def told(**record: Any) -> Any:
    return reply_of(PRICE, parse_prediction(record), Shelf())


def test_no_more_than_a_text_is_needed() -> None:
    reply = told(id="price", text="12 million. It was cheap.")
    assert (reply.status, reply.found, reply.confidence, reply.ms) == ("answered", None, None, None)
    assert [s.text for s in reply.sentences] == ["12 million.", "It was cheap."]
    assert told(text=" ").abstained
    assert told(answer="x").text == "x"


def test_markers_say_which_sentence_cites_what_and_without_any_all_do() -> None:
    cited = [{"file": "bridge.txt", "quote": QUOTE}, {"file": "bridge.txt", "quote": "nothing"}]
    marked = told(text="12 million. [1] It was cheap.", citations=cited)
    assert [bool(s.citations) for s in marked.sentences].count(True) == 1
    assert told(text="A. B.", citations=cited).sentences[0].citations == (1, 2)


@pytest.mark.parametrize(
    ("citation", "exact"),
    [
        ({"file": "bridge.txt", "quote": QUOTE}, True),
        ({"file": "x/bridge.txt", "quote": QUOTE + "!"}, False),
        ({"file": "gone.txt", "quote": QUOTE}, None),
        ({"file": "bridge.txt", "quote": ""}, False),
        (
            {"article": {"id": "a", "file": "bridge.txt"}, "quote": QUOTE, "start": START, "end": START + len(QUOTE)},
            True,
        ),
        ({"article": {"id": "a", "file": "bridge.txt"}, "quote": QUOTE, "start": START + 1, "end": 99}, False),
        ({"article": {"id": "a", "file": "bridge.txt"}, "quote": QUOTE, "start": -1, "end": 10**6}, False),
    ],
)
def test_a_quote_is_exact_at_its_offsets_or_somewhere_in_its_file(citation: dict[str, Any], exact: bool | None) -> None:
    assert told(text="x", citations=[citation]).citations[0].exact is exact


def test_an_old_version_is_not_the_newest() -> None:
    article = {"id": "a", "version": 1, "file": "bridge.txt"}
    assert told(text="x", citations=[{"article": article, "quote": QUOTE}]).citations[0].newest is False
    assert told(text="x", citations=[{"file": "bridge.txt", "quote": QUOTE}]).citations[0].newest is None


def test_hits_hold_supporting_quotes_and_those_left_out_do_not_count() -> None:
    article = {"file": "in/bridge.txt"}
    hits = [
        {"article": article, "text": "Nothing of it.", "left_out": "a copy"},
        {"article": article, "text": "Words. " + QUOTE},
        {"article": {"file": "ferry.txt"}, "text": QUOTE},
    ]
    assert [hit.covers for hit in told(text="x", hits=hits).found] == [(0,), ()]


def test_the_verdict_on_a_claim_of_several_parts_is_its_worst() -> None:
    parts = [{"verdict": "supported"}, {"verdict": "not_enough_evidence", "confidence": 0.4}]
    reply = reply_of(CLAIMS[0], parse_prediction({"claims": parts}), Shelf())
    assert (reply.verdict, reply.confidence, reply.unsupported) == ("not_enough_evidence", 0.4, None)
    assert reply_of(CLAIMS[0], parse_prediction({"label": "refuted"}), Shelf()).verdict == "refuted"
    assert reply_of(CLAIMS[0], parse_prediction({"text": "x"}), Shelf()).unsupported


def test_an_error_record_is_a_refusal() -> None:
    assert told(error={"message": "Too long."}).detail == "Too long."
    assert told(error="no").trouble == "refused"


@pytest.mark.parametrize(
    ("record", "where"),
    [
        ([], "record"),
        ({"status": "maybe"}, "status"),
        ({"confidence": 2}, "confidence"),
        ({"citations": [{}]}, "quote"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(record: Any, where: str) -> None:
    with pytest.raises(EvalError, match=where):
        parse_prediction(record)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(st.sampled_from(["text", "hits", "citations", "quote", "file", "id", "claims", "n"]), x)
        ),
        max_leaves=12,
    )
)
def test_any_json_is_a_prediction_or_refused(record: Any) -> None:
    try:
        prediction = parse_prediction(record)
    except EvalError:
        return
    reply_of(PRICE, prediction, Shelf())
