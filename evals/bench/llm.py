"""What checking costs an answer in quotes, and how soon a language model's sentences come, against a local server."""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from evals.bench.rows import Row
from evals.bench.sections import Bench
from evals.bench.streaming_model import streaming_model
from rag.events import Drafted
from rag.pipeline import Byline
from rag.settings import load_settings
from rag.types import Answer
from rag.wiring import open_byline

_QUESTIONS = 60
_TIMEOUT_S = 2.0
_STAGES = ("open", "retrieve", "rerank", "read", "cite")


def language_model(bench: Bench) -> list[Row]:
    """The share of `ask` that the checks take; the first sentence after the model finished it; a model that is dead."""
    questions = [one.text for one in bench.questions()[:_QUESTIONS]]
    quoted = _in_quotes(bench, questions)
    share = statistics.mean(_checks_share(one) for one in quoted)
    late = _first_sentence_ms(bench, questions)
    dead = [ms - alone for ms, alone in zip(_dead_ms(bench, questions[:4]), map(_total, quoted), strict=False)]
    at95 = sorted(late)[int(len(late) * 0.95)]
    return [
        Row("checks, of `ask` in quotes", f"{share:.1%}", f"{len(quoted)} questions", "≤ 15 %", share <= 0.15),
        Row(
            "first sentence after the model finished it",
            f"p50 {statistics.median(late):.0f} ms, p95 {at95:.0f} ms",
            f"{len(late)} answers",
            "≤ 50 ms",
            at95 <= 50,
        ),
        Row(
            "a model that never answers, beyond quotes alone",
            f"{max(dead) / 1e3:.2f} s at most",
            "",
            f"≤ {_TIMEOUT_S:.1f} s, its timeout",
            max(dead) <= _TIMEOUT_S * 1e3,
        ),
    ]


def _in_quotes(bench: Bench, questions: Sequence[str]) -> list[Answer]:
    with open_byline(load_settings(data_dir=bench.archive)) as library:
        return [library.ask(question).answer for question in questions]


def _checks_share(answer: Answer) -> float:
    """What is left of the time when the stages before are taken off: the checks, and making the record."""
    return 1 - sum(answer.timings_ms[stage] for stage in _STAGES) / _total(answer)


def _total(answer: Answer) -> float:
    return answer.timings_ms["total"]


def _first_sentence_ms(bench: Bench, questions: Sequence[str]) -> list[float]:
    with streaming_model() as model:
        given = {"llm": "openai:bench", "llm_base_url": model.base_url, "llm_structured": "never", "llm_api_key": "x"}
        with open_byline(load_settings(data_dir=bench.archive, **given)) as library:
            late = []
            for question in questions:
                model.finished_at.clear()
                at = _drafted_at(library, question)
                if at and model.finished_at:
                    late.append((at - model.finished_at[0]) * 1e3)
            return late


def _drafted_at(library: Byline, question: str) -> float | None:
    at = None
    for event in library.stream(question):
        if isinstance(event, Drafted) and at is None:
            at = time.perf_counter()
    return at


def _dead_ms(bench: Bench, questions: Sequence[str]) -> list[float]:
    """The whole time of each answer, each by a library of its own: a breaker would spare the later ones the wait."""
    times = []
    with _deaf() as address:
        given = {"llm": "openai:dead", "llm_base_url": address, "llm_timeout_s": _TIMEOUT_S, "llm_api_key": "x"}
        for question in questions:
            with open_byline(load_settings(data_dir=bench.archive, **given)) as library:
                times.append(_total(library.ask(question).answer))
    return times


@contextmanager
def _deaf() -> Iterator[str]:
    """The address of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
