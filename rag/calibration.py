"""The reader's weights and threshold, fitted by `evals/calibrate.py` and stored in `rag/calibration.json`."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rag.errors import StoreDamaged

STANDS_OUT = "stands_out"
"""By how much a candidate outranks the other sentences of its passage; of the confidence, not of the ranking."""
CALIBRATION_FILE = Path(__file__).with_name("calibration.json")
_READ_CALIBRATIONS = Path(__file__).parent / "weights"
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """`ranking` weighs features to order candidates of one question; `confidence` (with `bias`) gives the log-odds
    that a candidate answers. Below `threshold` the reader abstains.
    """

    features: tuple[str, ...]
    ranking: tuple[float, ...]
    confidence: tuple[float, ...]
    bias: float
    threshold: float

    @classmethod
    def of(cls, stored: Mapping[str, object], features: Sequence[str]) -> Calibration:
        """Raises StoreDamaged when the stored weights are for other features."""
        ranking = _weights(stored, "ranking", features)
        confidence = _weights(stored, "confidence", [*features, STANDS_OUT])
        bias, threshold = stored["bias"], stored["threshold"]
        if not isinstance(bias, float) or not isinstance(threshold, float):
            raise _damaged("bias and threshold are no numbers")
        return cls(tuple(features), ranking, confidence, bias, threshold)

    def rank(self, values: Sequence[float]) -> float:
        return sum(w * v for w, v in zip(self.ranking, values, strict=True))

    def log_odds(self, values: Sequence[float], stands_out: float) -> float:
        return self.bias + sum(w * v for w, v in zip(self.confidence, (*values, stands_out), strict=True))

    def probability(self, values: Sequence[float], stands_out: float) -> float:
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, self.log_odds(values, stands_out)))))


def read_calibration_file(depth: str) -> Path:
    """How readings are weighed: where the full reader has the last word ("full"), and where there is none ("fast")."""
    return _READ_CALIBRATIONS / f"reading-{depth}.json"


@lru_cache(maxsize=4)
def load_calibration(features: tuple[str, ...], path: Path = CALIBRATION_FILE) -> Calibration:
    return Calibration.of(json.loads(path.read_text("utf-8")), features)


def log_odds(probability: float) -> float:
    """Finite for any probability."""
    sure = min(1 - _LEAST, max(_LEAST, probability))
    return math.log(sure / (1 - sure))


def _weights(stored: Mapping[str, object], name: str, features: Sequence[str]) -> tuple[float, ...]:
    weights = stored.get(name)
    if not isinstance(weights, dict) or set(weights) != set(features):
        raise _damaged(f"the {name} weights are not for the features that the reader computes")
    return tuple(float(weights[feature]) for feature in features)


def _damaged(why: str) -> StoreDamaged:
    return StoreDamaged(
        f"The reader's calibration can't be used: {why}.", remedy="Run `python -m evals.calibrate` and keep its file."
    )
