"""Article to passages: whole sentences of about one length, balanced inside each section.

A section is what stands between two marks (a heading is one), so no passage holds marked text or crosses a heading.
Inside a section the breaks are those of least cost over all ways to break it: Knuth and Plass, "Breaking paragraphs
into lines" (1981), with passages for lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from rag.sentences import sentence_spans
from rag.types import Article, Passage, Span

_TOO_LONG = 1.6  # a passage over the target costs this much more: an embedding model reads only its beginning
_INSIDE_PARAGRAPH = 0.03  # what a break between sentences of one paragraph costs more than one between paragraphs
_LONGEST = 1.5  # of the target: more is never joined


def chunk(article: Article, target: int = 800) -> list[Passage]:
    """Passages of about `target` code points, ids 0. A longer sentence stands alone.

    `article.text[p.start:p.end]` starts and ends with a character that is not white space.
    """
    passages: list[Passage] = []
    for start, end in _sections(article):
        sentences = sentence_spans(article.text, start, end)
        for group in _balanced(article.text, sentences, target):
            if any(char.isalnum() for char in article.text[group[0].start : group[-1].end]):
                ordinal = len(passages)
                span = Span(group[0].start, group[-1].end)
                passages.append(Passage(article.id, article.version, ordinal, span.start, span.end, tuple(group)))
    return passages


def embedded_text(title: str | None, passage: str) -> str:
    """What is embedded of a passage: its article's title gives it the story."""
    return f"{title}\n{passage}" if title else passage


def _sections(article: Article) -> Iterator[Span]:
    at = 0
    for mark in sorted(article.marks, key=lambda mark: mark.start):
        if at < mark.start:
            yield Span(at, mark.start)
        at = max(at, mark.end)
    if at < len(article.text):
        yield Span(at, len(article.text))


def _balanced(text: str, sentences: Sequence[Span], target: int) -> list[Sequence[Span]]:
    """The sentences in groups of least total cost."""
    inside = [False] + ["\n" not in text[a.end : b.start] for a, b in pairwise(sentences)]
    best = [0.0]  # best[n]: the least cost of the first n sentences
    cut = [0]  # cut[n]: where the last group of that way begins
    for n in range(1, len(sentences) + 1):
        cost, first = min(
            (best[first] + cost + (_INSIDE_PARAGRAPH if inside[first] else 0), first)
            for first, cost in _last_groups(sentences, n, target)
        )
        best.append(cost)
        cut.append(first)
    groups: list[Sequence[Span]] = []
    n = len(sentences)
    while n:
        groups.append(sentences[cut[n] : n])
        n = cut[n]
    return groups[::-1]


def _last_groups(sentences: Sequence[Span], n: int, target: int) -> Iterator[tuple[int, float]]:
    """Where a group that ends with sentence `n - 1` may begin, and what its length costs."""
    end = sentences[n - 1].end
    for first in range(n - 1, -1, -1):
        off = (end - sentences[first].start - target) / target
        if off > _LONGEST - 1 and first < n - 1:
            return
        yield first, off * off * (_TOO_LONG if off > 0 else 1)
