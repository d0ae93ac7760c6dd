"""A small folder of training rows, of sentences made up here."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path

_TOWNS = ["Aldmoor", "Brackwater", "Carrow", "Dunlisk", "Eastholm", "Farnby", "Greywick", "Hollin"]
_BUILT = ["bridge", "library", "ferry terminal", "theatre", "school", "market hall", "observatory", "pool"]


def write_rows(folder: Path, many: int = 60) -> Path:
    """`many` rows of most kinds."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "nli.jsonl.gz", _pairs(many))
    _write(folder / "qa.jsonl.gz", _questions(many))
    _write(folder / "relevance.jsonl.gz", _judged(many))
    _write(folder / "stance.jsonl.gz", _headlines(many))
    _write(folder / "stance_bodies.jsonl.gz", [{"body_id": str(n), "body": _story(n)} for n in range(many)])
    return folder


def _story(n: int) -> str:
    town, built = _TOWNS[n % 8], _BUILT[n // 8 % 8]
    return (
        f"The town of {town} opened a new {built} in {1950 + n}. It cost {n + 3} million crowns, according to Mayor "
        f"Ida Quist. Residents of {_TOWNS[(n + 3) % 8]} may use the {built} from May. The old one was not closed "
        f"before Jonas Reed, an engineer (and a former pilot), said that it was larger than he had expected."
    )


def _pairs(many: int) -> Iterable[dict[str, object]]:
    labels = ("entailment", "contradiction", "neutral", "not_entailment")
    sources = ("SNLI", "MultiNLI (subset)", "ConjNLI", "FEVER dev, claim and evidence")
    for n in range(many * 4):
        premise = _story(n).split(". ")[0] + "."
        hypothesis = f"{_TOWNS[n % 8]} opened something in {1950 + n}."
        label = labels[n % 3] if n % 4 != 3 else ("entailment", "not_entailment")[n // 4 % 2]
        yield {
            "id": f"pair-{n}",
            "premise": premise,
            "hypothesis": hypothesis,
            "label": label,
            "source": sources[n % 4],
        }


def _questions(many: int) -> Iterable[dict[str, object]]:
    kinds = {
        "qamr": "QAMR (Wikipedia, Wikinews)",
        "squad2-train": "SQuAD 2.0 (squad2-train slice)",
        "ares-nq": "ARES made",
    }
    for n in range(many):
        for prefix, source in {**kinds, "squad2-dev": "SQuAD 2.0 (squad2-dev slice)"}.items():
            text = _story(n if prefix != "squad2-dev" else n + 1000)
            short = text.split(". ")[0] + "."
            context = short if prefix == "qamr" else text
            town = _TOWNS[n % 8]
            answers = (
                [] if prefix.startswith("squad") and n % 3 == 0 else [{"text": town, "start": context.index(town)}]
            )
            yield {
                "id": f"{prefix}-{n}",
                "question": "Which town opened a new building?",
                "context": context,
                "answers": answers,
                "source": source,
            }


def _judged(many: int) -> Iterable[dict[str, object]]:
    for n in range(many):
        yield {
            "id": f"ares-{n}",
            "question": f"What did the building in {_TOWNS[n % 8]} cost?",
            "passage": _story(n),
            "relevant": n % 3 != 0,
            "source": "ARES made",
        }


def _headlines(many: int) -> Iterable[dict[str, object]]:
    for n in range(many):
        headline = f"{_TOWNS[n % 8]} opens its new {_BUILT[n // 8 % 8]}"
        yield {
            "id": f"h-{n}",
            "headline": headline,
            "body_id": str(n),
            "stance": ("agree", "disagree", "discuss")[n % 3],
        }


def _write(file: Path, rows: Iterable[dict[str, object]]) -> None:
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)
