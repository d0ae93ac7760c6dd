"""A training run's config file (TOML), checked."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.errors import SettingsError


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Paths(_Section):
    """`rows` is the folder of training rows, `work` where the run keeps what it makes. Relative to the process.

    `start`, where given, is what a new run begins with: another run's checkpoint, with its optimiser, or an exported
    reader. `encoder`, where given, is the folder of all-mpnet-base-v2, for the full reader; without it the bundled
    encoder is trained, for the fast one.
    """

    rows: Path
    work: Path
    start: Path | None = None
    encoder: Path | None = None

    @property
    def weights(self) -> Path:
        """What a run ends in."""
        return self.work / "reader.safetensors"


class Shape(_Section):
    """Tokens: of a whole pair, and at most of its question or claim."""

    max_tokens: int = Field(ge=32, le=512)
    first_tokens: int = Field(ge=8, le=256)


class Stage(_Section):
    """How many examples each recipe gives. A recipe goes on in a later stage where it stopped in an earlier one."""

    name: str
    recipes: dict[str, int]


class Optimiser(_Section):
    """A step sees `accumulate` batches of at most `batch_tokens` padded tokens.

    The learning rate rises over `warmup` steps, stays, and falls to zero over the last `decay` steps; so a run can be
    cut short or made longer at any checkpoint before the fall (Hu et al. 2024, "warmup, stable, decay"). `steps`, where
    given, ends the run before the examples do.
    """

    rate: float = Field(gt=0)
    head_rate: float = Field(gt=0)
    weight_decay: float = Field(ge=0)
    warmup: int = Field(ge=0)
    decay: int = Field(ge=1)
    steps: int | None = Field(default=None, ge=1)
    batch_tokens: int = Field(ge=256)
    accumulate: int = Field(ge=1)
    clip: float = Field(gt=0)
    frozen_layers: int = Field(default=0, ge=0)


class Weights(_Section):
    """What each loss counts."""

    span: float = Field(ge=0)
    relevance: float = Field(ge=0)
    stance: float = Field(ge=0)
    evidence: float = Field(ge=0)


class Teaching(_Section):
    """How much a teacher's word counts beside the known labels, and by what its logits are divided first."""

    share: float = Field(default=0.7, ge=0, le=1)
    temperature: float = Field(default=2.0, gt=0)


class Config(_Section):
    seed: int
    threads: int = Field(ge=1)
    bfloat16: bool
    dropout: float = Field(ge=0, lt=1)
    checkpoint_every: int = Field(ge=1)
    evaluate_every: int = Field(ge=1)
    paths: Paths
    shape: Shape
    optimiser: Optimiser
    weights: Weights
    teaching: Teaching = Teaching()
    stages: list[Stage] = Field(min_length=1)

    def seeded(self, seed: int) -> Config:
        """The same run with other examples in another order, in a work folder of its own."""
        paths = self.paths.model_copy(update={"work": self.paths.work.with_name(f"{self.paths.work.name}-{seed}")})
        return self.model_copy(update={"seed": seed, "paths": paths})

    @property
    def examples_digest(self) -> str:
        """Of what decides which examples there are: a change of it makes them anew."""
        told = f"{self.seed}|{self.shape.model_dump_json()}|{[s.model_dump_json() for s in self.stages]}"
        return hashlib.sha256(told.encode()).hexdigest()[:12]


def read_config(file: Path) -> Config:
    """Raises SettingsError with every field that can't be used."""
    try:
        return Config.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The config {file} can't be read: {error}.", remedy="Correct or name another.") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"The config {file} can't be used: {faults}.", remedy="Correct these fields.") from error
