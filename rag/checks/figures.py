"""The numbers and dates of a sentence against those of its quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from rag.checks import dates, quantities
from rag.checks.align import Alignment, align
from rag.checks.finding import Finding, difference, finding
from rag.checks.grounds import Grounds

# What they name depends on the day on which the sentence was written, which nobody knows of a claim.
_SINCE_WHEN = frozenset({"this week", "this month", "earlier this week", "later this week", "earlier this month"})
_MOST_APART = 1_000  # times, of two numbers of the same things
_LARGE, _TIMES = 1_000, 5  # from where, and by how many times at most, two plain numbers are of one size


def check_numbers(sentence: str, grounds: Sequence[Grounds], best: Grounds) -> Iterator[Finding]:
    stored = [one for ground in grounds for one in quantities.quantities(ground.quote)]
    told = quantities.quantities(sentence)
    for one in told:
        borne_out = [other for other in stored if quantities.agrees(one, other)]
        if borne_out:
            other = _of_its_noun(one, borne_out, stored, told)
        else:
            other = _counterpart(one, stored, told, align(sentence, best.quote))
        if other:
            yield finding("number", False, difference(_with_bound(other), _with_bound(one)), against=True)
        elif borne_out:
            yield finding("number", True, f"{shown(one.text)} is in the quote")
        else:
            yield finding("number", False, f"the quote has no {shown(one.text)}")


def _of_its_noun(
    one: quantities.Quantity,
    borne_out: Sequence[quantities.Quantity],
    stored: Sequence[quantities.Quantity],
    told: Sequence[quantities.Quantity],
) -> quantities.Quantity | None:
    """The number of the same things in the quote, where that has this one's number of things which the sentence counts
    otherwise: "two men and five women".
    """
    nouns = {other.noun for other in borne_out}
    if not one.noun or one.noun in nouns or not any(other is not one and other.noun in nouns for other in told):
        return None
    return next((other for other in stored if other.noun == one.noun and other.unit == one.unit), None)


def _counterpart(
    one: quantities.Quantity,
    stored: Sequence[quantities.Quantity],
    told: Sequence[quantities.Quantity],
    alignment: Alignment,
) -> quantities.Quantity | None:
    """The number that the quote has in this one's place: of its unit, and not told elsewhere in the sentence."""
    free = [
        other
        for other in stored
        if other.unit == one.unit and not any(q is not one and quantities.agrees(q, other) for q in told)
    ]
    place = alignment.opposite(one.start, one.end)
    inside = [
        other
        for other in free
        if place and place[0] <= other.start and other.end <= place[1] and _comparable(one, other)
    ]
    same_noun = [other for other in free if one.noun and other.noun == one.noun]
    alone = free if len(free) == 1 and (one.unit or _of_one_size(one, free[0])) else []
    return next(iter([*inside, *same_noun, *alone]), None)


def _comparable(one: quantities.Quantity, other: quantities.Quantity) -> bool:
    """Two recalls and 2.9 million cars are of different things."""
    least, most = sorted((one.low, other.low))
    return most <= _MOST_APART * max(least, 1.0)


def _of_one_size(one: quantities.Quantity, other: quantities.Quantity) -> bool:
    """Whether two plain numbers are large and near enough to be of the same thing: 3.5 and 6.5 million."""
    least, most = sorted((one.low, other.low))
    return least >= _LARGE and most <= _TIMES * least


def _with_bound(one: quantities.Quantity) -> str:
    words = {"about": "about ", "more": "more than ", "less": "less than ", "limit": "up to ", "exact": ""}
    return words[one.bound] + shown(one.text)


def check_dates(sentence: str, grounds: Sequence[Grounds], best: Grounds) -> Iterator[Finding]:
    alignment = align(sentence, best.quote)
    stored = [(one, ground) for ground in grounds for one in dates.moments(ground.quote)]
    for told in dates.moments(sentence):
        if told.relative in _SINCE_WHEN:
            continue
        if not told.possible:
            yield finding("date", False, f"there is no {told.text}", against=True)
        elif any(dates.agrees(told, one, ground.published) for one, ground in stored):
            yield finding("date", True, f"{told.text} is in the quote")
        elif any(_is_of(told, ground.published) for ground in grounds) and not _same_field(told, best):
            yield finding("date", True, f"the article is of {told.text}")
        elif other := _other_date(told, dates.moments(sentence), best, alignment):
            yield finding("date", False, difference(other.text, told.text), against=True)
        else:
            yield finding("date", False, f"the quote has no {told.text}")


def _other_date(
    told: dates.Moment, every: Sequence[dates.Moment], best: Grounds, alignment: Alignment
) -> dates.Moment | None:
    """The date that the quote has in this one's place: in conflict with it, and not told elsewhere in the sentence."""
    free = [
        one
        for one in dates.moments(best.quote)
        if dates.conflicts(told, one, best.published)
        and not any(mine is not told and dates.agrees(mine, one, best.published) for mine in every)
    ]
    place = alignment.opposite(told.start, told.end)
    inside = [one for one in free if place and place[0] <= one.start < place[1]]
    return next(iter(inside), None) or (free[0] if len(free) == 1 else None)


def _is_of(told: dates.Moment, published: date | None) -> bool:
    """Whether the date names no more than the publication date does: "in 2018" of an article of that year."""
    if published is None or not told.fields.keys() <= {"year", "month"} or "year" not in told.fields:
        return False
    return told.year == published.year and told.month in {None, published.month}


def _same_field(told: dates.Moment, best: Grounds) -> bool:
    return any(told.fields.keys() & one.fields.keys() for one in dates.moments(best.quote))


def shown(text: str) -> str:
    """A number as a journalist writes it: a no-break space before the sign."""
    return re.sub(r"(?<=\d) ?%", " %", text)
