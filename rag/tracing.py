"""What is told to OpenTelemetry, where it listens: spans and measurements. Else all of this does nothing.

Names follow OpenTelemetry's conventions for HTTP and for generative AI. No text of a question, an article or a model is
told unless that is asked for. OpenTelemetry itself is imported by `rag/telemetry.py`, when it is wanted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.settings import TelemetrySettings
    from rag.telemetry import Telemetry

Attributes = Mapping[str, Any]
_PROVIDER = "byline"  # of what it does itself: retrieval and embedding


class Noted:
    """What is told of a span while it lasts."""

    def __init__(self, telemetry: Telemetry | None = None, span: Any = None) -> None:
        self._telemetry = telemetry
        self._span = span
        self.tokens: tuple[int, int] | None = None

    def add(self, attributes: Attributes) -> None:
        if self._span is not None:
            self._span.set_attributes(attributes)

    def rename(self, name: str) -> None:
        if self._span is not None:
            self._span.update_name(name)

    def text(self, name: str, told: Any) -> None:
        """Words of people, articles and models: told only where that is asked for. What is no string is as JSON."""
        if self._telemetry is not None and self._telemetry.with_text:
            told = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
            self._span.set_attribute(name, told)


_NOTHING = Noted()
_telemetry: Telemetry | None = None


def start(settings: TelemetrySettings, source: str) -> None:
    """Tell from now on, if the environment asks for it; `source` names the archive. Raises MissingExtra and
    SettingsError.
    """
    global _telemetry
    if settings.wanted and _telemetry is None:
        from rag.telemetry import Telemetry

        _telemetry = Telemetry(settings, source)


def stop() -> None:
    """Send what is left, for some seconds at most."""
    global _telemetry
    ending, _telemetry = _telemetry, None
    if ending is not None:
        ending.close()


@contextmanager
def stage(name: str) -> Iterator[Noted]:
    """A stage of an answer or a check."""
    if _telemetry is None:
        yield _NOTHING
        return
    with _telemetry.span(name, {}) as span:
        yield Noted(_telemetry, span)


@contextmanager
def retrieval(k: int, query: str) -> Iterator[Noted]:
    """A search of the archive. `gen_ai.request.top_k` is what newer conventions call `gen_ai.retrieval.top_k`."""
    if _telemetry is None:
        yield _NOTHING
        return
    source = _telemetry.source
    asked = {"gen_ai.data_source.id": source, "gen_ai.request.top_k": k, "gen_ai.retrieval.top_k": k}
    with _operation(_telemetry, "retrieval", source, asked) as noted:
        noted.text("gen_ai.retrieval.query.text", query)
        yield noted


@contextmanager
def embeddings(model: str, dimensions: int) -> Iterator[Noted]:
    """A text made to a vector."""
    if _telemetry is None:
        yield _NOTHING
        return
    asked = {"gen_ai.request.model": model, "gen_ai.embeddings.dimension.count": dimensions}
    with _operation(_telemetry, "embeddings", model, asked) as noted:
        yield noted


@contextmanager
def chat(provider: str, model: str, most_tokens: int, messages: Sequence[tuple[str, str]]) -> Iterator[Noted]:
    """A language model asked. It may be left and entered between parts of its reply, so nothing is inside of it."""
    if _telemetry is None:
        yield _NOTHING
        return
    asked = {"gen_ai.request.model": model, "gen_ai.request.max_tokens": most_tokens, "gen_ai.request.stream": True}
    with _operation(_telemetry, "chat", model, asked, provider=provider, outgoing=True) as noted:
        noted.text("gen_ai.input.messages", [_message(role, text) for role, text in messages])
        yield noted


def replied(noted: Noted, text: str, finish: str | None, tokens: tuple[int, int]) -> None:
    """What became of a `chat`: tokens read and written."""
    noted.tokens = tokens
    noted.add({"gen_ai.usage.input_tokens": tokens[0], "gen_ai.usage.output_tokens": tokens[1]})
    if finish:
        noted.add({"gen_ai.response.finish_reasons": (finish,)})
    noted.text("gen_ai.output.messages", [_message("assistant", text) | {"finish_reason": finish or "error"}])


@contextmanager
def request(method: str, scheme: str, headers: Mapping[str, str]) -> Iterator[Noted]:
    """A request to the service, part of the trace that its `traceparent` names. Its query, which holds words, is left
    out.
    """
    if _telemetry is None:
        yield _NOTHING
        return
    with _telemetry.server_span(method, {"http.request.method": method, "url.scheme": scheme}, headers) as span:
        yield Noted(_telemetry, span)


@contextmanager
def _operation(
    telemetry: Telemetry, kind: str, of: str, asked: Attributes, *, provider: str = _PROVIDER, outgoing: bool = False
) -> Iterator[Noted]:
    told = {"gen_ai.operation.name": kind, "gen_ai.provider.name": provider}
    with telemetry.operation(f"{kind} {of}", told, asked, outgoing=outgoing) as (span, measure):
        noted = Noted(telemetry, span)
        try:
            yield noted
        finally:
            measure(noted.tokens)


def _message(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"type": "text", "content": text}]}
