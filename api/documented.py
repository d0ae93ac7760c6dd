"""The replies of each operation for the OpenAPI document: what comes, with examples, and what goes wrong."""

from __future__ import annotations

from typing import Any

from api.chat_wire import ErrorReply
from api.replies import (
    AnswerRecord,
    ArticleRecord,
    ArticlesRecord,
    CheckRecord,
    HitsRecord,
    QuotesRecord,
    RecheckRecord,
    TimelineRecord,
)
from api.replies_own import (
    ExamplesRecord,
    FeedRecord,
    FeedsRecord,
    FieldFault,
    JobRecord,
    JobsRecord,
    Problem,
    ReadyRecord,
    StatsRecord,
)

_REF = "#/components/schemas/{model}"
Responses = dict[int | str, dict[str, Any]]

_PROBLEM = {"$ref": "#/components/schemas/Problem"}
PROBLEM_SCHEMAS = {one.__name__: one.model_json_schema(ref_template=_REF) for one in (Problem, FieldFault)}
PROBLEM_SCHEMAS["Problem"].pop("$defs")


def _problem(status: int, description: str, title: str, detail: str) -> Responses:
    example = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    content = {"application/problem+json": {"schema": _PROBLEM, "example": example}}
    return {status: {"description": description, "content": content}}


_EVENT = {
    "type": "object",
    "description": "Each event.",
    "properties": {"event": {"type": "string"}, "data": {"type": "string"}},
    "required": ["data"],
}


def _stream(*events: tuple[str, str]) -> dict[str, Any]:
    example = "".join(f"event: {name}\ndata: {payload}\n\n" for name, payload in events)
    return {"content": {"text/event-stream": {"schema": _EVENT, "example": example}}}


ANSWER: dict[str, Any] = {"model": AnswerRecord, "description": "The answer, or an abstention."}
ANSWER_EVENTS = _stream(
    ("evidence", '{"passages": […]}'),
    ("sentence", '{"n": 1, "text": "One person said Ford’s site in Valencia is the leading candidate to take part."}'),
    ("citations", '{"n": 1, "citations": […]}'),
    ("verdict", '{"n": 1, "verdict": "supported", "checks": […]}'),
    ("done", '{"id": "…", "status": "answered", …}'),
)
CHECK: dict[str, Any] = {"model": CheckRecord, "description": "Every claim with its verdict and evidence."}
CHECK_EVENTS = _stream(("progress", '{"done": 1, "of": 2}'), ("done", '{"id": "…", "claims": […], …}'))
RECHECK: dict[str, Any] = {"model": RecheckRecord, "description": "What has become of it."}
EXPORTS: dict[str, Any] = {
    "description": "A file.",
    "content": {
        kind: {"schema": {"type": "string"}}
        for kind in ("text/markdown", "text/html", "text/csv", "application/ld+json")
    },
}
FEED: dict[str, Any] = {"model": FeedRecord, "description": "The feed."}
FEEDS: dict[str, Any] = {"model": FeedsRecord, "description": "The feeds."}
STATS: dict[str, Any] = {"model": StatsRecord, "description": "Counts."}
EXAMPLES: dict[str, Any] = {"model": ExamplesRecord, "description": "Questions."}
HITS: dict[str, Any] = {"model": HitsRecord, "description": "Passages, best first."}
QUOTES: dict[str, Any] = {"model": QuotesRecord, "description": "Statements, the newest first."}
TIMELINE: dict[str, Any] = {"model": TimelineRecord, "description": "Statements in the order of their days."}
ARTICLES: dict[str, Any] = {"model": ArticlesRecord, "description": "Articles, and how many there are in all."}
ARTICLE: dict[str, Any] = {"model": ArticleRecord, "description": "The article as stored."}
JOB: dict[str, Any] = {"model": JobRecord, "description": "The job."}
JOB_EVENTS = _stream(("progress", '{"id": "…", "status": "running", …}'), ("done", '{"id": "…", "status": "done", …}'))
JOBS: dict[str, Any] = {"model": JobsRecord, "description": "The jobs."}
METRICS: dict[str, Any] = {"description": "Metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}}
READY: dict[str, Any] = {"model": ReadyRecord, "description": "It can be asked."}
NOT_READY: dict[str, Any] = {"model": ReadyRecord, "description": "It can't be asked now; the parts say why."}
REFUSED = _problem(422, "It can't be used.", "QuestionRejected", "The question is empty. Write what you want to know.")
UNREADABLE = _problem(400, "The body can't be read.", "Bad Request", "There was an error parsing the body")
NOT_FOUND = _problem(
    404, "There is none.", "NotFound", "There is no check 7. Look at the id that it was given when it was made."
)
UNAVAILABLE = _problem(
    503, "The archive can't answer now.", "StoreEmpty", "The archive is empty. Ingest articles: byline ingest PATH."
)
LIMITED = (
    _problem(400, "It can't be read.", "Bad Request", "The body has two lengths. Send one of them.")
    | _problem(408, "The request did not come in time.", "Too Slow", "The request did not come in time. Send it again.")
    | _problem(413, "The request is too large.", "Too Large", "A request may have 50 MB. Send less, or in parts.")
    | _problem(
        429, "Too many requests; `Retry-After` says how long to wait.", "Too Many Requests", "Too many requests."
    )
    | _problem(415, "A packed body is not unpacked.", "Unsupported Media Type", "Send it as it is.")
    | _problem(503, "Busy, or the reply took too long.", "Busy", "Try again in a moment.")
)
KEYED = _problem(401, "A key is needed, or is not valid.", "Unauthorized", "A key is needed.") | _problem(
    403, "The key may not do this.", "Forbidden", "The key may read only."
)
"""Replies that the middlewares give to any request."""


def _chat_error(status: int, kind: str, code: str, message: str) -> Responses:
    example = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    content = {"application/json": {"example": example}}
    return {status: {"model": ErrorReply, "description": message, "content": content}}


CHAT_EVENTS: dict[str, Any] = {
    "description": "The answer; with `stream` in parts.",
    "content": {
        "text/event-stream": {
            "schema": _EVENT,
            "example": 'data: {"choices": [{"delta": {"content": "One person said …"}}], …}\n\ndata: [DONE]\n\n',
        }
    },
}
CHAT_LIMITED = (
    _chat_error(400, "invalid_request_error", "invalid_value", "The last message is not the user's.")
    | _chat_error(401, "authentication_error", "invalid_api_key", "A key is needed.")
    | _chat_error(403, "authentication_error", "insufficient_permissions", "The key may read only.")
    | _chat_error(404, "invalid_request_error", "model_not_found", "There is no model 'gpt'. Name 'byline'.")
    | _chat_error(408, "invalid_request_error", "timeout", "The request did not come in time. Send it again.")
    | _chat_error(413, "invalid_request_error", "too_large", "A request may have 50 MB. Send less, or in parts.")
    | _chat_error(415, "invalid_request_error", "unsupported", "A packed body is not unpacked here.")
    | _chat_error(429, "rate_limit_error", "rate_limit_exceeded", "Too many requests.")
    | _chat_error(503, "server_error", "store_empty", "The archive is empty. Ingest articles: byline ingest PATH.")
)
"""The same and more in the form of the chat protocol."""
