"""A follow-up -> the question on its own, by a language model that may add nothing."""

from __future__ import annotations

from collections.abc import Sequence

from rag.errors import LanguageModelFailed
from rag.llm.model import LanguageModel
from rag.llm.plain import framed, without_links
from rag.llm.spending import Meter
from rag.prompts import load_prompt
from rag.spans import find
from rag.types import Turn

_TURNS = 6  # the last ones
_TURN_CHARS = 600
_LONGEST = 500  # characters of a question
_ROLES = {"user": "Question", "assistant": "Answer"}


def rephrased(question: str, history: Sequence[Turn], model: LanguageModel, meter: Meter, deadline: float) -> str:
    """Raises LanguageModelFailed, also when the reply is no question or brings in what nobody said."""
    turns = [f"{_ROLES[turn.role]}: {framed(turn.text)[:_TURN_CHARS]}" for turn in history[-_TURNS:]]
    prompt = load_prompt("standalone").render(conversation="\n".join(turns), question=framed(question))
    told, links = without_links(model.complete([("user", prompt)], meter, deadline))
    if links or not told or len(told) > _LONGEST:
        raise LanguageModelFailed("it did not reply with a question")
    said = " ".join([question, *(turn.text for turn in history)]).casefold()
    if any(span.of(told).casefold() not in said for span in find(told) if span.start > 0):
        raise LanguageModelFailed("it put something into the question that nobody said")
    return told
