"""Every metric against systems whose worth is known: the oracle gets the best value, the lazy ones don't."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evals.estimate import Estimate, summarise
from evals.metrics import ALL, BY_NAME, Metric
from evals.scores import Table, case_scores
from tests.evals import systems
from tests.evals.systems import CASES, System

# Figures about what was said: a prediction that is missing says nothing, as an abstention does.
ABOUT_WHAT_IS_SAID = {
    "quotes_exact",
    "later_evidence",
    "superseded_cited",
    "wire_twice",
    "ece",
    "claims_ece",
    "uncited_rate",
} | {"wrong_article_rate"}
QUALITY = [metric for metric in ALL if metric.group != "cost"]
GATED = [metric for metric in ALL if metric.margin is not None]

# What a lazy system may rightly get: one that says nothing says nothing forbidden, and cites nothing wrongly.
HARMLESS = {"must_not_contain", "later_evidence", "superseded_cited", "wire_twice", "quotes_exact"}
# It cites something, from one of two articles, and the passage that it copies answers what is asked of it.
COPIED = {"uncited_rate", "wrong_article_rate", "claims_supported_recall"}
SYSTEMS = {
    "empty": (systems.empty, {"claims_not_enough_evidence_recall"}),
    "abstainer": (systems.abstainer, {"abstention_recall", "claims_not_enough_evidence_recall"}),
    "copycat": (systems.copycat, COPIED),
    "rambler": (systems.rambler, {"uncited_rate", "wrong_article_rate"}),
    "silent": (systems.silent, set()),
}


def summary(system: System) -> dict[str, Estimate]:
    table = Table([case_scores(case, [system(case)], ALL) for case in CASES])
    return summarise(table)


def goodness(metric: Metric, value: float) -> float:
    return value if metric.better == "higher" else 1 - value


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, Estimate]]:
    return {name: summary(system) for name, (system, _) in SYSTEMS.items()} | {"oracle": summary(systems.oracle)}


@pytest.mark.parametrize("metric", QUALITY, ids=lambda m: m.name)
def test_an_oracle_is_perfect(metric: Metric, told: dict[str, dict[str, Estimate]]) -> None:
    one = told["oracle"][metric.name]
    if metric.name == "wire_twice":  # the oracle never cites twice here
        assert one.value is None
    else:
        assert one.value is not None
        assert goodness(metric, one.value) == pytest.approx(1), one
        assert one.n
        assert not one.errors


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("metric", QUALITY, ids=lambda m: m.name)
def test_a_lazy_system_scores_badly(metric: Metric, name: str, told: dict[str, dict[str, Estimate]]) -> None:
    value = told[name][metric.name].value
    if metric.name in SYSTEMS[name][1] or (name != "silent" and metric.name in HARMLESS):
        return
    assert value is None or goodness(metric, value) <= 0.5, value


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_lazy_system_is_never_right_more_often_than_not(name: str, told: dict[str, dict[str, Estimate]]) -> None:
    value = told[name]["right"].value
    assert value is not None
    assert value < 0.5


@pytest.mark.parametrize("metric", QUALITY, ids=lambda m: m.name)
def test_a_missing_prediction_counts_as_the_worst_or_says_nothing(
    metric: Metric, told: dict[str, dict[str, Estimate]]
) -> None:
    value = told["silent"][metric.name].value
    assert (metric.missing is None) == (metric.name in ABOUT_WHAT_IS_SAID)
    if metric.missing is None:
        assert value is None
        return
    assert value is not None
    assert goodness(metric, value) == 0


@pytest.mark.parametrize("metric", ALL, ids=lambda m: m.name)
def test_every_figure_is_finite_or_says_why_not(metric: Metric, told: dict[str, dict[str, Estimate]]) -> None:
    for summarised in told.values():
        one = summarised[metric.name]
        if one.value is None:
            assert one.unscored
            assert one.n == 0
        else:
            assert math.isfinite(one.value)
            assert one.low is not None
            assert one.high is not None
            assert one.low <= one.value + 1e-6
            assert one.value - 1e-6 <= one.high


@pytest.mark.parametrize("metric", ALL, ids=lambda m: m.name)
def test_a_summary_is_finite_whatever_the_weights(metric: Metric) -> None:
    table = Table([case_scores(case, [systems.rambler(case)], ALL) for case in CASES])
    observed = table.observed(metric)
    if len(observed.rows):
        weights = np.vstack([np.zeros(len(observed.rows)), np.eye(len(observed.rows))])
        assert np.isfinite(metric.summarise(observed.rows, weights)).all()


def test_metrics_have_unique_names_a_source_and_a_sentence() -> None:
    assert len(BY_NAME) == len(ALL)
    assert all(metric.source and metric.about.endswith(".") for metric in ALL)


def test_a_metric_that_breaks_is_an_error_of_its_case_alone() -> None:
    def broken(_case: object, _reply: object) -> object:
        raise ValueError("no such thing")

    metric = Metric("broken", "Broken", "answer", "Breaks.", "nowhere", broken)  # type: ignore[arg-type]
    table = Table([case_scores(case, [systems.oracle(case)], [metric]) for case in CASES])
    one = summarise(table, [metric])["broken"]
    assert (one.value, one.errors) == (None, len(CASES))


def test_a_number_that_is_not_finite_is_an_error() -> None:
    metric = Metric("nan", "NaN", "answer", "NaN.", "nowhere", lambda _c, _r: systems_nan())
    scores = case_scores(CASES[0], [systems.oracle(CASES[0])], [metric]).scores
    assert str(scores["nan"]).startswith("error: not a finite number")


def systems_nan() -> object:
    from evals.metrics.base import score

    return score(float("nan"))
