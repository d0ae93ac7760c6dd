"""Gold from CSV."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from evals.errors import EvalError
from evals.gold.imported import Imported, case_id, text_of


def from_csv(path: Path, at_most: int | None = None) -> Imported:
    """Columns named as the fields of a case; answers, tags, must_contain and must_not_contain are split at `|`, a
    supporting quote is in `quote` and its file in `file`. Only `question` is needed: without an answer it is one that
    the articles don't answer."""
    told, seen = Imported(), set[str]()
    reader = csv.DictReader(StringIO(text_of(path)))
    if reader.fieldnames is None or "question" not in reader.fieldnames:
        raise EvalError(f"{path} has no column question.", remedy="Name the columns in its first line.")
    for number, row in enumerate(reader, start=2):
        if at_most is not None and len(told.cases) >= at_most:
            break
        _csv_case(told, f"{path}:{number}", row, seen)
    return told


_LISTS = ("answers", "must_contain", "must_not_contain", "tags")
_TEXTS = ("kind", "label", "cluster")


def _csv_case(told: Imported, where: str, row: Mapping[str, str | None], seen: set[str]) -> None:
    given = {name: (row.get(name) or "").strip() for name in row if name}
    fields: dict[str, Any] = {name: [p.strip() for p in given[name].split("|")] for name in _LISTS if given.get(name)}
    fields |= {name: given[name] for name in _TEXTS if given.get(name)}
    fields["question"] = given["question"]
    fields["id"] = case_id(given.get("id") or given["question"], seen)
    if given.get("quote"):
        fields["supporting"] = [{"file": given.get("file", ""), "quote": given["quote"]}]
    judged = fields.get("label", "not_enough_evidence") != "not_enough_evidence"
    fields["answerable"] = judged if fields.get("kind") == "claim" else bool(fields.get("answers"))
    if given.get("as_of"):
        fields["as_of"] = given["as_of"]
    if given.get("weight"):
        fields["weight"] = given["weight"]
    told.add(where, {"kind": "question", "tags": ["csv"], "cluster": fields["id"]} | fields)
