"""Training in real processes: one that runs through, and one that is killed and started again."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from tests.command import ROOT
from tests.forking import TORCH, Forked
from tests.training.rows_folder import write_rows
from tests.training.test_build import CONFIG
from training.config import Optimiser, read_config
from training.schedule import rate_share

RECIPES = "pairs = 60, long_questions = 60, judged = 40"


def started(folder: Path) -> Forked:
    folder.mkdir(exist_ok=True)
    file = folder / "config.toml"
    rows = folder.parent / "rows"
    file.write_text(CONFIG.format(rows=rows, work=folder / "work", recipes=RECIPES), encoding="utf-8")
    command, env = ("-m", "tests.training.train_tiny", str(file)), {"PATH": "/usr/bin:/bin", "HF_HUB_OFFLINE": "1"}
    return Forked(*command, after=TORCH, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, cwd=ROOT)


def test_a_killed_run_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows")
    whole = started(tmp_path / "whole")
    said, _ = whole.communicate(timeout=120)
    assert whole.returncode == 0, said
    assert "dev stance" in said

    killed = started(tmp_path / "killed")
    checkpoint = tmp_path / "killed" / "work" / "newest.pt"
    while not checkpoint.exists():
        assert killed.poll() is None, "it ended before its first checkpoint"
    killed.kill()
    killed.communicate()
    resumed = started(tmp_path / "killed")
    said, _ = resumed.communicate(timeout=120)
    assert resumed.returncode == 0, said
    assert "from step 0" not in said

    one, other = (load_file(tmp_path / name / "work" / "reader.safetensors") for name in ("whole", "killed"))
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_allclose(one[name], other[name], atol=1e-5)


def test_the_rate_rises_stays_and_falls_to_nothing() -> None:
    chosen = read_config(ROOT / "training" / "fast-quick.toml").optimiser.model_copy(update={"warmup": 9, "decay": 50})
    shares = [rate_share(step, 200, chosen) for step in range(200)]
    assert shares[0] == pytest.approx(0.1)
    assert shares[10:150] == [1.0] * 140
    assert shares[-1] == pytest.approx(1 / 50)
    assert isinstance(chosen, Optimiser)


def test_a_seeded_run_is_the_same_run_with_other_examples_elsewhere() -> None:
    branch = read_config(ROOT / "training" / "fast-branch.toml")
    other = branch.seeded(41)
    assert other.paths.work.name == f"{branch.paths.work.name}-41"
    assert other.examples_digest != branch.examples_digest
    assert (other.stages, other.optimiser, other.paths.start) == (branch.stages, branch.optimiser, branch.paths.start)
