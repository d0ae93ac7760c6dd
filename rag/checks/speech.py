"""Who says what in a sentence: the speaker, the verb that says so, and quoted words with where a quote has them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from rag.checks.names import name_spans

_CUES = (
    r"said|says|say|saying|told|tells|announced|announces|claimed|claims|stated|states|argued|argues|wrote|writes|added|adds|"
    r"suggested|suggests|reported|reports|confirmed|confirms|denied|denies|warned|warns|insisted|insists|tweeted|tweets|"
    r"explained|explains|noted|notes|acknowledged|acknowledges|admitted|admits|declared|declares|described|describes|"
    r"predicted|predicts|testified|alleged|alleges|replied|responded|recalled|revealed|reveals|estimated|estimates|"
    r"concluded|recommended|vowed|pledged|promised|urged|called|asked|joked|posted|thinks|thought|believes|believed"
)
_CUE = re.compile(rf"\b(?:{_CUES})\b")
_ACCORDING = re.compile(
    r"\b(?:[Aa]ccording to|(?:[Aa]s )?(?:reported|announced|stated|described|confirmed) by) (?:the |an? )?"
)
_PASSIVE = re.compile(r"\b(?:is|was|are|were|been|be|being|as|so-)(?: \w+ly)? ?$")
_SUBJECT = re.compile(
    r"(?P<pronoun>\b(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|I|[Ww]e))$"
    r"|(?P<group>\b(?:[Tt]he|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]everal|[Ss]ome|[Mm]any|[Oo]ne|[Aa]n?|[Uu]nnamed|[Pp]eople|[Oo]fficials?|"
    r"[Ss]ources?|[Aa]nalysts?|[Pp]olice|[Ee]xperts?|[Rr]esearchers|[Ss]cientists|[Aa]uthorities|[Pp]rosecutors)\b[^,;.“”\"]{0,60})$"
)
_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|I|[Ww]e)$")
_ASIDE = re.compile(r",[^,“”\"]{2,90},? ?$")
_HELPERS = re.compile(r"(?:\b(?:has|have|had|also|later|once|then|\w+ly|on \w+day|not|did|would|will)\b ?)+$")
_OPENING = r"(?<![\w.,!?])\"(?=\S)"
_QUOTED = re.compile(rf"“([^“”\"]{{2,}})[”\"]|{_OPENING}([^\"]{{2,}}?)\"|“([^“”]{{8,}})$|{_OPENING}([^\"]{{8,}})$")
_STRAIGHT = str.maketrans("’‘“”–—", "''\"\"--")
_GAP = re.compile(r"\s*(?:\.\.\.|…|\[[^\]]*\])\s*")
_LIKE = 0.6  # how alike two stretches are, by difflib, for one to be called a changed form of the other


@dataclass(frozen=True, slots=True)
class Said:
    """`speaker` as written, or None where it can't be told; `named` when it is a name and not a pronoun or a group."""

    speaker: str | None
    named: bool
    cue: str
    at: int


@lru_cache(maxsize=4096)
def sayings(text: str) -> tuple[Said, ...]:
    """Every verb of speech that has a subject, and every "according to", in order."""
    found = []
    for match in _ACCORDING.finditer(text):
        group = re.match(r"[^,;.“”\"]{2,60}", text[match.end() :])
        end = match.end() + (group.end() if group else 0)
        name = next((one for one in name_spans(text) if match.end() <= one.start < end), None)
        speaker = name.of(text) if name else group[0].strip() if group else None
        found.append(Said(speaker, name is not None, match[0].strip(), match.start()))
    for match in _CUE.finditer(text):
        if not _PASSIVE.search(text[: match.start()]) and not _in_quotes(text, match.start()):
            one = _said(text, match)
            if one.speaker:
                found.append(one)
    return tuple(sorted(found, key=lambda one: one.at))


def _in_quotes(text: str, at: int) -> bool:
    return any(match.start() < at < match.end() for match in _QUOTED.finditer(text))


def _said(text: str, cue: re.Match[str]) -> Said:
    before = _HELPERS.sub("", text[: cue.start()]).rstrip()
    speaker = _ends_with_name(text, before)
    if not speaker and not _PRONOUN.search(before):
        speaker = _ends_with_name(text, _ASIDE.sub("", before).rstrip())
    if speaker:
        return Said(speaker, True, cue[0], cue.start())
    after = next((one for one in name_spans(text) if cue.end() < one.start <= cue.end() + 1), None)
    if after and before[-1:] in {",", "”", '"', "’", "'"}:
        return Said(after.of(text), True, cue[0], cue.start())
    subject = _SUBJECT.search(before) or _SUBJECT.search(_ASIDE.sub("", before).rstrip())
    return Said(subject[0].strip() if subject else None, False, cue[0], cue.start())


def _ends_with_name(text: str, before: str) -> str | None:
    """The name that ends where the verb begins, so that it is its subject."""
    every = name_spans(text)
    for n, one in enumerate(every):
        if one.end == len(before):
            joined = n and text[every[n - 1].end : one.start] == " and "
            return text[every[n - 1].start : one.end] if joined else one.of(text)
    return None


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words in quotation marks at `[start, end)` of a sentence, without the marks."""

    words: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def quoted(text: str) -> tuple[Quoted, ...]:
    found = []
    for match in _QUOTED.finditer(text):
        group = next(n for n in (1, 2, 3, 4) if match[n])
        found.append(Quoted(match[group].strip(), match.start(group), match.end(group)))
    return tuple(found)


def verbatim(words: str, stored: str) -> bool:
    """Whether `stored` has the words as they are, but for marks, spaces and what is left out with "…" or "[ ]"."""
    parts = [plain(part) for part in _GAP.split(words) if plain(part)]
    rest = plain(stored)
    for part in parts:
        at = rest.find(part)
        if at < 0:
            return False
        rest = rest[at + len(part) :]
    return bool(parts)


def nearest(words: str, stored: str) -> str | None:
    """The stretch of `stored` that the words may be a changed form of; None where nothing is like them."""
    matcher = SequenceMatcher(None, plain(words), stored.lower(), autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size >= 4]
    if not blocks:
        return None
    start, end = blocks[0].b, blocks[-1].b + blocks[-1].size
    same = sum(block.size for block in blocks)
    if same < _LIKE * max(len(words), 1) or same < _LIKE * (end - start):
        return None
    while start > 0 and not stored[start - 1].isspace():
        start -= 1
    while end < len(stored) and not stored[end].isspace():
        end += 1
    return stored[start:end]


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Small letters, straight marks, single spaces, no mark at the ends."""
    straight = text.lower().translate(_STRAIGHT)
    return " ".join(straight.split()).strip(" .,;:!?'\"")
