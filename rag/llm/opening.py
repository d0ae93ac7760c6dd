"""A chat model's client, opened by its name: any that LangChain knows, or a server that speaks OpenAI's protocol."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from rag.errors import MissingExtra, SettingsError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_PACKAGES = {"openai": "langchain_openai", "anthropic": "langchain_anthropic", "ollama": "langchain_ollama"}


@dataclass(frozen=True, slots=True)
class Connection:
    """How a model is reached. `name` is `provider:model`."""

    name: str
    base_url: str | None = None
    api_key: str | None = None
    timeout_s: float = 60.0
    retries: int = 2
    window: int | None = None
    output_tokens: int = 800
    structured: Literal["auto", "json_schema", "function_calling", "never"] = "auto"

    @property
    def provider(self) -> str:
        return self.name.partition(":")[0]

    @property
    def model(self) -> str:
        return self.name.partition(":")[2]


def open_chat(to: Connection) -> BaseChatModel:
    """Raises MissingExtra when the provider's package is not installed, SettingsError when it can't be set up."""
    package = _PACKAGES.get(to.provider)
    if package and importlib.util.find_spec(package) is None:
        raise MissingExtra(
            f"BYLINE_LLM={to.name} needs {package.replace('_', '-')}, which is not installed.",
            remedy=f"Run: pip install 'byline[{to.provider}]'.",
        )
    from langchain.chat_models import init_chat_model  # seconds, which only those pay who have a model

    more: dict[str, Any] = {"base_url": to.base_url} if to.base_url else {}
    if to.api_key or to.base_url:
        more["api_key"] = to.api_key or "none"  # servers of one's own ask for no key, their client does
    if to.provider == "openai":
        more["stream_usage"] = True
        if to.base_url:  # the client sends `max_completion_tokens`, which servers of one's own may not know
            more["extra_body"] = {"max_tokens": to.output_tokens}
    if to.provider != "ollama":
        more |= {"timeout": to.timeout_s, "max_retries": to.retries, "max_tokens": to.output_tokens}
    else:
        more.pop("api_key", None)
        more |= {"client_kwargs": {"timeout": to.timeout_s}, "num_predict": to.output_tokens}
    try:
        model: BaseChatModel = init_chat_model(to.model, model_provider=to.provider, **more)
    except ImportError as error:
        raise MissingExtra(
            f"BYLINE_LLM={to.name} needs a package that is not installed.", remedy=f"Install it: {error}."
        ) from error
    except Exception as error:
        raise SettingsError(
            f"BYLINE_LLM={to.name} can't be used: {_brief(error)}.",
            remedy="Correct it, or set BYLINE_LLM_API_KEY if a key is missing.",
        ) from error
    return model


def _brief(error: BaseException) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
