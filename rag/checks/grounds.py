"""What a sentence is checked against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rag.types import Citation, Span

BEFORE = 600  # characters of the article before a quote, to see whom a pronoun or "the company" stands for


@dataclass(frozen=True, slots=True)
class Grounds:
    """A quote, what stands before it in its article (a few sentences are enough), and when that was published."""

    quote: str
    before: str = ""
    published: date | None = None
    span: Span | None = None  # of the quote in its article

    @classmethod
    def of(cls, citation: Citation, text: str) -> Grounds:
        """`text` is the cited article's."""
        return cls.at(text, Span(citation.start, citation.end), citation.article.day)

    @classmethod
    def at(cls, text: str, span: Span, published: date | None = None) -> Grounds:
        """The stretch of an article's text."""
        return cls(text[span.start : span.end], text[max(0, span.start - BEFORE) : span.start], published, span)
