"""Gold from BEIR folders and TREC qrels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evals.errors import EvalError
from evals.gold.imported import Imported, case_id, slug, text_of

RETRIEVAL_ONLY = "retrieval-only"
"""The tag of cases whose gold names passages and no answers."""


def from_qrels(folder: Path, at_most: int | None = None, split: str = "test") -> Imported:
    """A BEIR folder: corpus.jsonl, queries.jsonl and qrels/<split>.tsv (or a TREC qrels file of that name, .txt).

    Each relevant passage is a supporting quote. There are no answer strings in qrels: the passage's own words stand in
    for one, so that only retrieval and citation figures mean something; the tag `retrieval-only` says so.
    """
    articles = {str(one["_id"]): one for one in _records(folder / "corpus.jsonl")}
    queries = {str(one["_id"]): str(one["text"]) for one in _records(folder / "queries.jsonl")}
    relevant: dict[str, list[str]] = {}
    for query, passage, grade in _qrels(folder, split):
        if grade > 0:
            relevant.setdefault(query, []).append(passage)
    told, seen = Imported(), set[str]()
    for query, passages in list(relevant.items())[:at_most]:
        known = [articles[name] for name in passages if name in articles]
        texts = [str(one.get("text", "")).strip() for one in known if str(one.get("text", "")).strip()]
        told.add(
            f"query {query}",
            {
                "id": case_id(query, seen),
                "kind": "question",
                "question": queries.get(query, ""),
                "answers": texts,
                "supporting": [{"file": told.article(text), "quote": text} for text in texts],
                "tags": ["qrels", RETRIEVAL_ONLY],
                "cluster": slug(f"q-{query}")[:60],
            },
        )
    for one in articles.values():
        told.article(str(one.get("text", "")).strip())
    return told


def _qrels(folder: Path, split: str) -> Iterator[tuple[str, str, int]]:
    """Query, passage and grade: BEIR's three columns with a heading, or TREC's four without."""
    path = next((p for p in (folder / "qrels" / f"{split}.tsv", folder / f"{split}.txt") if p.is_file()), None)
    if path is None:
        raise EvalError(
            f"{folder} has no qrels/{split}.tsv.", remedy="Name a BEIR folder, or put TREC qrels there as test.txt."
        )
    for number, text in enumerate(text_of(path).splitlines(), start=1):
        parts = text.split()
        if not parts or parts[0] == "query-id":
            continue
        try:
            yield parts[0], parts[2 if len(parts) == 4 else 1], int(float(parts[-1]))
        except (IndexError, ValueError) as error:
            raise EvalError(f"{path}:{number} is no judgement.", remedy="Write query, passage, grade.") from error


def _records(path: Path) -> list[dict[str, Any]]:
    told = []
    for number, text in enumerate(text_of(path).split("\n"), start=1):
        if text.strip():
            try:
                record = json.loads(text)
                told.append({"_id": str(record["_id"]), **record})
            except (ValueError, KeyError, TypeError) as error:
                raise EvalError(f"{path}:{number} is no record.", remedy='Write {"_id", "text"} a line.') from error
    return told
