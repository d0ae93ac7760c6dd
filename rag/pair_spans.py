"""Token logits of a passage -> its best answer spans, as characters. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.types import AnswerSpan

MAX_ANSWER_TOKENS = 30
_CANDIDATES = 40  # best (first, last) pairs looked at before overlaps are dropped

Offsets = Sequence[tuple[int, int]]


def best_spans(start: NDArray[np.float32], end: NDArray[np.float32], offsets: Offsets, most: int) -> list[AnswerSpan]:
    """At most `most` spans that don't overlap, best first.

    `start` and `end` are logits of the passage's tokens less that of "no answer"; `offsets` are the tokens' characters.
    """
    tokens = len(offsets)
    if not tokens:
        return []
    sums = start[:, None] + end[None, :]
    reach = np.arange(tokens)[None, :] - np.arange(tokens)[:, None]
    sums = np.where((reach >= 0) & (reach < MAX_ANSWER_TOKENS), sums, -np.inf).ravel()
    few = min(_CANDIDATES, len(sums))
    order = np.argpartition(-sums, few - 1)[:few]
    order = order[np.lexsort((order, -sums[order]))]
    spans = [
        AnswerSpan(offsets[first][0], offsets[last][1], float(sums[first * tokens + last]))
        for first, last in (divmod(int(n), tokens) for n in order if np.isfinite(sums[n]))
    ]
    return apart(spans, most)


def apart(spans: Sequence[AnswerSpan], most: int) -> list[AnswerSpan]:
    """The first `most` of `spans` by score that share no character with a better one."""
    kept: list[AnswerSpan] = []
    for span in sorted(spans, key=lambda one: (-one.score, one.start, one.end)):
        if len(kept) == most:
            break
        if span.end > span.start and all(span.end <= one.start or span.start >= one.end for one in kept):
            kept.append(span)
    return kept
