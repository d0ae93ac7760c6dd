"""`[tool.byline.eval]` of a project's pyproject.toml: its own margins and thresholds.

[tool.byline.eval.margins]      # the loss of a metric that does not fail a comparison
right = 0.05
[tool.byline.eval.thresholds]   # what `pytest --byline-gold` asks of the whole set
right = 0.8
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.errors import EvalError
from evals.metrics import BY_NAME

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Config(BaseModel):
    """Both by metric name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    margins: dict[str, Share] = {}
    thresholds: dict[str, float] = {}


def load_config(folder: Path) -> Config:
    """From the nearest pyproject.toml at or above `folder`; empty where there is none.

    Raises EvalError for a metric that does not exist or a value that can't be used.
    """
    for place in (folder, *folder.parents):
        path = place / "pyproject.toml"
        if path.is_file():
            return _read(path)
    return Config()


def _read(path: Path) -> Config:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        config = Config.model_validate(raw.get("tool", {}).get("byline", {}).get("eval", {}))
    except tomllib.TOMLDecodeError as error:
        raise EvalError(f"{path}: {error}.", remedy="Correct it.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise EvalError(f"{path}: tool.byline.eval.{place}: {first['msg']}.", remedy="Correct it.") from error
    check_names([*config.margins, *config.thresholds], str(path))
    return config


def parse_values(options: Iterable[str], what: str) -> dict[str, float]:
    """`NAME=VALUE` options. Raises EvalError."""
    told = {}
    for option in options:
        name, _, value = option.partition("=")
        try:
            told[name] = float(value)
        except ValueError as error:
            raise EvalError(f"{what} {option} can't be read.", remedy=f"Write {what} right=0.05.") from error
    check_names(told, what)
    return told


def check_names(names: Iterable[str], where: str) -> None:
    unknown = sorted(set(names) - BY_NAME.keys())
    if unknown:
        raise EvalError(f"{where}: no metric {', '.join(unknown)}.", remedy=f"There are {', '.join(sorted(BY_NAME))}.")
