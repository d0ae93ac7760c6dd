"""Any chat model that LangChain knows, behind one call: a stream of text within a time, under caps, counted."""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel

from rag import tracing
from rag.breaker import Breaker
from rag.errors import LanguageModelFailed
from rag.llm.opening import Connection, open_chat
from rag.llm.shown import tokens_in
from rag.llm.spending import Meter

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk

_WINDOW = 8192  # tokens, of a model that nothing is known of
_RAMBLE = 8  # characters an output token, from which on a reply is cut off whatever its server does
_SPARE_CHUNKS = 50  # a chunk is a token or more: that many over the tokens asked for, and it is cut off too
_REST_S = 60.0  # that a model which keeps failing is left alone, unless its server names a time
_BUSY = 429
_BROKEN = 500

Role = Literal["system", "user", "assistant"]
Message = tuple[Role, str]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a reply. `finish` is why it ended, in its last piece: "stop", or "length" when it was cut off."""

    text: str = ""
    finish: str | None = None


class LanguageModel:
    """Safe to use from several threads."""

    def __init__(self, connection: Connection) -> None:
        """Raises MissingExtra when the provider's package is not installed, SettingsError when it can't be set up."""
        self._to = connection
        self._chat = open_chat(connection)
        self._breaker = Breaker(_REST_S)

    @property
    def identity(self) -> str:
        return self._to.name

    @cached_property
    def window(self) -> int:
        """Tokens that it reads and writes at once."""
        return self._to.window or int(self._profile.get("max_input_tokens") or _WINDOW)

    @property
    def output_tokens(self) -> int:
        return self._to.output_tokens

    @cached_property
    def structured(self) -> bool:
        """Whether it is asked for JSON."""
        if self._to.structured == "auto":
            return bool(self._profile.get("structured_output"))
        return self._to.structured != "never"

    @property
    def resting(self) -> bool:
        """Whether it failed lately and is left alone."""
        return self._breaker.resting

    def stream(
        self, messages: Sequence[Message], meter: Meter, deadline: float, shape: type[BaseModel] | None = None
    ) -> Generator[Piece]:
        """A reply as it comes, as JSON of `shape` where one is given. `deadline` is of `time.monotonic`.

        Raises LanguageModelFailed; closing the iterator ends the request.
        """
        asked = sum(tokens_in(text) for _, text in messages)
        if left := self._breaker.admit():
            raise LanguageModelFailed(f"it failed before and is left alone for another {math.ceil(left)} s")
        meter.admit(asked, self._to.output_tokens)
        reply = _Reply(self._to.output_tokens)
        with tracing.chat(self._to.provider, self._to.model, self._to.output_tokens, messages) as noted:
            try:
                chunks = _within(deadline, self._runnable(shape).stream(list(messages)), self._to.timeout_s)
                with closing(chunks):
                    yield from reply.read(chunks)
            except LanguageModelFailed as error:
                self._breaker.failed(error.retry_after_s)
                raise
            finally:
                if reply.begun or reply.tokens:
                    tokens = reply.tokens or (asked, tokens_in(reply.text))
                    meter.add(*tokens, estimated=reply.tokens is None)
                    tracing.replied(noted, reply.text, reply.finish, tokens)
        self._breaker.succeeded()

    def complete(
        self, messages: Sequence[Message], meter: Meter, deadline: float, shape: type[BaseModel] | None = None
    ) -> str:
        """The whole reply. Raises LanguageModelFailed, also when it was cut off."""
        pieces = list(self.stream(messages, meter, deadline, shape))
        if pieces and pieces[-1].finish == "length":
            raise LanguageModelFailed("its reply was cut off")
        return "".join(piece.text for piece in pieces)

    @cached_property
    def _profile(self) -> dict[str, Any]:
        return dict(getattr(self._chat, "profile", None) or {})

    def _runnable(self, shape: type[BaseModel] | None) -> Any:
        if shape is None:
            return self._chat
        more: dict[str, Any] = {"strict": True} if self._to.provider == "openai" else {}
        if self._to.structured != "auto":
            more["method"] = self._to.structured
        structured = self._chat.with_structured_output(shape.model_json_schema(), include_raw=True, **more)
        # As a whole it gives the reply at the end; the model in its first step is bound to the schema and streams.
        steps = getattr(getattr(structured, "first", None), "steps__", {})
        return steps.get("raw", structured)


class _Reply:
    """Turns a model's chunks to pieces, and keeps what was said of tokens."""

    def __init__(self, output_tokens: int) -> None:
        self._longest = output_tokens * _RAMBLE
        self._most_chunks = output_tokens + _SPARE_CHUNKS
        self._parts: list[str] = []
        self._length = 0
        self._finish: str | None = None
        self._refused = False
        self.begun = False
        self.tokens: tuple[int, int] | None = None

    @property
    def text(self) -> str:
        return "".join(self._parts)

    @property
    def finish(self) -> str | None:
        """Why it ended, in its server's words."""
        return self._finish

    def read(self, chunks: Iterator[Any]) -> Iterator[Piece]:
        for count, chunk in enumerate(chunks):
            self.begun = True
            message = chunk.get("raw") if isinstance(chunk, dict) else chunk
            if message is None:
                continue
            self._note(message)
            text = _text_of(message)
            if text:
                self._parts.append(text)
                self._length += len(text)
                yield Piece(text)
            if self._length > self._longest or count > self._most_chunks:
                self._finish = "length"
                break
        yield Piece(finish=self._ended())

    def _note(self, message: AIMessageChunk) -> None:
        told = message.usage_metadata
        if told:
            before = self.tokens or (0, 0)
            self.tokens = (before[0] + told["input_tokens"], before[1] + told["output_tokens"])
        why = message.response_metadata
        self._finish = why.get("finish_reason") or why.get("stop_reason") or why.get("done_reason") or self._finish
        self._refused = self._refused or bool(message.additional_kwargs.get("refusal"))

    def _ended(self) -> str:
        if self._refused or self._finish in {"content_filter", "refusal"}:
            raise LanguageModelFailed("it refused")
        if self._finish is None:
            raise LanguageModelFailed("its reply broke off", again=True)
        if not self.text.strip():
            raise LanguageModelFailed("its reply was empty")
        return "length" if self._finish in {"length", "max_tokens"} else "stop"


