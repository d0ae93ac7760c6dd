"""Right or wrong: the one yes/no figure of a case."""

from __future__ import annotations

import re

from evals.gold import Case
from evals.metrics.base import Metric, Outcome, answer_given, score, worded
from evals.reply import Reply

_MARKER = re.compile(r"\s*\[\d+\]")


def said(reply: Reply) -> str:
    """The answer's text without its citation numbers, which are no part of what it says."""
    return _MARKER.sub("", reply.text)


def is_right(case: Case, reply: Reply) -> bool:
    """An accepted answer; where there is none to give, an abstention that says nothing forbidden."""
    if case.answerable:
        return not reply.abstained and case.accepts(said(reply))
    return reply.abstained and not case.breaks(said(reply))


def _right(case: Case, reply: Reply) -> Outcome:
    return score(is_right(case, reply))


METRICS = (
    Metric(
        name="right",
        title="Right",
        group="answer",
        about="An accepted answer with all that it must contain; an abstention where there is no answer.",
        source="Rajpurkar et al. 2018, Know What You Don't Know (SQuAD 2.0): answering and abstaining count alike",
        observe=_right,
        applies=worded,
        margin=0.02,
        yes_no=True,
    ),
    Metric(
        name="answered_right",
        title="Answered right, of the answerable",
        group="answer",
        about="As Right, over the cases that have an answer.",
        source="Rajpurkar et al. 2018 (HasAns)",
        observe=_right,
        applies=answer_given,
        margin=0.03,
        yes_no=True,
    ),
)
