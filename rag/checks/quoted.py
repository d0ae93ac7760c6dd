"""Quoted words: where a sentence has them, and whether a text has them word for word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

_OPENING = r"(?<![\w.,!?])\"(?=\S)"
QUOTED = re.compile(rf"“([^“”\"]{{2,}})[”\"]|{_OPENING}([^\"]{{2,}}?)\"|“([^“”]{{8,}})$|{_OPENING}([^\"]{{8,}})$")
_STRAIGHT = str.maketrans("’‘“”–—", "''\"\"--")
_GAP = re.compile(r"\s*(?:\.\.\.|…|\[[^\]]*\])\s*")
_LIKE = 0.6  # how alike two stretches are, by difflib, for one to be called a changed form of the other


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words in quotation marks at `[start, end)` of a sentence, without the marks."""

    words: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def quoted(text: str) -> tuple[Quoted, ...]:
    found = []
    for match in QUOTED.finditer(text):
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
