"""Answer sentences that cite nothing."""

from __future__ import annotations

from evals.gold import Case
from evals.metrics.base import Metric, Outcome, Unscored, asked, score, share
from evals.reply import Reply


def _uncited(_case: Case, reply: Reply) -> Outcome:
    if reply.abstained:
        return Unscored("it abstained")
    numbers = {one.n for one in reply.citations}
    bare = [not numbers.intersection(sentence.citations) for sentence in reply.sentences]
    return share(sum(bare), len(bare)) if bare else score(1)


METRICS = (
    Metric(
        name="uncited_rate",
        title="Sentences without a citation",
        group="citation",
        about="Answer sentences that cite nothing.",
        source="Gao et al. 2023, ALCE; Liu et al. 2023, Evaluating Verifiability in Generative Search Engines",
        observe=_uncited,
        applies=asked,
        missing=None,
        better="lower",
        margin=0.01,
    ),
)
