"""Small edits of a sentence that change what it says, and small ones that don't.

Each maker of a change takes a sentence and returns it changed, or None where it finds nothing to change. The label says
what the unchanged passage then says of the sentence.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from rag.checks.opposites import opposites
from training.rows import NOT_SUPPORT, REFUTE
from training.vocabulary import DAYS, MONTHS, OPENERS, SMALL_NUMBERS

Maker = Callable[[str, Sequence[str], random.Random], str | None]

_NAME = re.compile(
    r"(?:[A-Z][\w’'-]*[a-z]\w*|[A-Z]{2,}|[A-Z]\.(?=\s[A-Z]))(?:\s+(?:of\s+|de\s+|the\s+)?(?:[A-Z][\w’'-]+|[A-Z]\.(?=\s)))*"
)
_NUMBER = re.compile(r"(?<![\w.,-])\d[\d,]*(?:\.\d+)?(?![\w-])")
_AUXILIARY = re.compile(r"\b(is|was|were|are|has|had|have|will|would|can|could|did|does|should|must)\b(?! not|n't)")
_NEGATED = re.compile(r"\b(\w+)(?: not|n['’]t)\b|\bnever ")
_HEDGES = (
    (re.compile(r"\b(?:may|might|could|would|should|can)\b(?= \w)"), "will"),
    (re.compile(r"\b(?:plans|hopes|wants|intends|aims|expects|is considering|are considering) to\b"), "will"),
    (re.compile(r"\b(?:is|are) (?:expected|likely|planned|set|due|believed|thought) to\b"), "will"),
    (re.compile(r"\b(?:was|were) (?:expected|likely|planned|believed|thought|alleged|reported) to have\b"), "had"),
    (re.compile(r"\b(?:reportedly|allegedly|possibly|probably|perhaps|apparently|potentially) "), ""),
    (re.compile(r"\bwill\b(?! not)"), "might"),
)
_SAID = re.compile(
    r"\b(?:said|says|told|announced|claimed|stated|argued|wrote|added|suggested|reported|according to)\b"
)


_OPPOSITE = opposites()
_OPPOSED = re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, _OPPOSITE), key=len, reverse=True)) + r")\b")


def names(text: str) -> list[tuple[int, int]]:
    """Spans that look like names: capitals that are neither a sentence's opening word nor a function word."""
    found = []
    for match in _NAME.finditer(text):
        words = match[0].split()
        skip = 1 if words[0] in OPENERS else 0
        start = match.start() + (len(words[0]) + 1 if skip else 0)
        opens = start == 0 or text[:start].rstrip()[-1:] in '.!?"“' or not text[:start].strip()
        if len(words) == skip or (opens and len(words) == 1 and not words[0].isupper()):
            continue
        found.append((start, match.end()))
    return found


def numbers(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _NUMBER.finditer(text)]


def swap_name(sentence: str, others: Sequence[str], rng: random.Random) -> str | None:
    """Another name in its place. `others` are names of the same passage or of like ones."""
    spans = names(sentence)
    if not spans:
        return None
    span = rng.choice(spans)
    old = sentence[slice(*span)]
    fit = [one for one in others if one not in sentence and old not in one and one not in old]
    return _put(sentence, span, rng.choice(fit)) if fit else None


def swap_number(sentence: str, _others: Sequence[str], rng: random.Random) -> str | None:
    spans = numbers(sentence)
    if spans:
        span = rng.choice(spans)
        return _put(sentence, span, other_number(sentence[slice(*span)], rng))
    return _swap_listed(sentence, SMALL_NUMBERS, rng)


def swap_date(sentence: str, _others: Sequence[str], rng: random.Random) -> str | None:
    return _swap_listed(sentence, MONTHS, rng) or _swap_listed(sentence, DAYS, rng)


def negate(sentence: str, _others: Sequence[str], rng: random.Random) -> str | None:
    """`not` put in after an auxiliary, or taken out."""
    denied = list(_NEGATED.finditer(sentence))
    if denied:
        match = rng.choice(denied)
        return _put(sentence, match.span(), match[1] or "") if match[1] != "ca" else None
    places = list(_AUXILIARY.finditer(sentence))
    if not places:
        return None
    match = rng.choice(places)
    return _put(sentence, match.span(), f"{match[0]} not")


