from __future__ import annotations

import numpy as np
import pytest

from evals.calibrate import Told, _best, _fit, _weights
from evals.calibration_cases import CalibrationCase, Kind
from evals.fit import Group
from rag.calibration import Calibration
from rag.candidates import candidates
from rag.features import FEATURES
from tests.rag.reading import hit


def told(kind: Kind, n: int) -> Told:
    """Answerable cases whose second candidate has all the features of an answer; others have none that does."""
    rng = np.random.default_rng(n)
    values = rng.random((4, len(FEATURES))) * 0.4
    answers = np.zeros(4, bool)
    if kind == "answerable":
        values[1] += 0.5
        answers[1] = True
    case = CalibrationCase(kind, "q", f"https://contexts.invalid/{n}", ("a",), "s")
    return Told(case, Group(values, answers), tuple(candidates([hit(f"One {n}.", "Two.", "Three.", "Four.")])))


KINDS: tuple[Kind, ...] = ("answerable", "unanswerable", "hidden", "swapped")
ALL = [told(KINDS[n % 4], n) for n in range(200)]


def test_the_fit_loads_as_a_calibration_and_tells_the_kinds_apart() -> None:
    fitted = _fit(ALL, FEATURES)
    calibration = Calibration.of(fitted, FEATURES)
    values, right, kinds = _best(ALL, np.array(calibration.ranking))
    probability = np.array([calibration.probability(v[:-1], v[-1]) for v in values.tolist()])
    assert right[kinds == "answerable"].mean() > 0.9
    assert probability[kinds == "answerable"].mean() > calibration.threshold > probability[kinds == "hidden"].mean()
    assert fitted["scores"]["answered"]["answerable"] > 0.8 > fitted["scores"]["answered"]["hidden"]


def test_answerable_and_unanswerable_weigh_the_same() -> None:
    kinds = np.array(["answerable"] * 6 + ["hidden"] * 3 + ["swapped"])
    weights = _weights(kinds)
    assert weights[kinds == "answerable"].sum() == pytest.approx(weights[kinds != "answerable"].sum())
    assert weights[kinds == "hidden"].sum() == pytest.approx(weights[kinds == "swapped"].sum())
