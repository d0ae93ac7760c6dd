"""Names: those of one person, company or place, and what an article calls them ("Volkswagen", "VW", "the carmaker")."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.checks.known_names import KNOWN
from rag.checks.listed import listed
from rag.spans import Found, names

# Words of a name that tell a person's or company's role or form, not who it is.
_FORMS = frozenset(
    listed(
        "mr mrs ms miss dr prof professor sir dame lord lady president vice prime minister chancellor "
        "secretary senator sen rep representative gov governor mayor judge justice king queen prince princess "
        "pope ceo cfo coo chief executive officer chairman chair director general the of and for in co corp "
        "corporation inc ltd llc plc ag sa se group holding holdings company motor motors gmbh former ex gen "
        "lt col capt sgt detective attorney coach"
    )
)
_OPENERS = frozenset(
    listed(
        "despite although though while since near meanwhile separately recently earlier later however according during "
        "after before when where among unlike like following including last next early late another every each both "
        "several many most some all two three four five six seven eight nine ten one people officials members talks "
        "police experts analysts critics supporters scientists researchers investigators authorities prosecutors yet "
        "still also now today yesterday tomorrow tonight only even because if unless until nothing nobody everyone "
        "unnamed"
    )
)
_TRIM = re.compile(r"^(?:the|The) |['’]s?$")
_DESCRIPTION = re.compile(
    r"\b(?:[Tt]he|[Tt]his|[Tt]hat|[Tt]hese|[Tt]hose|[Bb]oth|[Ii]ts|[Tt]heir|[Hh]is|[Hh]er)"
    r"(?: (?:two|three|[A-Z][\w.]+|[a-z]+[\w-]*)){0,3}? "
    r"(?:compan(?:y|ies)|firms?|auto ?makers?|car ?makers?|brands?|manufacturers?|groups?|banks?|agenc(?:y|ies)|"
    r"retailers?|airlines?|giant|startup|network|platform|service|studio|publisher|union|team|club|side|party|"
    r"country|nation|state|city|town|bloc|government|administration|court|ministry|department|university|"
    r"man|men|woman|women|couple|pair|duo|actor|actress|singer|rapper|star|player|driver|"
    r"president|prime minister|minister|senator|governor|mayor|judge|chief|boss|ceo|chief executive|leader|"
    r"executive|official|spokes(?:man|woman|person)|spokesperson|officer|lawyer|author|director|coach|king|queen|"
    r"prince|billionaire|founder|teen(?:ager)?|boy|girl|suspect|victim|driver)\b"
)
_DAYS = re.compile(r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Today|Yesterday|Tomorrow)(?:['’]s)?")
_SHORTENED = re.compile(r"['’](?:re|ve|ll|d|m)$")  # "They're"
_PART = re.compile(r"[\w&]+")
_PRONOUN = re.compile(
    r"\b(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|[Hh]is|[Hh]er|[Tt]heir|[Ii]ts|[Hh]im|[Tt]hem|I|[Ww]e|[Oo]ur|[Mm]y)\b"
)


def tokens(name: str) -> tuple[str, ...]:
    """The telling words of a name, folded: "Ford Motor Co." is ("ford",), "U.S." is ("us",)."""
    plain = _TRIM.sub("", name.strip()).lower().replace(".", "").replace("’", "'")
    every = tuple(part for part in re.split(r"[\s/-]+", plain) if part)
    kept = tuple(part.removesuffix("'s") for part in every if part not in _FORMS)
    return kept or every


def same_name(told: str, stored: str) -> bool:
    """Whether two names are of one thing, as far as their letters and common knowledge say."""
    a, b = tokens(told), tokens(stored)
    if a == b or (known(told) is not None and known(told) == known(stored)):
        return True
    if _initials(told, stored) or _initials(stored, told):
        return True
    short, long = sorted((a, b), key=len)
    return len(short) < len(long) and _inside(short, long)


def known(name: str) -> int | None:
    """The number of its group of commonly known names; None where it is in none."""
    plain = _TRIM.sub("", name.strip()).lower().replace(".", "").replace("’", "'")
    return KNOWN.get(plain)


@lru_cache(maxsize=4096)
def _forms(name: str) -> tuple[str, ...]:
    """What else commonly known calls it."""
    group = known(name)
    return tuple(form for form, number in KNOWN.items() if number == group) if group is not None else ()


def _initials(short: str, long: str) -> bool:
    """Capitals that are the initials of the other's words, with or without the small ones: "EU"."""
    letters = short.replace(".", "")
    if not (2 <= len(letters) <= 6 and letters.isupper()):
        return False
    parts = re.findall(r"[A-Za-z][\w’'-]*", long)
    every = "".join(part[0] for part in parts).upper()
    return len(parts) >= 2 and letters in {every, "".join(part[0] for part in parts if part[0].isupper())}


def _inside(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """ "Diess" in "Herbert Diess", "Ford" in "Ford Europe": as neighbours, at the beginning or the end."""
    return long[: len(short)] == short or long[-len(short) :] == short


@lru_cache(maxsize=4096)
def name_spans(text: str) -> tuple[Found, ...]:
    """Where names stand, without a word that has its capital only because it opens a sentence: "Despite Trump"."""
    found = []
    for one in names(text):
        first, _, rest = one.of(text).partition(" ")
        opens = rest and (first.lower() in _OPENERS or _DAYS.fullmatch(first))
        found.append(one._replace(start=one.start + len(first) + 1) if opens else one)
    return tuple(one for one in found if one.of(text).lower() not in _OPENERS and not _SHORTENED.search(one.of(text)))


@lru_cache(maxsize=4096)
def names_in(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.of(text) for one in name_spans(text)))


def named(name: str, text: str) -> bool:
    """Whether `text` has the name, in some form of it."""
    folded = _folded(text)
    if any(_folded(form) in folded for form in (" ".join(tokens(name)), *_forms(name))):
        return True
    return any(same_name(name, other) for other in names_in(text))


def as_named(sentence: str, text: str) -> str:
    """The sentence with its names as `text` has them: "VW" for "Volkswagen" where the text says VW."""
    for name in names_in(sentence):
        if name in text:
            continue
        other = next(
            (one for one in names_in(text) if known(name) == known(one) is not None or _initials(one, name)), None
        )
        if other:
            sentence = sentence.replace(name, other)
    return sentence


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return f" {' '.join(_PART.findall(text.lower().replace('.', '')))} "


def stand_ins(quote: str) -> tuple[re.Match[str], ...]:
    """What in the quote may stand for somebody named before it: "the German automaker", "he"."""
    return (*_DESCRIPTION.finditer(quote), *_PRONOUN.finditer(quote))