def oppose(sentence: str, _others: Sequence[str], rng: random.Random) -> str | None:
    places = list(_OPPOSED.finditer(sentence))
    if not places:
        return None
    match = rng.choice(places)
    return _put(sentence, match.span(), _OPPOSITE[match[0]])


def overstate(sentence: str, _others: Sequence[str], rng: random.Random) -> str | None:
    """What may be becomes what will be, and the other way round."""
    for pattern, new in rng.sample(_HEDGES, len(_HEDGES)):
        match = pattern.search(sentence)
        if match:
            return _put(sentence, match.span(), new)
    return None


def misattribute(sentence: str, others: Sequence[str], rng: random.Random) -> str | None:
    """Another speaker: the name nearest to a verb of speech is swapped."""
    verb = _SAID.search(sentence)
    spans = names(sentence)
    if verb is None or not spans:
        return None
    span = min(spans, key=lambda s: min(abs(s[0] - verb.end()), abs(verb.start() - s[1])))
    fit = [one for one in others if one not in sentence]
    return _put(sentence, span, rng.choice(fit)) if fit else None


CHANGES: tuple[tuple[Maker, int, float], ...] = (
    (swap_name, REFUTE, 3.0),
    (swap_number, REFUTE, 3.0),
    (swap_date, REFUTE, 2.0),
    (negate, REFUTE, 2.0),
    (oppose, REFUTE, 3.0),
    (overstate, NOT_SUPPORT, 1.5),
    (misattribute, NOT_SUPPORT, 1.5),
)
"""Each change with the stance that it leads to and how often it is tried first."""


def change(sentence: str, others: Sequence[str], rng: random.Random) -> tuple[str, int] | None:
    """The sentence with one change, and the stance of the passage it came from; None when nothing fits."""
    order = sorted(CHANGES, key=lambda kind: rng.random() ** (1 / kind[2]), reverse=True)
    for maker, stance, _ in order:
        made = maker(sentence, others, rng)
        if made is not None and made != sentence:
            return made, stance
    return None


_ASIDE = re.compile(r"\s*\([^()]*\)")
_OPENING = re.compile(r"^(?:However|Meanwhile|Moreover|Furthermore|Additionally|In addition|Also|Therefore|Thus), (\w)")
_TAIL = re.compile(
    r", (?:which|who|whose|where|while|although|after|before|when|including|with|according to)\b[^,;]*(?=\.$)"
)


def shorten(sentence: str, rng: random.Random) -> str:
    """The sentence without asides, an opening adverb, and perhaps its last clause: still true if it was."""
    short = _ASIDE.sub("", sentence)
    short = _OPENING.sub(lambda match: match[1].upper(), short)
    cut = _TAIL.sub("", short)
    return cut if rng.random() < 0.7 and len(cut.split()) >= 6 else short


def other_number(old: str, rng: random.Random) -> str:
    """A number of like size and form."""
    digits = old.replace(",", "")
    if "." in digits:
        whole, _, part = digits.partition(".")
        value = f"{max(0, int(whole) + rng.choice((-3, -1, 1, 2, 10)))}.{part}"
        return value if value != digits else f"{int(whole) + 1}.{part}"
    value_int = int(digits)
    if len(digits) == 4 and 1000 < value_int < 2100 and "," not in old:
        return str(value_int + rng.choice((-30, -11, -10, -5, -2, -1, 1, 2, 4, 10, 21)))
    step = max(1, value_int // rng.choice((2, 3, 5, 10)))
    new = value_int + step if value_int - step <= 0 or rng.random() < 0.5 else value_int - step
    return f"{new:,}" if "," in old else str(new)


def _swap_listed(sentence: str, words: Sequence[str], rng: random.Random) -> str | None:
    places = list(re.finditer(r"\b(?:" + "|".join(words) + r")\b", sentence))
    if not places:
        return None
    match = rng.choice(places)
    return _put(sentence, match.span(), rng.choice([word for word in words if word != match[0]]))


def _put(sentence: str, span: tuple[int, int], new: str) -> str:
    return re.sub(r" {2,}", " ", sentence[: span[0]] + new + sentence[span[1] :])
