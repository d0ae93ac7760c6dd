"""Numbers in a text as values with their units, and whether two of them say the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rag.checks.dates import moments
from rag.checks.listed import listed
from rag.terms import words

Bound = Literal["exact", "about", "more", "less", "limit"]
"""How a number is meant: as it stands, roughly, as a lower or an upper bound, or "up to", the top of a range."""

_UNITS = {
    word: value
    for value, word in enumerate(
        listed(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen"
        )
    )
}
_TENS = {word: 10 * n for n, word in enumerate(listed("twenty thirty forty fifty sixty seventy eighty ninety"), 2)}
_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0,
    "k": 1e3, "m": 1e6, "mn": 1e6, "b": 1e9, "bn": 1e9, "tn": 1e12,
}  # fmt: skip
_FRACTIONS = {"half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "fifth": 1 / 5, "tenth": 1 / 10}
_ORDINALS = {
    word: value
    for value, word in enumerate(listed("first second third fourth fifth sixth seventh eighth ninth tenth"), 1)
}
_CURRENCIES = {
    "$": "$", "us$": "$", "usd": "$", "dollar": "$", "dollars": "$", "£": "£", "gbp": "£", "pound": "£",
    "pounds": "£", "€": "€", "eur": "€", "euro": "€", "euros": "€", "¥": "¥", "yen": "¥", "yuan": "yuan",
    "rmb": "yuan", "cny": "yuan", "₹": "₹", "rupee": "₹", "rupees": "₹", "won": "won", "rouble": "rouble",
    "roubles": "rouble", "ruble": "rouble", "rubles": "rouble", "franc": "franc", "francs": "franc", "peso": "peso",
    "pesos": "peso", "a$": "A$", "c$": "C$", "hk$": "HK$", "nz$": "NZ$", "s$": "S$", "cents": "cent", "cent": "cent",
    "pence": "penny",
}  # fmt: skip

_DIGITS = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SPELLED = rf"(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(list(_UNITS)[1:10])}))?|{'|'.join(list(_UNITS)[1:])}"
_SCALE = r"hundred|thousand|million|billion|trillion|dozen"
_SHORT = r"(?:k|mn?|bn?|tn)"
_ONE = rf"(?:{_DIGITS})|(?:{_SPELLED})|an?(?= (?:{_SCALE})\b)"
_SIGN = r"(?:us|hk|nz|[acs])?[$£€¥₹]|(?:usd|eur|gbp|rmb|cny)(?= ?\d)"
_AFTER = (
    r"(?:percentage points?|per ?cent|percent|pct)\b|%"
    r"|(?:(?:us|u\.s\.|canadian|australian) )?(?:dollars?|euros?|pounds?|yen|yuan|rupees?|roubles?|rubles?|won|pesos?|"
    r"francs?|cents?|pence)\b"
)
_QUANTITY = re.compile(
    rf"(?<![\w.,$£€¥₹])(?P<sign>{_SIGN})? ?(?P<low>{_ONE})(?P<low_scale>[ -]?(?:{_SCALE})\b|{_SHORT}\b)*"
    rf"(?:(?:%| percent)?(?: to | and (?=[$£€¥₹\d])|-|–|—)(?:{_SIGN})?(?P<high>{_ONE})(?![\w-]*year)"
    rf"(?(low_scale)(?=[ -]?(?:{_SCALE})\b|{_SHORT}\b)))?"  # "$26 million to two men" is no range
    rf"(?P<scales>(?:[ -](?:{_SCALE})\b|{_SHORT}\b)*) ?(?P<unit>{_AFTER})?(?![\w])",
    re.IGNORECASE,
)
_FRACTION = re.compile(
    r"\b(?:(?P<count>one|two|three|a)[- ])?(?P<part>half|third|quarter|fifth|tenth)s?\b"
    r"(?= of\b| (?:a|an|the)\b)",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    rf"\b(?:(?P<word>{'|'.join(_ORDINALS)})|(?P<digits>\d+)(?:st|nd|rd|th))\b(?! (?:of|quarter))", re.IGNORECASE
)
_DAYS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25, "decade": 3652.5}
_LASTS = ("for", "within", "than", "over", "under", "nearly", "almost", "about", "around", "after")
_DURATION = re.compile(
    rf"(?P<count>(?:{'|'.join(rf'(?<={word} )' for word in _LASTS)})an?|(?<![\w.,$£€¥₹-])(?:{_DIGITS}|{_SPELLED}))"
    rf" (?P<unit>{'|'.join(_DAYS)})s?\b(?![ -]old| of age)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:.!?()]\s|[.,;]$")
_BARE_ONE = re.compile(r"(?:only|just|exactly|a single) $", re.IGNORECASE)

_BEFORE: tuple[tuple[Bound, str], ...] = (
    ("limit", r"up to|as (?:much|many|high|large|long) as|at most|no more than|a maximum of|not more than"),
    ("about", r"about|around|roughly|approximately|some|an estimated|estimated|nearly|almost|close to|just under|"
              r"just below|near|circa|about a|more or less"),
    ("more", r"more than|over|above|at least|exceed(?:ed|ing|s)?|upwards? of|in excess of|beyond|just above|just over|"
             r"topp(?:ed|ing)|tops|surpass(?:ed|ing|es)?|greater than|higher than|no (?:less|fewer) than"),
    ("less", r"less than|under|below|fewer than|lower than|short of"),
)  # fmt: skip
_BOUNDS = tuple((bound, re.compile(rf"\b(?:{cues})(?: (?:a|the|of))? ?$", re.IGNORECASE)) for bound, cues in _BEFORE)
_OR_MORE = re.compile(r"^(?: [a-z]+)?[ ,]*(?:or|and) (?P<which>more|over|less|fewer|so)\b", re.IGNORECASE)
_OR_BOUNDS: dict[str, Bound] = {"more": "more", "over": "more", "less": "less", "fewer": "less"}
_THOUSAND = 1_000
_AROUND = 0.05  # how far from a rough number its value may be
_BEYOND = 0.1  # how far above "more than" a value may be and still be what is meant


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number at `[start, end)`: from `low` to `high` (the same for one number) in `unit`, counting `noun`s."""

    start: int
    end: int
    text: str
    low: float
    high: float
    unit: str
    bound: Bound
    noun: str
    precise: bool  # written out in figures, not rounded with "million" or to thousands


