"""Questions to calibrate the reader with: answerable ones and four ways of being unanswerable.

From `train/qa.jsonl.gz`, and for the reader model `qa2.jsonl.gz` too (rows of the SQuAD development set are a test set
and left out). Each context is an article of an archive; the questions are asked of the whole archive.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from rag.question import ask

Kind = Literal["answerable", "unanswerable", "hidden", "swapped"]
TEST_ROWS = "squad2-dev"
_STANDING = ("squad2", "qed")  # whose questions were asked of more than their context
_TELLING_TERMS = 4  # a question of fewer, asked of a whole archive, has no one answer ("What is different?")
# QAMR's contexts are single sentences, and what a passage holds beside a sentence is half of the matter by words.
_TAKEN = {"squad2-train": 1_000, "ares": 400}
READ_TAKEN = {"qamr": 100, "qed": 180, "squadshifts-new_wiki": 150}
"""Further ones for the reader model: it has seen most contexts in training, so of each source few are left."""


@dataclass(frozen=True, slots=True)
class CalibrationCase:
    """A question and the article that answers it.

    "unanswerable": written to look answerable from its context (SQuAD 2.0). "hidden": an answerable question whose
    article is not retrieved. "swapped": an answerable question with one name exchanged for another.
    """

    kind: Kind
    question: str
    url: str
    answers: tuple[str, ...]
    source: str


def read_rows(data: Path, names: Sequence[str] = ("qa",)) -> list[dict[str, Any]]:
    """The rows of these files whose answer is a short span, but for the test rows."""
    rows: list[dict[str, Any]] = []
    for name in names:
        with gzip.open(data / "train" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows += map(json.loads, lines)
    return [row for row in rows if not row["id"].startswith(TEST_ROWS) and row.get("kind") != "evidence"]


def context_urls(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Each different context and the made-up address of its article."""
    contexts = dict.fromkeys(row["context"] for row in rows)
    return {context: f"https://contexts.invalid/{n}" for n, context in enumerate(contexts)}


def make_cases(
    rows: Sequence[dict[str, Any]],
    seed: int,
    *,
    of: Callable[[str], bool] = lambda _: True,
    more: Mapping[str, int] = MappingProxyType({}),
) -> list[CalibrationCase]:
    """The same cases for the same seed: every third answerable question also hidden, every third swapped.

    Only of contexts that `of` accepts; `more` says how many questions of further sources are taken, by how ids begin.
    """
    rng = random.Random(seed)  # noqa: S311 - a sample, no secret
    urls = context_urls(rows)
    asked = [row for row in rows if of(row["context"])]
    plain = [row for row in asked if not row["answerable"]]
    for start, many in {**_TAKEN, **more}.items():
        fit = [row for row in asked if row["answerable"] and row["id"].startswith(start) and _is_telling(row)]
        plain += rng.sample(fit, min(many, len(fit)))
    names = _names_by_length(rows)
    cases: list[CalibrationCase] = []
    for n, row in enumerate(plain):
        case = _case(row, urls[row["context"]])
        cases.append(case)
        if case.kind == "answerable":
            cases += _variants(case, row["context"], names, n % 3, rng)
    return cases


def _case(row: dict[str, Any], url: str) -> CalibrationCase:
    kind: Kind = "answerable" if row["answerable"] else "unanswerable"
    answers = tuple(answer["text"] for answer in row["answers"])
    return CalibrationCase(kind, row["question"].strip(), url, answers, row["source"])


def _variants(
    case: CalibrationCase, context: str, names: dict[bool, list[str]], turn: int, rng: random.Random
) -> list[CalibrationCase]:
    if turn == 0:
        return [replace(case, kind="hidden")]
    own = [name for name, _ in ask(case.question).names if not name[0].isdigit()]
    if turn == 1 and own:
        name = rng.choice(own)
        other = rng.choice(names[" " in name])
        if other not in context:
            return [replace(case, kind="swapped", question=case.question.replace(name, other))]
    return []


def _is_telling(row: dict[str, Any]) -> bool:
    asked = ask(row["question"])
    return row["id"].startswith(_STANDING) or (len(asked.terms) >= _TELLING_TERMS and bool(asked.names))


def _names_by_length(rows: Sequence[dict[str, Any]]) -> dict[bool, list[str]]:
    """The names of all questions, those of several words under True."""
    names = {name for row in rows for name, _ in ask(row["question"]).names if not name[0].isdigit()}
    return {several: sorted(name for name in names if (" " in name) is several) for several in (False, True)}
