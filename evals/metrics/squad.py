"""Exact match and token F1 of the short answer with the nearest accepted one."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter

from evals.gold import Case
from evals.gold.text import fold
from evals.metrics.base import Metric, Outcome, answer_given, score
from evals.metrics.right import said
from evals.reply import Reply

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])")  # scripts that put no space between words
_SOURCE = "Rajpurkar et al. 2016, SQuAD: 100,000+ Questions; characters apart in unspaced scripts, Lewis et al. 2020"


def tokens(text: str) -> list[str]:
    """SQuAD's normalisation (case, punctuation, articles, white space), for any script."""
    bare = "".join(c for c in fold(text) if c not in string.punctuation and not unicodedata.category(c).startswith("P"))
    return _ARTICLES.sub(" ", _UNSPACED.sub(r" \1 ", bare)).split()


def token_f1(given: list[str], accepted: list[str]) -> float:
    """0 to 1; two empty answers agree."""
    if not given or not accepted:
        return float(given == accepted)
    return 2 * (Counter(given) & Counter(accepted)).total() / (len(given) + len(accepted))


def _given(reply: Reply) -> list[str]:
    return [] if reply.abstained else tokens(reply.short_answer or said(reply))


def _exact(case: Case, reply: Reply) -> Outcome:
    given = _given(reply)
    return score(bool(given) and any(given == tokens(answer) for answer in case.answers))


def _f1(case: Case, reply: Reply) -> Outcome:
    given = _given(reply)
    return score(max(token_f1(given, tokens(answer)) for answer in case.answers) if given else 0)


def _applies(case: Case) -> str | None:
    return answer_given(case) or ("the short answer is yes or no" if "yes-no" in case.tags else None)


METRICS = (
    Metric(
        name="squad_em",
        title="Short answer, exact match",
        group="answer",
        about="The short answer (the whole text where there is none) is an accepted one.",
        source=_SOURCE,
        observe=_exact,
        applies=_applies,
        margin=0.03,
        yes_no=True,
    ),
    Metric(
        name="squad_f1",
        title="Short answer, token F1",
        group="answer",
        about="Words that the short answer shares with the nearest accepted one.",
        source=_SOURCE,
        observe=_f1,
        applies=_applies,
        margin=0.03,
    ),
)
