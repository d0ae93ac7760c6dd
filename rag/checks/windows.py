"""Which few sentences of a longer text a sentence should be checked against."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nlargest

from rag.checks.align import align
from rag.types import Span

_JOINED = 3  # sentences in one window
_LENGTH_COSTS = 4e-4  # of coverage, times the root of the characters: of two windows with the same words the shorter


def nearest_windows(sentence: str, text: str, spans: Sequence[Span], most: int) -> list[Span]:
    """At most `most` windows of `text`, the nearest first: sentences (at `spans`, in order) alone and with the one or
    two before them, by how many of the sentence's telling words they have.
    """
    windows = [
        Span(spans[first].start, spans[last].end)
        for last in range(len(spans))
        for first in range(max(0, last - _JOINED + 1), last + 1)
    ]
    return nlargest(most, windows, key=lambda window: _nearness(sentence, text, window))


def _nearness(sentence: str, text: str, window: Span) -> float:
    coverage = align(sentence, text[window.start : window.end]).coverage
    return coverage - _LENGTH_COSTS * float((window.end - window.start) ** 0.5)
