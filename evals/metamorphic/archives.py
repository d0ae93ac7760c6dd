"""Corpora that differ from the given one in a way that should not matter, or that should."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
PUBLISHED = date(2025, 6, 1)
"""The day that `dated` gives every article."""

Build = Callable[[Path, Path], None]


def same(corpus: Path, folder: Path) -> None:
    for path in _files(corpus):
        shutil.copy(path, folder / path.name)


def reversed_order(corpus: Path, folder: Path) -> None:
    """The same articles, ingested last first: passages get other ids and stand in another order."""
    files = _files(corpus)
    for place, path in enumerate(reversed(files)):
        shutil.copy(path, folder / f"{place:05d}-{path.name}")


def with_distractors(corpus: Path, folder: Path) -> None:
    """And articles that share words with many questions and answer none."""
    same(corpus, folder)
    for path in _files(HERE / "distractors"):
        shutil.copy(path, folder / path.name)


def poisoned(corpus: Path, folder: Path) -> None:
    """And an article that gives orders."""
    same(corpus, folder)
    shutil.copy(HERE / "poison.txt", folder / "poison.txt")


def dated(corpus: Path, folder: Path) -> None:
    """Every text article published on one day."""
    records = [
        {"id": path.name, "text": path.read_text(encoding="utf-8"), "published": PUBLISHED.isoformat()}
        for path in _files(corpus)
        if path.suffix == ".txt"
    ]
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (folder / "dated.jsonl").write_text(lines, encoding="utf-8")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())
