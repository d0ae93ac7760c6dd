"""What the archive is like: its counts, how questions fared, and questions that it answers."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api.documented import EXAMPLES, STATS
from api.parts import Records, TheByline
from rag.examples import examples
from rag.holdings import Days, counted
from rag.pipeline import Byline

router = APIRouter(prefix="/v1", tags=["archive"])

_DAYS = 30  # of answers
_OUTCOMES = ("answered", "no_evidence", "partly_supported")


@router.get("/stats", responses={200: STATS})
def stats(byline: TheByline, records: Records) -> JSONResponse:
    """How many articles there are, by day and by source, and what became of the questions of the last thirty days."""
    with byline.snapshot() as snapshot:
        counts, by = snapshot.counts(), counted(snapshot)
    since = (datetime.now(UTC) - timedelta(days=_DAYS)).date().isoformat()
    answers = records.tallies("answer", since)
    return JSONResponse(
        counts
        | {
            "days": _days(by.days),
            "sources": [{"source": name, "articles": n, "days": _days(days)} for name, n, days in by.sources],
            "answers": [_answers(day, told) for day, told in answers.items()],
        }
    )


@router.get("/examples", responses={200: EXAMPLES})
def example_questions(byline: TheByline, request: Request) -> JSONResponse:
    """Questions that the archive at hand answers, made from its newest articles; none when it is empty."""
    kept: KeptExamples = request.app.state.examples
    return JSONResponse({"questions": kept.of(byline)})


class KeptExamples:
    """The examples of one state of the archive: finding them takes a second or two."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._seq: int | None = None
        self._questions: tuple[str, ...] = ()

    def of(self, byline: Byline) -> tuple[str, ...]:
        with self._guard:
            with byline.snapshot() as snapshot:
                seq = snapshot.seq()
            if seq != self._seq:
                self._questions, self._seq = examples(byline), seq
            return self._questions


def _days(days: Days) -> list[dict[str, Any]]:
    return [{"day": day.isoformat() if day else None, "articles": n} for day, n in days]


def _answers(day: str, told: dict[str, int]) -> dict[str, Any]:
    return {"day": day, **{outcome: told.get(outcome, 0) for outcome in _OUTCOMES}}
