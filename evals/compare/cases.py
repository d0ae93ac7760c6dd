"""Which cases broke and which were mended between two runs."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from evals.metrics import Metric
from evals.scores import CaseScores, as_rows

_SAME = 1e-9


class CaseChange(BaseModel):
    """One case that scores otherwise than before, by metric, with its fault then and now."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    was: str | None
    now: str | None
    broke: tuple[str, ...]
    mended: tuple[str, ...]


def case_changes(olds: Sequence[CaseScores], news: Sequence[CaseScores], metrics: Sequence[Metric]) -> list[CaseChange]:
    """The cases, the same in both in one order, that score otherwise than before."""
    told = []
    by_case = [metric for metric in metrics if metric.group != "cost" and not metric.whole_set]
    for old, new in zip(olds, news, strict=True):
        broke, mended = _moved(old, new, by_case)
        if broke or mended or old.fault != new.fault:
            told.append(CaseChange(id=new.id, was=old.fault, now=new.fault, broke=tuple(broke), mended=tuple(mended)))
    return told


def _moved(old: CaseScores, new: CaseScores, metrics: Sequence[Metric]) -> tuple[list[str], list[str]]:
    broke: list[str] = []
    mended: list[str] = []
    for metric in metrics:
        was, now = old.scores.get(metric.name), new.scores.get(metric.name)
        if was is None or now is None or isinstance(was, str) or isinstance(now, str):
            continue
        gain = _first(now) - _first(was) if metric.better == "higher" else _first(was) - _first(now)
        if abs(gain) > _SAME:
            (mended if gain > 0 else broke).append(metric.name)
    return broke, mended


def _first(told: float | list[float] | list[list[float]]) -> float:
    """The mean of the score over repeats."""
    if not isinstance(told, list):
        return told
    rows = as_rows(told)
    return sum(row[0] for row in rows) / len(rows)
