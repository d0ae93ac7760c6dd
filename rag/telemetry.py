"""OpenTelemetry's SDK, set up by its own environment variables and kept to Byline: nothing is registered for others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry import propagate, trace
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter, MetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from rag.errors import MissingExtra
from rag.settings import TelemetrySettings

_VERSION = "0.1.0"
_SECONDS = [0.01 * 2**n for n in range(14)]  # the buckets that the conventions name
_TOKENS = [4.0**n for n in range(14)]

Measure = Callable[[tuple[int, int] | None], None]
"""Told the tokens that an operation read and wrote, where it has any."""


class Telemetry:
    """`source` names the archive. `with_text`: whether words of people, articles and models may be told."""

    def __init__(self, settings: TelemetrySettings, source: str) -> None:
        """Raises MissingExtra."""
        self.source = source
        self.with_text = settings.with_text
        resource = Resource.create({"service.name": "byline"} if not settings.names_service else {})
        self._spans = TracerProvider(resource=resource, shutdown_on_exit=False)
        if settings.traces:
            self._spans.add_span_processor(BatchSpanProcessor(_span_exporter(settings)))
        self._meters = _meters(settings, resource)
        self._tracer = self._spans.get_tracer("byline", _VERSION)
        meter = self._meters.get_meter("byline", _VERSION)
        self._duration = meter.create_histogram(
            "gen_ai.client.operation.duration", "s", explicit_bucket_boundaries_advisory=_SECONDS
        )
        self._tokens = meter.create_histogram(
            "gen_ai.client.token.usage", "{token}", explicit_bucket_boundaries_advisory=_TOKENS
        )

    def close(self) -> None:
        """Send what is left."""
        self._spans.shutdown()
        if isinstance(self._meters, MeterProvider):
            self._meters.shutdown()

    @contextmanager
    def span(self, name: str, attributes: Mapping[str, Any]) -> Iterator[trace.Span]:
        with (
            self._tracer.start_as_current_span(
                name, attributes=attributes, record_exception=False, set_status_on_exception=False
            ) as span,
            _failing(span),
        ):
            yield span

    @contextmanager
    def server_span(self, name: str, attributes: Mapping[str, Any], headers: Mapping[str, str]) -> Iterator[trace.Span]:
        with (
            self._tracer.start_as_current_span(
                name,
                context=propagate.extract(headers),
                kind=SpanKind.SERVER,
                attributes=attributes,
                record_exception=False,
                set_status_on_exception=False,
            ) as span,
            _failing(span),
        ):
            yield span

    @contextmanager
    def operation(
        self, name: str, told: Mapping[str, Any], asked: Mapping[str, Any], *, outgoing: bool
    ) -> Iterator[tuple[trace.Span, Measure]]:
        """`told` is what measurements have too. An outgoing one is not the current span meanwhile."""
        kind = SpanKind.CLIENT if outgoing else SpanKind.INTERNAL
        span = self._tracer.start_span(name, kind=kind, attributes={**told, **asked})
        measured = dict(told) | ({"gen_ai.request.model": asked["gen_ai.request.model"]} if _MODEL in asked else {})
        started = time.perf_counter()

        def measure(tokens: tuple[int, int] | None) -> None:
            for which, count in zip(("input", "output"), tokens or (), strict=False):
                self._tokens.record(count, {**measured, "gen_ai.token.type": which})

        try:
            with _failing(span, measured):
                if outgoing:
                    yield span, measure
                else:
                    with trace.use_span(span, record_exception=False, set_status_on_exception=False):
                        yield span, measure
        finally:
            self._duration.record(time.perf_counter() - started, measured)
            span.end()


_MODEL = "gen_ai.request.model"


@contextmanager
def _failing(span: trace.Span, measured: dict[str, Any] | None = None) -> Iterator[None]:
    """An error by its kind alone: what it says may hold a question. To be left early is none."""
    try:
        yield
    except Exception as error:
        name = type(error).__name__
        span.set_attribute("error.type", name)
        span.set_status(StatusCode.ERROR)
        if measured is not None:
            measured["error.type"] = name
        raise


def _meters(settings: TelemetrySettings, resource: Resource) -> MeterProvider | NoOpMeterProvider:
    if not settings.metrics:
        return NoOpMeterProvider()
    reader = PeriodicExportingMetricReader(_metric_exporter(settings))
    return MeterProvider([reader], resource, shutdown_on_exit=False)


def _span_exporter(settings: TelemetrySettings) -> SpanExporter:
    if settings.traces == "console":
        return ConsoleSpanExporter()
    with _extra():
        if settings.protocol_of("traces") == "grpc":
            from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as OverGrpc

            return OverGrpc()
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter()


def _metric_exporter(settings: TelemetrySettings) -> MetricExporter:
    if settings.metrics == "console":
        return ConsoleMetricExporter()
    with _extra():
        if settings.protocol_of("metrics") == "grpc":
            from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as OverGrpc

            return OverGrpc()
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter

        return OTLPMetricExporter()


@contextmanager
def _extra() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise MissingExtra(
            "Telemetry is asked for, and its exporter is not installed.", remedy="Run: pip install 'byline[otel]'."
        ) from error
