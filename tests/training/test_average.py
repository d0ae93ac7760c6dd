"""The mean of several runs' weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from rag.errors import InputError
from training.average import average, main

NUMBERS = st.lists(st.floats(-9, 9, width=32), min_size=4, max_size=4)


@given(st.lists(NUMBERS, min_size=1, max_size=4))
def test_the_mean_lies_between_and_keeps_the_shape(runs: list[list[float]]) -> None:
    weights = [np.array(run, np.float32).reshape(2, 2) for run in runs]
    mean = average([{"a": one} for one in weights])["a"]
    assert mean.shape == (2, 2)
    assert mean.dtype == np.float32
    assert (np.min(weights, axis=0) <= mean + 1e-5).all()
    assert (mean <= np.max(weights, axis=0) + 1e-5).all()


def test_weights_of_different_models_are_refused() -> None:
    with pytest.raises(InputError, match="different models"):
        average([{"a": np.zeros(2, np.float32)}, {"a": np.zeros(3, np.float32)}])


def test_files_are_averaged_into_a_file(tmp_path: Path) -> None:
    for name, value in (("one", 1.0), ("two", 3.0)):
        save_file({"encoder.encoder.a": np.full(3, value, np.float32)}, tmp_path / name)
    assert main([str(tmp_path / "one"), str(tmp_path / "two"), "--target", str(tmp_path / "new" / "mean")]) == 0
    assert load_file(tmp_path / "new" / "mean")["encoder.encoder.a"].tolist() == [2.0, 2.0, 2.0]


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none"), "--target", str(tmp_path / "mean")]) == 1
    assert "none can't be read" in capsys.readouterr().err
