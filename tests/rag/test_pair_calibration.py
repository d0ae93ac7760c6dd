from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import ModelError
from rag.pair_calibration import PairCalibration, read_pair_calibration

FITTED = PairCalibration("model-1", 0.5, -1.0, 0.8, 0.3, 0.7, (0.1, -0.2, 0.0))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    FITTED.write(tmp_path / "reader.json")
    assert read_pair_calibration(tmp_path / "reader.json") == FITTED


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"stance_shift": [0, 0, 0], "other": 1}'])
def test_a_damaged_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "reader.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=r"reader\.json can't be used"):
        read_pair_calibration(tmp_path / "reader.json")


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_more_logit_is_never_less_likely(one: float, other: float) -> None:
    least, most = sorted((one, other))
    assert 0.0 <= FITTED.answerable(least) <= FITTED.answerable(most) <= 1.0
    assert 0.0 <= FITTED.relevance(least) <= FITTED.relevance(most) <= 1.0


@given(st.lists(st.floats(-100, 100, width=32), min_size=3, max_size=3))
def test_stances_add_up(logits: list[float]) -> None:
    shares = FITTED.stance(np.array(logits, np.float32))
    assert shares.sum() == pytest.approx(1.0)
    assert (shares >= 0).all()
