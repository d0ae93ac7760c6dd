"""Hits made of sentences, for the tests of reading and citing."""

from __future__ import annotations

from rag.types import ArticleRef, Hit, Passage, Scores, Span


def article(
    article_id: str = "a1",
    *,
    title: str | None = None,
    source: str | None = "example.com",
    published: str | None = "2024-03-01",
) -> ArticleRef:
    return ArticleRef(article_id, 1, title, source, None, published, f"{article_id}.txt")


def hit(
    *sentences: str, rank: int = 1, of: ArticleRef | None = None, fused: float = 1.0, also_in: tuple[str, ...] = ()
) -> Hit:
    """A passage that begins at 0 of its article, its sentences a space apart."""
    text, spans, at = " ".join(sentences), [], 0
    for sentence in sentences:
        spans.append(Span(at, at + len(sentence)))
        at += len(sentence) + 1
    ref = of or article(f"a{rank}")
    passage = Passage(ref.id, 1, 0, 0, len(text), tuple(spans), id=rank)
    return Hit(rank, passage, ref, text, Scores(fused), also_in)
