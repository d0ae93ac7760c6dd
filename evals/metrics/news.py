"""What goes wrong with news: evidence from after the as-of day, a superseded version, one wire story counted twice.

Each is about what was cited: where nothing was, there is nothing to count.
"""

from __future__ import annotations

from itertools import combinations

from evals.gold import Case
from evals.gold.text import covers
from evals.metrics.base import Metric, Outcome, Unscored, asked, score
from evals.reply import Cited, Reply


def _later(case: Case, reply: Reply) -> Outcome:
    day = case.as_of.isoformat() if case.as_of else ""
    dated = [one.published[:10] for one in reply.citations if one.published]
    return score(any(published > day for published in dated))


def _superseded(_case: Case, reply: Reply) -> Outcome:
    known = [one.newest for one in reply.citations if one.newest is not None]
    return score(not all(known)) if known else Unscored("nothing is cited, or versions are not told")


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
