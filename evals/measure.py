"""Scores of one answer record against one gold case, and their summary. Pure: nothing is read, asked or printed.

A missing record scores zero everywhere, and no estimate is ever NaN: a rate over nothing is 0 within [0, 1].
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import sqrt
from pathlib import PurePath
from typing import Any

from evals.gold import Case, fold

Record = Mapping[str, Any]
StoredTexts = Mapping[tuple[str, int], str]
"""The stored text by article id and version."""

_Z = 1.959964  # 95 %, two-sided
_OVERLAP_CHARS = 15  # fewer characters in common may be a name that both sentences happen to have
_MARKER = re.compile(r"\s*\[\d+\]")
_ARTICLES = re.compile(r"\b(a|an|the)\b")


@dataclass(frozen=True, slots=True)
class Scored:
    """One case's scores. `right` is an accepted answer, or an abstention where there is none to give."""

    case: Case
    missing: bool = True
    abstained: bool = False
    right: bool = False
    supported: bool = False
    short_exact: float = 0.0
    short_f1: float = 0.0
    quotes: int = 0
    exact_quotes: int = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A rate in [0, 1] over `n` observations, with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


def score(case: Case, record: Record | None, stored: StoredTexts) -> Scored:
    """Every score of one answer record; None is a missing answer."""
    if record is None:
        return Scored(case)
    exact, f1 = short_scores(case, record)
    return Scored(
        case=case,
        missing=False,
        abstained=abstained(record),
        right=right(case, record),
        supported=supported(case, record),
        short_exact=exact,
        short_f1=f1,
        quotes=len(record["citations"]),
        exact_quotes=exact_quotes(record, stored),
    )


def abstained(record: Record) -> bool:
    return bool(record["status"] == "no_evidence")


def right(case: Case, record: Record) -> bool:
    """An accepted answer in the text of an answered case; an abstention, and nothing forbidden said, in another."""
    said = _MARKER.sub("", record["text"])
    if case.answerable:
        return not abstained(record) and case.accepts(said)
    return abstained(record) and not case.breaks(said)


def supported(case: Case, record: Record) -> bool:
    """Whether any citation overlaps a gold quote in its file, compared as text so that offsets don't matter here."""
    return any(
        PurePath(citation["article"]["file"]).name == gold.file and _overlap(citation["quote"], gold.quote)
        for citation in record["citations"]
        for gold in case.supporting
    )


def short_scores(case: Case, record: Record) -> tuple[float, float]:
    """Exact match and token F1 of the short answer with the nearest accepted one.

    Normalised as in SQuAD (Rajpurkar et al. 2016): case, punctuation, articles and whitespace don't count.
    """
    given = squad_tokens(record["short_answer"] or "")
    if not given or not case.answerable or abstained(record):
        return 0.0, 0.0
    accepted = [squad_tokens(answer) for answer in case.answers]
    return float(given in accepted), max(token_f1(given, one) for one in accepted)


def exact_quotes(record: Record, stored: StoredTexts) -> int:
    """How many citations quote the stored text exactly at their offsets."""
    return sum(_is_exact(citation, stored) for citation in record["citations"])


def squad_tokens(text: str) -> list[str]:
    bare = "".join(letter for letter in fold(text) if letter not in string.punctuation)
    return _ARTICLES.sub(" ", bare).split()


def wilson(value: float, n: float) -> tuple[float, float]:
    """The 95 % score interval (Wilson 1927) of a rate over n independent observations.

    For a mean of scores between 0 and 1 it is no narrower than for a rate: their variance is at most value(1-value).
    """
    if n <= 0:
        return 0.0, 1.0
    centre = value + _Z * _Z / (2 * n)
    reach = _Z * sqrt(max(value * (1 - value), 0.0) / n + _Z * _Z / (4 * n * n))
    scale = 1 + _Z * _Z / n
    return max(0.0, (centre - reach) / scale), min(1.0, (centre + reach) / scale)


def estimate(scores: Iterable[float], weights: Iterable[float] | None = None) -> Estimate:
    """The weighted mean of scores in [0, 1]. Unequal weights widen the interval by Kish's effective n."""
    values = list(scores)
    loads = [1.0] * len(values) if weights is None else list(weights)
    if not values:
        return Estimate(0.0, 0.0, 1.0, 0)
    total = sum(loads)
    mean = min(1.0, sum(v * w for v, w in zip(values, loads, strict=True)) / total)
    low, high = wilson(mean, total * total / sum(w * w for w in loads))
    return Estimate(mean, low, high, len(values))


def summarise(scored: Sequence[Scored]) -> dict[str, Estimate]:
    """Every metric by name, over the cases it is defined on."""
    answerable = [s for s in scored if s.case.answerable]
    unanswerable = [s for s in scored if not s.case.answerable]
    # The short answer to a yes-no question is yes or no, which the gold answers are not.
    short = [s for s in answerable if "yes-no" not in s.case.tags]
    silent = [s for s in scored if s.abstained]
    quotes = [float(i < s.exact_quotes) for s in scored for i in range(s.quotes)]
    return {
        "answered_right": _over(answerable, [s.right for s in answerable]),
        "supported": _over(answerable, [s.supported for s in answerable]),
        "right_and_supported": _over(answerable, [s.right and s.supported for s in answerable]),
        "short_exact_match": _over(short, [s.short_exact for s in short]),
        "short_f1": _over(short, [s.short_f1 for s in short]),
        "abstention_precision": _over(silent, [not s.case.answerable for s in silent]),
        "abstention_recall": _over(unanswerable, [s.abstained for s in unanswerable]),
        "right_overall": _over(scored, [s.right for s in scored]),
        "quotes_exact": estimate(quotes),
    }


def confusion(scored: Sequence[Scored]) -> dict[str, dict[str, int]]:
    """How many answerable and unanswerable cases were answered right, answered wrong, abstained on, or missed."""
    table = {
        kind: dict.fromkeys(("right", "wrong", "abstained", "missing"), 0) for kind in ("answerable", "unanswerable")
    }
    for s in scored:
        did = "missing" if s.missing else "abstained" if s.abstained else "right" if s.right else "wrong"
        table["answerable" if s.case.answerable else "unanswerable"][did] += 1
    return table


def by_tag(scored: Sequence[Scored]) -> dict[str, list[Scored]]:
    """The scored cases of each tag, tags in alphabetical order."""
    tags = sorted({tag for s in scored for tag in s.case.tags})
    return {tag: [s for s in scored if tag in s.case.tags] for tag in tags}


def _over(cases: Sequence[Scored], scores: Sequence[float]) -> Estimate:
    return estimate(scores, [s.case.weight for s in cases])


def _overlap(cited: str, gold: str) -> bool:
    left, right_ = fold(cited), fold(gold)
    shorter = min(len(left), len(right_))
    common = SequenceMatcher(None, left, right_, autojunk=False).find_longest_match().size
    return common >= max(shorter / 2, min(_OVERLAP_CHARS, len(right_)))


def _is_exact(citation: Record, stored: StoredTexts) -> bool:
    text = stored.get((citation["article"]["id"], citation["article"]["version"]))
    start, end = citation["start"], citation["end"]
    return text is not None and 0 <= start < end <= len(text) and text[start:end] == citation["quote"]


def token_f1(given: list[str], accepted: list[str]) -> float:
    common = sum((Counter(given) & Counter(accepted)).values())
    return 2 * common / (len(given) + len(accepted))
