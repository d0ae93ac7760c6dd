"""The names, quoted words and speakers of a sentence against those of its quotes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.checks.align import align
from rag.checks.finding import Finding, difference, finding
from rag.checks.grounds import Grounds
from rag.checks.names import known, name_spans, named, names_in, same_name, stand_ins
from rag.checks.quoted import nearest, quoted, verbatim
from rag.checks.speech import Said, sayings

NOT_NAMED = "the quote does not name "
_NEAR = 300  # characters before a quote, in which somebody is named whom "he" stands for
_MARKS = '“”" '


def check_names(sentence: str, grounds: Sequence[Grounds], best: Grounds) -> Iterator[Finding]:
    mine = names_in(sentence)
    alignment = align(sentence, best.quote)
    for name in mine:
        if any(named(name, ground.quote) for ground in grounds):
            yield finding("name", True, f"{name} is in the quote")
            continue
        place = alignment.opposite(*_span_of(sentence, name))
        other = _other_name(best.quote, place, mine) if place else None
        if other:
            yield finding("name", False, difference(other, name), against=True)
            continue
        behind = next((told for ground in grounds if (told := _stands_for(ground, name, sentence))), None)
        if behind:
            yield finding("name", True, f"“{behind}” in the quote is {name}, who or which is named before it")
        elif not _may_be_no_name(sentence, name):
            yield finding("name", False, f"{NOT_NAMED}{name}")


def _may_be_no_name(sentence: str, name: str) -> bool:
    """Whether a capital only opens the sentence, as far as can be seen: "Fog was to blame"."""
    titled = sentence.startswith((f"“{name}”", f'"{name}"'))
    opens = sentence.lstrip("“\"'‘( ").startswith(name) and name[1:].islower() and name.isalpha()
    return opens and not titled and not known(name)


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
            yield finding("speech", True, f"“{one.words}” is verbatim")
            continue
        like = next((like for ground in grounds if (like := nearest(one.words, ground.quote))), None)
        said = (
            difference(f"“{like.strip(_MARKS)}”", f"“{one.words}”")
            if like
            else f"the quote does not have the words “{one.words}”"
        )
        # Without a speaker it may be a title or a nickname, and no quotation.
        yield finding("speech", False, said, against=like is not None and bool(sayings(sentence)))
    yield from _speakers(sentence, grounds)


def _speakers(sentence: str, grounds: Sequence[Grounds]) -> Iterator[Finding]:
    stored = [(said, ground) for ground in grounds for said in sayings(ground.quote)]
    for told in sayings(sentence):
        if not told.named or not stored:
            continue
        if any(_same_speaker(told, said, ground) for said, ground in stored):
            yield finding("speech", True, f"{told.speaker} is who says it")
            continue
        speakers = list(dict.fromkeys(said.speaker or "somebody" for said, _ in stored))
        yield finding("speech", False, difference(f"{' and '.join(speakers)} said it", f"{told.speaker}"), against=True)


def _same_speaker(told: Said, stored: Said, ground: Grounds) -> bool:
    if stored.speaker is None:
        return True  # can't be told
    if stored.named or names_in(stored.speaker):
        return same_name(str(told.speaker), stored.speaker) or named(str(told.speaker), stored.speaker)
    return named(str(told.speaker), ground.before + " " + ground.quote)  # a pronoun or a role, of somebody near