def _text_of(message: AIMessageChunk) -> str:
    """Its text, or the arguments of the tool call by which some providers give JSON."""
    calls = "".join(call.get("args") or "" for call in message.tool_call_chunks)
    return calls or str(message.text)


_END = object()


def _within(deadline: float, chunks: Iterator[Any], patience_s: float) -> Generator[Any]:
    """The chunks as they come, read by a thread of their own, so that a server that drips or hangs costs no more than
    the time there is. Raises LanguageModelFailed.
    """
    arrived: queue.Queue[Any] = queue.Queue()
    stop = threading.Event()
    threading.Thread(target=_read, args=(chunks, arrived, stop), name="language-model", daemon=True).start()
    try:
        while True:
            left = deadline - time.monotonic()
            try:
                one = arrived.get(timeout=max(left, 0.0))
            except queue.Empty:
                raise LanguageModelFailed(f"it did not answer within {patience_s:g} s") from None
            if one is _END:
                return
            if isinstance(one, BaseException):
                raise _failed(one) from one
            yield one
    finally:
        stop.set()


def _read(chunks: Iterator[Any], arrived: queue.Queue[Any], stop: threading.Event) -> None:
    try:
        for chunk in chunks:
            if stop.is_set():
                break
            arrived.put(chunk)
        arrived.put(_END)
    except Exception as error:  # noqa: BLE001 - whatever a provider's client raises ends the reply, not the process
        arrived.put(error)
    finally:
        close = getattr(chunks, "close", None)
        if close:
            close()


def _failed(error: BaseException) -> LanguageModelFailed:
    """A provider's error in Byline's words: never its message, which may hold a key or what was asked."""
    status = getattr(error, "status_code", None)
    name = type(error).__name__
    if status == _BUSY:
        return LanguageModelFailed("it is busy (429)", retry_after_s=_retry_after(error))
    if status is not None:
        kind = "failed" if status >= _BROKEN else "refused the request"
        return LanguageModelFailed(f"its server {kind} ({status})")
    if "Length" in name:
        return LanguageModelFailed("its reply was cut off")
    if "ContentFilter" in name or "Refusal" in name:
        return LanguageModelFailed("it refused")
    if "Validation" in name or "OutputParser" in name:
        return LanguageModelFailed("its reply is not the JSON that was asked for", again=True)
    if "Timeout" in name:
        return LanguageModelFailed("it did not answer in time")
    return LanguageModelFailed(f"it can't be reached ({name})", again=True)


def _retry_after(error: BaseException) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    told = headers.get("retry-after", "")
    return float(told) if told.replace(".", "", 1).isdigit() else None
