"""Candidate evidence: each sentence of the hits, with the sentences before it that its pronouns need."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.terms import Word, words
from rag.types import Hit, Span

MAX_JOINED = 3  # sentences in one piece of evidence
_MAX_JOINED_CHARS = 700
# Openings that point back: a pronoun, or a bare noun that stands for one just named.
_POINTS_BACK = re.compile(
    r"^[“\"'‘(]?(?:(?:He|She|They|It|His|Her|Their|Its|This|These|Those|Him|Them)\b"
    r"(?! is (?:believed|expected|unclear|not clear))"
    r"|(?:The|That|Both|Neither) (?:company|firm|carmaker|automaker|group|agency|bank|team|club|pair|duo|two|man|woman|"
    r"couple|deal|move|decision|report|study|plan|proposal|companies|automakers|law|bill|ruling|measure|statement)\b"
    r"|(?:But|And|So|However|Instead|Also|Still|Meanwhile),? (?:he|she|they|it|his|her|their|its|this|these|those)\b)"
)
# Speech whose speaker is not named in the sentence.
_BARE_SAID = re.compile(r"[,”\"’] ?(?:he|she|they) (?:said|added|told|says|wrote|tweeted)\b|^[“\"][^”\"]+[”\"]?$")


@dataclass(frozen=True)
class Candidate:
    """Sentences `first..last` of a hit's passage: `last` may answer, the others name who it is about."""

    hit: Hit
    first: int
    last: int

    @property
    def span(self) -> Span:
        sentences = self.hit.passage.sentences
        return Span(sentences[self.first].start, sentences[self.last].end)

    @cached_property
    def text(self) -> str:
        return self.hit.sentence(self.span)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return words(self.text)

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(word.stem for word in self.words)


def needs_antecedent(sentence: str) -> bool:
    return bool(_POINTS_BACK.search(sentence) or _BARE_SAID.search(sentence))


def candidates(hits: Sequence[Hit]) -> list[Candidate]:
    """Every sentence of the hits once, joined backwards where it needs it."""
    return [Candidate(hit, _first(hit, i), i) for hit in hits for i in range(len(hit.passage.sentences))]


def _first(hit: Hit, last: int) -> int:
    sentences = hit.passage.sentences
    first = last
    while (
        first > 0
        and last - first + 1 < MAX_JOINED
        and needs_antecedent(hit.sentence(sentences[first]))
        and sentences[last].end - sentences[first - 1].start <= _MAX_JOINED_CHARS
    ):
        first -= 1
    return first
