"""Whether a sentence and a quote are about the same thing, so that what differs between them tells something."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from rag.checks.align import Alignment, align
from rag.checks.dates import first_day, moments
from rag.checks.grounds import Grounds
from rag.checks.names import name_spans, named
from rag.checks.quantities import quantities
from rag.checks.who import NOT_NAMED
from rag.terms import Word, rarity
from rag.types import Check, CheckKind

ITEMS: frozenset[CheckKind] = frozenset({"number", "date", "name"})
"""Where more than one of them is other, the quote is of something else: last year's figure is no correction."""
_ENOUGH = 3  # telling words; fewer are met by chance


class _Placed(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


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
