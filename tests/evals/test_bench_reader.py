from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from evals.bench import reader as bench
from evals.bench.realtimeqa import Question, short_scores
from rag.types import AnswerSpan, PairReading, Stance
from training.rows import Asked, Pair

PASSAGE = "The pool was designed by Ida Quist and opened in 1962."


class WordReader:
    """Answers with the passage's word after `by`; supports what shares the passage's last word."""

    identity = "words"

    def read(self, text: str, passages: Sequence[str], leads: Sequence[str] = ()) -> list[PairReading]:
        assert len(leads) in (0, len(passages))
        return self.read_pairs([(text, passage) for passage in passages])

    def read_pairs(self, pairs: Sequence[tuple[str, str]]) -> list[PairReading]:
        return [self._read(text, passage) for text, passage in pairs]

    def _read(self, text: str, passage: str) -> PairReading:
        at = passage.find("by ") + 3
        supports = 0.9 if passage.split()[-1].strip(".") in text else 0.1
        spans = (AnswerSpan(at, at + 9, 2.0 if "designed" in text else -2.0),) if at > 2 else ()
        return PairReading(spans, 0.5, 0.5, Stance(supports, 1 - supports, 0.0))


def asked(question: str, span: tuple[int, int] | None) -> Asked:
    return Asked("x", question, PASSAGE, span, "made", (PASSAGE[slice(*span)],) if span else ())


def test_squad_counts_the_best_span_and_the_best_threshold() -> None:
    at = PASSAGE.index("Ida")
    rows = bench.squad(WordReader(), [asked("Who designed it?", (at, at + 9)), asked("Who closed it?", None)])
    assert [row.figure for row in rows] == ["1.000", "1.000"]


@pytest.mark.parametrize(
    ("scores", "f1", "answerable", "wanted"),
    [
        ([1.0, 0.0], [1.0, 0.0], [True, False], 1.0),
        ([0.0, 1.0], [1.0, 0.0], [True, False], 0.5),
        ([1.0, 0.0], [0.0, 0.0], [False, False], 1.0),
        ([1.0, 0.5, 0.2], [0.4, 1.0, 0.0], [True, True, False], 0.8),
    ],
)
def test_the_threshold_leaves_the_least_sure_unanswered(
    scores: list[float], f1: list[float], answerable: list[bool], wanted: float
) -> None:
    assert bench.best_threshold(np.array(scores), np.array(f1), np.array(answerable)) == pytest.approx(wanted)


def test_inference_is_told_by_source() -> None:
    pairs = [
        Pair("1", PASSAGE, "It opened in 1962.", 0, "SNLI"),
        Pair("2", PASSAGE, "It opened in 1963.", 1, "ConjNLI"),
        Pair("3", PASSAGE, "It opened in May.", 2, "ConjNLI"),
    ]
    rows = {row.what.strip(): row.figure for row in bench.inference(WordReader(), pairs)}
    assert rows["SNLI"] == "1.000"
    assert rows["ConjNLI"] == "0.500"
    assert rows["NLI, held-out pairs, three-way accuracy"] == "0.667"


def test_a_summary_is_as_good_as_its_worst_sentence(tmp_path: Path) -> None:
    cases = [
        {"document": PASSAGE, "summary": "It opened in 1962. Quist built it by 1962.", "consistent": True},
        {"document": PASSAGE, "summary": "It opened in 1962. Quist built it by 1963.", "consistent": False},
    ]
    file = tmp_path / "edits.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps({"id": str(n), "domain": "made", **case}) + "\n" for n, case in enumerate(cases))
    assert bench.summaries(WordReader(), file)[0].figure == "1.000"


def test_balanced_accuracy_weighs_both_kinds_alike() -> None:
    assert bench.balanced([True, True, True, False], [True, True, False, False]) == pytest.approx(0.75)


def test_short_answers_are_compared_as_squad_does() -> None:
    question = Question("q", "Who?", ("Ida Quist",), frozenset(), frozenset(), "2022-01-01")
    assert short_scores(question, "the Ida Quist!") == (1.0, 1.0)
    assert short_scores(question, "Quist") == (0.0, pytest.approx(2 / 3))
    assert short_scores(question, "") == (0.0, 0.0)
