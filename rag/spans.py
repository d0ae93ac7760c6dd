"""Amounts, numbers, dates, names and quoted speech in a sentence, by their form alone."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from rag.terms import STOP_WORDS

SpanKind = Literal["money", "percent", "date", "number", "quote", "name"]


class Found(NamedTuple):
    """What stands at `[start, end)` of the sentence."""

    kind: SpanKind
    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


_SCALE = r"(?:hundred|thousand|million|billion|trillion|bn|tn|mn|k|m|b)"
_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
_UNIT_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_WORDS = rf"(?:a |several )?(?:{_UNIT_WORDS}|hundreds?|thousands?|millions?|billions?|trillions?|dozens?)"
_NUMBER = rf"(?:{_DIGITS}|{_WORDS})(?:[ -](?:{_UNIT_WORDS}|hundred|thousand|million|billion|trillion)\b)*"
_CURRENCY = r"(?:dollars?|euros?|pounds?|yen|yuan|rupees?|roubles?|rubles?|won|pesos?|francs?|cents?|pence)"
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:1[5-9]|20)\d\d"
_PERIOD = r"(?:day|week|weekend|month|quarter|year|decade|century|summer|winter|spring|fall|autumn|night|morning)"

# A kind is only looked for where its hint stands: most sentences have none, and the full patterns are slow.
_HINTS: dict[SpanKind, re.Pattern[str]] = {
    "money": re.compile(rf"[$£€¥₹]|(?:USD|EUR|GBP|RMB|CNY)|{_CURRENCY}", re.IGNORECASE),
    "percent": re.compile(r"%|per ?cent", re.IGNORECASE),
    "date": re.compile(rf"\d|{_MONTH}|day\b|[Tt]onight|[Tt]omorrow|{_PERIOD}"),
}
# In this order: an earlier kind keeps its characters from a later one.
_PATTERNS: tuple[tuple[SpanKind, re.Pattern[str]], ...] = (
    (
        "money",
        re.compile(
            rf"(?:\b(?:US|A|C|HK|NZ|S)|\b(?:USD|EUR|GBP) ?)?[$£€¥₹] ?{_DIGITS}(?:[ -]?{_SCALE}\b)?"
            rf"|\b(?:USD|EUR|GBP|RMB|CNY) ?{_DIGITS}(?: ?{_SCALE}\b)?"
            rf"|\b{_NUMBER} (?:(?:US|Canadian|Australian|U\.S\.) )?{_CURRENCY}\b",
            re.IGNORECASE,
        ),
    ),
    (
        "percent",
        re.compile(
            rf"\b{_NUMBER}(?:(?: to |-|–){_NUMBER})? ?(?:%|(?:percent|per cent|percentage points?)\b)", re.IGNORECASE
        ),
    ),
    (
        "date",
        re.compile(
            rf"\b{_YEAR}-\d\d-\d\d\b"
            rf"|\b(?:{_DAY} )?(?:of )?{_MONTH}(?: {_DAY})?(?:,? {_YEAR})?(?=\W|$)"
            rf"|\b(?:(?:early|mid|late)[- ])?(?:the )?{_YEAR}s?\b"
            r"|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
            r"|\b(?:[Yy]esterday|[Tt]oday|[Tt]omorrow|[Tt]onight)\b"
            rf"|\b(?:[Tt]his|[Ll]ast|[Nn]ext|[Ee]arlier this|[Ll]ater this|[Ee]ach|[Ee]very) {_PERIOD}\b"
            rf"|\b(?:{_DIGITS}|(?i:{_WORDS})) {_PERIOD}s? (?:ago|later|earlier)\b"
            r"|\b\d{1,2}(?::\d\d)? ?[ap]\.?m\b",
        ),
    ),
    (
        "quote",
        re.compile(r"“[^“”]{8,}(?:”|$)|\"[^\"]{8,}(?:\"|$)"),
    ),
    (
        "number",
        re.compile(
            rf"\b(?:half|(?:one|two|three)[- ](?:third|quarter|fifth)s?|once|twice|three times)\b|\b{_NUMBER}\b",
            re.IGNORECASE,
        ),
    ),
)

_CAPITAL = r"(?:(?:[A-Z]\.){2,}|[A-Z]\.(?= [A-Z])|[A-Z][\w&’'-]*)"
_JOIN = r"(?:of the|of|de|del|da|di|la|le|van der|van|von|bin|al|and the|&|for)"
_NAME = re.compile(rf"{_CAPITAL}(?:(?: {_JOIN})? {_CAPITAL})*")
_NOT_A_NAME = re.compile(rf"(?:{_MONTH}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)$")
_POSSESSIVE = re.compile(r"['’]s?$")
_OPENERS = frozenset(["according", "mr", "mrs", "ms", "dr", "sir", "lord", "lady", "yes", "no", "ok", "new"])


def _first_word_is_plain(text: str, start: int, end: int) -> bool:
    """Whether the capital of a name's first word only opens the sentence, as far as can be seen."""
    first = text[start:end].split(" ", 1)[0]
    return first.lower().replace("’", "'") in STOP_WORDS and (len(first) == 1 or not first.isupper())


@lru_cache(maxsize=4096)
def names(text: str) -> tuple[Found, ...]:
    """Capitalised names, without the words that have a capital only because they open the sentence."""
    found = []
    for match in _NAME.finditer(text):
        start, end = match.span()
        while start < end and _first_word_is_plain(text, start, end):
            cut = text.find(" ", start, end)
            start = cut + 1 if cut >= 0 else end
            start = _skip_joins(text, start, end)
        end = start + len(_POSSESSIVE.sub("", text[start:end]))
        name = text[start:end]
        if len(name) > 1 and not _NOT_A_NAME.match(name) and name.lower() not in _OPENERS:
            found.append(Found("name", start, end))
    return tuple(found)


def _skip_joins(text: str, start: int, end: int) -> int:
    rest = re.compile(rf"(?:{_JOIN} )+").match(text, start, end)
    return rest.end() if rest else start


@lru_cache(maxsize=4096)
def find(text: str) -> tuple[Found, ...]:
    """Every span of `text` by its start. Only quotes and names may overlap spans of other kinds."""
    taken = [False] * len(text)
    found = list(names(text))
    for kind, pattern in _PATTERNS:
        if kind in _HINTS and not _HINTS[kind].search(text):
            continue
        for match in pattern.finditer(text):
            start, end = match.span()
            if kind != "quote" and any(taken[start:end]):
                continue
            if not match.group().strip():
                continue
            found.append(Found(kind, start, end))
            if kind != "quote":
                taken[start:end] = [True] * (end - start)
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))
