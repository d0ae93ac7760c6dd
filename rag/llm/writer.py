"""Evidence -> an answer in a language model's words, each sentence checked; what to do with those that don't hold.

`flag` shows every sentence and marks what does not hold. `strict` shows a sentence once it has been checked, and only
if it holds. `repair` writes as `flag`, and when something does not hold has it written once more, then as `strict`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Literal

from rag.errors import LanguageModelFailed
from rag.events import Cited, Drafted, Event, Judged, Withdrawn
from rag.llm.checked import Checked, Numbering, SentenceChecker
from rag.llm.drafts import Drafted as Sentence
from rag.llm.drafts import DraftParser, MarkedText, StructuredText, WrittenAnswer
from rag.llm.model import LanguageModel, Message
from rag.llm.shown import Shown, show, tokens_in
from rag.llm.spending import Meter
from rag.prompts import load_prompt
from rag.types import AnswerSentence, ArticleRef, Citation, Hit, Reading
from rag.verify import Verifier

Policy = Literal["flag", "strict", "repair"]

TRIES = 2  # at a draft that can be read
_PROMPTS = ("answer-rules", "answer-question", "evidence-article")
_ROOM = 64  # tokens that a chat's own frame may take


@dataclass(frozen=True, slots=True)
class Writing:
    """What came of it. Without `kept` the quotes stand in, or where `no_answer` nothing does. `notice` says why."""

    kept: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    removed: tuple[AnswerSentence, ...] = ()
    notice: str | None = None
    no_answer: bool = False


@dataclass(slots=True)
class _Round:
    """One draft: its sentences checked, in order."""

    checked: list[Checked] = field(default_factory=list)
    draft: list[str] = field(default_factory=list)
    no_answer: bool = False
    cut_off: bool = False

    @property
    def faults(self) -> list[Checked]:
        return [one for one in self.checked if not one.holds]

    @property
    def holds(self) -> list[Checked]:
        return [one for one in self.checked if one.holds]


class Writer:
    def __init__(self, model: LanguageModel, policy: Policy, evidence_tokens: int) -> None:
        self._model = model
        self._policy = policy
        self._evidence_tokens = evidence_tokens

    @property
    def prompts(self) -> tuple[str, ...]:
        """Those that it may give the model."""
        form = "answer-structured" if self._model.structured else "answer-markers"
        return (*_PROMPTS, form, *(("answer-repair",) if self._policy == "repair" else ()))

    def write(
        self,
        question: str,
        reading: Reading,
        hits: Sequence[Hit],
        verifier: Verifier,
        text_of: Callable[[ArticleRef], str],
        meter: Meter,
        deadline: float,
    ) -> Generator[Event, None, Writing]:
        """The events of the sentences as they come; returns what stands in the end. Never raises for a model's failure:
        the notice says it. `deadline` (of `time.monotonic`) is for all tries and repairs.
        """
        try:
            shown = self._show(question, reading, hits)
            checker = SentenceChecker(shown.quotes, verifier, text_of)
            return (yield from self._rounds(_Job(question, reading, shown, checker, meter, deadline)))
        except LanguageModelFailed as error:
            yield Withdrawn(error.message)
            return Writing(notice=f"{error.message} The answer is in quotes.")

    def _show(self, question: str, reading: Reading, hits: Sequence[Hit]) -> Shown:
        fixed = sum(tokens_in(text) for _, text in self._messages(question, "")) + _ROOM
        room = self._model.window - self._model.output_tokens - fixed
        shown = show(reading.evidence, hits, min(room, self._evidence_tokens))
        if not shown.quotes:
            raise LanguageModelFailed(f"its window of {self._model.window:,} tokens has no room for the evidence")
        return shown

    def _messages(self, question: str, evidence: str) -> list[Message]:
        form = load_prompt("answer-structured" if self._model.structured else "answer-markers").render()
        return [
            ("system", load_prompt("answer-rules").render(form=form)),
            ("user", load_prompt("answer-question").render(evidence=evidence, question=question)),
        ]

    def _rounds(self, job: _Job) -> Generator[Event, None, Writing]:
        messages = self._messages(job.question, job.shown.wording)
        numbering = Numbering()
        first = yield from self._draft(job, messages, numbering, hold_back=self._policy == "strict")
        if self._policy != "repair" or not first.faults:
            return (yield from _settled(job, first, numbering, strict=self._policy == "strict"))
        yield Withdrawn("what did not hold is being written anew")
        faults = "\n".join(f"- “{one.text}”: {one.reason}" for one in first.faults)
        again: list[Message] = [
            *messages,
            ("assistant", "".join(first.draft)),
            ("user", load_prompt("answer-repair").render(faults=faults)),
        ]
        numbering = Numbering()
        second = yield from self._draft(job, again, numbering, hold_back=True)
        settled = yield from _settled(job, second, numbering, strict=True)
        rewritten = tuple(one.without_citations() for one in first.faults)
        notice = " ".join(told for told in (_written_anew(len(rewritten)), settled.notice) if told)
        return replace(settled, removed=(*rewritten, *settled.removed), notice=notice)

    def _draft(
        self, job: _Job, messages: Sequence[Message], numbering: Numbering, *, hold_back: bool
    ) -> Generator[Event, None, _Round]:
        """A draft that can be read; another is asked for once when one can't."""
        for _ in range(TRIES - 1):
            try:
                return (yield from self._one_draft(job, messages, numbering, hold_back=hold_back))
            except LanguageModelFailed as error:
                if not error.again:
                    raise
                yield Withdrawn(error.message)
        return (yield from self._one_draft(job, messages, numbering, hold_back=hold_back))

    def _one_draft(
        self, job: _Job, messages: Sequence[Message], numbering: Numbering, *, hold_back: bool
    ) -> Generator[Event, None, _Round]:
        made = _Round()
        n = 0
        with closing(self._sentences(job, messages, made)) as sentences:
            for sentence in sentences:
                if hold_back:
                    checked = job.checker.check(sentence)
                    n += checked.holds
                    if checked.holds:
                        yield Drafted(n, checked.text)
                else:
                    n += 1
                    yield Drafted(n, _shown_as_draft(sentence))
                    checked = job.checker.check(sentence)
                made.checked.append(checked)
                if checked.holds or not hold_back:
                    _, citations = numbering.sentence(checked)
                    yield Cited(n, citations)
                    yield Judged(n, checked.verdict, checked.checks)
        return made

    def _sentences(self, job: _Job, messages: Sequence[Message], made: _Round) -> Generator[Sentence]:
        """Each sentence as soon as the model has finished it."""
        shape = WrittenAnswer if self._model.structured else None
        parser: DraftParser = StructuredText() if shape else MarkedText()
        with closing(self._model.stream(messages, job.meter, job.deadline, shape)) as pieces:
            for piece in pieces:
                made.draft.append(piece.text)
                made.cut_off = piece.finish == "length"
                yield from parser.feed(piece.text)
        yield from parser.end(cut_off=made.cut_off)
        made.no_answer = parser.no_answer


