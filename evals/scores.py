"""The scores of a run as a table: for every case what each metric observed, as it stands in a run file.

An observation is a number, a list of numbers (a metric of the whole set), or a text that says why there is none; with
repeats, a list of lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from evals.gold import Case, case_digest
from evals.metrics import ALL, Failed, Metric, Scored, Unscored
from evals.metrics.base import Matrix
from evals.metrics.right import is_right
from evals.metrics.support import supports
from evals.reply import Reply

Finite = Annotated[float, Field(allow_inf_nan=False)]
Told = Finite | list[Finite] | list[list[Finite]] | str
ERROR = "error: "  # begins the text of a metric that broke
TROUBLES = {"refused": "refused", "error": "failed", "timeout": "timed out", "missing": "no prediction"}
_DIGITS = 6


class CaseScores(BaseModel):
    """One case's scores. `fault` says in a word what went wrong; None when nothing did."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    digest: str
    cluster: str
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    tags: tuple[str, ...]
    fault: str | None
    scores: dict[str, Told]


def score_case(case: Case, replies: Sequence[Reply], metrics: Iterable[Metric] = ALL) -> dict[str, Told]:
    """Every metric over the replies to one case, one a repeat."""
    return {metric.name: _told([metric.outcome(case, reply) for reply in replies]) for metric in metrics}


def case_scores(case: Case, replies: Sequence[Reply], metrics: Iterable[Metric]) -> CaseScores:
    return CaseScores(
        id=case.id,
        digest=case_digest(case),
        cluster=case.cluster,
        weight=case.weight,
        tags=case.tags,
        fault=_fault(case, replies),
        scores=score_case(case, replies, metrics),
    )


def _told(outcomes: Sequence[Scored | Unscored | Failed]) -> Told:
    broken = [one.reason for one in outcomes if isinstance(one, Failed)]
    rows = [[round(part, _DIGITS) for part in one.parts] for one in outcomes if isinstance(one, Scored)]
    if broken or not rows:
        return ERROR + broken[0] if broken else next(o.reason for o in outcomes if isinstance(o, Unscored))
    if len(rows) > 1:
        return rows
    return rows[0][0] if len(rows[0]) == 1 else rows[0]


def _fault(case: Case, replies: Sequence[Reply]) -> str | None:
    """The first fault of the replies, worst first."""
    faults = [fault for reply in replies if (fault := _one_fault(case, reply))]
    return faults[0] if faults else None


def _one_fault(case: Case, reply: Reply) -> str | None:
    if reply.unsupported:
        return None
    if reply.trouble:
        return TROUBLES[reply.trouble]
    if case.kind == "claim":
        return None if reply.verdict == case.label else f"{case.label}, found {reply.verdict}"
    return _answer_fault(case, reply)


def _answer_fault(case: Case, reply: Reply) -> str | None:
    if not is_right(case, reply):
        return "abstained" if reply.abstained else "wrong" if case.answerable else "answered"
    if any(one.exact is False for one in reply.citations):
        return "a quote is not exact"
    cites = any(supports(one, case) for one in reply.citations)
    return "right, but cites no supporting quote" if case.answerable and not cites else None


@dataclass(frozen=True, slots=True)
class Observed:
    """What one metric observed: `rows` (m, parts), each row's case by its place in the table, each row's weight.

    A case's weight is shared among its repeats.
    """

    metric: Metric
    rows: Matrix
    case_of: NDArray[np.intp]
    weights: Matrix
    unscored: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def value(self) -> float | None:
        """None when no case is scored."""
        if not len(self.rows):
            return None
        return float(self.metric.summarise(self.rows, self.weights[None, :])[0])

    def only(self, keep: Callable[[int], bool]) -> Observed:
        """The observations of the cases whose place `keep` says."""
        chosen = np.fromiter((keep(int(place)) for place in self.case_of), dtype=bool, count=len(self.case_of))
        return Observed(self.metric, self.rows[chosen], self.case_of[chosen], self.weights[chosen])


class Table:
    """The scores of many cases, by metric."""

    def __init__(self, cases: Sequence[CaseScores]) -> None:
        self.cases = tuple(cases)
        self.ids = [case.id for case in cases]
        names = {case.cluster: None for case in cases}
        self.clusters = {name: n for n, name in enumerate(names)}
        self.cluster_of = np.array([self.clusters[case.cluster] for case in cases], dtype=np.intp)

    def observed(self, metric: Metric) -> Observed:
        """Unscored cases are counted by reason; errors are kept by case."""
        rows: list[list[float]] = []
        places: list[int] = []
        weights: list[float] = []
        unscored: dict[str, int] = {}
        errors: dict[str, str] = {}
        for place, case in enumerate(self.cases):
            told = case.scores.get(metric.name, "it was not measured")
            if not isinstance(told, str):
                repeats = as_rows(told)
                rows += repeats
                places += [place] * len(repeats)
                weights += [case.weight / len(repeats)] * len(repeats)
            elif told.startswith(ERROR):
                errors[case.id] = told.removeprefix(ERROR)
            else:
                unscored[told] = unscored.get(told, 0) + 1
        matrix = np.array(rows, dtype=np.float64) if rows else np.zeros((0, 1))
        return Observed(metric, matrix, np.array(places, dtype=np.intp), np.array(weights), unscored, errors)


def as_rows(told: float | list[float] | list[list[float]]) -> list[list[float]]:
    """One row a repeat."""
    if not isinstance(told, list):
        return [[told]]
    rows = [part for part in told if isinstance(part, list)]
    return rows or [[part for part in told if not isinstance(part, list)]]
