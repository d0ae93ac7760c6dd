"""Whether quotes stand, character for character, where the citation says."""

from __future__ import annotations

from evals.gold import Case
from evals.metrics.base import Metric, Outcome, Unscored, asked, share
from evals.reply import Reply


def _exact(_case: Case, reply: Reply) -> Outcome:
    checked = [one.exact for one in reply.citations if one.exact is not None]
    return share(sum(checked), len(checked)) if checked else Unscored("nothing is cited")


METRICS = (
    Metric(
        name="quotes_exact",
        title="Quotes are exact",
        group="citation",
        about="Citations whose quote is, character for character, what stands at their place in the stored article.",
        source="Byline's promise: article.text[start:end] == quote",
        observe=_exact,
        applies=asked,
        missing=None,
        margin=0.0,
        invariant=True,
    ),
)
