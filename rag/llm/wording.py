"""Claims by a language model: their parts and a verdict's words. The verdict itself is none of its business."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rag.checks.speech import sayings
from rag.errors import LanguageModelFailed
from rag.llm.model import LanguageModel
from rag.llm.plain import framed, without_links
from rag.llm.spending import Meter
from rag.prompts import load_prompt
from rag.sentences import sentence_spans
from rag.spans import find
from rag.terms import words

_MOST_PARTS = 8
_FORCE = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|\w+n['’]t|will|would|may|might|could|can|should|must|"
    r"only|if|unless|almost|nearly|about|over|under|more|less|least|most)\b",
    re.IGNORECASE,
)
_FOR = ("supported", "confirmed", "borne out", "is true", "is correct", "is accurate", "supports the claim")
_AGAINST = ("refuted", "contradict", "is false", "is wrong", "incorrect", "inaccurate", "refutes the claim")
_OTHER_VERDICTS = {"supported": _AGAINST, "refuted": _FOR, "not_enough_evidence": (*_FOR, *_AGAINST)}
_MOST_SENTENCES = 3
_MOST_CHARS = 600


def parts_by_model(claim: str, model: LanguageModel, meter: Meter, deadline: float) -> tuple[str, ...]:
    """The statements of a claim, in its own words. Raises LanguageModelFailed, also when the words are not."""
    prompt = load_prompt("claim-parts").render(claim=framed(claim))
    lines = [line.strip().lstrip("-•* ") for line in model.complete([("user", prompt)], meter, deadline).splitlines()]
    parts = tuple(line for line in lines if line)
    if not parts or len(parts) > _MOST_PARTS or not _same_words(claim, parts):
        raise LanguageModelFailed("it did not split the claim in the claim's own words")
    return parts


def _same_words(claim: str, parts: Sequence[str]) -> bool:
    """Whether the parts together have the claim's telling words and no other, every "not" and "may" of it, and each
    part the speaker where somebody is said to have said it.
    """
    together = " ".join(parts)
    if _stems(together) != _stems(claim) or (sayings(claim) and not all(sayings(part) for part in parts)):
        return False
    own, told = (Counter(match.lower() for match in _FORCE.findall(text)) for text in (claim, together))
    return told.keys() == own.keys() and all(told[word] >= count for word, count in own.items())


def explained(
    claim: str, verdict: str, findings: str, quotes: Sequence[str], model: LanguageModel, meter: Meter, deadline: float
) -> str:
    """One or two sentences. Raises LanguageModelFailed, also when they name what neither findings nor quotes do."""
    told = {"claim": framed(claim), "verdict": verdict, "findings": framed(findings)}
    shown = "\n".join(f"- {framed(quote)}" for quote in quotes) or "none"
    prompt = load_prompt("claim-explanation").render(**told, quotes=shown)
    text, links = without_links(model.complete([("user", prompt)], meter, deadline))
    if links or not text or len(text) > _MOST_CHARS or len(sentence_spans(text)) > _MOST_SENTENCES:
        raise LanguageModelFailed("it did not explain the verdict in a sentence or two")
    known = " ".join([claim, findings, *quotes]).casefold()
    if any(span.of(text).casefold() not in known for span in find(text) if span.start > 0):
        raise LanguageModelFailed("its explanation names what neither the findings nor the quotes do")
    if any(wrong in text.lower() for wrong in _OTHER_VERDICTS.get(verdict, ())):
        raise LanguageModelFailed("its explanation tells another verdict")
    return text


def _stems(text: str) -> set[str]:
    return {word.stem for word in words(text) if not word.stop}
