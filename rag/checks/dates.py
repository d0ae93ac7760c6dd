"""Dates in a text as what they name of year, month and day, and whether two of them say the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from rag.checks.listed import listed

_MONTHS = listed("january february march april may june july august september october november december")
_DAYS = listed("monday tuesday wednesday thursday friday saturday sunday")
_MONTH = (
    r"(?P<month>(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_WEEKDAY = r"(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
# The fullest first: a later pattern does not take what an earlier one has.
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_YEAR}-(?P<month_number>\d\d)-(?P<day>\d\d)\b",
        rf"\b(?:{_WEEKDAY},? )?{_MONTH} {_DAY}(?!\d|,\d| ?%| million| billion)(?:,? {_YEAR})?\b",
        rf"\b(?:{_WEEKDAY},? )?(?:the )?{_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?(?!\w)",
        rf"\b{_MONTH},? {_YEAR}\b",
        rf"\b(?:[Ii]n|[Oo]f|[Ss]ince|[Uu]ntil|[Bb]y|[Ff]rom|[Tt]o|[Ll]ast|[Tt]his|[Nn]ext|[Ee]arly|[Mm]id|[Ll]ate|"
        rf"[Dd]uring|[Bb]efore|[Aa]fter|[Tt]hrough|[Bb]etween|and)[ -]{_MONTH}(?!\w)",
        r"\b(?P<month>January|February|April|June|July|August|September|October|November|December)\b",
        rf"\b{_WEEKDAY}\b",
        r"\b(?P<decade>(?:1[5-9]|20)\d0)s\b",
        rf"(?<![\w.,$£€-]){_YEAR}(?![\w%]|[.,]\d|-year| (?:people|cars|vehicles|dollars|euros|jobs|workers))",
        r"\b(?P<relative>[Yy]esterday|[Tt]oday|[Tt]omorrow|(?:[Ll]ast|[Tt]his|[Nn]ext) (?:year|month|week|summer|"
        r"winter|spring|fall|autumn|quarter|weekend)|(?:[Ee]arlier|[Ll]ater) this (?:year|month|week))\b",
        r"\b(?:the )?(?P<quarter>first|second|third|fourth|Q[1-4])[ -]?quarter\b|\b(?P<short_quarter>Q[1-4])\b",
    )
)
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "q1": 1, "q2": 2, "q3": 3, "q4": 4}
_NEAREST_YEAR = timedelta(days=183)


@dataclass(frozen=True, slots=True)
class Moment:
    """What the date at `[start, end)` names; None where it does not. `relative` is in words ("last year")."""

    start: int
    end: int
    text: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    quarter: int | None = None
    decade: int | None = None
    relative: str | None = None

    @property
    def fields(self) -> dict[str, int]:
        told = {name: getattr(self, name) for name in ("year", "month", "day", "weekday", "quarter", "decade")}
        return {name: value for name, value in told.items() if value is not None}

    @property
    def possible(self) -> bool:
        """Whether there is such a day: 30 February is none, and a weekday must be that of its date."""
        if self.month is None or self.day is None:
            return True
        try:
            day = date(self.year or 2000, self.month, self.day)  # 2000 is a leap year
        except ValueError:
            return False
        return self.year is None or self.weekday is None or day.weekday() == self.weekday


@lru_cache(maxsize=4096)
def moments(text: str) -> tuple[Moment, ...]:
    """Every date of `text` by its start; of overlapping ones the fullest."""
    found: list[Moment] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            one = _moment(match)
            if one and all(one.end <= other.start or other.end <= one.start for other in found):
                found.append(one)
    return tuple(sorted(found, key=lambda one: one.start))


def _moment(match: re.Match[str]) -> Moment | None:
    named = match.groupdict()
    alone = [name for name, value in named.items() if value] == ["month"]
    start = match.start("month") if alone else match.start()  # "in May" is "May"
    end = match.start() + len(match[0].rstrip("."))
    day = int(named["day"]) if named.get("day") else None
    if day is not None and not 1 <= day <= 31:
        return None
    quarter = named.get("quarter") or named.get("short_quarter")
    return Moment(
        start,
        end,
        match.string[start:end],
        year=_number(named.get("year")),
        month=_number(named.get("month_number")) or _month(named.get("month")),
        day=day,
        weekday=_DAYS.index(named["weekday"].lower()) if named.get("weekday") else None,
        quarter=_QUARTERS[quarter.lower()] if quarter else None,
        decade=_number(named.get("decade")),
        relative=(named.get("relative") or "").lower() or None,
    )


def _number(written: str | None) -> int | None:
    return int(written) if written else None


def _month(written: str | None) -> int | None:
    return next((n for n, name in enumerate(_MONTHS, 1) if written and name.startswith(written.lower()[:3])), None)


def settle(moment: Moment, published: date | None) -> Moment:
    """What the publication date of its article adds: the year of "June 19", the date of "yesterday"."""
    if published is None:
        return moment
    if moment.relative:
        return _settle_relative(moment, published)
    if moment.year is None and moment.month is not None:
        return replace(moment, year=_year_near(moment, published))
    if moment.fields.keys() == {"weekday"}:
        return _on(moment, published - timedelta(days=(published.weekday() - (moment.weekday or 0)) % 7))
    return moment


def _on(moment: Moment, day: date) -> Moment:
    return replace(moment, year=day.year, month=day.month, day=day.day, weekday=day.weekday())


def _settlings(moment: Moment, published: date | None) -> tuple[Moment, ...]:
    """What it may be: a weekday is the last one or the next one."""
    one = _with_weekday(settle(moment, published))
    if published is None or moment.fields.keys() != {"weekday"}:
        return (one,)
    return one, _on(moment, first_day(one) + timedelta(days=7))


def first_day(moment: Moment) -> date:
    """The first day that a settled moment may be; `date.min` where it has no year."""
    if moment.year is None:
        return date(moment.decade, 1, 1) if moment.decade else date.min
    return date(moment.year, moment.month or 1, (moment.day or 1) if moment.month and moment.possible else 1)


def _settle_relative(moment: Moment, published: date) -> Moment:
    word = moment.relative or ""
    days = {"yesterday": -1, "today": 0, "tomorrow": 1}.get(word)
    if days is not None:
        return _on(moment, published + timedelta(days=days))
    shift = {"last": -1, "this": 0, "next": 1}.get(word.split()[0], 0)
    if word.endswith("year"):
        return replace(moment, year=published.year + shift)
    if word.endswith("month"):
        months = published.year * 12 + published.month - 1 + shift
        return replace(moment, year=months // 12, month=months % 12 + 1)
    return moment


def _year_near(moment: Moment, published: date) -> int | None:
    """The year that puts the date nearest to publication."""
    for year in (published.year, published.year - 1, published.year + 1):
        try:
            day = date(year, moment.month or 1, moment.day or 15)
        except ValueError:
            continue
        if abs(day - published) <= _NEAREST_YEAR:
            return year
    return None


def agrees(told: Moment, stored: Moment, published: date | None) -> bool:
    """Whether all that `told` names is named by `stored`, perhaps with the help of the publication date."""
    if told.relative:
        return told.relative == stored.relative
    return any(_has_all_of(told, one.fields) for one in _settlings(stored, published))


def conflicts(told: Moment, stored: Moment, published: date | None) -> bool:
    """Whether both name a year, month, day or weekday, and not the same. A bare weekday may be of any week."""
    known = stored.fields if stored.fields.keys() == {"weekday"} else _with_weekday(settle(stored, published)).fields
    return any(name in known and known[name] != value for name, value in told.fields.items())


def _has_all_of(told: Moment, known: dict[str, int]) -> bool:
    return all(known.get(name) == value for name, value in told.fields.items()) or _in_decade(told, known)


def _with_weekday(moment: Moment) -> Moment:
    if moment.weekday is None and moment.year and moment.month and moment.day and moment.possible:
        return replace(moment, weekday=date(moment.year, moment.month, moment.day).weekday())
    return moment


def _in_decade(told: Moment, known: dict[str, int]) -> bool:
    return told.decade is not None and "year" in known and known["year"] // 10 * 10 == told.decade
