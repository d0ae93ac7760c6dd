"""One wire story counted twice: the same words cited from two near-duplicate articles."""

from __future__ import annotations

from itertools import combinations

from evals.gold import Case
from evals.gold.text import covers
from evals.metrics.base import Metric, Outcome, Unscored, asked, score
from evals.reply import Cited, Reply


def _twice(_case: Case, reply: Reply) -> Outcome:
    if len(reply.citations) < 2:
        return Unscored("fewer than two citations")
    return score(any(_same_story(one, other) for one, other in combinations(reply.citations, 2)))


def _same_story(one: Cited, other: Cited) -> bool:
    if one.article_id == other.article_id:
        return False
    copies = other.article_id in one.also_in or one.article_id in other.also_in
    return copies and covers(one.quote, other.quote)


METRICS = (
    Metric(
        name="wire_twice",
        title="One wire story counted twice",
        group="news",
        about="Answers that cite the same words in two near-duplicate articles.",
        source="Near-duplicate news: Theobald, Siddharth and Paepcke 2008, SpotSigs",
        observe=_twice,
        applies=asked,
        missing=None,
        better="lower",
        margin=0.0,
        yes_no=True,
    ),
)
