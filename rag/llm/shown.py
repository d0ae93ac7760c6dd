"""What a language model is shown: sentences with keys, under their article's outlet, date and headline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.llm.plain import framed
from rag.prompts import load_prompt
from rag.types import Evidence, Hit, Span

PASSAGES = 8  # at most; the budget may allow fewer
_BYTES_A_TOKEN = 3  # on the safe side for English, where it is about four


@dataclass(frozen=True, slots=True)
class Keyed:
    """A sentence of a hit, in article offsets."""

    hit: Hit
    span: Span

    @property
    def quote(self) -> str:
        return self.hit.sentence(self.span)


@dataclass(frozen=True, slots=True)
class Shown:
    """`wording` is what the model reads; `quotes` by key, in the order shown."""

    wording: str
    quotes: dict[str, Keyed] = field(default_factory=dict)


def tokens_in(text: str) -> int:
    """About how many tokens a text has, rather too many than too few: no model's own tokenizer is needed."""
    return math.ceil(len(text.encode()) / _BYTES_A_TOKEN)


def show(evidence: Sequence[Evidence], hits: Sequence[Hit], budget: int) -> Shown:
    """The passages of the evidence, then the best hits, within `budget` tokens; in the order of their articles' ranks
    and, within an article, of its text. Empty when not even one passage has room.
    """
    ranked = {hit.passage.id: hit for hit in (*(one.hit for one in evidence), *hits)}
    chosen: list[Hit] = []
    for hit in list(ranked.values())[:PASSAGES]:
        if tokens_in(_worded([*chosen, hit]).wording) <= budget:
            chosen.append(hit)
    return _worded(chosen)


def _worded(hits: Sequence[Hit]) -> Shown:
    quotes: dict[str, Keyed] = {}
    blocks = []
    for n, group in enumerate(_by_article(hits), 1):
        lines = []
        for hit in sorted(group, key=lambda one: one.passage.start):
            for span in hit.passage.sentences:
                key = f"E{len(quotes) + 1}"
                quotes[key] = Keyed(hit, span)
                lines.append(f"[{key}] {framed(hit.sentence(span))}")
        blocks.append(_block(n, group[0], lines))
    return Shown("\n\n".join(blocks), quotes)


def _by_article(hits: Sequence[Hit]) -> list[list[Hit]]:
    groups: dict[tuple[str, int], list[Hit]] = {}
    for hit in hits:
        groups.setdefault((hit.article.id, hit.article.version), []).append(hit)
    return list(groups.values())


def _block(n: int, hit: Hit, lines: Sequence[str]) -> str:
    article = hit.article
    return load_prompt("evidence-article").render(
        number=str(n),
        outlet=framed(article.source or "unknown"),
        date=article.published[:10] if article.published else "unknown",
        headline=framed(article.title or article.file),
        quotes="\n".join(lines),
    )
