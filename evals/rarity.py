"""`python -m evals.rarity DATA`: counts how common stems are in general English and writes `rag/rarity.json`.

From the contexts of `train/qa.jsonl.gz` (SQuAD 2.0, CC BY-SA 4.0; QAMR, MIT; ARES, Apache-2.0 over CC BY-SA 3.0), the
passages of `train/relevance.jsonl.gz` (ARES) and the articles of `train/stance_bodies.jsonl.gz` (FNC-1, Apache-2.0).
"""

from __future__ import annotations

import gzip
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer

from evals.calibration_cases import read_rows
from rag.terms import RARITY_FILE, words

KEPT = 2_000  # most common stems; all others are as rare as one four times rarer than the last kept
OTHERS_RARER = 4


def main(data: Path, out: Path = RARITY_FILE) -> None:
    """Write the inverse frequency of common stems."""
    stored = inverse_frequencies(set(_texts(data)))
    out.write_text(json.dumps(stored, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    typer.echo(f"{len(stored['stems'])} stems")


def inverse_frequencies(texts: Iterable[str], kept: int = KEPT) -> dict[str, Any]:
    """`{"stems": {stem: idf}, "other": idf}`, weights as in BM25, of the `kept` stems that are in most texts."""
    many, frequency = 0, Counter[str]()
    for text in texts:
        many += 1
        frequency.update({word.stem for word in words(text)})
    common = sorted(frequency.items(), key=lambda pair: (-pair[1], pair[0]))[:kept]

    def idf(n: float) -> float:
        return round(math.log(1 + (many - n + 0.5) / (n + 0.5)), 2)

    return {"stems": {stem: idf(n) for stem, n in sorted(common)}, "other": idf(common[-1][1] / OTHERS_RARER)}


def _texts(data: Path) -> Iterator[str]:
    yield from (row["context"] for row in read_rows(data))
    for name, field in (("relevance", "passage"), ("stance_bodies", "body")):
        with gzip.open(data / "train" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            yield from (json.loads(line)[field] for line in lines)


if __name__ == "__main__":
    typer.run(main)
