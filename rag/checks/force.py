"""Negation and modality: whether a word stands under "not", "may" or "plans to".

Without a parser: a cue governs the first telling word after it, inside its clause. Comparing only words that a sentence
and a quote share keeps that safe: where they are worded apart, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from rag.checks.align import Alignment
from rag.checks.listed import listed
from rag.terms import Word, words

Level = Literal["fact", "future", "planned", "possible"]
_Kind = Literal["not", "possible", "planned", "future"]

_NEGATION = re.compile(
    r"\b(?:not|never|no|nor|neither|without|cannot|none|nobody|nothing|nowhere|hardly|no longer|unlikely to)\b|n['’]t\b"
    r"|\b(?:den(?:y|ies|ied|ying)|refus(?:e|es|ed|ing)(?: to)?|reject(?:s|ed|ing)?|rul(?:e|es|ed|ing) out|"
    r"fail(?:s|ed|ing)? to|declin(?:e|es|ed|ing) to|stopp(?:ed|ing) short of|lack(?:s|ed|ing)?)\b",
    re.IGNORECASE,
)
_POSSIBLE = re.compile(
    r"\b(?:may|might|could|perhaps|possibly|potentially|possible|potential|maybe|whether|if|consider(?:s|ed|ing)?|"
    r"weigh(?:s|ed|ing)?|explor(?:e|es|ed|ing)|mull(?:s|ed|ing)?|in talks|discuss(?:es|ed|ing)?|"
    r"propos(?:e|es|ed|ing)|suggest(?:s|ed|ing)?|likely|unlikely|probably|preliminary|reportedly|allegedly|alleged|apparently|"
    r"seek(?:s|ing)?|hop(?:e|es|ed|ing))\b(?! not)?",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"\b(?:plan(?:s|ned|ning)?|intend(?:s|ed|ing)?|expect(?:s|ed|ing)?|aim(?:s|ed|ing)?|due to|scheduled|"
    r"want(?:s|ed|ing)?|pledg(?:e|es|ed|ing)|promis(?:e|es|ed|ing)|vow(?:s|ed|ing)?|mean(?:s|t) to)\b",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"\b(?:will|would|shall|won|set to|about to|going to)\b|['’](?:ll|d)\b|\bwon['’]t\b", re.IGNORECASE
)
_MAY_MONTH = re.compile(r"(?<=[\w,;:] )May\b|\bMay\b(?= \d)")
_BREAK = re.compile(
    r"[,;:—–()]|[.!?][”\"’' ]|\b(?:and|but|that|who|which|because|while|although|when|after|before)\b", re.IGNORECASE
)
_KINDS: tuple[tuple[_Kind, re.Pattern[str]], ...] = (
    ("not", _NEGATION),
    ("possible", _POSSIBLE),
    ("planned", _PLANNED),
    ("future", _FUTURE),
)
_WEAKEST_FIRST: tuple[Level, ...] = ("possible", "planned", "future")
_REACH = 45  # characters from a cue to the word it governs
_HELPERS = frozenset(
    listed(
        "be been being have has had is are was were do does did to get also still even yet a an the any it they he she "
        "we i you"
    )
)


@dataclass(frozen=True, slots=True)
class Force:
    """What a word stands under: `negated` by an odd number of cues, `level` by the weakest. `text` begins with the
    first cue.
    """

    negated: bool
    level: Level
    text: str


class _Cue(NamedTuple):
    kind: _Kind
    start: int


@lru_cache(maxsize=4096)
def _cues(text: str) -> dict[int, tuple[_Cue, ...]]:
    """By number of the word (of `rag.terms.words`) that they govern."""
    every = words(text)
    governed: dict[int, tuple[_Cue, ...]] = {}
    plain = _MAY_MONTH.sub(lambda match: "#" * len(match[0]), text)
    for kind, pattern in _KINDS:
        for match in pattern.finditer(plain):
            at = _governs(plain, every, match.end())
            if at is not None:
                governed[at] = (*governed.get(at, ()), _Cue(kind, match.start()))
    return governed


def _governs(text: str, every: Sequence[Word], after: int) -> int | None:
    """The first telling word after a cue that is no cue itself, in its clause; where none follows, the word before."""
    before = None
    for at, word in enumerate(every):
        if word.start < after:
            before = at - 1
            continue
        if word.start - after > _REACH or _BREAK.search(text, after, word.start):
            break
        if word.text.lower() in _HELPERS or word.text.lower().endswith("ly") or _is_cue(word.text):
            continue
        return at
    return before if before is not None and before >= 0 else None


@lru_cache(maxsize=10_000)
def _is_cue(word: str) -> bool:
    return any(pattern.fullmatch(word) for _, pattern in _KINDS)


def differing(alignment: Alignment, sentence: str, quote: str) -> list[tuple[Force, Force]]:
    """How both have a word that stands under different cues in them, for every such word that they share."""
    told, stored = _cues(sentence), _cues(quote)
    found = []
    for mine, theirs in sorted(alignment.pairs.items()):
        if mine not in told and theirs not in stored:
            continue
        a, b = _near(told, mine), _near(stored, theirs)
        direct_a, direct_b = told.get(mine, ()), stored.get(theirs, ())
        if _differ(direct_a, direct_b, a, b):
            found.append(
                (
                    _force(direct_a or a, alignment.told[mine], sentence),
                    _force(direct_b or b, alignment.stored[theirs], quote),
                )
            )
    return found


def negations(text: str) -> int:
    """How many words of the text stand under a negation."""
    return sum(_negated(cues) for cues in _cues(text).values())


def _near(cues: Mapping[int, tuple[_Cue, ...]], at: int) -> tuple[_Cue, ...]:
    """Those that govern the word or one of the two before it: "explore a strategic alliance"."""
    return tuple(cue for word in range(at - 2, at + 1) for cue in cues.get(word, ()))


def _differ(
    mine: Sequence[_Cue], theirs: Sequence[_Cue], near_mine: Sequence[_Cue], near_theirs: Sequence[_Cue]
) -> bool:
    """A cue of either that the other has nowhere near."""
    if _negated(mine) != _negated(theirs) and _negated(near_mine) != _negated(near_theirs):
        return True
    a, b = _level(mine), _level(theirs)
    if _negated(mine) and "fact" in {a, b}:
        return False  # "ruled out taking" and "would not take"
    return a != b and not (_has(near_theirs, a) and _has(near_mine, b))


def _negated(cues: Sequence[_Cue]) -> bool:
    return sum(cue.kind == "not" for cue in cues) % 2 == 1


def _level(cues: Sequence[_Cue]) -> Level:
    kinds = {cue.kind for cue in cues}
    return next((level for level in _WEAKEST_FIRST if level in kinds), "fact")


def _has(cues: Sequence[_Cue], level: Level) -> bool:
    return level == "fact" or level in {cue.kind for cue in cues}


def _force(cues: Sequence[_Cue], word: Word, text: str) -> Force:
    start = min([word.start, *(cue.start for cue in cues)])
    while start and text[start - 1].isalnum():  # the "have" of "haven't"
        start -= 1
    return Force(_negated(cues), _level(cues), text[start : word.end])
