"""All settings, and the only reader of the environment (`BYLINE_*`)."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import SettingsError

BUNDLED_MODEL = "all-MiniLM-L6-v2"
BUNDLED_READER = "byline-reader"


def _default_data_dir() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "byline"


class Settings(BaseSettings):
    """One field a setting; `BYLINE_` and the name in capitals sets it from the environment."""

    model_config = SettingsConfigDict(env_prefix="BYLINE_", extra="ignore", frozen=True)

    data_dir: Path = Field(default_factory=_default_data_dir, description="Where the archive is stored.")
    embedding_model: str = Field(
        BUNDLED_MODEL,
        description="The bundled model, or any name or path that sentence-transformers loads.",
    )
    reader_model: str = Field(
        BUNDLED_READER,
        description="The bundled reader, the folder of one you trained (`MODEL_CARD.md`), or any cross-encoder, "
        "extractive-QA or NLI model that transformers loads.",
    )
    read_passages: int = Field(
        16, ge=0, le=100, description="How many of the first hits the reader model reads; 0 does without it."
    )
    threads: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=1, description="Threads for embedding and indexing."
    )
    max_file_mb: int = Field(200, ge=1, description="A larger file is rejected; a .jsonl file may hold many articles.")
    max_article_chars: int = Field(1_000_000, ge=1, description="A longer article is rejected.")
    max_question_chars: int = Field(2_000, ge=1, description="A longer question is refused.")
    max_draft_chars: int = Field(100_000, ge=1, description="A longer draft to check is refused.")
    passage_chars: int = Field(800, ge=200, le=4000, description="About how many characters a passage has.")
    abstain_below: float | None = Field(
        None, ge=0, le=1, description="Abstain below this confidence; unset takes the calibrated threshold."
    )

    @property
    def ledger_path(self) -> Path:
        return self.data_dir / "ledger.sqlite3"

    @property
    def models_dir(self) -> Path:
        return self.data_dir / "models"


def load_settings(**given: object) -> Settings:
    """Settings from the environment, with `given` values that are not None on top.

    Raises SettingsError with every field that can't be used.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        faults = "; ".join(f"BYLINE_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"Settings can't be used: {faults}.", remedy="Correct or unset them.") from error
