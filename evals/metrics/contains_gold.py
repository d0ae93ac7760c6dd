"""Whether the answer's text says an accepted answer, whatever else it says."""

from __future__ import annotations

from evals.gold import Case
from evals.gold.text import mentions
from evals.metrics.base import Metric, Outcome, answer_given, score
from evals.metrics.right import said
from evals.reply import Reply


def _contains(case: Case, reply: Reply) -> Outcome:
    text = said(reply)
    return score(not reply.abstained and any(mentions(text, answer) for answer in case.answers))


METRICS = (
    Metric(
        name="contains_gold",
        title="Contains a gold answer",
        group="answer",
        about="An accepted answer occurs in the text as whole words and whole numbers.",
        source="Mallen et al. 2023, When Not to Trust Language Models (accuracy by substring)",
        observe=_contains,
        applies=answer_given,
        yes_no=True,
    ),
)
