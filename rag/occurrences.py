"""Where a question's words stand in many passages, all passages at once. Pure.

A word is known by its key, so that a passage's words are one array: the ledger keeps them, and ranking some hundred and
fifty passages reads no text.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

WINDOW_WORDS = 30  # about one sentence
K1, B = 1.2, 0.75  # BM25's saturation and length normalisation, as in the keyword index

Keys = NDArray[np.uint32]
Shares = NDArray[np.float64]
"""One for each passage, between 0 and 1: a share of the question, its words weighed by what each tells."""


def keys(words: Iterable[str]) -> Keys:
    """Each word's CRC-32: of a question's and a passage's words, fewer than one pair in a million share theirs."""
    return np.fromiter((zlib.crc32(word.encode()) for word in words), np.uint32)


@dataclass(frozen=True, slots=True)
class Terms:
    """A question's analysed words. `keys` are ascending, and `idf[n]` is what the word of `keys[n]` tells: its inverse
    passage frequency. `pairs` are its neighbouring words, `first * len(keys) + second`, ascending; `pair_weights[n]`
    is the lesser idf of the two."""

    keys: Keys
    idf: NDArray[np.float64]
    pairs: NDArray[np.int64]
    pair_weights: NDArray[np.float64]

    @classmethod
    def of(cls, words: Sequence[str], frequency: Mapping[str, int], passages: int) -> Terms:
        """`words` in the question's order; `frequency` is in how many of the `passages` each of those occurs that
        count: the others part their neighbours, and are not looked for."""
        found = np.unique(keys(frequency))
        row = {word: int(np.searchsorted(found, zlib.crc32(word.encode()))) for word in frequency}
        idf = np.zeros(len(found))
        for word, n in frequency.items():
            others = max(0, passages - n)  # an index counts deleted passages with a word until it merges its segments
            idf[row[word]] = math.log(1 + (others + 0.5) / (n + 0.5))
        codes = {row[a] * len(found) + row[b] for a, b in pairwise(words) if a in row and b in row}
        pairs = np.array(sorted(codes), np.int64)
        return cls(found, idf, pairs, np.array([min(idf[c // len(found)], idf[c % len(found)]) for c in pairs]))


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Every occurrence of a word of the question: the n-th is `term[n]` (its row in `Terms`) in passage `passage[n]`.

    `place` counts words through all passages in turn; between two passages it leaves a gap as wide as the window, so
    that no window and no pair reaches from one into the next.
    """

    terms: Terms
    passages: int
    passage: NDArray[np.int64]
    place: NDArray[np.int64]
    term: NDArray[np.int64]

    @classmethod
    def of(cls, terms: Terms, texts: Sequence[Keys]) -> Occurrences:
        """`texts` are the keys of each passage's words, in order."""
        words = np.concatenate(texts) if texts else keys(())
        row = np.searchsorted(terms.keys, words)
        row[row == len(terms.keys)] = 0
        at = np.flatnonzero(terms.keys[row] == words) if len(terms.keys) else np.zeros(0, np.int64)
        passage = np.repeat(np.arange(len(texts)), [len(text) for text in texts])[at]
        return cls(terms, len(texts), passage, at + passage * WINDOW_WORDS, row[at])

    def bm25(self, lengths: Sequence[int]) -> NDArray[np.float64]:
        """Okapi BM25 (Robertson and Zaragoza, 2009) of each passage, from its number of words.

        The mean length is that of the passages at hand: all are made about as long, so it is near that of the archive.
        """
        counts = np.zeros((self.passages, len(self.terms.keys)))
        np.add.at(counts, (self.passage, self.term), 1)
        relative = np.asarray(lengths) / max(1.0, float(np.mean(lengths))) if len(lengths) else np.zeros(0)
        saturated = counts * (K1 + 1) / (counts + K1 * (1 - B + B * relative[:, None]))
        return np.asarray((saturated * self.terms.idf).sum(axis=1))

    def coverage(self) -> Shares:
        """The share of the question that is anywhere in the passage."""
        present = np.zeros((self.passages, len(self.terms.keys)), bool)
        present[self.passage, self.term] = True
        return _share((present * self.terms.idf).sum(axis=1), self.terms.idf)

    def window(self) -> Shares:
        """The largest share of the question within WINDOW_WORDS words."""
        place = self.place.astype(np.int32)
        last = np.full((len(place), len(self.terms.keys)), -WINDOW_WORDS, np.int32)
        last[np.arange(len(place)), self.term] = place
        np.maximum.accumulate(last, axis=0, out=last)  # where each word of the question was last seen
        inside = ((last > (place - WINDOW_WORDS)[:, None]) * self.terms.idf).sum(axis=1)
        best = np.zeros(self.passages)
        np.maximum.at(best, self.passage, inside)
        return _share(best, self.terms.idf)

    def pairs(self) -> Shares:
        """The share of the question's pairs of neighbouring words, weighed by the lesser idf, that are neighbours."""
        wanted = self.terms.pairs
        present = np.zeros((self.passages, len(wanted)), bool)
        neighbours = np.flatnonzero(np.diff(self.place) == 1)
        codes = self.term[neighbours] * len(self.terms.keys) + self.term[neighbours + 1]
        row = np.minimum(np.searchsorted(wanted, codes), max(0, len(wanted) - 1))
        found = np.flatnonzero(wanted[row] == codes) if len(wanted) else np.zeros(0, np.int64)
        present[self.passage[neighbours[found]], row[found]] = True
        return _share((present * self.terms.pair_weights).sum(axis=1), self.terms.pair_weights)


def _share(found: NDArray[np.float64], weights: NDArray[np.float64]) -> Shares:
    total = weights.sum()
    return found / total if total else np.zeros_like(found)
