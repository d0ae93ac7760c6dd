"""What the pipeline is made of: the stages that have more than one form, and the limits on what it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from rag.archive import View
from rag.types import Hit, Query, Reading
from rag.verify import Verifier

if TYPE_CHECKING:
    from rag.llm.assistant import Assistant


class Retrieve(Protocol):
    """Finds and ranks passages of a view."""

    def __call__(self, view: View, query: Query) -> list[Hit]: ...


class Rerank(Protocol):
    """Reads hits and orders them anew."""

    def __call__(self, question: str, hits: Sequence[Hit]) -> list[Hit]: ...


class Reader(Protocol):
    """Chooses the sentences that answer, or none."""

    def read(self, question: str, hits: Sequence[Hit], within: str = "") -> Reading: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What the stages are made of. `rerank` orders all hits, `rerank_to_answer` may leave unread what can hardly come
    first. `models` are the identities that the record names. `make_assistant` gives the language model, where there is
    one.
    """

    retrieve: Retrieve
    rerank: Rerank
    rerank_to_answer: Rerank
    make_reader: Callable[[], Reader]
    verifier: Verifier
    models: Mapping[str, str]
    make_assistant: Callable[[], Assistant | None] = lambda: None


class Longest(NamedTuple):
    """Characters that a question and a draft may have."""

    question: int
    draft: int
