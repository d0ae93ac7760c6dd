"""Runs that leave out a source, in a process that has torch: every process collects these tests, and few run them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.command import ROOT
from tests.forking import TORCH, Forked
from tests.training.rows_folder import write_rows
from tests.training.test_build import CONFIG
from training.config import read_config

CODE = (
    "import sys, pathlib; from tests.training import test_ablate\n"
    "getattr(test_ablate, sys.argv[1])(pathlib.Path(sys.argv[2]))"
)


@pytest.mark.parametrize("what", ["each_source_is_left_out_once_and_no_run_is_made_twice", "others_are_kept"])
def test_a_run_without_a_source(tmp_path: Path, what: str) -> None:
    given = {"after": TORCH, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": ROOT}
    done = Forked("-c", CODE, what, str(tmp_path), **given).told()
    assert done.returncode == 0, done.stderr


def each_source_is_left_out_once_and_no_run_is_made_twice(folder: Path) -> None:
    from rag.bert_graph import Shape
    from tests.training.train_tiny import tiny_reader
    from training.ablate import ablate, table
    from training.export import exact_reader

    tiny = Shape(layers=1, heads=2, hidden=24, max_tokens=512)
    write_rows(folder / "rows", 120)
    file, work = folder / "config.toml", folder / "work"
    recipes = "pairs = 30, long_questions = 30, judged = 20"
    file.write_text(CONFIG.format(rows=folder / "rows", work=work, recipes=recipes), encoding="utf-8")
    config = read_config(file)

    def ablated() -> dict[str, dict[str, float]]:
        return ablate(config, tiny_reader, lambda weights, threads: exact_reader(weights, threads, tiny))

    figures = ablated()
    assert list(figures) == ["all", "judged relevance"]
    assert all(0 <= told["stance"] <= 1 for told in figures.values())
    kept = json.loads((work / "ablation.json").read_text(encoding="utf-8"))
    kept["all"]["stance"] = 0.5
    (work / "ablation.json").write_text(json.dumps(kept), encoding="utf-8")
    assert ablated()["all"]["stance"] == 0.5
    assert "| judged relevance |" in table(figures)


def others_are_kept(_folder: Path) -> None:
    from training.ablate import without

    config = read_config(Path("training/ablate.toml"))
    less = without(config, "made questions", ("cloze_questions", "headline_questions"))
    assert set(config.stages[0].recipes) - set(less.stages[0].recipes) == {"cloze_questions", "headline_questions"}
    assert less.paths.work != config.paths.work
