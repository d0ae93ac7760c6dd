from __future__ import annotations

import numpy as np
import pytest

from evals.fit import Group, balanced_threshold, calibration_error, fit_confidence, fit_ranking


def test_ranking_learns_which_feature_tells() -> None:
    rng = np.random.default_rng(0)
    groups = []
    for _ in range(60):
        values = rng.random((6, 2))
        groups.append(Group(values, values[:, 0] == values[:, 0].max()))
    weights = fit_ranking(groups)
    assert weights[0] > 3 * abs(weights[1])


def test_groups_without_an_answer_do_not_count() -> None:
    told = Group(np.array([[1.0], [0.0]]), np.array([True, False]))
    silent = Group(np.array([[0.0], [1.0]]), np.array([False, False]))
    assert fit_ranking([told, silent]) == pytest.approx(fit_ranking([told]))


def test_confidence_is_the_share_that_is_right() -> None:
    rng = np.random.default_rng(1)
    values = rng.random((4000, 1))
    right = rng.random(4000) < 1 / (1 + np.exp(-(4 * values[:, 0] - 2)))
    weights, bias = fit_confidence(values, right, np.ones(4000))
    probability = 1 / (1 + np.exp(-(values @ weights + bias)))
    assert calibration_error(probability, right) < 0.05


def test_calibration_error_of_a_boaster() -> None:
    assert calibration_error(np.full(10, 0.99), np.zeros(10, bool)) == pytest.approx(0.99)
    assert calibration_error(np.array([1.0, 0.0]), np.array([True, False])) == 0.0


def test_the_threshold_balances_missed_against_wrongly_answered() -> None:
    answerable, unanswerable = np.linspace(0.4, 1.0, 61), np.linspace(0.0, 0.6, 61)
    assert balanced_threshold(answerable, [unanswerable, unanswerable]) == pytest.approx(0.5, abs=0.02)
