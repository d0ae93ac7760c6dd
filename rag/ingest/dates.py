"""Dates of publication: parsed only when whole and unambiguous, never guessed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from rag.types import Published

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,? )?"
# A month as a number is left out but for ISO 8601: nothing says whether 03/04 is in March or in April.
_WRITTEN = (
    rf"{_WEEKDAY}(?:(?P<month>{_MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})"
    rf"|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)? (?P<month2>{_MONTH}),? (?P<year2>\d{{4}})"
    r"|(?P<iso>\d{4}-\d{2}-\d{2}))(?!\d)"
)
_WHOLE = re.compile(_WRITTEN, re.IGNORECASE)
_LABELLED = re.compile(
    rf"(?i:first published|published|posted|publication date|date published|date)(?: on|:)? ?(?:on )?(?i:{_WRITTEN})"
    r"(?:[ ,|•·at]*\d{1,2}[:.]\d\d.{0,12})?\s*$"
)
_PLACE = r"[A-Z][A-Z.'’-]+(?:[ ,]{1,2}[A-Z][A-Za-z.'’-]+){0,4}"
_DATELINE = re.compile(
    rf"{_PLACE}(?: \([A-Z][\w ]{{1,20}}\))?,? (?i:{_WRITTEN})(?: ?\([A-Z][\w ]{{1,20}}\))? ?(?:--?|–|—)\s"
)
_LINES_WITH_DATE = 6  # a date of publication stands above the story


def parse_published(value: object) -> str | None:
    """An ISO 8601 date or date-time from what a record states, or None if it is neither.

    Takes dates and date-times as YAML gives them, ISO 8601, and a written date ("3 March 2021", "March 3, 2021").
    """
    if isinstance(value, datetime | date):
        return value.isoformat()
    if not isinstance(value, str):
        return None
    value = value.strip()
    if (iso := _iso(value)) is not None:
        return iso
    found = _WHOLE.fullmatch(value)
    return _day(found) if found else None


def _iso(value: str) -> str | None:
    if not re.match(r"\d{4}-\d{2}-\d{2}", value):
        return None
    try:
        return date.fromisoformat(value).isoformat() if len(value) == 10 else datetime.fromisoformat(value).isoformat()
    except ValueError:
        return None


def in_text(text: str) -> Published | None:
    """The date that a text states of itself above the story: a "Published: ..." line or a dateline with a full date."""
    lines = (line.strip() for line in text[:2_000].splitlines())
    for line in [line for line in lines if line][:_LINES_WITH_DATE]:
        found = _LABELLED.match(line) or _DATELINE.match(line)
        if found and (day := _day(found)) is not None:
            return Published(day, "text")
    return None


def _day(found: re.Match[str]) -> str | None:
    if found["iso"]:
        return _iso(found["iso"])
    month, day = found["month"] or found["month2"], found["day"] or found["day2"]
    year = int(found["year"] or found["year2"])
    try:
        return date(year, _MONTHS.index(month[:3].lower()) + 1, int(day)).isoformat()
    except ValueError:
        return None


def is_later_than_tomorrow(iso: str) -> bool:
    """Whether a date that markup states can't be one of publication."""
    return (date.fromisoformat(iso[:10]) - datetime.now(UTC).date()).days > 1
