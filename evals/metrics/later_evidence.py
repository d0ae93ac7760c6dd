"""Evidence from after the as-of day. It is about what was cited: where nothing was, there is nothing to count."""

from __future__ import annotations

from evals.gold import Case
from evals.metrics.base import Metric, Outcome, asked, score
from evals.reply import Reply


def _later(case: Case, reply: Reply) -> Outcome:
    day = case.as_of.isoformat() if case.as_of else ""
    dated = [one.published[:10] for one in reply.citations if one.published]
    return score(any(published > day for published in dated))


METRICS = (
    Metric(
        name="later_evidence",
        title="Evidence later than as-of",
        group="news",
        about="Answers that cite an article published after the case's as-of day.",
        source="Temporal leakage: Chen, Wang and Wang 2021, A Dataset for Answering Time-Sensitive Questions",
        observe=_later,
        applies=lambda case: asked(case) or (None if case.as_of else "it has no as-of day"),
        missing=None,
        better="lower",
        margin=0.0,
        yes_no=True,
        invariant=True,
    ),
)
