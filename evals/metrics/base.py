"""What a metric is, and the three things that it may say of a case: scored, unscored with a reason, or an error.

A metric observes each case on its own (one number, or a few) and sums the observations up with weights. Summaries are
vectorised over rows of weights, so that resampling in `evals.compare` is a matrix product and not a loop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evals.gold import Case
from evals.gold.qrels import RETRIEVAL_ONLY
from evals.reply import Reply

Matrix = NDArray[np.float64]
Group = Literal["answer", "citation", "retrieval", "abstention", "claim", "news", "cost"]


@dataclass(frozen=True, slots=True)
class Scored:
    """What was observed: the score itself first; a metric of the whole set may need more numbers."""

    parts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Unscored:
    """The metric has nothing to say of this case, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The metric broke on this case; the run is incomplete."""

    reason: str


Outcome = Scored | Unscored | Failed
Summary = Callable[[Matrix, Matrix], Matrix]
"""Observations `(n, parts)` and weights `(rows, n)` to one value a row; finite whatever the weights."""


@dataclass(frozen=True, slots=True)
class Sums:
    """A summary that needs no more than weighted sums: `columns` of the observations are summed up, and `value` is made
    of the sums `(rows, columns)`. Cases of a cluster can then be added up before resampling, which is what makes
    comparing thousands of cases quick."""

    columns: Callable[[Matrix], Matrix]
    value: Callable[[Matrix], Matrix]

    def __call__(self, parts: Matrix, weights: Matrix) -> Matrix:
        return self.value(weights @ self.columns(parts))


def score(*parts: float) -> Scored:
    return Scored(tuple(float(part) for part in parts))


def share(true: int, of: int) -> Scored:
    return score(true / of)


def ratio(above: Matrix, below: Matrix) -> Matrix:
    """Element-wise, 0 where there is nothing to divide by."""
    return np.divide(above, below, out=np.zeros_like(above, dtype=np.float64), where=below > 0)


def _first_and_one(parts: Matrix) -> Matrix:
    return np.column_stack([parts[:, 0], np.ones(len(parts))])


mean = Sums(_first_and_one, lambda sums: ratio(sums[:, 0], sums[:, 1]))
"""The weighted mean of the first part."""


def always(_case: Case) -> str | None:
    return None


NOT_ITS_KIND = ("it is a claim", "it is not a claim")


def asked(case: Case) -> str | None:
    return NOT_ITS_KIND[0] if case.kind == "claim" else None


def answerable(case: Case) -> str | None:
    return asked(case) or (None if case.answerable else "there is no answer to give")


def worded(case: Case) -> str | None:
    """Cases whose gold says what a right answer is; qrels only name passages."""
    return asked(case) or ("its gold names passages, not answers" if RETRIEVAL_ONLY in case.tags else None)


def answer_given(case: Case) -> str | None:
    return answerable(case) or worded(case)


def claimed(case: Case) -> str | None:
    return None if case.kind == "claim" else NOT_ITS_KIND[1]


@dataclass(frozen=True, slots=True)
class Metric:
    """One number about a run.

    `applies` says from the gold alone why a case is left out; `observe` scores a prediction; `missing` is what counts
    where there is none, always the worst. It is None, and leaves the case out, where a figure is about what was said,
    so that an abstention is left out too: rates of citations, the calibration of confidence, cost.
    `margin` is the loss that a team accepts without more ado (non-inferiority); None for a number that is shown but
    never gates. An `invariant` is a promise: any loss is a regression, without statistics.
    """

    name: str
    title: str
    group: Group
    about: str
    source: str
    observe: Callable[[Case, Reply], Outcome]
    applies: Callable[[Case], str | None] = always
    missing: Callable[[Case], tuple[float, ...]] | None = lambda _case: (0.0,)
    summarise: Summary = mean
    better: Literal["higher", "lower"] = "higher"
    margin: float | None = None
    yes_no: bool = False
    invariant: bool = False
    unit: Literal["share", "ms", "tokens", "usd"] = "share"

    @property
    def whole_set(self) -> bool:
        """Whether the value is more than a mean over the cases."""
        return self.summarise is not mean

    def outcome(self, case: Case, reply: Reply) -> Outcome:
        """What is scored for one reply; a metric that breaks is an error of this case, never of the run."""
        reason = self.applies(case) or reply.unsupported
        if reason:
            return Unscored(reason)
        if reply.trouble is not None:
            return Unscored("there is no prediction") if self.missing is None else Scored(self.missing(case))
        try:
            told = self.observe(case, reply)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            return Failed(f"{type(error).__name__}: {error}")
        if isinstance(told, Scored) and not np.isfinite(told.parts).all():
            return Failed(f"not a finite number: {told.parts}")
        return told