@dataclass(frozen=True, slots=True)
class _Job:
    question: str
    reading: Reading
    shown: Shown
    checker: SentenceChecker
    meter: Meter
    deadline: float


def _shown_as_draft(sentence: Sentence) -> str:
    from rag.llm.plain import without_links

    return without_links(sentence.text)[0]


def _settled(job: _Job, made: _Round, numbering: Numbering, *, strict: bool) -> Generator[Event, None, Writing]:
    """What stands: all of it or what holds; nothing when nothing holds or one side of a conflict is left out."""
    if made.no_answer and not made.checked:
        return Writing(no_answer=True, notice="The language model found no answer in the passages.")
    removed = tuple(one.without_citations() for one in (made.faults if strict or not made.holds else ()))
    why = _unusable(job, made)
    if why:
        yield Withdrawn(why)
        removed = tuple(one.without_citations() for one in made.checked)
        return Writing(notice=f"{why} The answer is in quotes.", removed=removed)
    kept = tuple(numbering.sentence(one)[0] for one in (made.holds if strict else made.checked))
    told = [_taken_out(len(removed))] if removed else []
    told += (
        ["The language model’s reply was cut off; its unfinished last sentence is left out."] if made.cut_off else []
    )
    return Writing(kept, numbering.citations, removed, " ".join(told) or None)


def _unusable(job: _Job, made: _Round) -> str | None:
    if not made.checked:
        return "The language model wrote no sentence."
    if not made.holds:
        return "The archive bears out nothing of what the language model wrote."
    if job.reading.conflict and not _tells_all_sides(job.reading, made.holds):
        return "The articles differ, and the language model told one side only."
    return None


def _tells_all_sides(reading: Reading, kept: Sequence[Checked]) -> bool:
    cited = [citation for one in kept for citation in one.citations]
    return all(
        any(c.article.id == one.hit.article.id and c.start < one.end and one.start < c.end for c in cited)
        for one in reading.evidence
    )


def _written_anew(count: int) -> str:
    what = "One sentence" if count == 1 else f"{count} sentences"
    return f"{what} of the language model did not hold; it wrote its answer anew."


def _taken_out(count: int) -> str:
    what = "One sentence" if count == 1 else f"{count} sentences"
    return f"{what} of the language model {'was' if count == 1 else 'were'} taken out: the quotes don’t bear it out."
