from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.compare.exact import holm, mcnemar, smallest_effect


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_keeps_order_and_only_raises(p_values: list[float]) -> None:
    told = holm(p_values)
    assert all(p <= a <= 1 for p, a in zip(p_values, told, strict=True))
    ranked = [told[i] for i in np.argsort(p_values, kind="stable")]
    assert ranked == sorted(ranked)


@pytest.mark.parametrize(
    ("broke", "mended", "p"), [(0, 0, 1), (5, 5, 1), (6, 0, 0.03125), (0, 1, 1), (10, 2, 0.038574)]
)
def test_mcnemar_is_the_exact_sign_test(broke: int, mended: int, p: float) -> None:
    assert mcnemar(broke, mended) == pytest.approx(p, abs=1e-5)


def test_the_smallest_effect_is_never_less_than_an_exact_test_needs() -> None:
    assert smallest_effect(np.zeros(100), 60) == 0.1
    assert smallest_effect(np.zeros(100), 3) == 1
    spread = np.random.default_rng(0).normal(0, 0.1, 10_000)
    assert smallest_effect(spread, 10_000) == pytest.approx(0.28, abs=0.01)
