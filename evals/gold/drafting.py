"""Candidate cases from an article, for a person to correct: never counted before somebody sets `status` to accepted.

By rules, without a model: each sentence that names a number, a date or a name becomes a question with that part left
out. The questions are clumsy on purpose rather than fluent by guessing; a person rewords them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evals.errors import EvalError
from evals.gold.case import Case, Supporting, vacuous
from evals.gold.imported import slug
from rag.sentences import sentence_spans
from rag.spans import find

_LEAST = 6  # words of a sentence that is worth a question
GAP = "____"


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence and the part of it that would be the answer."""

    sentence: str
    answer: str
    kind: str
    number: int


def draft(path: Path, at_most: int = 20) -> list[Case]:
    """Drafts from one article file, spread over it. Raises EvalError when it can't be read or gives none."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EvalError(f"{path} can't be read: {error}.", remedy="Name a UTF-8 article.") from error
    told: list[Case] = []
    for one in _candidates(text):
        case = _case(path.name, one)
        if not list(vacuous(case)):
            told.append(case)
    if not told:
        raise EvalError(f"{path} has no sentence with a name, a number or a date.", remedy="Write cases by hand.")
    step = max(1, len(told) // at_most)
    return told[::step][:at_most]


def _candidates(text: str) -> Iterator[_Candidate]:
    for number, span in enumerate(sentence_spans(text), start=1):
        sentence = text[span.start : span.end]
        if len(sentence.split()) < _LEAST:
            continue
        found = sorted(find(sentence), key=lambda one: (one.kind == "name", one.start))
        if found:
            yield _Candidate(sentence, sentence[found[0].start : found[0].end], found[0].kind, number)


def _case(file: str, one: _Candidate) -> Case:
    shown = " ".join(one.sentence.replace(one.answer, GAP).split())
    name = f"{slug(Path(file).stem)[:40].strip('-')}-{one.number}"
    return Case(
        id=f"draft-{name}",
        kind="question",
        question=f"What stands in the gap: {shown}",
        answers=(one.answer,),
        supporting=(Supporting(file=file, quote=one.sentence),),
        tags=("draft", slug(one.kind) or "fact"),
        cluster=f"s-{name}",
        status="draft",
    )
