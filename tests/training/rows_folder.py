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
    _write(folder / "nli2.jsonl.gz", _pairs(4, "made ", first=500))
    _write(folder / "qa2.jsonl.gz", _searched(many))
    _write(folder / "claims_in_articles.jsonl.gz", _proofs(many))
    _write(folder / "yesno.jsonl.gz", _yes_no(many))
    _write(folder / "sentence_selection.jsonl.gz", _choices(many))
    _write(folder / "paraphrase.jsonl.gz", _rewordings(many))
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


def _pairs(many: int, prefix: str = "", first: int = 0) -> Iterable[dict[str, object]]:
    labels = ("entailment", "contradiction", "neutral", "not_entailment")
    sources = ("SNLI", "MultiNLI (subset)", "ConjNLI", "FEVER dev, claim and evidence")
    for n in range(first, first + many * 4):
        premise = _story(n).split(". ")[0] + "."
        hypothesis = f"{_TOWNS[n % 8]} opened something in {1950 + n}."
        label = labels[n % 3] if n % 4 != 3 else ("entailment", "not_entailment")[n // 4 % 2]
        yield {
            "id": f"{prefix}pair-{n}",
            "premise": premise,
            "hypothesis": hypothesis,
            "label": label,
            "source": prefix + sources[n % 4],
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


def _searched(many: int) -> Iterable[dict[str, object]]:
    for n in range(many):
        text = _story(n + 300)
        end = text.index(". ") + 1
        yield {
            "id": f"qed-{n}",
            "question": f"who opened a {_BUILT[(n + 300) // 8 % 8]} in {2250 + n}",
            "context": text,
            "answers": [{"text": text.split(" opened")[0].removeprefix("The town of "), "start": 12}],
            "sentence": [0, end],
            "source": "QED made",
        }
        yield {
            "id": f"onestop-{n}",
            "question": "How was it proved?",
            "context": text,
            "answers": [{"text": text[:end], "start": 0}],
            "kind": "evidence",
            "source": "OneStopQA made",
        }


def _proofs(many: int) -> Iterable[dict[str, object]]:
    for n in range(many):
        text = _story(n + 600)
        at = text.index("It cost")
        yield {
            "id": f"fever-{n}",
            "claim": f"The building of {_TOWNS[(n + 600) % 8]} cost {n + 603 + n % 2} million crowns.",
            "article": text,
            "label": ("supports", "refutes")[n % 2],
            "evidence": [[at, text.index("Residents") - 1]],
            "source": "FEVER made",
        }


def _yes_no(many: int) -> Iterable[dict[str, object]]:
    for n in range(many):
        text = _story(n + 700)
        yield {
            "id": f"boolq-{n}",
            "question": f"may residents of {_TOWNS[n % 8]} use it",
            "context": text,
            "answer": n % 2 == 0,
            "evidence": [[text.index("Residents"), text.index("The old one") - 1]],
            "source": "BoolQ made",
        }


def _choices(many: int) -> Iterable[dict[str, object]]:
    for n in range(many):
        yield {
            "id": f"qed-train-{n}",
            "question": f"why was the old one kept {n}",
            "sentences": _story(n + 800).split(". "),
            "answers": [] if n % 4 == 0 else [n % 3],
            "source": "SelQA made",
        }


def _rewordings(many: int) -> Iterable[dict[str, object]]:
    for n in range(many):
        full = _story(n + 900).split(". ")[0] + ", the mayor of the town said."
        yield {
            "id": f"onestop-{n}",
            "a": full,
            "b": full.replace("opened a new", "has a new"),
            "source": "OneStop made",
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
