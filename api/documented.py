"""The replies of each operation for the OpenAPI document: what comes, with examples, and what goes wrong."""

from __future__ import annotations

from typing import Any

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

Responses = dict[int | str, dict[str, Any]]

_PROBLEM = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
_PROBLEM["properties"]["errors"]["items"] = FieldFault.model_json_schema()
_PROBLEM.pop("$defs")


def _problem(status: int, description: str, title: str, detail: str) -> Responses:
    example = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    content = {"application/problem+json": {"schema": _PROBLEM, "example": example}}
    return {status: {"description": description, "content": content}}


def _stream(*events: tuple[str, str]) -> dict[str, Any]:
    example = "".join(f"event: {name}\ndata: {payload}\n\n" for name, payload in events)
    return {"content": {"text/event-stream": {"schema": {"type": "string"}, "example": example}}}


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
    _problem(408, "The request did not come in time.", "Too Slow", "The request did not come in time. Send it again.")
    | _problem(413, "The request is too large.", "Too Large", "A request may have 50 MB. Send less, or in parts.")
    | _problem(
        429, "Too many requests; `Retry-After` says how long to wait.", "Too Many Requests", "Too many requests."
    )
)
KEYED = _problem(401, "A key is needed, or is not valid.", "Unauthorized", "A key is needed.") | _problem(
    403, "The key may not do this.", "Forbidden", "The key may read only."
)
"""Replies that the middlewares give to any request."""
