"""What a target gave for one case: the few fields of an answer or check record that metrics look at.

It is what the journal and the run file hold, so that a run can be scored again without asking again.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from evals.gold import Label

Trouble = Literal["refused", "error", "timeout", "missing"]
"""Why there is no answer. A refusal is the target's last word; the others leave a run incomplete."""

Finite = Annotated[float, Field(allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cited(_Part):
    """One citation. What is None was not told and could not be looked up."""

    file: str
    quote: str
    n: int
    article_id: str | None = None
    version: int | None = None
    start: int | None = None
    end: int | None = None
    published: str | None = None
    also_in: tuple[str, ...] = ()
    exact: bool | None = None
    newest: bool | None = None


class Said(_Part):
    """One sentence of an answer and the numbers of its citations."""

    text: str
    citations: tuple[int, ...] = ()


class Found(_Part):
    """One hit, best first in a reply: where it stands and which of the case's supporting quotes it holds."""

    file: str
    covers: tuple[int, ...] = ()
    start: int | None = None
    end: int | None = None


class Usage(_Part):
    """What an LLM used; `price` in US dollars."""

    input_tokens: int = 0
    output_tokens: int = 0
    price: Finite = 0.0


class Reply(_Part):
    """One answer to one case. `found` is None when the target shows no ranking."""

    case: str
    repeat: int = 0
    status: Literal["answered", "partly_supported", "no_evidence"] | None = None
    text: str = ""
    short_answer: str | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    sentences: tuple[Said, ...] = ()
    citations: tuple[Cited, ...] = ()
    found: tuple[Found, ...] | None = None
    verdict: Label | None = None
    unsupported: str | None = None
    """Why the target can't be asked such a case at all: it is unscored, not missing."""
    usage: Usage | None = None
    models: dict[str, str] = {}
    ms: Finite | None = None
    trouble: Trouble | None = None
    detail: str | None = None

    @property
    def abstained(self) -> bool:
        return self.status == "no_evidence"


def missing(case: str, trouble: Trouble, detail: str, *, repeat: int = 0, ms: float | None = None) -> Reply:
    """A reply that holds no prediction."""
    return Reply(case=case, repeat=repeat, trouble=trouble, detail=detail, ms=ms)
