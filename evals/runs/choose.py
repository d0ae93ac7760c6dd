"""Picks the target of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from evals.errors import EvalError
from evals.gold import Case
from evals.runs.predictions import Predictions
from evals.runs.run import Plan
from evals.runs.service import Service
from evals.runs.targets import Target, in_process
from rag.settings import load_settings


@contextmanager
def open_target(
    plan: Plan, cases: Sequence[Case], url: str | None, predictions: Path | None, data_dir: Path | None
) -> Iterator[Target]:
    """The service at `url`, the predictions of a file, Byline over the archive in `data_dir`, or Byline over a new one.

    Raises EvalError when more than one is named or it can't be asked.
    """
    if sum(option is not None for option in (url, predictions, data_dir)) > 1:
        raise EvalError("--url, --predictions and --data-dir exclude each other.", remedy="Give one of them.")
    if predictions is not None:
        if plan.repeats > 1:
            raise EvalError("A predictions file has one answer a case.", remedy="Leave --repeats out.")
        yield Predictions(predictions, cases, plan.corpus)
    elif url is not None:
        service = Service(url, plan.corpus, plan.timeout_s)
        service.check()
        yield service
    else:
        with in_process(load_settings(data_dir=data_dir), plan.corpus, keep=data_dir is not None) as byline:
            yield byline
