"""The learning rate over a run."""

from __future__ import annotations

from training.config import Optimiser


def rate_share(step: int, steps: int, optimiser: Optimiser) -> float:
    """The share of the full learning rate at a step."""
    rising = (step + 1) / (optimiser.warmup + 1)
    falling = (steps - step) / optimiser.decay
    return min(1.0, rising, falling)
