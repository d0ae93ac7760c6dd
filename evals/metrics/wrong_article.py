"""Citations of an article that holds none of the evidence."""

from __future__ import annotations

from evals.gold import Case
from evals.metrics.base import Metric, Outcome, Unscored, answerable, share
from evals.metrics.support import file_name
from evals.reply import Reply


def _wrong_article(case: Case, reply: Reply) -> Outcome:
    if not reply.citations:
        return Unscored("nothing is cited")
    right = {gold.file for gold in case.supporting}
    return share(sum(file_name(one) not in right for one in reply.citations), len(reply.citations))


METRICS = (
    Metric(
        name="wrong_article_rate",
        title="Citations of a wrong article",
        group="citation",
        about="Citations of an article that holds none of the supporting quotes.",
        source="Liu et al. 2023, Evaluating Verifiability in Generative Search Engines",
        observe=_wrong_article,
        applies=answerable,
        missing=None,
        better="lower",
        margin=0.03,
    ),
)
