"""The run file: what was run, every score, and what was said. Line by line, so that two of them can be compared by eye.

`summary` and `cases` are the same bytes for two offline runs of one code on one gold; what varies (times, day, machine)
stands elsewhere. A baseline is a run file without the parts that vary and without replies.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.errors import EvalError
from evals.estimate import Estimate
from evals.gold import Case
from evals.reply import Reply
from evals.runs.fingerprint import canonical
from evals.scores import CaseScores

FORMAT: Literal["byline-eval-run/1"] = "byline-eval-run/1"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fingerprint(_Record):
    """What has to be the same in two runs that are compared. None: not known, and not compared."""

    gold: str
    corpus: str
    archive: str | None
    repeats: int


class TargetRecord(_Record):
    """What was asked. Models are those that its answers name."""

    kind: str
    name: str
    settings: dict[str, Any]
    models: dict[str, str]


class Past(_Record):
    """An earlier run's figures, for the small line of its history."""

    when: str
    commit: str | None
    values: dict[str, float]


class RunFile(_Record):
    """One run. `made` and `replies` are empty in a baseline."""

    format: Literal["byline-eval-run/1"] = FORMAT
    fingerprint: Fingerprint
    target: TargetRecord
    made: dict[str, Any] = {}
    summary: dict[str, Estimate]
    confusion: dict[str, int] = {}
    cost: dict[str, Estimate] = {}
    cases: tuple[CaseScores, ...]
    gold: tuple[Case, ...] = ()
    replies: tuple[Reply, ...] = ()
    history: tuple[Past, ...] = ()

    @property
    def scores_sha256(self) -> str:
        """Of `summary` and `cases`: equal for runs whose scores are, to the byte."""
        told = self.model_dump(mode="json", include={"summary", "cases"})
        return hashlib.sha256(canonical(told).encode()).hexdigest()

    @property
    def incomplete(self) -> dict[str, str]:
        """The cases whose scores are not final, and why: no prediction came, or a metric broke."""
        lost = {r.case: f"{r.trouble}: {r.detail}" for r in self.replies if r.trouble not in (None, "refused")}
        for case in self.cases:
            broken = [f"{name}: {told}" for name, told in case.scores.items() if str(told).startswith("error: ")]
            if broken:
                lost.setdefault(case.id, broken[0])
        return lost


def baseline_of(run: RunFile) -> RunFile:
    """The run without what varies: small, and changed only where a score or its setting is."""
    cases = sorted(run.cases, key=lambda case: case.id)
    return run.model_copy(
        update={
            "made": {},
            "cost": {},
            "gold": (),
            "replies": (),
            "history": (),
            "cases": tuple(case.model_copy(update={"scores": _numbers(case.scores)}) for case in cases),
        }
    )


def _numbers(scores: Mapping[str, Any]) -> dict[str, Any]:
    return {name: told for name, told in scores.items() if not isinstance(told, str)}


def dump(run: RunFile) -> str:
    """JSON with one case, reply or figure a line."""
    parts = []
    for name, value in run.model_dump(mode="json", exclude_defaults=True).items():
        parts.append(f"{json.dumps(name)}: {_lines(value)}")
    return "{\n" + ",\n".join([f'"format": "{FORMAT}"', *parts]) + "\n}\n"


def _lines(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(_flat(one) for one in value) + "\n]"
    if isinstance(value, dict) and value:
        return "{\n" + ",\n".join(f"{json.dumps(name)}: {_flat(one)}" for name, one in value.items()) + "\n}"
    return _flat(value)


def _flat(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def write_text(path: Path, text: str) -> None:
    """All of it or nothing: an old file stays until the new one is on the disk. Raises OSError."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def load_run(path: Path, error: type[EvalError] = EvalError) -> RunFile:
    """Raises `error` when it can't be read, is of another version or is not a run file."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise error(f"{path} can't be read: {fault.strerror}.", remedy="Make it with `byline eval run`.") from fault
    except ValueError as fault:
        raise error(f"{path} is no run file: {fault}.", remedy="Make it with `byline eval run`.") from fault
    found = raw.get("format") if isinstance(raw, dict) else None
    if found != FORMAT:
        raise error(
            f"{path} is of another version: {found or 'no format'}, and this Byline reads {FORMAT}.",
            remedy="Make it anew with `byline eval run`.",
        )
    try:
        return RunFile.model_validate(raw)
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise error(f"{path}: {place}: {first['msg']}.", remedy="Make it anew with `byline eval run`.") from fault
