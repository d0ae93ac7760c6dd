"""Which words of a sentence a quote has too, and which stand in each other's place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from rag.terms import Word, rarity, words

_MOST_REPLACED = 6  # words on either side of a replacement; a longer one is another sentence, not another word


@dataclass(frozen=True)
class Alignment:
    """`told` are the words of the sentence, `stored` those of the quote; `pairs` maps one to the other by number."""

    told: tuple[Word, ...]
    stored: tuple[Word, ...]
    pairs: dict[int, int]
    replaced: tuple[tuple[range, range], ...]

    @cached_property
    def back(self) -> dict[int, int]:
        return {stored: told for told, stored in self.pairs.items()}

    @cached_property
    def coverage(self) -> float:
        """The share of the sentence's telling words, by how much each tells, that the quote has."""
        return self.share([n for n, word in enumerate(self.told) if not word.stop])

    def share(self, of: Sequence[int]) -> float:
        """Of these words of the sentence, by how much each tells, that the quote has; 1 of none."""
        total = sum(rarity(self.told[n].stem) for n in of)
        return sum(rarity(self.told[n].stem) for n in of if n in self.pairs) / total if total else 1.0

    def opposite(self, start: int, end: int) -> tuple[int, int] | None:
        """Characters of the quote that stand where `[start, end)` of the sentence stands, if its words are replaced."""
        mine = {n for n, word in enumerate(self.told) if word.start < end and start < word.end}
        for told, stored in self.replaced:
            if mine & set(told):
                return self.stored[stored[0]].start, self.stored[stored[-1]].end
        return None


@lru_cache(maxsize=1024)
def align(sentence: str, quote: str) -> Alignment:
    """In order as far as they go (longest common blocks), what is left wherever it stands."""
    told, stored = words(sentence), words(quote)
    matcher = SequenceMatcher(None, [w.stem for w in told], [w.stem for w in stored], autojunk=False)
    pairs: dict[int, int] = {}
    for block in matcher.get_matching_blocks():
        pairs.update({block.a + n: block.b + n for n in range(block.size)})
    replaced = tuple(
        (range(a, b), range(c, d))
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag == "replace" and b - a <= _MOST_REPLACED and d - c <= _MOST_REPLACED
    )
    _match_rest(told, stored, pairs)
    return Alignment(told, stored, pairs, replaced)


def _match_rest(told: Sequence[Word], stored: Sequence[Word], pairs: dict[int, int]) -> None:
    free: dict[str, list[int]] = defaultdict(list)
    taken = set(pairs.values())
    for n, word in enumerate(stored):
        if n not in taken and not word.stop:
            free[word.stem].append(n)
    for n, word in enumerate(told):
        if n not in pairs and free.get(word.stem):
            pairs[n] = free[word.stem].pop(0)
