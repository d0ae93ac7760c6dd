from __future__ import annotations

from pathlib import Path

import pytest

from evals.config import load_config, parse_values
from evals.errors import EvalError


def write(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


def test_the_nearest_pyproject_counts(tmp_path: Path) -> None:
    write(tmp_path, "[tool.byline.eval.margins]\nright = 0.05\n[tool.byline.eval.thresholds]\nlatency_p50 = 500\n")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    config = load_config(below)
    assert (config.margins, config.thresholds) == ({"right": 0.05}, {"latency_p50": 500})
    assert not load_config(write(below, "[project]\nname = 'x'\n")).margins


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[tool", "pyproject.toml: "),
        ("[tool.byline.eval.margins]\nright = -1", "tool.byline.eval.margins.right"),
        ("[tool.byline.eval.margin]\nright = 1", "tool.byline.eval.margin: Extra inputs"),
        ("[tool.byline.eval.margins]\nrihgt = 0.1", "no metric rihgt"),
    ],
)
def test_settings_that_cannot_be_used_are_named(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(EvalError, match=reason):
        load_config(write(tmp_path, text))


def test_options_are_name_and_value() -> None:
    assert parse_values(["right=0.1", "squad_f1=0"], "--margin") == {"right": 0.1, "squad_f1": 0}
    for wrong in ("right", "right=x", "x=1"):
        with pytest.raises(EvalError, match="--margin"):
            parse_values([wrong], "--margin")
