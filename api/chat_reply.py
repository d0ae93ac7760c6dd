"""An answer as replies of the chat protocol: whole, or piece by piece with the same text and citations."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urlencode

from api.chat_wire import (
    Annotation,
    Choice,
    Chunk,
    Completion,
    Delta,
    DeltaChoice,
    ReplyMessage,
    TokenCount,
    UrlCitation,
)
from rag.answer import flagged, marked
from rag.fragments import fragment_link
from rag.records import answer_record
from rag.types import Answer, AnswerSentence, ArticleRef, Citation


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an answer's text with the citations of the sentence in it."""

    text: str
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What one request is replied with. `base_url` is the service's own address, for links to stored articles."""

    base_url: str
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, answer: Answer) -> Completion:
        annotations = [one for piece in pieces_of(answer, self.base_url) for one in piece.annotations]
        return Completion(
            id=self.id,
            created=self.created,
            choices=[Choice(message=ReplyMessage(content=answer.text, annotations=annotations))],
            usage=tokens_of(answer),
            byline=answer_record(answer),
        )

    def opening(self) -> Chunk:
        """What a stream begins with, before anything is known."""
        return self._chunk(Delta(role="assistant", content=""))

    def pieces(self, answer: Answer, *, count_tokens: bool) -> Iterator[Chunk]:
        """The rest of a stream."""
        for piece in pieces_of(answer, self.base_url):
            yield self._chunk(Delta(content=piece.text, annotations=list(piece.annotations) or None))
        finish = DeltaChoice(delta=Delta(), finish_reason="stop")
        yield Chunk(id=self.id, created=self.created, choices=[finish], byline=answer_record(answer))
        if count_tokens:
            yield Chunk(id=self.id, created=self.created, choices=[], usage=tokens_of(answer))

    def _chunk(self, delta: Delta) -> Chunk:
        return Chunk(id=self.id, created=self.created, choices=[DeltaChoice(delta=delta)])


def pieces_of(answer: Answer, base_url: str) -> list[Piece]:
    """The text cut before each sentence but the first. Joined they are the text."""
    places = _places(answer)
    cuts = [0, *(start for _, start, _ in places[1:]), len(answer.text)]
    texts = [answer.text[start:end] for start, end in pairwise(cuts)]
    if not places:
        return [Piece(answer.text)]
    cited = [_annotations(answer, *place, base_url) for place in places]
    return [Piece(text, annotations) for text, annotations in zip(texts, cited, strict=True)]


def _places(answer: Answer) -> list[tuple[AnswerSentence, int, int]]:
    """Where each sentence stands in the answer's text, its marks included.

    A model's words are told by length, for the reason that follows a flagged sentence may repeat another one.
    """
    places, at = [], 0
    for one in answer.sentences:
        words = marked(one)
        start = at if answer.mode == "llm" else answer.text.index(words, at)
        end = start + len(words)
        places.append((one, start, end))
        at = start + len(flagged(one)) + 1 if answer.mode == "llm" else end
    return places


def _annotations(
    answer: Answer, sentence: AnswerSentence, start: int, end: int, base_url: str
) -> tuple[Annotation, ...]:
    cited = [one for n in sentence.citations for one in answer.citations if one.n == n]
    return tuple(
        Annotation(
            url_citation=UrlCitation(
                start_index=start, end_index=end, title=title_of(one.article), url=link_of(one, base_url)
            )
        )
        for one in cited
    )


def title_of(article: ArticleRef) -> str:
    return article.title or article.file


def link_of(citation: Citation, base_url: str) -> str:
    """The article's own address, opening at the quote; else the page of this service with the stored article."""
    article = citation.article
    if article.url:
        return fragment_link(article.url, citation.quote, citation.prefix, citation.suffix)
    return stored_link(article.id, article.version, base_url, citation.start, citation.end)


def stored_link(article_id: str, version: int, base_url: str, start: int | None = None, end: int | None = None) -> str:
    place = {} if start is None or end is None else {"start": start, "end": end}
    return f"{base_url.rstrip('/')}/?{urlencode({'article': article_id, 'version': version} | place)}"


def tokens_of(answer: Answer) -> TokenCount:
    used = answer.usage
    if used is None:
        return TokenCount()
    return TokenCount(prompt_tokens=used.input_tokens, completion_tokens=used.output_tokens, total_tokens=used.tokens)
