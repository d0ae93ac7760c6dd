"""Near-duplicate articles (one wire story in several outlets), by MinHash.

Signatures are MinHash over word shingles (Broder, "On the resemblance and containment of documents", 1997), looked up
by locality-sensitive bands (Leskovec et al., "Mining of Massive Datasets", ch. 3).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from rensa import RMinHash

from rag.types import Mark

PERMUTATIONS = 128
BANDS = 32  # of 4 rows: articles of similarity .7 share one with probability .9999, of .2 with .05
SHINGLE = 3  # words
SIMILAR = 0.7  # share of agreeing minima (it estimates Jaccard) from which two articles count as one story
_SEED = 42
_MOST_WORDS = 5_000  # enough to tell copies apart; bounds the work for a huge article
_WORD = re.compile(r"\w+")


def signature(text: str, marks: Sequence[Mark]) -> bytes | None:
    """128 little-endian 32-bit minima of the text without what is marked; None when too little is left to compare."""
    words = [w.group().lower() for w in _WORD.finditer(_unmarked(text, marks))][:_MOST_WORDS]
    if len(words) < SHINGLE * 10:
        return None
    minhash = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    minhash.update([" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)])
    return np.asarray(minhash.digest(), dtype="<u4").tobytes()


def bands(signature: bytes) -> tuple[int, ...]:
    """One 63-bit number for each band; equal numbers are equal bands, but for rare chance."""
    minima = np.frombuffer(signature, dtype="<u4").reshape(BANDS, -1)
    mixed = np.arange(BANDS, dtype=np.uint64)
    for column in minima.T:
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + column.astype(np.uint64) + np.uint64(1)
    return tuple(int(band) for band in mixed >> np.uint64(1))


def _unmarked(text: str, marks: Sequence[Mark]) -> str:
    kept, at = [], 0
    for mark in marks:
        kept.append(text[at : mark.start])
        at = mark.end
    return " ".join([*kept, text[at:]])
