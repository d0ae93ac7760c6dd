"""Numbers and dates: does the answer name the figures that a gold answer names, however they are written?"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from evals.gold import Case
from evals.gold.text import fold
from evals.metrics.base import Metric, Outcome, answer_given, score
from evals.metrics.right import said
from evals.reply import Reply

_MONTHS = {date(2000, n, 1).strftime(form).lower(): n for n in range(1, 13) for form in ("%B", "%b")} | {"sept": 9}
_SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {word: float(n) for n, word in enumerate(_SMALL.split())}
_WORDS |= {word: 10.0 * n for n, word in enumerate(_TENS.split(), start=2)}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "m": 1e6, "bn": 1e9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_DATES = re.compile(
    rf"(?P<iso>\d{{4}}-\d\d-\d\d)|\b(?P<m>{_MONTH})\b\.?(?: (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d|,\d\d\d|\.\d))?"
    rf"|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<m2>{_MONTH})\b"
)
_WORD = rf"(?:{'|'.join(_WORDS)})"
_NUMBERS = re.compile(
    rf"(?<![\w.])(?P<n>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\b{_WORD}(?:[ -]{_WORD})?\b)"
    rf"(?:\s?(?P<scale>{_SCALE})\b)?(?P<percent>\s?%|\s?per ?cent\b)?"
)

Figure = tuple[str, float]
"""What it counts (`number`, `percent`, `month`, `day`) and how many; a day is month * 100 + day of the month."""


@lru_cache(maxsize=20_000)
def figures(text: str) -> frozenset[Figure]:
    """The numbers and dates that a text names, each in one form: "3 million", "three million" and "3,000,000" agree."""
    found: set[Figure] = set()

    def take(match: re.Match[str]) -> str:
        found.update(_date(match))
        return " "

    rest = _DATES.sub(take, fold(text))
    found.update(_number(match) for match in _NUMBERS.finditer(rest))
    return frozenset(found)


def _date(match: re.Match[str]) -> list[Figure]:
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
        return [("number", float(year)), ("month", float(month)), ("day", month * 100.0 + day)]
    if match["m"] == "may" and not match["d"]:
        return []  # far more often the verb
    month = _MONTHS[match["m"] or match["m2"]]
    day = int(match["d"] or match["d2"] or 0)
    return [("month", float(month))] + [("day", month * 100.0 + day)] * bool(day)


def _number(match: re.Match[str]) -> Figure:
    words = re.split(r"[ -]", match["n"])
    value = sum(_WORDS[word] for word in words) if words[0] in _WORDS else float(match["n"].replace(",", ""))
    value *= _SCALES.get(match["scale"] or "", 1.0)
    return ("percent" if match["percent"] else "number"), round(value, 6)


def _agree(case: Case, reply: Reply) -> Outcome:
    given = figures(said(reply)) | figures(reply.short_answer or "")
    wanted = [named for answer in case.answers if (named := figures(answer))]
    return score(not reply.abstained and any(named <= given for named in wanted))


def _applies(case: Case) -> str | None:
    reason = answer_given(case)
    return reason or (None if any(map(figures, case.answers)) else "no gold answer names a number or a date")


METRICS = (
    Metric(
        name="figures_agree",
        title="Numbers and dates agree",
        group="answer",
        about="The answer names every number and date of an accepted answer, however written.",
        source="Factual consistency of figures: Zhao et al. 2020, Reducing Quantity Hallucinations",
        observe=_agree,
        applies=_applies,
        margin=0.04,
        yes_no=True,
    ),
)
