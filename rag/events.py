"""What happens while an answer is made, in order: the question as understood, the evidence, then sentence by sentence.

A sentence is a draft until its verdict has come; `Withdrawn` takes back all that came before it. `Done` has the answer,
which is what counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.types import Answer, Check, Citation, Hit, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer, and the whole ranking behind it."""

    answer: Answer
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Understood:
    """The question as it stands without the conversation."""

    standalone: str


@dataclass(frozen=True, slots=True)
class Found:
    """The hits that were read."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Drafted:
    """The n-th sentence, from 1, not checked yet."""

    n: int
    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """The citations that the n-th sentence rests on."""

    n: int
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of the n-th sentence."""

    n: int
    verdict: Verdict
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The sentences so far are taken back, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """The answer as it stands."""

    asked: Asked


Event = Understood | Found | Drafted | Cited | Judged | Withdrawn | Done


def told_as(
    n: int, text: str, citations: Sequence[Citation], verdict: Verdict, checks: tuple[Check, ...]
) -> list[Event]:
    """The events of a sentence that is drafted and checked at once."""
    return [Drafted(n, text), Cited(n, tuple(citations)), Judged(n, verdict, checks)]
