"""Byline's retrieval as a LangChain retriever, for anyone's chain."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field, SkipValidation

from rag.types import Hit, Query


class Searcher(Protocol):
    """What the retriever asks; `rag.pipeline.Byline` is one."""

    def search(self, query: Query) -> list[Hit]: ...


class BylineRetriever(BaseRetriever):
    """`BylineRetriever(byline=open_byline(settings)).invoke("Who ...?")` gives the hits as LangChain documents.

    A document's text is the passage, character for character as stored: `metadata["start"]` and `["end"]` are its
    code points in that version of the article.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    byline: SkipValidation[Searcher]
    k: int = Field(8, ge=1)
    sources: tuple[str, ...] = ()
    published_from: date | None = None
    published_to: date | None = None
    as_of: date | None = None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 (LangChain passes it by name)
    ) -> list[Document]:
        limits = (self.sources, self.published_from, self.published_to, self.as_of)
        hits = self.byline.search(Query(query, self.k, *limits))
        return [document(hit) for hit in hits if hit.left_out is None]


def document(hit: Hit) -> Document:
    article, scores = hit.article, hit.scores
    metadata: dict[str, Any] = {
        "article_id": article.id,
        "version": article.version,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "published": article.published,
        "file": article.file,
        "also_in": list(hit.also_in),
        "scores": {"fused": scores.fused, "bm25": scores.bm25, "dense": scores.dense},
    }
    return Document(
        id=f"{article.id}/{article.version}/{hit.passage.ordinal}", page_content=hit.text, metadata=metadata
    )
