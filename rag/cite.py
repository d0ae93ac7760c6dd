"""Evidence -> citations whose quote is the stored text, character for character."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.errors import StoreDamaged
from rag.types import ArticleRef, Citation, Evidence, Hit, Span

AROUND = 100  # characters shown before and after a quote, less what would cut a word
_SPACE = re.compile(r"\s")


def cite(evidence: Sequence[Evidence], text_of: Callable[[ArticleRef], str]) -> tuple[Citation, ...]:
    """One citation for each different span, numbered from 1 in order of first use.

    Raises StoreDamaged when the stored text at a span is not the quote.
    """
    citations: dict[tuple[str, int, int, int], Citation] = {}
    for one in evidence:
        key = (one.hit.article.id, one.hit.article.version, one.start, one.end)
        if key not in citations:
            span = Span(one.start, one.end)
            cited = citation_at(one.hit, span, text_of(one.hit.article))
            citations[key] = replace(cited, n=len(citations) + 1, answer_span=one.answer_span)
    return tuple(citations.values())


def citation_at(hit: Hit, span: Span, text: str) -> Citation:
    """The citation of a stretch of a hit's article, whose stored text is `text`; its number is 1.

    Raises StoreDamaged when the stored text there is not what the hit has.
    """
    (start, end), article = span, hit.article
    if text[start:end] != hit.sentence(span):
        raise StoreDamaged(
            f"Version {article.version} of article {article.id} does not hold the quote at [{start}, {end}).",
            remedy="Run `byline doctor --repair`.",
        )
    return Citation(
        n=1,
        article=article,
        start=start,
        end=end,
        quote=text[start:end],
        prefix=before(text, start),
        suffix=after(text, end),
        also_in=hit.also_in,
    )


def before(text: str, start: int) -> str:
    """Up to AROUND characters that end at `start` and begin with a whole word."""
    cut = max(0, start - AROUND)
    if cut == 0 or text[cut - 1].isspace():
        return text[cut:start]
    space = _SPACE.search(text, cut, start)
    return text[space.end() : start] if space else text[cut:start]


def after(text: str, end: int) -> str:
    """Up to AROUND characters that begin at `end` and stop after a whole word."""
    cut = min(len(text), end + AROUND)
    if cut == len(text) or text[cut].isspace():
        return text[end:cut]
    spaces = [match.start() for match in _SPACE.finditer(text, end, cut)]
    return text[end : spaces[-1]] if spaces else text[end:cut]
