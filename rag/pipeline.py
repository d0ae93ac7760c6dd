"""The library's entry: questions to answers, drafts to checks, and the articles behind them.

One `ask` sees one state of the archive: the view is pinned before retrieval and let go when the answer stands. A
language model, where there is one, writes from the evidence that the reader found; where it found none it is not asked.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property, partial
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple

from rag import tracing
from rag.answer import Composed, answer_of, in_quotes, in_words
from rag.archive import Archive, View
from rag.chain import READ, RECENT, Chain, Step
from rag.checks.grounds import Grounds
from rag.conversation import standalone
from rag.errors import QuestionRejected
from rag.events import Asked, Done, Event, Found, Understood, told_as
from rag.notices import Notice
from rag.parts import Longest, Parts
from rag.prompts import load_prompt
from rag.question import check_question
from rag.recent import Recent
from rag.types import Answer, Article, ArticleRef, Check, Citation, Hit, Query, Reading, Turn, Verdict

if TYPE_CHECKING:
    from rag.chroma.shard import Shard
    from rag.claims.records import CheckedDraft, Dated
    from rag.claims.statements import Statement
    from rag.follower import Follower
    from rag.llm.assistant import Assistant, Desk
    from rag.llm.writer import Writing
    from rag.readiness import PartState
    from rag.snapshot import Snapshot


class Searched(NamedTuple):
    """What a search found, and what it had to go without."""

    hits: list[Hit]
    notices: tuple[Notice, ...]


class Byline:
    """The library's entry: `ask`, `search`, and the articles behind them. Safe to use from several threads."""

    def __init__(
        self,
        archive: Archive,
        parts: Parts,
        longest: Longest,
        *,
        one_shot: bool = False,
        follower: Follower | None = None,
    ) -> None:
        self._archive = archive
        self._follower = follower
        self._parts = parts
        self._longest = longest
        self.chain = Chain(parts, one_shot=one_shot)
        self.recent_searches: Recent[list[Hit]] = Recent(RECENT)

    def ask(
        self, question: str, limits: Query | None = None, history: Sequence[Turn] = (), *, by_model: bool = True
    ) -> Asked:
        """Answer from the articles that pass `limits` (its text and k are not used), or abstain. A follow-up is
        understood by the conversation before it. Without `by_model` no language model is asked, and nothing is spent.

        Raises QuestionRejected, StoreEmpty, StoreBusy.
        """
        with closing(self.stream(question, limits, history, by_model=by_model)) as events:
            for event in events:
                if isinstance(event, Done):
                    return event.asked
        raise AssertionError("an answer ends with Done")

    def stream(
        self, question: str, limits: Query | None = None, history: Sequence[Turn] = (), *, by_model: bool = True
    ) -> Generator[Event]:
        """As `ask`, telling what happens meanwhile; closing it ends whatever is under way."""
        started = time.perf_counter()
        asked = check_question(question, self._longest.question, alone=not history)
        assistant = self._assistant if by_model else None
        desk = assistant.desk() if assistant else None
        understood = self._understood(asked, history, desk)
        if understood != asked:
            yield Understood(understood)
        query = replace(limits or Query(""), text=understood, k=READ)
        before = {"understand": (time.perf_counter() - started) * 1e3} if history else {}
        opening = time.perf_counter()
        with self._archive.view() as view:
            timings = {**before, "open": (time.perf_counter() - opening) * 1e3}
            last = self.chain.run(Step(understood, query, view, timings_ms=timings))
            yield Found(last.hits)
            writing_from = time.perf_counter()
            composed, writing = yield from self._told(last, desk)
            write_ms = (time.perf_counter() - writing_from) * 1e3
            last = replace(last, timings_ms={**last.timings_ms, "write": write_ms})
            answer = replace(
                self._answer(last, composed, started),
                question=asked,
                standalone=understood if understood != asked else None,
            )
            notices = view.dense.notices
            if desk and writing:
                drafted = (Notice("language_model", writing.notice),) if writing.notice else ()
                notices, answer = (*drafted, *notices), replace(answer, removed=writing.removed)
            answer = replace(answer, notices=notices)
            if desk:
                answer = replace(answer, usage=desk.used, models={**answer.models, **desk.models})
            yield Done(Asked(answer, last.ranked))

    def search(self, query: Query, *, rerank: bool = True) -> list[Hit]:
        """The hits for a query, best first; those with `left_out` were ranked but passed over. Without `rerank` they
        are not read by the reader model, which takes most of the time.

        Raises QuestionRejected, StoreEmpty, StoreBusy.
        """
        return self.searched(query, rerank=rerank).hits

    def searched(self, query: Query, *, rerank: bool = True) -> Searched:
        """As `search`, with what it had to go without."""
        text = check_question(query.text, self._longest.question)
        wanted = replace(query, text=text)
        with self._archive.view() as view:
            dense = view.dense
            found = self.recent_searches.get(
                (view.seq, wanted), lambda: self._parts.retrieve(view, wanted), lambda: not dense.notices
            )
        return Searched(self._parts.rerank(text, found) if rerank else list(found), dense.notices)

    def check(
        self, text: str, limits: Query | None = None, progress: Callable[[int, int], None] | None = None
    ) -> CheckedDraft:
        """Check every claim of a draft against the articles that pass `limits` (its text and k are not used).
        `progress` is told how many claims are done, of how many.

        Raises DraftRejected, StoreEmpty, StoreBusy.
        """
        from rag.claims.checker import silent
        from rag.claims.checking import Tools, check_in  # asking does not pay for it
        from rag.claims.draft import check_draft

        draft = check_draft(text, self._longest.draft)
        desk = self._assistant.desk() if self._assistant else None
        with self._archive.view() as view, tracing.stage("check"):
            find = partial(self._parts.retrieve, view)
            tools = Tools(find, self._parts.rerank, self._parts.verifier, _text_of(view), desk)
            checked = check_in(draft, limits or Query(""), tools, self._parts.models, progress or silent)
            checked = replace(checked, notices=view.dense.notices)
        if desk is None:
            return checked
        return replace(checked, usage=desk.used, models={**checked.models, **desk.models})

    def quotes(self, person: str, limits: Query | None = None) -> tuple[Statement, ...]:
        """What the articles that pass `limits` have a person say, the newest first.

        Raises QuestionRejected, StoreEmpty, StoreBusy.
        """
        from rag.claims.statements import PASSAGES, quotes_of

        query = replace(limits or Query(""), text=check_question(person, self._longest.question), k=PASSAGES)
        with self._archive.view() as view:
            return quotes_of(query.text, lambda _: self._parts.retrieve(view, query), _text_of(view))

    def timeline(self, subject: str, limits: Query | None = None) -> tuple[Dated, ...]:
        """What the articles that pass `limits` say of some names, in the order of their days.

        Raises QuestionRejected, StoreEmpty, StoreBusy.
        """
        from rag.claims.statements import PASSAGES, dated_about

        query = replace(limits or Query(""), text=check_question(subject, self._longest.question), k=PASSAGES)
        with self._archive.view() as view:
            return dated_about(query.text, lambda _: self._parts.retrieve(view, query), _text_of(view))

    def warm_up(self) -> None:
        """Load what the first question or draft would wait for."""
        from rag.claims import checking, draft

        draft.read_draft("The reader wakes up.")
        grounds = [Grounds("It slept.", before="The reader lay down. ")]
        self._parts.verifier.verify("The reader is awake.", grounds)
        self.chain.warm_up()
        _ = self._assistant, checking

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """The ledger, to read as one state."""
        return self._archive.ledger.snapshot()

    def article(self, article_id: str, version: int | None = None) -> Article:
        """One version of an article, the newest unless told. Raises NotFound."""
        with self.snapshot() as snapshot:
            return snapshot.article(article_id, version)

    def article_text(self, article_id: str, version: int) -> str:
        """The stored text of one version. Raises NotFound."""
        with self.snapshot() as snapshot:
            return snapshot.text(article_id, version)

    def counts(self) -> dict[str, int]:
        """How many articles, versions and searched passages the archive holds."""
        with self.snapshot() as snapshot:
            return snapshot.counts()

    def behind(self) -> int:
        """How many changes of the archive its keyword index lacks; they are searched from memory meanwhile."""
        return self._archive.behind()

    def shards(self) -> Sequence[Shard]:
        """The Chroma servers, as far as this process knows them; none where Chroma is embedded."""
        return self._archive.shards()

    def vectors_behind(self) -> int:
        """How many changes the Chroma server that lags most is behind the ledger."""
        return self._archive.vectors_behind()

    def readiness(self) -> dict[str, PartState]:
        """The state of each part that answers depend on."""
        from rag.readiness import readiness

        return readiness(self._archive, self._parts.models.get("reader"), self._assistant)

    @cached_property
    def _assistant(self) -> Assistant | None:
        return self._parts.make_assistant()  # opening its client takes seconds, which searching does without

    def close(self) -> None:
        if self._follower is not None:
            self._follower.stop()
        self._archive.close()

    def __enter__(self) -> Byline:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _understood(self, asked: str, history: Sequence[Turn], desk: Desk | None) -> str:
        """The question on its own; as asked where nothing was said before, or where that makes no question.

        Raises QuestionRejected when the conversation does not say what could be looked for either.
        """
        if not history:
            return asked
        told = desk.standalone(asked, history) if desk else standalone(asked, history)
        try:
            checked = check_question(told, self._longest.question)
        except QuestionRejected:
            return check_question(asked, self._longest.question)
        return asked if checked.split() == asked.split() else checked

    def _verify(self, step: Step, sentence: str, citations: Sequence[Citation]) -> tuple[Verdict, tuple[Check, ...]]:
        grounds = [Grounds.of(one, step.text_of(one.article)) for one in citations]
        with tracing.stage("verify"):
            verified = self._parts.verifier.verify(sentence, grounds)
        return verified.verdict, verified.checks

    def _told(self, step: Step, desk: Desk | None) -> Generator[Event, None, tuple[Composed, Writing | None]]:
        """The language model's words where there is one and they hold, else quotes."""
        writing = None
        if desk and step.reading.evidence:
            writing = yield from desk.write(step.question, step.reading, step.hits, step.text_of)
            if writing.kept:
                return in_words(step.reading, writing.kept, writing.citations), writing
            if writing.no_answer:
                missing = load_prompt("missing-model").render()
                step = replace(step, reading=Reading((), step.reading.confidence, missing), citations=())
        composed = in_quotes(step.reading, step.citations, partial(self._verify, step))
        for n, one in enumerate(composed.sentences, 1):
            cited = [citation for citation in composed.citations if citation.n in one.citations]
            yield from told_as(n, one.text, cited, one.verdict, one.checks)
        return composed, writing

    def _answer(self, step: Step, composed: Composed, started: float) -> Answer:
        total = (time.perf_counter() - started) * 1e3
        return answer_of(
            step.question,
            step.reading,
            composed,
            step.hits,
            answer_id=uuid.uuid4().hex,
            as_of=step.query.as_of.isoformat() if step.query.as_of else None,
            answered_at=datetime.now(UTC).isoformat(timespec="seconds"),
            timings_ms={**step.timings_ms, "total": total},
            models=self._parts.models,
        )


def _text_of(view: View) -> Callable[[ArticleRef], str]:
    return lambda article: view.ledger.text(article.id, article.version)