@lru_cache(maxsize=4096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Every number of `text` that is no date and no part of a name like "Covid-19", by its start."""
    taken = [(moment.start, moment.end) for moment in moments(text)]
    found: list[Quantity] = []
    for match in _FRACTION.finditer(text):
        if _free(*match.span(), taken):
            value = _FRACTIONS[match["part"].lower()] * _UNITS.get((match["count"] or "one").lower(), 1)
            found.append(_plain(text, match.span(), value, "share"))
            taken.append(match.span())
    for match in _DURATION.finditer(text):
        if _free(*match.span(), taken):
            value = _value(match["count"]) * _DAYS[match["unit"].lower()]
            found.append(_plain(text, match.span(), value, "days"))
            taken.append(match.span())
    for match in _QUANTITY.finditer(text):
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        end = match.start() + len(match[0].rstrip())
        if _free(start, end, taken) and (one := _quantity(text, match, start, end)):
            found.append(one)
            taken.append((start, end))
    for match in _ORDINAL.finditer(text):
        if _free(*match.span(), taken):
            value = float(match["digits"] or _ORDINALS[match["word"].lower()])
            found.append(_plain(text, match.span(), value, "rank"))
    return tuple(sorted(found, key=lambda one: one.start))


def _free(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return all(end <= first or last <= start for first, last in taken)


def _quantity(text: str, match: re.Match[str], start: int, end: int) -> Quantity | None:
    low, high = match["low"], match["high"]
    scale = _scale(match["scales"] or "") * _scale(match["low_scale"] or "")
    if low.lower() == "one" and scale == 1 and not match["unit"] and not _BARE_ONE.search(text[:start]):
        return None  # "one of them", "no one"
    if text[start - 1 : start] == "-" and start > 1 and text[start - 2].isalnum():
        return None  # "Covid-19"
    value = _value(low) * scale
    top = _value(high) * _scale(match["scales"] or "") if high else value
    if high and match["low_scale"] is None:
        value = _value(low) * _scale(match["scales"] or "")
    unit = _unit(match["sign"], match["unit"])
    precise = scale == 1 and low[0].isdigit() and not low.endswith("000")
    return Quantity(start, end, text[start:end], value, top, unit, _bound(text, start, end), _noun(text, end), precise)


def _plain(text: str, span: tuple[int, int], value: float, unit: str) -> Quantity:
    start, end = span
    return Quantity(
        start, end, text[start:end], value, value, unit, _bound(text, start, end), _noun(text, end), precise=False
    )


def _value(written: str) -> float:
    plain = written.lower().replace(",", "")
    if plain[0].isdigit():
        return float(plain)
    return sum(
        float(_TENS.get(word, _UNITS.get(word, 1 if word in {"a", "an"} else 0))) for word in re.split(r"[- ]", plain)
    )


def _scale(written: str) -> float:
    product = 1.0
    for word in re.findall(r"[a-z]+", written.lower()):
        product *= _SCALES[word]
    return product


def _unit(sign: str | None, after: str | None) -> str:
    told = (sign or after or "").lower().strip()
    if not told:
        return ""
    if "point" in told:
        return "points"
    if told == "%" or told.startswith(("per", "pct")):
        return "%"
    return _CURRENCIES.get(told.split()[-1], told)


def _bound(text: str, start: int, end: int) -> Bound:
    before = text[max(0, start - 40) : start]
    for bound, cue in _BOUNDS:
        if cue.search(before):
            return bound
    after = _OR_MORE.match(text[end : end + 30])
    if after:
        return _OR_BOUNDS.get(after["which"].lower(), "about")
    return "exact"


def _noun(text: str, end: int) -> str:
    """The stem of what is counted: the first telling word that follows."""
    following = _CLAUSE.split(text[end : end + 60], maxsplit=1)[0]
    return next((word.stem for word in words(following) if not word.stop), "")


def agrees(told: Quantity, stored: Quantity) -> bool:
    """Whether what is told is borne out by what is stored, in the same unit."""
    if told.unit != stored.unit:
        return False
    if _near(told.low, stored.low) and _near(told.high, stored.high):
        return _bounds_agree(told.bound, stored.bound)
    if told.bound == "about":
        least, most = told.low * (1 - _AROUND), told.high * (1 + _AROUND)
        return stored.bound in {"exact", "about"} and least <= stored.low and stored.high <= most
    if told.bound == "more":
        return stored.bound == "exact" and told.low < stored.low <= told.low * (1 + _BEYOND)
    if told.bound == "less":
        return stored.bound == "exact" and told.high * (1 - _BEYOND) <= stored.high < told.high
    return stored.precise and not told.precise and stored.low == stored.high and _rounds_to(stored.low, told)


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-6 * max(abs(a), abs(b), 1.0)


def _rounds_to(exact: float, told: Quantity) -> bool:
    """Whether what is told is `exact` to its last figure, or to a thousand where it is written out."""
    rounded = told.low
    figures = f"{rounded:.10g}".replace(".", "").strip("0")
    step = 10.0 ** (len(f"{int(rounded)}") - len(figures)) if rounded >= 1 else 0.0
    if told.text[-1].isdigit():
        step = min(step, _THOUSAND, rounded / 10)
    return step > 1 and abs(exact - rounded) <= step / 2


def _bounds_agree(told: Bound, stored: Bound) -> bool:
    """Of equal numbers. A rough or lower bound may be told as the number; a top of a range may not."""
    if told == stored:
        return True
    if told == "exact":
        return stored in {"about", "more"}
    if told == "about":
        return stored != "limit"
    return {told, stored} == {"less", "limit"}
