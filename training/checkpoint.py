"""Checkpoints: all that a run needs to go on as if it had not stopped, written in one step."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.optim import Optimizer

from rag.errors import InputError


@dataclass(frozen=True, slots=True)
class Position:
    """The next step, and the digest of the examples that it belongs to."""

    step: int
    examples: str


def save(file: Path, model: nn.Module, optimiser: Optimizer, position: Position) -> None:
    chance = {"python": random.getstate(), "numpy": np.random.get_state(), "torch": torch.get_rng_state()}
    state = {
        "model": model.state_dict(),
        "optimiser": optimiser.state_dict(),
        "step": position.step,
        "examples": position.examples,
        "chance": chance,
    }
    partial = file.with_name(f"{file.name}.partial")
    with partial.open("wb") as target:
        torch.save(state, target)
        target.flush()
        os.fsync(target.fileno())
    partial.replace(file)


def load(file: Path, model: nn.Module, optimiser: Optimizer, examples: str) -> int:
    """Restores everything and returns the next step. Raises InputError when the file is of other examples."""
    state = begin_from(file, model, optimiser)
    if state["examples"] != examples:
        raise InputError(
            f"The checkpoint {file} belongs to other examples.",
            remedy="Name another [paths] work folder, or give the config its old seed, shape and stages.",
        )
    random.setstate(state["chance"]["python"])
    np.random.set_state(state["chance"]["numpy"])
    torch.set_rng_state(state["chance"]["torch"])
    return int(state["step"])


def begin_from(file: Path, model: nn.Module, optimiser: Optimizer) -> dict[str, Any]:
    """Restores weights and optimiser alone. Raises InputError when the file can't be read."""
    try:
        state: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=False)
    except (OSError, RuntimeError, EOFError) as error:
        raise InputError(f"The checkpoint {file} can't be read: {error}.", remedy="Name another.") from error
    model.load_state_dict(state["model"])
    optimiser.load_state_dict(state["optimiser"])
    return state


def save_weights(file: Path, model: nn.Module) -> None:
    """The weights alone, for export."""
    partial = file.with_name(f"{file.name}.partial")
    save_file({name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}, partial)
    partial.replace(file)
