"""A sentence against the quotes that it rests on, item by item: what agrees, what differs, what is not there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, get_args

from rag.checks import dates, quantities
from rag.checks.align import Alignment, align
from rag.checks.force import differing
from rag.checks.grounds import Grounds
from rag.checks.names import known, name_spans, named, names_in, same_name, stand_ins
from rag.checks.opposites import opposites
from rag.checks.quoted import nearest, quoted, verbatim
from rag.checks.speech import Said, sayings
from rag.terms import Word, rarity
from rag.types import Check, CheckKind

_LARGE, _TIMES = 1_000, 5
NOT_NAMED = "the quote does not name "
_NEAR = 300  # characters before a quote, in which somebody is named whom "he" stands for
_MARKS = '“”" '
_ENOUGH = 3  # telling words; fewer are met by chance
# Of a sentence's words, or of those that are no names, that a quote has to have; the second for names.
_ABOUT_THE_SAME = (0.6, 0.75)


@dataclass(frozen=True, slots=True)
class Finding:
    """A check, and whether what it found speaks against the sentence, rather than only not for it."""

    check: Check
    against: bool = False


class _Placed(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def _finding(kind: CheckKind, ok: bool, detail: str, against: bool = False) -> Finding:
    return Finding(Check(kind, ok, detail), against and not ok)


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
    about = aboutness(sentence, best.quote)
    # Other people do other things: a name takes more than a number.
    enough = {kind for kind in get_args(CheckKind) if about >= _ABOUT_THE_SAME[kind in {"name", "speech"}]}
    return tuple(one if one.check.kind in enough else Finding(one.check) for one in found)


def aboutness(sentence: str, quote: str) -> float:
    """How far the two are about the same thing, 0 to 1: the share of the sentence's telling words that the quote has,
    names in any form; numbers, dates and the names that differ do not count, unless little else is there.
    """
    alignment = align(sentence, quote)
    telling = [n for n, word in enumerate(alignment.told) if not word.stop]
    present = [one for one in name_spans(sentence) if named(one.of(sentence), quote)]
    absent = [one for one in name_spans(sentence) if one not in present]
    items: list[_Placed] = [*absent, *quantities.quantities(sentence), *dates.moments(sentence)]
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
            yield _finding("number", False, _difference(_with_bound(other), _with_bound(one)), against=True)
        elif borne_out:
            yield _finding("number", True, f"{shown(one.text)} is in the quote")
        else:
            yield _finding("number", False, f"the quote has no {shown(one.text)}")


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
    inside = [other for other in free if place and place[0] <= other.start and other.end <= place[1]]
    same_noun = [other for other in free if one.noun and other.noun == one.noun]
    alone = free if len(free) == 1 and (one.unit or _of_one_size(one, free[0])) else []
    return next(iter([*inside, *same_noun, *alone]), None)


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
        if not told.possible:
            yield _finding("date", False, f"there is no {told.text}", against=True)
        elif any(dates.agrees(told, one, ground.published) for one, ground in stored):
            yield _finding("date", True, f"{told.text} is in the quote")
        elif any(_is_of(told, ground.published) for ground in grounds) and not _same_field(told, best):
            yield _finding("date", True, f"the article is of {told.text}")
        elif other := _other_date(told, dates.moments(sentence), best, alignment):
            yield _finding("date", False, _difference(other.text, told.text), against=True)
        else:
            yield _finding("date", False, f"the quote has no {told.text}")


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


def check_names(sentence: str, grounds: Sequence[Grounds], best: Grounds) -> Iterator[Finding]:
    mine = names_in(sentence)
    alignment = align(sentence, best.quote)
    for name in mine:
        if any(named(name, ground.quote) for ground in grounds):
            yield _finding("name", True, f"{name} is in the quote")
            continue
        place = alignment.opposite(*_span_of(sentence, name))
        other = _other_name(best.quote, place, mine) if place else None
        if other:
            yield _finding("name", False, _difference(other, name), against=True)
            continue
        behind = next((told for ground in grounds if (told := _stands_for(ground, name, sentence))), None)
        if behind:
            yield _finding("name", True, f"“{behind}” in the quote is {name}, who or which is named before it")
        elif not _may_be_no_name(sentence, name):
            yield _finding("name", False, f"{NOT_NAMED}{name}")


def _may_be_no_name(sentence: str, name: str) -> bool:
    """Whether a capital only opens the sentence, as far as can be seen: "Fog was to blame"."""
    return sentence.lstrip("“\"'‘( ").startswith(name) and name[1:].islower() and name.isalpha() and not known(name)


def _span_of(sentence: str, name: str) -> tuple[int, int]:
    at = sentence.index(name)
    return at, at + len(name)


def _other_name(quote: str, place: tuple[int, int], mine: Sequence[str]) -> str | None:
    roles = [match.span() for match in stand_ins(quote)]  # "German" in "the German automaker" is no other name
    free = [
        one.of(quote)
        for one in name_spans(quote)
        if place[0] <= one.start < place[1]
        and not any(start <= one.start and one.end <= end for start, end in roles)
        and not _may_be_no_name(quote, one.of(quote))
    ]
    return next((name for name in free if not any(same_name(name, other) for other in mine)), None)


def _stands_for(ground: Grounds, name: str, sentence: str) -> str | None:
    """What in the quote stands for the name, if that was named shortly before and the sentence puts the name for it."""
    if not named(name, ground.before[-_NEAR:]):
        return None
    first = min((one.start for one in name_spans(ground.quote)), default=len(ground.quote))
    for match in stand_ins(ground.quote):
        # What stands after a name of its own sentence stands for that name, but for "the German automaker".
        points_back = match.start() < first or names_in(match[0])
        if points_back and f" {match[0].lower()} " not in f" {sentence.lower()} ":
            return match[0]
    return None


def check_speech(sentence: str, grounds: Sequence[Grounds]) -> Iterator[Finding]:
    for one in quoted(sentence):
        if len(one.words.split()) < 2:
            continue
        if any(verbatim(one.words, ground.quote) for ground in grounds):
            yield _finding("speech", True, f"“{one.words}” is verbatim")
            continue
        like = next((like for ground in grounds if (like := nearest(one.words, ground.quote))), None)
        said = (
            _difference(f"“{like.strip(_MARKS)}”", f"“{one.words}”")
            if like
            else f"the quote does not have the words “{one.words}”"
        )
        yield _finding("speech", False, said, against=like is not None)
    yield from _speakers(sentence, grounds)


def _speakers(sentence: str, grounds: Sequence[Grounds]) -> Iterator[Finding]:
    stored = [(said, ground) for ground in grounds for said in sayings(ground.quote)]
    for told in sayings(sentence):
        if not told.named or not stored:
            continue
        if any(_same_speaker(told, said, ground) for said, ground in stored):
            yield _finding("speech", True, f"{told.speaker} is who says it")
            continue
        speakers = list(dict.fromkeys(said.speaker or "somebody" for said, _ in stored))
        yield _finding(
            "speech", False, _difference(f"{' and '.join(speakers)} said it", f"{told.speaker}"), against=True
        )


def _same_speaker(told: Said, stored: Said, ground: Grounds) -> bool:
    if stored.speaker is None:
        return True  # can't be told
    if stored.named or names_in(stored.speaker):
        return same_name(str(told.speaker), stored.speaker) or named(str(told.speaker), stored.speaker)
    return named(str(told.speaker), ground.before + " " + ground.quote)  # a pronoun or a role, of somebody near


def check_force(sentence: str, grounds: Sequence[Grounds], best: Grounds) -> Iterator[Finding]:
    for ground in grounds:
        alignment = align(sentence, ground.quote)
        if alignment.coverage >= 0.9 and not differing(alignment, sentence, ground.quote):
            return
    for mine, theirs in differing(align(sentence, best.quote), sentence, best.quote):
        detail = _difference(f"“{theirs.text}”", f"“{mine.text}”")
        if mine.negated != theirs.negated:
            yield _finding("negation", False, detail, against=True)
        else:
            yield _finding("modality", False, detail)


def check_opposites(sentence: str, best: Grounds) -> Iterator[Finding]:
    alignment = align(sentence, best.quote)
    for told, stored in alignment.replaced:
        mine = [alignment.told[n].text.lower() for n in told]
        theirs = {alignment.stored[n].text.lower() for n in stored}
        for word in mine:
            other = opposites().get(word)
            if other in theirs:
                yield _finding("entailment", False, _difference(f"“{other}”", f"“{word}”"), against=True)


def shown(text: str) -> str:
    """A number as a journalist writes it: a no-break space before the sign."""
    return re.sub(r"(?<=\d) ?%", " %", text)


def _difference(stored: str, told: str) -> str:
    return f"the article says {stored}, the sentence says {told}"
