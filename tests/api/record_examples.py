"""`python -m tests.api.record_examples`: has a real service reply, and keeps it as the OpenAPI document's examples."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from api.openapi import EXAMPLES
from tests.api.serving import served
from tests.command import ROOT, byline

QUESTION = "Which Ford plant is the leading candidate to build Geely cars?"
CLAIM = "Diess said VW would take an equity stake in Ford."
STORY = {"text": "The lighthouse keeper Ada Brook retired on Friday. Nobody follows her.", "title": "The last keeper"}
FEED = "https://news.example/rss.xml"
CHAT = {"model": "byline", "messages": [{"role": "user", "content": QUESTION}]}


class Recorder:
    """Asks, and keeps what was asked and replied under the operation's name in the document."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self.kept: dict[str, Any] = {}

    def ask(self, method: str, path: str, *, of: str | None = None, body: Any = None, **parameters: Any) -> Any:
        """`of` is the path as the document has it; what it has in braces is taken from `parameters`."""
        named = {name: one for name, one in parameters.items() if f"{{{name}}}" in (of or "")}
        query = {name: one for name, one in parameters.items() if name not in named}
        reply = self._http.request(method, path, json=body, params=query)
        assert reply.is_success or reply.status_code == 503, reply.text
        kind = reply.headers.get("content-type", "").partition(";")[0]
        told = reply.json() if kind == "application/json" else reply.text
        kept = self.kept.setdefault(f"{method} {of or path}", {"parameters": parameters, "replies": {}})
        if body is not None:
            kept["body"] = body
        if told:
            kept["replies"].setdefault(str(reply.status_code), {})[kind] = told
        return told


def record(http: httpx.Client) -> dict[str, Any]:
    """Every operation, in an order in which each finds what it needs."""
    to = Recorder(http)
    answer = to.ask("POST", "/v1/ask", body={"question": QUESTION})
    to.ask("GET", f"/v1/answers/{answer['id']}", of="/v1/answers/{answer_id}", answer_id=answer["id"])
    check = to.ask("POST", "/v1/check", body={"text": CLAIM})
    one = {"of": "/v1/checks/{check_id}", "check_id": check["id"]}
    to.ask("GET", f"/v1/checks/{check['id']}", **one)
    one["of"] = "/v1/checks/{check_id}/export"
    for form in ("claimreview", "csv", "html", "markdown"):
        to.ask("GET", f"/v1/checks/{check['id']}/export", **one, format=form)
    to.ask("POST", f"/v1/checks/{check['id']}/recheck", **one | {"of": "/v1/checks/{check_id}/recheck"})
    to.ask("GET", "/v1/search", q="Geely tariffs", k=1, rerank=False)
    to.ask("GET", "/v1/quotes", person="Herbert Diess")
    to.ask("GET", "/v1/timeline", subject="Ford Geely")
    article = to.ask("GET", "/v1/articles", limit=1, offset=0)["articles"][0]["article"]
    to.ask("GET", f"/v1/articles/{article['id']}", of="/v1/articles/{article_id}", article_id=article["id"], version=1)
    job = to.ask("POST", "/v1/articles", body={"articles": [STORY]})
    while http.get(f"/v1/jobs/{job['id']}").json()["status"] != "done":
        time.sleep(0.1)
    to.ask("GET", f"/v1/jobs/{job['id']}", of="/v1/jobs/{job_id}", job_id=job["id"])
    to.ask("GET", "/v1/jobs")
    to.ask("DELETE", f"/v1/jobs/{job['id']}", of="/v1/jobs/{job_id}", job_id=job["id"])
    to.kept["DELETE /v1/articles/{article_id}"] = {
        "parameters": {"article_id": article["id"]},
        "replies": {"202": {"application/json": job | {"kind": "remove", "subjects": [article["id"]]}}},
    }
    to.ask("POST", "/v1/feeds", body={"url": FEED})
    to.ask("GET", "/v1/feeds")
    to.ask("DELETE", "/v1/feeds", url=FEED)
    to.ask("POST", "/v1/feeds/poll")
    for path in ("/v1/stats", "/v1/examples", "/v1/models", "/healthz", "/readyz", "/metrics"):
        to.ask("GET", path)
    to.ask("GET", "/v1/models/byline", of="/v1/models/{name}", name="byline")
    to.ask("POST", "/v1/chat/completions", body=CHAT)
    return to.kept


def record_empty(http: httpx.Client) -> dict[str, Any]:
    """What only an empty archive replies."""
    to = Recorder(http)
    to.ask("GET", "/readyz")
    return to.kept


def main() -> None:
    """Write the file anew."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with served(data) as service, httpx.Client(base_url=service.address, timeout=60) as http:
            empty = record_empty(http)
        assert byline("ingest", str(ROOT / "corpus"), data=data).returncode == 0
        with served(data) as service, httpx.Client(base_url=service.address, timeout=60) as http:
            kept = record(http)
    kept["GET /readyz"]["replies"] |= empty["GET /readyz"]["replies"]
    kept["GET /metrics"]["replies"]["200"] = {"text/plain": _some(kept["GET /metrics"]["replies"]["200"]["text/plain"])}
    EXAMPLES.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _some(metrics: str) -> str:
    return "".join(line for line in metrics.splitlines(keepends=True) if "byline_answers" in line)


if __name__ == "__main__":
    main()
