"""Hits, read by the reader model together with the question, in a better order.

A linear score of the fused one, the passage's relevance and its best answer span (all log-odds or nearly so). Reading
takes some 12 to 20 ms a passage on a core, so only the first hits are read, and to answer only as many as may matter:
the idea is that of the threshold algorithm (Fagin, Lotem and Naor, 2003), with a likely bound in place of a sure one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.calibration import log_odds
from rag.leads import lead
from rag.ports import PairReader, PairReaders
from rag.types import Hit, PairReading
from rag.vote import pooled

# Of a fused score, which is about 1 to 3. Near a fit on held-out questions over encyclopedia passages.
RELEVANCE, SPAN = 0.2, 0.13
# What reading seldom adds to a hit: one that would stay behind the best even so is not read. Over a year of news this
# reads 9 of 16 passages where the archive has the answer, 14 where it has none, and finds as many answers; .8 reads
# 8 and 13, and loses one answer in a hundred.
AMPLE = 1.0
FEW = 4  # hits that the full reader reads
_AT_FIRST, _THEN = 4, 2  # passages read before asking whether more are wanted


class Reranker:
    """Reads the first `most` usable hits and orders them anew; the others follow as they were. Where there is a full
    reader, it reads the best `few` once more, and its word counts in place of the fast one's.

    With `ample` it stops at the first hit that would not come first if reading added so much to its fused score.
    """

    def __init__(self, readers: PairReaders, most: int, ample: float | None = None, few: int = FEW) -> None:
        self._readers = readers
        self._most = most
        self._ample = ample
        self._few = few

    def __call__(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        usable = [hit for hit in hits if hit.left_out is None]
        read = sorted(self._skimmed(question, usable[: self._most]), key=_order)
        rest = usable[len(read) :]
        found = {hit.passage.id: hit.scores for hit in usable}
        if self._readers.full and read:
            best = [replace(hit, scores=found[hit.passage.id]) for hit in read[: self._few]]
            read = sorted([*_read(self._readers.full, question, best), *read[self._few :]], key=_order)
        read = pooled(read, {passage: scores.fused for passage, scores in found.items()})
        left_out = [hit for hit in hits if hit.left_out is not None]
        return [replace(hit, rank=rank) for rank, hit in enumerate([*read, *rest, *left_out], 1)]

    def _skimmed(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """As many of the hits as are worth it, with the fast reader's readings."""
        read: list[Hit] = []
        many = len(hits) if self._ample is None else _AT_FIRST
        while len(read) < len(hits) and not self._settled(read, hits[len(read)]):
            read += _read(self._readers.fast, question, hits[len(read) : len(read) + many])
            many = _THEN
        return read

    def _settled(self, read: Sequence[Hit], following: Hit) -> bool:
        """Whether the best hit is among those that were read, as far as can be told."""
        if self._ample is None or not read:
            return False
        return following.scores.fused + self._ample < max(hit.scores.fused for hit in read)


def _read(model: PairReader, question: str, hits: Sequence[Hit]) -> list[Hit]:
    readings = model.read(question, [hit.text for hit in hits], [lead_of(hit) for hit in hits])
    return [_scored(hit, reading) for hit, reading in zip(hits, readings, strict=True)]


def lead_of(hit: Hit) -> str:
    """What is read before a hit: news names its subject in the title."""
    return lead(hit.article.title, hit.article.source, hit.article.day)


def _scored(hit: Hit, reading: PairReading) -> Hit:
    """The hit with its reading. `hit.scores` are those of retrieval alone."""
    parts = {}
    if reading.relevance is not None:
        parts["relevance"] = log_odds(reading.relevance)
    if reading.spans:
        parts["span"] = reading.spans[0].score
    worth = RELEVANCE * parts.get("relevance", 0.0) + SPAN * parts.get("span", 0.0)
    scores = replace(hit.scores, fused=hit.scores.fused + worth, parts=hit.scores.parts | parts)
    return replace(hit, scores=scores, reading=reading)


def _order(hit: Hit) -> tuple[float, int]:
    return -hit.scores.fused, hit.rank
