"""From a question to what its answer rests on: retrieve | rerank | read | cite, as LangChain runnables.

What came out lately is kept: the same question of the same archive is not worked out twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from rag import tracing
from rag.archive import View
from rag.cite import cite
from rag.parts import Parts, Reader
from rag.recent import Recent
from rag.types import ArticleRef, Citation, Hit, Query, Reading

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

READ = 20  # hits that the reader gets
RECENT = 256  # questions whose outcome is kept, some 20 kB each


@dataclass(frozen=True, slots=True)
class Step:
    """What one stage leaves for the next."""

    question: str
    query: Query
    view: View
    ranked: tuple[Hit, ...] = ()
    reading: Reading = field(default_factory=lambda: Reading((), 0.0))
    citations: tuple[Citation, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def hits(self) -> tuple[Hit, ...]:
        return tuple(hit for hit in self.ranked if hit.left_out is None)

    @property
    def key(self) -> Hashable:
        """Two steps with the same key come out the same."""
        return self.view.seq, self.question, self.query

    def text_of(self, article: ArticleRef) -> str:
        return self.view.ledger.text(article.id, article.version)


class _Outcome(NamedTuple):
    """What the chain leaves for the answer."""

    ranked: tuple[Hit, ...]
    reading: Reading
    citations: tuple[Citation, ...]


class Chain:
    """Joins the stages. Safe to use from several threads."""

    def __init__(self, parts: Parts, *, one_shot: bool = False) -> None:
        """`one_shot` is for a single question: its stages run in turn, for LangChain takes 0.7 s to import."""
        self._parts = parts
        self._one_shot = one_shot
        self.recent: Recent[_Outcome] = Recent(RECENT)

    def run(self, step: Step) -> Step:
        """The step with what every stage left."""
        ran: list[Step] = []

        def run() -> _Outcome:
            ran.append(self._through(step))
            return _Outcome(ran[0].ranked, ran[0].reading, ran[0].citations)

        outcome = self.recent.get(step.key, run, lambda: not step.view.dense.notices)
        return ran[0] if ran else replace(step, **outcome._asdict())

    def warm_up(self) -> None:
        """Load what the first question would wait for."""
        _ = self._reader, self.runnable

    @cached_property
    def runnable(self) -> Runnable[Step, Step]:
        """retrieve | rerank | read | cite."""
        from langchain_core.runnables import RunnableLambda

        first, *others = (RunnableLambda(stage, name=name) for name, stage in self._stages())
        chain: Runnable[Step, Step] = first
        for stage in others:
            chain = chain | stage
        return chain

    def _through(self, step: Step) -> Step:
        if not self._one_shot:
            return self.runnable.invoke(step)
        for _, stage in self._stages():
            step = stage(step)
        return step

    def _stages(self) -> list[tuple[str, Callable[[Step], Step]]]:
        stages = (("retrieve", self._find), ("rerank", self._order), ("read", self._read), ("cite", _cite))
        return [(name, _timed(name, stage)) for name, stage in stages]

    @cached_property
    def _reader(self) -> Reader:
        return self._parts.make_reader()  # searching does without one

    def _find(self, step: Step) -> Step:
        return replace(step, ranked=tuple(self._parts.retrieve(step.view, step.query)))

    def _order(self, step: Step) -> Step:
        return replace(step, ranked=tuple(self._parts.rerank_to_answer(step.question, step.ranked)))

    def _read(self, step: Step) -> Step:
        return replace(step, reading=self._reader.read(step.question, step.hits, step.query.within))


def _cite(step: Step) -> Step:
    return replace(step, citations=cite(step.reading.evidence, step.text_of))


def _timed(name: str, stage: Callable[[Step], Step]) -> Callable[[Step], Step]:
    def run(step: Step) -> Step:
        started = time.perf_counter()
        with tracing.stage(name):
            done = stage(step)
        return replace(done, timings_ms={**done.timings_ms, name: (time.perf_counter() - started) * 1e3})

    return run
