from __future__ import annotations

import json
from pathlib import Path

from rag.bert_graph import Shape
from rag.reader_model import OnnxPairReader
from tests.training.rows_folder import write_rows
from tests.training.test_build import CONFIG
from tests.training.train_tiny import tiny_encoder
from training.ablate import ablate, table, without
from training.config import read_config
from training.export import exact_reader

TINY = Shape(layers=1, heads=2, hidden=24, max_tokens=512)


def load(weights: Path, threads: int) -> OnnxPairReader:
    return exact_reader(weights, threads, TINY)


def test_each_source_is_left_out_once_and_no_run_is_made_twice(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows", 120)
    file = tmp_path / "config.toml"
    recipes = "pairs = 30, long_questions = 30, judged = 20"
    file.write_text(CONFIG.format(rows=tmp_path / "rows", work=tmp_path / "work", recipes=recipes), encoding="utf-8")
    config = read_config(file)
    figures = ablate(config, tiny_encoder, load)
    assert list(figures) == ["all", "judged relevance"]
    assert all(0 <= told["stance"] <= 1 for told in figures.values())
    kept = json.loads((tmp_path / "work" / "ablation.json").read_text(encoding="utf-8"))
    kept["all"]["stance"] = 0.5
    (tmp_path / "work" / "ablation.json").write_text(json.dumps(kept), encoding="utf-8")
    assert ablate(config, tiny_encoder, load)["all"]["stance"] == 0.5
    assert "| judged relevance |" in table(figures)


def test_a_run_without_a_source_keeps_the_others(tmp_path: Path) -> None:
    config = read_config(Path("training/ablate.toml"))
    less = without(config, "made questions", ("cloze_questions", "headline_questions"))
    assert set(config.stages[0].recipes) - set(less.stages[0].recipes) == {"cloze_questions", "headline_questions"}
    assert less.paths.work != config.paths.work
