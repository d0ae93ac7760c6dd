"""An OTLP/HTTP receiver for tests: what it is sent, as OpenTelemetry's own messages."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

_MESSAGES = {"/v1/traces": ExportTraceServiceRequest, "/v1/metrics": ExportMetricsServiceRequest}
_SECONDS = 30


@dataclass(frozen=True)
class Span:
    name: str
    kind: int
    trace: str
    id: str
    parent: str
    failed: bool
    attributes: dict[str, Any]


@dataclass
class Collector:
    """`bodies` are what came, as bytes; `resource` is what the spans are of."""

    address: str
    bodies: list[bytes] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    metrics: list[Any] = field(default_factory=list)
    resource: dict[str, Any] = field(default_factory=dict)

    def until(self, enough: Callable[[list[Span]], Any]) -> list[Span]:
        """The spans, once there are enough."""
        ends = time.monotonic() + _SECONDS
        while not enough(self.spans) and time.monotonic() < ends:
            time.sleep(0.05)
        assert enough(self.spans), [one.name for one in self.spans]
        return self.spans

    def take(self, path: str, body: bytes) -> None:
        message = _MESSAGES[path].FromString(body)
        self.bodies.append(body)
        if path == "/v1/metrics":
            scopes = (scope for one in message.resource_metrics for scope in one.scope_metrics)
            self.metrics += [metric for scope in scopes for metric in scope.metrics]
            return
        for one in message.resource_spans:
            self.resource = _attributes(one.resource.attributes)
            self.spans += [_span(span) for scope in one.scope_spans for span in scope.spans]


@contextmanager
def collecting() -> Iterator[Collector]:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.collector = Collector(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _span(span: Any) -> Span:
    ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
    return Span(span.name, span.kind, *ids, span.status.code == 2, _attributes(span.attributes))


def _attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    collector: Collector


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        packed = self.headers.get("Content-Encoding") == "gzip"
        self.server.collector.take(self.path, gzip.decompress(body) if packed else body)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as its base has it
        pass
