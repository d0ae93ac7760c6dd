"""Rows to token arrays to batches."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from rag.errors import SettingsError
from rag.pair_tokens import BERT, MPNET
from tests.training.rows_folder import write_rows
from training.batches import batch, plan
from training.build import RECIPES, Servings, stages, tokenizer
from training.config import Config, read_config
from training.encode import encode
from training.examples import NO_ANSWER, Example
from training.recipes import Kitchen
from training.rows import Rows

CONFIG = """
seed = 3
threads = 1
bfloat16 = false
dropout = 0.1
checkpoint_every = 2
evaluate_every = 100
paths = {{ rows = "{rows}", work = "{work}" }}
shape = {{ max_tokens = 96, first_tokens = 24 }}
weights = {{ span = 1.0, relevance = 0.5, stance = 1.0, evidence = 0.5 }}
[optimiser]
rate = 1e-3
head_rate = 1e-3
weight_decay = 0.01
warmup = 2
decay = 4
batch_tokens = 400
accumulate = 2
clip = 1.0
[[stages]]
name = "all"
recipes = {{ {recipes} }}
"""


def config(folder: Path, **recipes: int) -> Config:
    rows = write_rows(folder / "rows")
    file = folder / "config.toml"
    chosen = ", ".join(f"{name} = {many}" for name, many in recipes.items())
    file.write_text(CONFIG.format(rows=rows, work=folder / "work", recipes=chosen), encoding="utf-8")
    return read_config(file)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Servings:
    rows = Rows(write_rows(tmp_path_factory.mktemp("rows") / "rows"))
    return Servings(Kitchen(rows, random.Random(3)))


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_makes_as_many_examples_as_asked(served: Servings, recipe: str) -> None:
    made = [*served.take(recipe, 20), *served.take(recipe, 5)]
    assert len(made) == 25
    for example in made:
        assert example.recipe == recipe
        known = example.span is not None or example.relevant is not None or example.stance is not None
        assert known or recipe.startswith("mined")
        if example.span not in (None, NO_ANSWER):
            assert example.passage[slice(*example.span)].strip()
        assert all(example.passage[slice(*span)].strip() for span in example.evidence or ())
        assert not example.lead or example.lead.endswith(" ")


def test_the_same_seed_makes_the_same_examples(tmp_path: Path) -> None:
    one, other = (
        stages(config(tmp_path / name, pairs=20, questions_in_passages=20, changed_sentences=20))[0] for name in "ab"
    )
    assert (one.ids == other.ids).all()
    assert (one.start == other.start).all()


def test_an_unknown_recipe_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="There is no recipe haste"):
        stages(config(tmp_path, haste=3))


def test_the_answer_is_found_again_in_tokens() -> None:
    passage = "Nobody had told Captain Voss, who waited in the harbour."
    at = passage.index("Captain Voss")
    made = [
        Example("x", "Who waited?", passage, (at, at + 12)),
        Example("x", "Who slept?", passage, NO_ANSWER),
        Example("x", "Voss waited.", passage, stance=0),
        Example("x", "Who waited?", "and so on " * 60 + "Voss", (600, 604)),
    ]
    words = tokenizer()
    encoded = encode(made, words, max_tokens=64, first_tokens=24)
    answer = encoded.ids[encoded.offsets[0] + encoded.start[0] : encoded.offsets[0] + encoded.end[0] + 1]
    assert words.decode(answer.tolist()) == "captain voss"
    assert encoded.start.tolist()[1:] == [0, -1, 0]
    assert encoded.stance.tolist() == [-1, -1, 0, -1]


def test_a_lead_is_read_but_holds_no_answer_and_evidence_is_told_by_token() -> None:
    passage, lead = "It was late. The ferry left.", "A ferry (AP). "
    at = passage.index("The ferry")
    told = Example("x", "What left?", passage, (at + 4, at + 9), evidence=((at, len(passage)),), lead=lead)
    words = tokenizer()
    for vocabulary in (BERT, MPNET):
        encoded = encode([told, Example("x", "A", "b")], words, 64, 24, vocabulary)
        ids = [int(n) - vocabulary.shift for n in encoded.ids[: encoded.offsets[1]]]
        marked = encoded.evidence[: encoded.offsets[1]]
        assert words.decode([n for n, mark in zip(ids, marked, strict=True) if mark == 1]) == "the ferry left."
        assert words.decode([n for n, mark in zip(ids, marked, strict=True) if mark == 0]) == "it was late."
        made = batch(encoded, np.arange(2))
        allowed = [n for n, may in zip(ids, made.passage[0], strict=False) if may]
        assert words.decode(allowed[1:]) == "it was late. the ferry left."
        assert words.decode(ids[encoded.start[0] : encoded.end[0] + 1]) == "ferry"
        assert (made.evidence[1] == -1).all()


def test_every_example_is_in_one_batch_and_no_batch_is_too_large(tmp_path: Path) -> None:
    (encoded,) = stages(config(tmp_path, pairs=50, long_questions=50))
    planned = plan([encoded], tokens=400, seed=1)
    rows = np.concatenate([rows for _, rows in planned])
    assert sorted(rows.tolist()) == list(range(100))
    for _, chosen in planned:
        made = batch(encoded, chosen)
        assert made.ids.size <= 400 or len(chosen) == 1
        assert made.passage[:, 0].all()
        known = made.start >= 0
        assert made.passage[known, made.start[known]].all()
    again = plan([encoded], tokens=400, seed=1)
    assert all((one[1] == other[1]).all() for one, other in zip(planned, again, strict=True))


def test_a_config_that_can_not_be_used_names_every_field(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("seed = 'x'\nthreads = 0\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"seed: .*threads: "):
        read_config(file)
    with pytest.raises(SettingsError, match="can't be read"):
        read_config(tmp_path / "none.toml")
