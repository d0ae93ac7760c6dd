"""The forms of a check record. The article text tries to be markup, a formula and a link in each."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from rag.claims.export import FORMATS, Format, exported

HOSTILE = '=cmd()|<script>alert(1)</script> ![x](http://evil.example) "said" | he_said'


def record(verdict: str = "refuted", url: str | None = "https://x.example/a") -> dict[str, Any]:
    citation = {
        "n": 1,
        "article": {
            "id": "a1", "version": 2, "title": "T", "source": "X", "url": url, "published": "2024-03-01",
            "file": "a.txt",
        },
        "start": 5, "end": 5 + len(HOSTILE), "quote": HOSTILE, "prefix": "Before", "suffix": "after",
        "answer_span": None,
        "attribution": {
            "kind": "anonymous", "source": "sources", "cue": "said", "chain": ["sources", "X"], "origin": None,
        },
        "also_in": [],
    }  # fmt: skip
    claim = {
        "text": HOSTILE, "start": 0, "end": 4, "read_as": HOSTILE, "edits": [], "verdict": verdict, "confidence": 0.8,
        "explanation": HOSTILE, "missing": None, "independent_sources": 1, "sources": "1 article",
        "attributed_only": False,
        "evidence": [{"stance": "refutes", "score": 0.8, "stage": None, "citation": citation, "checks": []}],
        "parts": [], "quotes": [], "timeline": [],
    }  # fmt: skip
    return {
        "id": "c1", "text": HOSTILE, "as_of": None, "checked_at": "2024-04-01T10:00:00+00:00", "claims": [claim],
        "not_checked": [{"text": HOSTILE, "kind": "opinion", "why": None}], "articles": [],
    }  # fmt: skip


def test_markdown_has_footnotes_and_no_markup_of_the_article() -> None:
    told = exported(record(), "markdown")
    assert "[^1]: refutes" in told
    assert "](http" not in told
    assert "<script" not in told.replace("\\<script", "")
    assert "<https://x.example/a#:~:text=" in told


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_a_file_is_no_outlet(form: Format) -> None:
    given = record()
    given["claims"][0]["evidence"][0]["citation"]["article"] |= {"source": None, "title": None}
    told = exported(given, form)
    assert "unknown outlet, 2024-03-01" in told
    assert "a.txt" not in told


def test_html_escapes_all_of_it() -> None:
    told = exported(record(), "html")
    assert "<script" not in told
    assert "&lt;script&gt;" in told
    assert 'href="https://x.example/a#:~:text=' in told


def test_a_link_that_is_no_web_address_is_left_out() -> None:
    assert "href" not in exported(record(url="javascript:alert(1)"), "html")


def test_csv_has_a_row_for_each_evidence_and_no_formula() -> None:
    (row,) = list(csv.DictReader(io.StringIO(exported(record(), "csv"))))
    assert row["quote"] == "'" + HOSTILE
    assert (row["stance"], row["version"], row["attribution"]) == ("refutes", "2", "anonymous")


@pytest.mark.parametrize(
    ("verdict", "rating"), [("supported", 5), ("disputed", 3), ("refuted", 1), ("not_enough_evidence", None)]
)
def test_claimreview_rates_what_can_be_rated(verdict: str, rating: int | None) -> None:
    (review,) = json.loads(exported(record(verdict), "claimreview"))
    assert review["@type"] == "ClaimReview"
    assert review["claimReviewed"] == HOSTILE
    assert review["reviewRating"]["alternateName"]
    assert review["reviewRating"].get("ratingValue") == rating
    assert review["citation"][0]["datePublished"] == "2024-03-01"


def test_annotations_select_the_quote_by_words_and_by_place() -> None:
    told = json.loads(exported(record(url=None), "annotations"))
    target = told["first"]["items"][0]["target"]
    assert target["source"] == "urn:byline:article:a1:2"
    assert target["selector"][0] == {
        "type": "TextQuoteSelector", "exact": HOSTILE, "prefix": "Before", "suffix": "after",
    }  # fmt: skip
    assert target["selector"][1] == {"type": "TextPositionSelector", "start": 5, "end": 5 + len(HOSTILE)}


@pytest.mark.parametrize("format_", FORMATS)
def test_every_form_ends_in_a_line_break_and_takes_an_empty_check(format_: Any) -> None:
    empty = record() | {"claims": [], "not_checked": []}
    assert exported(empty, format_).endswith("\n")
