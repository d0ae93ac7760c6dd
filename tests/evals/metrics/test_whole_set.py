"""Metrics of the whole set against other implementations and numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import f1_score, precision_score, recall_score

from evals.metrics import BY_NAME
from evals.metrics.abstention import confusion
from evals.metrics.base import Matrix
from evals.metrics.calibration import reliability
from evals.metrics.claims import LABELS
from evals.metrics.latency import quantile
from evals.metrics.risk_coverage import curve
from evals.reply import Reply
from tests.evals.systems import CLAIMS, QUESTIONS, abstention, reply

RNG = np.random.default_rng(3)


def value(name: str, parts: Matrix) -> float:
    return float(BY_NAME[name].summarise(parts, np.ones((1, len(parts))))[0])


def test_abstention_is_the_classification_that_scikit_learn_scores() -> None:
    observe = BY_NAME["abstention_f1"]
    silent = [n % 3 == 0 for n in range(len(QUESTIONS))]
    outcomes = [
        observe.outcome(q, abstention(q) if s else reply(q, "x", [])) for q, s in zip(QUESTIONS, silent, strict=True)
    ]
    parts = np.array([one.parts for one in outcomes])  # type: ignore[union-attr]
    gold = [not q.answerable for q in QUESTIONS]
    assert value("abstention_precision", parts) == pytest.approx(precision_score(gold, silent))
    assert value("abstention_recall", parts) == pytest.approx(recall_score(gold, silent))
    assert value("abstention_f1", parts) == pytest.approx(f1_score(gold, silent))
    assert sum(confusion(parts).values()) == len(QUESTIONS)
    assert confusion(parts)["no answer, abstained"] == sum(g and s for g, s in zip(gold, silent, strict=True))


def test_macro_f1_and_recall_are_those_of_scikit_learn() -> None:
    gold, told = RNG.integers(0, 4, 60), RNG.integers(0, 4, 60)
    assert set(gold.tolist()) == {0, 1, 2, 3}
    parts = np.column_stack([gold == told, gold, told]).astype(float)
    assert value("claims_macro_f1", parts) == pytest.approx(f1_score(gold, told, average="macro"))
    for number, label in enumerate(LABELS):
        expected = recall_score(gold, told, labels=[number], average="macro")
        assert value(f"claims_{label}_recall", parts) == pytest.approx(expected)


def test_claims_are_unscored_where_no_verdict_is_given() -> None:
    told = BY_NAME["claims_macro_f1"].outcome(CLAIMS[0], Reply(case=CLAIMS[0].id))
    assert told.reason == "the target gives no verdict"  # type: ignore[union-attr]


def test_calibration_error_by_hand() -> None:
    parts = np.array([[0.95, 1], [0.95, 0], [0.15, 0], [0.15, 0]])
    assert value("ece", parts) == pytest.approx((2 * 0.45 + 2 * 0.15) / 4)
    assert [(round(c, 2), right, n) for c, right, n in reliability(parts)] == [(0.15, 0.0, 2), (0.95, 0.5, 2)]


def test_risk_and_coverage_by_hand() -> None:
    parts = np.array([[0.9, 1], [0.8, 0], [0.8, 1], [0.1, 0]])
    assert curve(parts) == [(0.25, 0.0), (0.75, pytest.approx(1 / 3)), (1.0, 0.5)]
    assert value("aurc", parts) == pytest.approx(0.25 * 0 + 0.5 / 3 + 0.25 * 0.5)
    assert curve(np.zeros((0, 2))) == []


def test_the_area_does_not_depend_on_the_order_of_equally_sure_cases() -> None:
    parts = np.column_stack([RNG.integers(0, 4, 50) / 4, RNG.integers(0, 2, 50)]).astype(float)
    assert value("aurc", parts) == pytest.approx(value("aurc", parts[::-1]))


@given(arrays.arrays(float, st.integers(1, 30), elements=st.floats(0, 1e6)), st.sampled_from([0.5, 0.95]))
def test_a_quantile_is_numpys(observations: Matrix, at: float) -> None:
    told = quantile(at)(observations[:, None], np.ones((1, len(observations))))[0]
    assert told == np.quantile(observations, at, method="inverted_cdf")


@pytest.mark.parametrize("name", ["abstention_f1", "claims_macro_f1", "ece", "aurc", "latency_p95", "right"])
def test_weights_are_the_same_as_repeating_rows(name: str) -> None:
    if name == "claims_macro_f1":
        gold, told = np.array([0, 1, 2, 3, 1, 1]), np.array([0, 1, 1, 3, 2, 1])
        parts = np.column_stack([gold == told, gold, told]).astype(float)
    else:
        parts = np.column_stack([RNG.random(6), RNG.integers(0, 2, (6, 3))]).astype(float)
    times = np.array([1, 2, 3, 1, 2, 1])
    metric = BY_NAME[name]
    weighted = metric.summarise(parts, times[None, :].astype(float))[0]
    assert weighted == pytest.approx(value(name, np.repeat(parts, times, axis=0)))
