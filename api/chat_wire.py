"""The OpenAI chat protocol as models: what is asked, tolerating what clients send beside it, and what is replied."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, SerializerFunctionWrapHandler, StrictBool, StrictInt, model_serializer

from api.bodies import Text

MODEL = "byline"


class TextPart(BaseModel):
    """A stretch of a message's text."""

    type: Literal["text"]
    text: Text


class RefusalPart(BaseModel):
    """What a model said when it refused, in a conversation that is carried on."""

    type: Literal["refusal"]
    refusal: str


class MediaPart(BaseModel):
    """A part that can't be read; it is refused by name."""

    type: Literal["image_url", "input_audio", "file"]


Part = Annotated[TextPart | RefusalPart | MediaPart, Field(discriminator="type")]


class ChatMessage(BaseModel):
    """One message. Instructions (`system`, `developer`) and the replies of tools are read over."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[Part] | None = None


class StreamOptions(BaseModel):
    """How a reply is streamed."""

    include_usage: StrictBool | None = None


class ChatRequest(BaseModel):
    """A conversation whose last message is the question. Fields that are not named here are read over."""

    model: Text = Field(examples=[MODEL])
    messages: list[ChatMessage] = Field(min_length=1, max_length=2_000)
    stream: StrictBool | None = None
    stream_options: StreamOptions | None = None
    n: StrictInt | None = None
    logprobs: StrictBool | None = None
    modalities: list[str] | None = None
    response_format: dict[str, Any] | None = None
    tool_choice: str | dict[str, Any] | None = None
    function_call: str | dict[str, Any] | None = None


class _Sparse(BaseModel):
    """A model whose fields that are None are not sent, but for those in `always`."""

    @model_serializer(mode="wrap")
    def _given(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        always = {"content", "refusal"} if isinstance(self, ReplyMessage) else {"finish_reason", "logprobs"}
        return {name: value for name, value in write(self).items() if value is not None or name in always}


class UrlCitation(BaseModel):
    """Code points `[start_index, end_index)` of the message, and where that is from."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(BaseModel):
    """A citation of a sentence."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class TokenCount(BaseModel):
    """Tokens of the language model behind Byline; zeros where none was asked."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class ReplyMessage(_Sparse):
    """The answer's text."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


class Choice(_Sparse):
    """There is one."""

    index: Literal[0] = 0
    message: ReplyMessage
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Completion(BaseModel):
    """A whole reply; `byline` is the answer record."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: list[Choice]
    usage: TokenCount
    byline: dict[str, Any]


class Delta(_Sparse):
    """What a part of a stream adds to the message."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    annotations: list[Annotation] | None = None


class DeltaChoice(_Sparse):
    """There is one."""

    index: Literal[0] = 0
    delta: Delta
    finish_reason: Literal["stop"] | None = None
    logprobs: None = None


class Chunk(_Sparse):
    """A part of a stream; the one that finishes it has the answer record in `byline`."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str = MODEL
    choices: list[DeltaChoice]
    usage: TokenCount | None = None
    byline: dict[str, Any] | None = None


class Model(BaseModel):
    """A model that can be named."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "byline"


class Models(BaseModel):
    """All of them."""

    object: Literal["list"] = "list"
    data: list[Model]


class Fault(BaseModel):
    """What is wrong, and which field."""

    message: str
    type: Literal["invalid_request_error", "authentication_error", "rate_limit_error", "server_error"]
    param: str | None = None
    code: str | None = None


class ErrorReply(BaseModel):
    """An error, as this protocol has it."""

    error: Fault
