"""A chat request to a question and the conversation before it, or why it can't be one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api.chat_errors import ChatRefused, ModelUnknown
from api.chat_wire import MODEL, ChatMessage, ChatRequest, MediaPart, TextPart
from rag.types import Turn

TURNS = 50  # messages of a conversation that are read, the last ones
_TURN_CHARS = 20_000
_MEDIA = {"image_url": "an image", "input_audio": "sound", "file": "a file"}


@dataclass(frozen=True, slots=True)
class ChatAsked:
    """What Byline is asked."""

    question: str
    history: tuple[Turn, ...]


def chat_asked(request: ChatRequest) -> ChatAsked:
    """Raises ChatRefused and ModelUnknown."""
    check_model(request.model)
    _check_wishes(request)
    turns = [turn for n, one in enumerate(request.messages) for turn in _turns(n, one)]
    if not turns or turns[-1].role != "user":
        raise ChatRefused(
            "The last message is not the user's.", remedy="End the messages with the question.", param="messages"
        )
    history = tuple(turn for turn in turns[:-1][-TURNS:] if turn.text)
    return ChatAsked(turns[-1].text, history)


def check_model(name: str) -> None:
    """Raises ModelUnknown."""
    if name != MODEL:
        raise ModelUnknown(
            f"There is no model {name[:80]!r}.", remedy=f"Name {MODEL!r}.", param="model", code="model_not_found"
        )


def _check_wishes(request: ChatRequest) -> None:
    """Refuse what a client would take for done; what only tunes a model's sampling is read over."""
    if request.n not in {None, 1}:
        raise _refused("n", f"{request.n} replies can't be made", "There is one answer; leave n out.")
    for param, choice in (("tool_choice", request.tool_choice), ("function_call", request.function_call)):
        if choice not in {None, "none", "auto"} if not isinstance(choice, dict) else True:
            raise _refused(param, "tools are never called", f"Leave {param} out, or set it to 'auto'.")
    if _wanted_type(request.response_format) not in {None, "text"}:
        raise _refused("response_format", "the answer is prose", "Leave it out; the record is in the field byline.")
    if set(request.modalities or ()) - {"text"}:
        raise _refused("modalities", "the answer is text", "Leave it out.")
    if request.logprobs:
        raise _refused("logprobs", "there are none", "Leave it out.")


def _wanted_type(response_format: dict[str, Any] | None) -> Any:
    return response_format.get("type") if response_format else None


def _refused(param: str, why: str, remedy: str) -> ChatRefused:
    return ChatRefused(f"{param}: {why}.", remedy=remedy, param=param)


def _turns(n: int, message: ChatMessage) -> list[Turn]:
    """The message as a turn; none for one that is read over."""
    if message.role not in {"user", "assistant"}:
        return []
    text = _text(n, message)
    if message.role == "assistant":
        _check_length(n, text)
        return [Turn("assistant", text)]
    return [Turn("user", text)]


def _text(n: int, message: ChatMessage) -> str:
    if not isinstance(message.content, list):
        return message.content or ""
    media = next((part for part in message.content if isinstance(part, MediaPart)), None)
    if media is not None:
        raise ChatRefused(
            f"messages[{n}]: {_MEDIA[media.type]} can't be read.",
            remedy="Send text parts only.",
            param=f"messages[{n}].content",
            code="unsupported_content",
        )
    return "\n".join(part.text for part in message.content if isinstance(part, TextPart))


def _check_length(n: int, text: str) -> None:
    if len(text) > _TURN_CHARS:
        raise ChatRefused(
            f"messages[{n}]: it has {len(text):,} characters; the limit is {_TURN_CHARS:,}.",
            remedy="Shorten it, or leave it out of the conversation.",
            param=f"messages[{n}].content",
            code="string_above_max_length",
        )
