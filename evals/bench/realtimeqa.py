"""A folder in the format of RealTimeQA 2022: the articles, the questions, what counts as a hit, how answers score.

A hit is a passage of one of the question's own articles that contains a gold string. Only the questions whose gold
string occurs in their articles are asked (518 of the 810).
"""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from evals.metrics.squad import token_f1, tokens


@dataclass(frozen=True, slots=True)
class Question:
    """`articles` are ids of the articles that a web search gave for it; `urls` are where those stand."""

    id: str
    text: str
    gold: tuple[str, ...]
    articles: frozenset[str]
    urls: frozenset[str]
    asked: str
    choices: tuple[str, ...] = ()


def articles_file(data: Path) -> Path:
    return _folder(data) / "articles.jsonl.gz"


def questions_file(data: Path) -> Path:
    return _folder(data) / "questions.jsonl"


def _folder(data: Path) -> Path:
    """`data` itself, or its folder of RealTimeQA 2022."""
    inner = data / "realtimeqa-2022"
    return inner if inner.is_dir() else data


def read_articles(file: Path, many: int = 0) -> Iterator[dict[str, Any]]:
    """The first `many` articles, all for 0."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for n, line in enumerate(lines, 1):
            yield json.loads(line)
            if n == many:
                return


def read_questions(data: Path, many: int = 0) -> list[Question]:
    """The questions whose gold string occurs in one of their own articles, of the first `many` (all for 0)."""
    rows = {row["id"]: row for row in read_articles(articles_file(data), many)}
    found = []
    for line in questions_file(data).read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        own = [rows[article_id] for article_id in asked["articles"] if article_id in rows]
        if any(contains(row["text"], tuple(asked["gold"])) for row in own):
            found.append(_question(asked, own))
    return found


def contains(text: str, gold: Iterable[str]) -> bool:
    """Whether a gold string stands in the text as whole words, whatever the case and punctuation."""
    words = _plain(text)
    return any(f" {wanted} " in words for wanted in (_plain(answer).strip() for answer in gold) if wanted)


def short_scores(question: Question, said: str) -> tuple[float, float]:
    """Exact match and F1 with the nearest gold string, as SQuAD compares."""
    given = tokens(said)
    accepted = [wanted for wanted in map(tokens, question.gold) if wanted]
    if not given or not accepted:
        return 0.0, 0.0
    return float(given in accepted), max(token_f1(given, one) for one in accepted)


def _question(asked: dict[str, Any], own: list[dict[str, Any]]) -> Question:
    return Question(
        asked["id"],
        asked["question"],
        tuple(asked["gold"]),
        frozenset(row["id"] for row in own),
        frozenset(row["url"] for row in own),
        asked["asked"],
        tuple(asked.get("choices", ())),
    )


@lru_cache(maxsize=50_000)
def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).lower()
    return f" {re.sub(r'[^a-z0-9]+', ' ', folded).strip()} "
