"""A running service as a target: `POST /v1/ask` for questions, `POST /v1/check` for claims."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import httpx

from evals.errors import EvalError
from evals.gold import Case
from evals.reply import Reply, missing
from evals.runs.records import parse_prediction, reply_of
from evals.runs.targets import NO_CLAIMS, About, CorpusArchive, day

_GONE = {404, 405, 501}
_TRY_AGAIN = {408, 429}


class Service:
    """Each thread has its own connection; a request that takes longer than `timeout_s` is a timeout."""

    def __init__(self, url: str, corpus: Path, timeout_s: float, headers: dict[str, str] | None = None) -> None:
        self._url = url.rstrip("/")
        self._timeout = timeout_s
        self._headers = headers or {}
        self._archive = CorpusArchive(corpus)
        self._local = threading.local()
        self.about = About("service", self._url)

    def check(self) -> None:
        """Raises EvalError when nothing answers at the address."""
        try:
            httpx.get(f"{self._url}/healthz", headers=self._headers, timeout=min(self._timeout, 10))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise EvalError(
                f"No service answers at {self._url}: {error}.", remedy="Start it, or correct --url."
            ) from error

    def reply(self, case: Case, repeat: int) -> Reply:
        claim = case.kind == "claim"
        body: dict[str, Any] = {"text" if claim else "question": case.question, "as_of": day(case.as_of)}
        try:
            if case.history:
                body["history"] = self._held(case)
            response = self._client().post(f"{self._url}/v1/{'check' if claim else 'ask'}", json=body)
        except httpx.TimeoutException:
            return missing(case.id, "timeout", f"no answer in {self._timeout:g} s", repeat=repeat)
        except httpx.HTTPError as error:
            return missing(case.id, "error", f"{type(error).__name__}: {error}", repeat=repeat)
        if response.is_success:
            return self._read(case, response, repeat)
        return self._refused(case, response, repeat)

    def _held(self, case: Case) -> list[dict[str, str]]:
        """The conversation before the last question, turn by turn; a turn that fails has no answer."""
        turns: list[dict[str, str]] = []
        for earlier in case.history:
            body = {"question": earlier, "as_of": day(case.as_of), "history": turns}
            response = self._client().post(f"{self._url}/v1/ask", json=body)
            told = response.json().get("text", "") if response.is_success else ""
            turns = [*turns, {"role": "user", "content": earlier}, {"role": "assistant", "content": told}]
        return turns

    def _read(self, case: Case, response: httpx.Response, repeat: int) -> Reply:
        try:
            told = parse_prediction(response.json())
        except (ValueError, EvalError) as error:
            return missing(case.id, "error", f"its reply can't be read: {error}", repeat=repeat)
        return reply_of(case, told, self._archive, repeat=repeat)

    def _refused(self, case: Case, response: httpx.Response, repeat: int) -> Reply:
        if response.status_code in _GONE:
            if case.kind == "claim":
                return Reply(case=case.id, repeat=repeat, unsupported=NO_CLAIMS)
            raise EvalError(
                f"{self._url}/v1/ask answers {response.status_code}: this is no Byline service.",
                remedy="Correct --url.",
            )
        said = f"HTTP {response.status_code}: {response.text[:300]}"
        refused = response.is_client_error and response.status_code not in _TRY_AGAIN
        return missing(case.id, "refused" if refused else "error", said, repeat=repeat)

    def _client(self) -> httpx.Client:
        if not hasattr(self._local, "client"):
            self._local.client = httpx.Client(timeout=self._timeout, headers=self._headers)
        client: httpx.Client = self._local.client
        return client
