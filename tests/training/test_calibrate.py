from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from rag.errors import ModelError
from rag.reader_model import Told
from tests.training.rows_folder import write_rows
from training.calibrate import Case, fit, held_out
from training.export import agreement, weights_of
from training.rows import NEITHER, REFUTE, SUPPORT, Rows

MANY = 4000


class Sure:
    """Says what it was told to say."""

    def __init__(self, told: Sequence[Told]) -> None:
        self._told = [[one] for one in told]

    def logits(self, pairs: Sequence[tuple[str, str]]) -> list[list[Told]]:
        assert len(pairs) == len(self._told)
        return self._told


def told(logit: float, stance: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Told:
    one = np.array([logit], np.float32)
    return Told(one, np.zeros(1, np.float32), None, [(0, 1)], logit, np.array(stance, np.float32))


def test_an_overconfident_model_is_toned_down() -> None:
    """Its logits are twice what they should be for how often it is right."""
    chance = np.random.default_rng(5)
    fair = chance.normal(0, 2, MANY)
    answers = chance.random(MANY) < 1 / (1 + np.exp(-fair))
    shares = np.exp(three := chance.normal(0, 1.5, (MANY, 3)))
    shares /= shares.sum(axis=1, keepdims=True)
    stances = [int(chance.choice(3, p=row)) for row in shares]
    cases = [Case(("q", "p"), answers=bool(one)) for one in answers] + [Case(("c", "p"), stance=s) for s in stances]
    said = [told(float(2 * x)) for x in fair] + [told(0.0, tuple(2 * row)) for row in three]

    fitted = fit(Sure(said), cases, "made")  # type: ignore[arg-type] # stands in with the one method that is used

    assert fitted.identity == "made"
    for value, wanted in (
        (fitted.answerable_slope, 0.5),
        (fitted.answerable_shift, 0.0),
        (fitted.relevance_slope, 0.5),
        (fitted.relevance_shift, 0.0),
        (fitted.stance_slope, 0.5),
        (fitted.stance_shift[0], 0.0),
    ):
        assert value == pytest.approx(wanted, abs=0.12)


def test_the_calibration_sees_no_row_of_training_or_test(tmp_path: Path) -> None:
    rows = Rows(write_rows(tmp_path / "rows", many=200))
    cases = held_out(rows)
    told_stances = {case.stance for case in cases if case.stance is not None}
    asked = [case.pair[1] for case in cases if case.answers]
    assert asked
    assert told_stances <= {SUPPORT, REFUTE, NEITHER}
    assert not set(asked) & {row.passage for split in ("train", "test") for row in rows.questions(split)}


def test_agreement_is_of_the_same_stance_and_the_same_answer() -> None:
    exact = [[told(3.0, (1.0, 0.0, 0.0))], [told(-1.0)], [told(1.0, (0.0, 2.0, 0.0))]]
    ours = [[told(2.0, (2.0, 0.0, 0.0))], [told(1.0)], [told(1.0, (0.0, 0.0, 2.0))]]
    assert agreement(exact, ours) == pytest.approx((2 / 3, 2 / 3))


def test_missing_weights_are_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="Train first"):
        weights_of(tmp_path / "none.safetensors")
