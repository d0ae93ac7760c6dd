"""Citations of a version that a newer one has replaced."""

from __future__ import annotations

from evals.gold import Case
from evals.metrics.base import Metric, Outcome, Unscored, asked, score
from evals.reply import Reply


def _superseded(_case: Case, reply: Reply) -> Outcome:
    known = [one.newest for one in reply.citations if one.newest is not None]
    return score(not all(known)) if known else Unscored("nothing is cited, or versions are not told")


METRICS = (
    Metric(
        name="superseded_cited",
        title="Superseded version cited",
        group="news",
        about="Answers that cite a version of an article that a newer one has replaced.",
        source="Spangher et al. 2022, NewsEdits (news articles are revised)",
        observe=_superseded,
        applies=asked,
        missing=None,
        better="lower",
        margin=0.0,
        yes_no=True,
    ),
)
