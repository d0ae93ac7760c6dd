"""The language model at work for one answer or check: what it writes, what it understands, what that costs."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence

from rag.conversation import standalone
from rag.errors import LanguageModelFailed
from rag.events import Event
from rag.llm.model import LanguageModel
from rag.llm.rephrase import rephrased
from rag.llm.spending import Caps, Meter, Tally
from rag.llm.wording import explained, parts_by_model
from rag.llm.writer import Writer, Writing
from rag.prompts import load_prompt
from rag.types import ArticleRef, Hit, Reading, Turn
from rag.usage import Usage
from rag.verify import Verifier


class Assistant:
    """A language model with its limits. Safe to use from several threads; each answer has a desk of its own."""

    def __init__(
        self, model: LanguageModel, writer: Writer, verifier: Verifier, caps: Caps, tally: Tally, timeout_s: float
    ) -> None:
        self._model = model
        self._writer = writer
        self._verifier = verifier
        self._caps = caps
        self._tally = tally
        self._timeout_s = timeout_s

    @property
    def resting(self) -> bool:
        """Whether the model failed lately and is left alone."""
        return self._model.resting

    def desk(self) -> Desk:
        """For one answer or check."""
        return Desk(self._model, self._writer, self._verifier, Meter(self._caps, self._tally), self._timeout_s)


class Desk:
    """One answer or check. What the model fails at is done without it."""

    def __init__(
        self, model: LanguageModel, writer: Writer, verifier: Verifier, meter: Meter, timeout_s: float
    ) -> None:
        self._model = model
        self._writer = writer
        self._verifier = verifier
        self._meter = meter
        self._until = time.monotonic() + timeout_s
        self._asked: dict[str, str] = {}

    @property
    def used(self) -> Usage | None:
        """None where the model was not called."""
        return self._meter.used if self._meter.used.calls else None

    @property
    def models(self) -> dict[str, str]:
        """What the record names: the model and the prompts it was given; empty where it was not called."""
        return {"llm": self._model.identity, **self._asked} if self._meter.used.calls else {}

    def _give(self, prompt: str) -> None:
        self._asked[f"prompt:{prompt}"] = load_prompt(prompt).identity

    def standalone(self, question: str, history: Sequence[Turn]) -> str:
        """The question as it would be asked without the conversation; by rules where the model fails."""
        if not history:
            return question
        self._give("standalone")
        try:
            return rephrased(question, history, self._model, self._meter, self._until)
        except LanguageModelFailed:
            return standalone(question, history)

    def write(
        self, question: str, reading: Reading, hits: Sequence[Hit], text_of: Callable[[ArticleRef], str]
    ) -> Generator[Event, None, Writing]:
        """The events of the sentences as they come; returns what stands in the end."""
        for prompt in self._writer.prompts:
            self._give(prompt)
        return (
            yield from self._writer.write(question, reading, hits, self._verifier, text_of, self._meter, self._until)
        )

    def parts(self, claim: str, by_rules: Sequence[str]) -> tuple[str, ...]:
        """The statements of a claim; as the rules have them where the model fails or changes its words."""
        self._give("claim-parts")
        try:
            return parts_by_model(claim, self._model, self._meter, self._until) or tuple(by_rules)
        except LanguageModelFailed:
            return tuple(by_rules)

    def explanation(self, claim: str, verdict: str, findings: str, quotes: Sequence[str]) -> str | None:
        """A verdict in words; None where the model fails, or says what neither the findings nor the quotes say."""
        self._give("claim-explanation")
        try:
            return explained(claim, verdict, findings, quotes, self._model, self._meter, self._until)
        except LanguageModelFailed:
            return None
