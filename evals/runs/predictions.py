"""A file of predictions as a target: one JSON record a line, with the id of its case."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from evals.errors import EvalError
from evals.gold import Case
from evals.reply import Reply, missing
from evals.runs.records import Prediction, parse_prediction, reply_of
from evals.runs.targets import About, CorpusArchive


class Predictions:
    """What `byline ask --batch GOLD` wrote, or any system that writes `{"id", "text"}` a line.

    Raises EvalError that lists every line that can't be used: not a record, no id, an id that gold does not have or
    that an earlier line has. A case without a line is a missing prediction: scored as the worst, and the run is
    incomplete.
    """

    def __init__(self, path: Path, cases: Collection[Case], corpus: Path) -> None:
        text = _read(path)
        self._path = path
        self._archive = CorpusArchive(corpus)
        self._told = _parse(path, text, {case.id for case in cases})
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        self.about = About("predictions", path.name, {"sha256": digest})

    def reply(self, case: Case, repeat: int) -> Reply:
        told = self._told.get(case.id)
        if told is None:
            return missing(case.id, "missing", f"{self._path.name} has no prediction for it", repeat=repeat)
        return reply_of(case, told, self._archive, repeat=repeat)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EvalError(f"{path} can't be read: {error}.", remedy="Give a UTF-8 file of JSON lines.") from error


def _parse(path: Path, text: str, known: set[str]) -> dict[str, Prediction]:
    told: dict[str, Prediction] = {}
    lines: dict[str, int] = {}
    faults: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            one = _one(line)
        except EvalError as error:
            faults.append(f"{path}:{number}: {error.message}")
            continue
        case = str(one.id)
        if case not in known:
            faults.append(f"{path}:{number}: the gold has no case {case}")
        elif case in told:
            faults.append(f"{path}:{number}: case {case} already has a prediction on line {lines[case]}")
        else:
            told[case], lines[case] = one, number
    if faults:
        raise EvalError(
            f"The predictions can't be used ({len(faults)} faults):\n" + "\n".join(faults) + "\n",
            remedy="Correct or remove these lines, or name the gold that they are for.",
        )
    return told


def _one(line: str) -> Prediction:
    remedy = 'Write {"id": "...", "text": "..."} on each line.'
    try:
        record: Any = json.loads(line)
    except ValueError as error:
        raise EvalError(f"it is no JSON ({error})", remedy=remedy) from error
    one = parse_prediction(record)
    if one.id is None:
        raise EvalError("it has no id", remedy=remedy)
    return one
