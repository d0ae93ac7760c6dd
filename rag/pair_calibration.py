"""From a model's logits to probabilities that mean the same everywhere. Fitted on held-out rows, kept with the model.

Platt scaling for the two-way scores (Platt 1999), a temperature with a bias for each stance for the three-way one
(vector scaling, Guo et al. 2017).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError

Logits = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PairCalibration:
    """`slope * logit + shift` for answerable and relevance; `stance_slope * logits + stance_shift` before a softmax.

    `identity` is the digest of the model that this belongs to; empty is any.
    """

    identity: str = ""
    answerable_slope: float = 1.0
    answerable_shift: float = 0.0
    relevance_slope: float = 1.0
    relevance_shift: float = 0.0
    stance_slope: float = 1.0
    stance_shift: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def span(self, logit: float) -> float:
        """The log-odds that a span answers, so that spans of different models compare."""
        return self.answerable_slope * logit + self.answerable_shift

    def answerable(self, logit: float) -> float:
        return float(_sigmoid(self.span(logit)))

    def relevance(self, logit: float) -> float:
        return float(_sigmoid(self.relevance_slope * logit + self.relevance_shift))

    def stance(self, logits: Logits) -> NDArray[np.float64]:
        """Supports, refutes, neither."""
        scaled = self.stance_slope * logits.astype(np.float64) + np.array(self.stance_shift)
        raised = np.exp(scaled - scaled.max())
        shares: NDArray[np.float64] = raised / raised.sum()
        return shares

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def read_pair_calibration(file: Path) -> PairCalibration:
    """Raises ModelError when the file is missing or damaged."""
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        shift = tuple(float(value) for value in stored.pop("stance_shift"))
        return PairCalibration(**stored, stance_shift=shift)  # type: ignore[arg-type]
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelError(
            f"The reader's calibration {file} can't be used: {error}.", remedy="Install Byline again."
        ) from error


def _sigmoid(x: float) -> float:
    return float(1.0 / (1.0 + np.exp(-np.clip(x, -30.0, 30.0))))
