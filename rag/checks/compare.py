"""A sentence against the quotes that it rests on, item by item: what agrees, what differs, what is not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

from rag.checks.about import ITEMS, aboutness, content, other_items, predates
from rag.checks.align import align
from rag.checks.figures import check_dates, check_numbers
from rag.checks.finding import Finding, difference, finding
from rag.checks.force import differing, negations
from rag.checks.grounds import Grounds
from rag.checks.opposites import opposites
from rag.checks.posts import check_posts
from rag.checks.who import check_names, check_speech
from rag.types import CheckKind

_SAME_CONTENT = 0.5  # of what happens in the sentence, that has to happen in the quote too
_SAME_WORDS = 0.9  # coverage from which any quote with the same cues will do
# Of a sentence's words, or of those that are no names, that a quote has to have; the second for names.
_ABOUT_THE_SAME = (0.6, 0.75)


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
