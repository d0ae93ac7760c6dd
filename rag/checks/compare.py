"""A sentence against the quotes that it rests on, item by item: what agrees, what differs, what is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, get_args

from rag.checks.align import Alignment, align
from rag.checks.dates import first_day, moments
from rag.checks.figures import check_dates, check_numbers
from rag.checks.finding import Finding, difference, finding
from rag.checks.force import differing, negations
from rag.checks.grounds import Grounds
from rag.checks.names import name_spans, named
from rag.checks.opposites import opposites
from rag.checks.quantities import quantities
from rag.checks.roles import check_posts
from rag.checks.who import NOT_NAMED, check_names, check_speech
from rag.terms import Word, rarity
from rag.types import Check, CheckKind

_ENOUGH = 3  # telling words; fewer are met by chance
_SAME_CONTENT = 0.5  # of what happens in the sentence, that has to happen in the quote too
ITEMS: frozenset[CheckKind] = frozenset({"number", "date", "name"})
"""Where more than one of them is other, the quote is of something else: last year's figure is no correction."""
_SAME_WORDS = 0.9  # coverage from which any quote with the same cues will do
# Of a sentence's words, or of those that are no names, that a quote has to have; the second for names.
_ABOUT_THE_SAME = (0.6, 0.75)


class _Placed(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def compare(sentence: str, grounds: Sequence[Grounds]) -> tuple[Finding, ...]:
    """Every check that applies. Nothing is found where there are no grounds."""
    if not grounds:
        return ()
    best = max(grounds, key=lambda one: align(sentence, one.quote).coverage)
    found = [
        *check_numbers(sentence, grounds, best),
        *check_dates(sentence, grounds, best),
        *check_names(sentence, grounds, best),
        *check_speech(sentence, grounds),
        *check_force(sentence, grounds, best),
        *check_opposites(sentence, best),
    ]
    enough = _telling(sentence, best, found)
    judged = (one if one.check.kind in enough else Finding(one.check) for one in found)
    return (*judged, *check_posts(sentence, grounds))


def _telling(sentence: str, best: Grounds, found: Sequence[Finding]) -> set[CheckKind]:
    """The kinds of checks that may speak against the sentence: both have to be about the same thing."""
    if predates(sentence, best):
        return set()
    about = aboutness(sentence, best.quote)
    # Other people do other things: a name takes more than a number.
    enough = {kind for kind in get_args(CheckKind) if about >= _ABOUT_THE_SAME[kind in {"name", "speech"}]}
    anchored = any(one.check.ok and one.check.kind in {"number", "date"} for one in found)
    if not anchored and content(sentence, best.quote) < _SAME_CONTENT:
        enough -= {*ITEMS, "negation"}  # the same people in another year, doing something else
    other = other_items([one.check for one in found], best.before)
    return enough - ITEMS - {"speech"} if other > 1 and about < _SAME_WORDS else enough


def other_items(checks: Iterable[Check], around: str) -> int:
    """How many numbers, dates and names are not those of the quote, but for names that stand `around` it."""
    failed = (one.detail for one in checks if not one.ok and one.kind in ITEMS)
    return sum(not (one.startswith(NOT_NAMED) and named(one.removeprefix(NOT_NAMED), around)) for one in failed)


def content(sentence: str, quote: str) -> float:
    """The share of the sentence's telling words outside names, numbers and dates that the quote has: what happens."""
    alignment = align(sentence, quote)
    items: list[_Placed] = [*name_spans(sentence), *quantities(sentence), *moments(sentence)]
    return alignment.share([n for n, word in enumerate(alignment.told) if not word.stop and not _inside(word, items)])


def predates(sentence: str, ground: Grounds) -> bool:
    """Whether the article was published before the day or the beginning of the year that the sentence tells of, so that
    it can't speak against it."""
    told = [first_day(one) for one in moments(sentence) if one.year is not None and one.possible]
    return ground.published is not None and any(day > ground.published for day in told)


def aboutness(sentence: str, quote: str) -> float:
    """How far the two are about the same thing, 0 to 1: the share of the sentence's telling words that the quote has,
    names in any form; numbers, dates and the names that differ do not count, unless little else is there.
    """
    alignment = align(sentence, quote)
    telling = [n for n, word in enumerate(alignment.told) if not word.stop]
    present = [one for one in name_spans(sentence) if named(one.of(sentence), quote)]
    absent = [one for one in name_spans(sentence) if one not in present]
    items: list[_Placed] = [*absent, *quantities(sentence), *moments(sentence)]
    apart = [n for n in telling if not _inside(alignment.told[n], items)]
    counted = apart if len(apart) >= _ENOUGH else telling
    met = [n for n in counted if n not in alignment.pairs and _inside(alignment.told[n], present)]
    missed = alignment.share([n for n in counted if n not in met])
    total, other = _weight(alignment, counted), _weight(alignment, met)
    return (missed * (total - other) + other) / total if total else 1.0


def _inside(word: Word, spans: Iterable[_Placed]) -> bool:
    return any(one.start <= word.start and word.end <= one.end for one in spans)


def _weight(alignment: Alignment, of: Sequence[int]) -> float:
    return sum(rarity(alignment.told[n].stem) for n in of)


def check_force(sentence: str, grounds: Sequence[Grounds], best: Grounds) -> Iterator[Finding]:
    for ground in grounds:
        alignment = align(sentence, ground.quote)
        if alignment.coverage >= _SAME_WORDS and not differing(alignment, sentence, ground.quote):
            return
    # "Nothing was formally agreed", "no formal agreement": both are negated, at another word.
    both = negations(sentence) == negations(best.quote) > 0
    for mine, theirs in differing(align(sentence, best.quote), sentence, best.quote):
        if both and mine.negated != theirs.negated:
            continue
        detail = difference(f"“{theirs.text}”", f"“{mine.text}”")
        if mine.negated != theirs.negated:
            yield finding("negation", False, detail, against=True)
        else:
            yield finding("modality", False, detail)


def check_opposites(sentence: str, best: Grounds) -> Iterator[Finding]:
    alignment = align(sentence, best.quote)
    for told, stored in alignment.replaced:
        mine = [alignment.told[n].text.lower() for n in told]
        theirs = {alignment.stored[n].text.lower() for n in stored}
        for word in mine:
            other = opposites().get(word)
            if other in theirs:
                yield finding("entailment", False, difference(f"“{other}”", f"“{word}”"), against=True)
