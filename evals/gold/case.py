"""What one gold case may say: a question, a claim or the last turn of a conversation, with what is right.

Gold names quotes of corpus files, never passages or offsets, so that it survives chunking and ingesting anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from evals.gold.text import fold, mentions

SCHEMA_VERSION: Literal[1] = 1

Filled = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
FileName = Annotated[str, StringConstraints(pattern=r"^[^/\\]+$")]
Kind = Literal["question", "claim", "conversation"]
Label = Literal["supported", "refuted", "disputed", "not_enough_evidence"]


class Supporting(BaseModel):
    """A verbatim stretch of one corpus file that justifies the answer on its own or with the others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: FileName
    quote: Filled


class Case(BaseModel):
    """One gold case.

    Right means: any of `answers` occurs in the answer's text, with all of `must_contain` and none of
    `must_not_contain`; when not `answerable`, that the system abstains; for a claim, that its verdict is `label`.
    Cases of one `cluster` rest on the same sentence, so they are not independent.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, title="Byline gold case")

    schema_version: Literal[1] = SCHEMA_VERSION
    id: Slug
    kind: Kind
    question: Annotated[Filled, Field(description="What is asked; the claim to check; the last turn.")]
    history: Annotated[tuple[Filled, ...], Field(description="A conversation's earlier questions, oldest first.")] = ()
    as_of: date | None = None
    answers: tuple[Filled, ...] = ()
    supporting: tuple[Supporting, ...] = ()
    answerable: Annotated[bool, Field(description="False when the right thing is to abstain.")] = True
    must_contain: tuple[Filled, ...] = ()
    must_not_contain: tuple[Filled, ...] = ()
    label: Annotated[Label | None, Field(description="The right verdict on a claim.")] = None
    tags: Annotated[tuple[Slug, ...], Field(min_length=1)]
    cluster: Slug
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1
    status: Annotated[
        Literal["accepted", "draft"], Field(description="A draft is never counted until a person accepts it.")
    ] = "accepted"

    def accepts(self, text: str) -> bool:
        """Whether `text` says an accepted answer and keeps every condition."""
        return any(mentions(text, answer) for answer in self.answers) and self.keeps(text)

    def keeps(self, text: str) -> bool:
        """Whether `text` has all that it must have and nothing that it must not."""
        return all(fold(part) in fold(text) for part in self.must_contain) and not self.breaks(text)

    def breaks(self, text: str) -> bool:
        """Whether `text` has something that no answer to this case may have."""
        return any(fold(part) in fold(text) for part in self.must_not_contain)


def vacuous(case: Case) -> Iterator[str]:
    """Why nothing, or everything, would satisfy the case."""
    if case.kind == "claim":
        yield from _vacuous_claim(case)
        return
    if case.label is not None:
        yield "only a claim has a label"
    if (case.kind == "conversation") != bool(case.history):
        yield "a conversation, and nothing else, has a history"
    if case.answerable:
        yield from _vacuous_answer(case)
    elif case.answers or case.supporting or case.must_contain:
        yield "not answerable, but it has answers, supporting quotes or must_contain"


def _vacuous_answer(case: Case) -> Iterator[str]:
    if not case.answers:
        yield "answerable, but it has no answers"
    if not case.supporting:
        yield "answerable, but it has no supporting quotes"
    if case.accepts(case.question):
        yield "repeating the question would count as an answer"
    if any(case.breaks(part) for part in case.must_contain):
        yield "what it must contain breaks must_not_contain"
    if case.answers and all(case.breaks(answer) for answer in case.answers):
        yield "every accepted answer breaks must_not_contain"


def _vacuous_claim(case: Case) -> Iterator[str]:
    if case.label is None:
        yield "a claim needs a label"
    if case.answers or case.must_contain or case.must_not_contain or case.history:
        yield "a claim has a label, not answers, must_contain, must_not_contain or history"
    if case.answerable != (case.label != "not_enough_evidence"):
        yield "a claim is answerable unless its label is not_enough_evidence"
    if case.answerable and not case.supporting:
        yield "a claim that can be judged needs the quotes that it is judged by"
    if not case.answerable and case.supporting:
        yield "not enough evidence, but it has supporting quotes"


def case_digest(case: Case) -> str:
    """A hash of everything that the case says; 16 hexadecimal digits."""
    said = json.dumps(case.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of one line, as published in `evals/gold/case.schema.json`."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Case.model_json_schema()}
