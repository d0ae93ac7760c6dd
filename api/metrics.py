"""What operators see of the service at `/metrics`, in Prometheus's text format.

No label has a value that a client chooses: routes are templates, methods and outcomes come from fixed lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from api.jobs import JobFolders
from rag.errors import BylineError
from rag.pipeline import Byline

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client's own variable
CONTENT_TYPE = CONTENT_TYPE_LATEST
STAGES = ("understand", "open", "retrieve", "rerank", "read", "cite", "write")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LATENCY_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_STAGE_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The counts of one app. Safe to use from several threads."""

    def __init__(self, shared: Path | None = None) -> None:
        """`shared`: a folder where the workers of a service count together; each is told of it by FOLDER too, before it
        imports this. What is read when it is asked for stays that of the worker that is asked.
        """
        of, self._held = CollectorRegistry(), CollectorRegistry()
        self._counts = of if shared is None else CollectorRegistry()
        if shared is not None:
            MultiProcessCollector(self._counts, str(shared))  # type: ignore[no-untyped-call]
        ProcessCollector(registry=self._held)
        route = ["route", "method"]
        self._requests = Counter("byline_requests", "Requests that ended.", [*route, "status"], registry=of)
        self._latency = Histogram(
            "byline_request_seconds", "Until a reply's last byte.", route, registry=of, buckets=_LATENCY_S
        )
        self._stages = Histogram(
            "byline_stage_seconds", "Time in each stage of an answer.", ["stage"], registry=of, buckets=_STAGE_S
        )
        self._answers = Counter("byline_answers", "Answers and abstentions.", ["status", "mode"], registry=of)
        self._claims = Counter("byline_claims", "Claims checked.", ["verdict"], registry=of)
        self._tokens = Counter("byline_llm_tokens", "Tokens of the language model.", ["direction"], registry=of)
        self._cost = Counter("byline_llm_cost_dollars", "What they cost, by the settings' prices.", registry=of)

    def watch(self, byline: Byline, jobs: JobFolders) -> None:
        """Tell what these hold too, as of each scrape."""
        self._held.register(_Held(byline, jobs))

    def observe_request(self, route: str, method: str, status: int, seconds: float) -> None:
        known = method if method in _METHODS else "other"
        self._requests.labels(route, known, str(status)).inc()
        self._latency.labels(route, known).observe(seconds)

    def observe_answer(self, record: Mapping[str, Any]) -> None:
        """`record` is an answer's."""
        self._answers.labels(record["status"], record["mode"]).inc()
        for stage in STAGES:
            if stage in record["timings_ms"]:
                self._stages.labels(stage).observe(record["timings_ms"][stage] / 1e3)
        self._observe_usage(record["usage"])

    def observe_check(self, record: Mapping[str, Any]) -> None:
        """`record` is a check's."""
        for claim in record["claims"]:
            self._claims.labels(claim["verdict"]).inc()
        self._observe_usage(record["usage"])

    def exposition(self) -> bytes:
        return generate_latest(self._counts) + generate_latest(self._held)

    def _observe_usage(self, usage: Mapping[str, Any] | None) -> None:
        if usage is not None:
            self._tokens.labels("input").inc(usage["input_tokens"])
            self._tokens.labels("output").inc(usage["output_tokens"])
            self._cost.inc(usage["cost"])


class _Held(Collector):
    """What is read when it is asked for: caches, jobs and the archive."""

    def __init__(self, byline: Byline, jobs: JobFolders) -> None:
        self._byline = byline
        self._jobs = jobs

    def collect(self) -> Iterable[Metric]:
        yield from self._caches()
        yield self._kept_jobs()
        yield from self._archive()
        yield from self._shards()

    def describe(self) -> Iterable[Metric]:
        return ()  # nothing is read to be registered

    def _caches(self) -> Iterable[Metric]:
        hits = CounterMetricFamily("byline_cache_hits", "Found among what was made lately.", labels=["cache"])
        misses = CounterMetricFamily("byline_cache_misses", "Made anew.", labels=["cache"])
        for name, recent in (("answers", self._byline.chain.recent), ("searches", self._byline.recent_searches)):
            hits.add_metric([name], recent.hits)
            misses.add_metric([name], recent.misses)
        return hits, misses

    def _kept_jobs(self) -> Metric:
        """A gauge: of jobs that ended, the oldest are forgotten."""
        counts: dict[tuple[str, str], int] = {}
        for job in self._jobs.all():
            counts[job.kind, job.status] = counts.get((job.kind, job.status), 0) + 1
        family = GaugeMetricFamily("byline_jobs", "Jobs that are kept.", labels=["kind", "status"])
        for (kind, status), n in sorted(counts.items()):
            family.add_metric([kind, status], n)
        return family

    def _archive(self) -> Iterable[Metric]:
        """Nothing when the ledger can't be read: the other numbers are wanted all the more."""
        try:
            counts, behind = self._byline.counts(), self._byline.behind()
        except (BylineError, SQLAlchemyError):
            return
        for name, n in counts.items():
            yield GaugeMetricFamily(f"byline_{name}", f"How many {name} the archive holds.", value=n)
        yield GaugeMetricFamily("byline_changes_behind", "Changes that the keyword index lacks.", value=behind)

    def _shards(self) -> Iterable[Metric]:
        """Of the Chroma servers, where the vectors are on some. They are numbered in the order of their addresses."""
        try:
            shards, lag = self._byline.shards(), self._byline.vectors_behind()
        except (BylineError, SQLAlchemyError):
            return ()
        if not shards:
            return ()
        up = GaugeMetricFamily("byline_chroma_up", "Whether the Chroma server answered last.", labels=["shard"])
        left = GaugeMetricFamily("byline_chroma_left_alone", "Whether it is left alone for a while.", labels=["shard"])
        for one in shards:
            up.add_metric([str(one.nth + 1)], one.up)
            left.add_metric([str(one.nth + 1)], one.resting)
        return up, left, GaugeMetricFamily("byline_chroma_changes_behind", "Changes that they lack.", value=lag)
