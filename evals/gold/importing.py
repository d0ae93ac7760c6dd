"""Gold from other formats. What can't become a sound case is left out and told, never guessed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from evals.gold.imported import Imported
from evals.gold.qrels import from_qrels
from evals.gold.squad import from_squad
from evals.gold.tables import from_csv

FORMATS: dict[str, Callable[[Path, int | None], Imported]] = {
    "squad": from_squad,
    "beir": from_qrels,
    "csv": from_csv,
}
