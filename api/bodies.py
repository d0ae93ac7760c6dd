"""What the service is asked, as models: they are the request part of the OpenAPI document."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi.exceptions import RequestValidationError
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    StrictBool,
    ValidationError,
    model_validator,
)

from rag.types import Query, Turn


def _only_text(value: object) -> object:
    if value is not None and not isinstance(value, str | date):
        raise ValueError("write it as 2022-06-17")  # a number would be taken for seconds since 1970
    return value


Day = Annotated[date, BeforeValidator(_only_text)]
"""A day as an ISO 8601 string."""


def _whole_characters(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"half of a character stands at {error.start}: write it whole or as UTF-8") from error
    return value


Text = Annotated[str, AfterValidator(_whole_characters)]
"""A string; JSON can write halves of surrogate pairs, which are no characters and can't be stored."""


class Message(BaseModel):
    """One message of a conversation."""

    model_config = ConfigDict(extra="forbid")

    role: Literal["user", "assistant"]
    content: Text = Field(max_length=20_000)


class AskRequest(BaseModel):
    """A question, and which articles may answer it. Days are inclusive."""

    model_config = ConfigDict(extra="forbid")

    question: Text = Field(examples=["Which Ford plant is the leading candidate to build Geely cars?"])
    history: list[Message] = Field(
        default=[], max_length=50, description="The conversation before it, oldest first; a follow-up rests on it."
    )
    sources: list[Text] = Field(default=[], max_length=100)
    published_from: Day | None = None
    published_to: Day | None = None
    as_of: Day | None = Field(None, description="As if today were this day: nothing published later.")
    explain: StrictBool = Field(False, description="Tell the whole ranking behind the answer too, as `hits`.")

    def turns(self) -> tuple[Turn, ...]:
        return tuple(Turn(one.role, one.content) for one in self.history)

    def limits(self) -> Query:
        return Query(
            text="",
            sources=tuple(self.sources),
            published_from=self.published_from,
            published_to=self.published_to,
            as_of=self.as_of,
        )


class CheckRequest(BaseModel):
    """A claim or a draft, and which articles may speak to it. Days are inclusive."""

    model_config = ConfigDict(extra="forbid")

    text: Text = Field(examples=["Ford and Geely are in talks."])
    sources: list[Text] = Field(default=[], max_length=100)
    published_from: Day | None = None
    published_to: Day | None = None
    as_of: Day | None = Field(None, description="As if today were this day: nothing published later.")

    def limits(self) -> Query:
        return Query("", 20, tuple(self.sources), self.published_from, self.published_to, self.as_of)


class NewArticle(BaseModel):
    """An article to store, as a line of a .jsonl file has it. Only `text` is needed."""

    model_config = ConfigDict(extra="forbid")

    text: str
    title: str | None = None
    url: str | None = None
    source: str | None = None
    published: str | None = Field(None, examples=["2024-05-31"])
    authors: list[str] | None = None
    language: str | None = None
    id: str | None = None


class NewArticles(BaseModel):
    """Articles to store, and web addresses to fetch articles from; at least one of either."""

    model_config = ConfigDict(extra="forbid")

    articles: list[NewArticle] = Field(default=[], max_length=10_000)
    urls: list[HttpUrl] = Field(default=[], max_length=1_000)

    @model_validator(mode="after")
    def _something(self) -> NewArticles:
        if not self.articles and not self.urls:
            raise ValueError("there is neither an article nor a URL")
        return self

    @classmethod
    def read(cls, body: bytes) -> NewArticles:
        """Raises RequestValidationError, as if FastAPI had read it."""
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            raise RequestValidationError([{**e, "loc": ("body", *e["loc"])} for e in error.errors()]) from error


class NewFeed(BaseModel):
    """An RSS or Atom feed to follow."""

    model_config = ConfigDict(extra="forbid")

    url: Text = Field(max_length=2000, examples=["https://news.example/rss.xml"])
