"""What the service tells an OpenTelemetry collector, a real one over OTLP/HTTP; and that it tells no words."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.events import events
from tests.api.serving import served
from tests.collector import Collector, Span, collecting
from tests.rag.llm.asking import QUESTION, saying
from tests.scripted_llm import Say, scripted

WORDS = "One person said Ford’s site in Valencia is the leading candidate"
GOOD = ("One person said Ford's site in Valencia is the leading candidate to take part.", WORDS)
SERVER, CLIENT = 2, 3  # kinds of spans
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def ask_and_stop(data: Path, collector: Collector, **environment: str) -> None:
    """One question with the scripted model, a search, a request that no route knows; then the service is stopped."""
    headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", "Accept": "text/event-stream"}
    with scripted(Say(saying(GOOD))) as model:
        told = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.address, "OTEL_METRICS_EXPORTER": "otlp", **environment}
        wire = {"BYLINE_LLM": "openai:scripted", "BYLINE_LLM_BASE_URL": model.base_url}
        with (
            served(data, BYLINE_LLM_STRUCTURED="never", **wire, **told) as service,
            httpx.Client(base_url=service.address, timeout=30) as http,
        ):
            with http.stream("POST", "/v1/ask", json={"question": QUESTION}, headers=headers) as reply:
                assert [name for name, _ in events(reply)][-1] == "done"
            assert http.get("/v1/search", params={"q": "Geely tariffs", "k": 7}).status_code == 200
            assert http.get("/Valencia").status_code == 404
    assert not [line for line in service.log if "ERROR" in line or "Traceback" in line]


def children(spans: list[Span], of: Span) -> dict[str, Span]:
    return {one.name: one for one in spans if one.parent == of.id}


def test_a_question_is_a_tree_of_spans_without_its_words(own_data: Path) -> None:
    """Few spans and a long delay: what comes, comes because the end of the service flushes."""
    with collecting() as collector:
        ask_and_stop(own_data, collector, OTEL_BSP_SCHEDULE_DELAY="600000")
    spans = collector.spans
    root = next(one for one in spans if one.name == "POST /v1/ask")
    assert (root.trace, root.parent, root.kind) == (TRACE, PARENT, SERVER)
    assert root.attributes["http.route"] == root.attributes["url.path"] == "/v1/ask"
    assert root.attributes["http.response.status_code"] == 200
    stages = children(spans, root)
    assert {"retrieve", "rerank", "read", "cite", "chat scripted"} <= set(stages)

    chat = stages["chat scripted"]
    assert chat.kind == CLIENT
    assert chat.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "scripted",
        "gen_ai.request.max_tokens": 800,
        "gen_ai.request.stream": True,
        "gen_ai.usage.input_tokens": 400,
        "gen_ai.usage.output_tokens": 40,
        "gen_ai.response.finish_reasons": chat.attributes["gen_ai.response.finish_reasons"],
    }
    retrieval = children(spans, stages["retrieve"])["retrieval own"]
    assert retrieval.attributes["gen_ai.operation.name"] == "retrieval"
    assert retrieval.attributes["gen_ai.data_source.id"] == "own"
    assert retrieval.attributes["gen_ai.request.top_k"] == retrieval.attributes["gen_ai.retrieval.top_k"] == 20
    (embeddings,) = children(spans, retrieval).values()
    assert embeddings.name.startswith("embeddings all-MiniLM-L6-v2")
    assert embeddings.attributes["gen_ai.embeddings.dimension.count"] == 384

    assert next(one for one in spans if one.name == "GET").attributes["http.response.status_code"] == 404
    searched = next(one for one in spans if one.name == "GET /v1/search")
    assert children(spans, searched)["retrieval own"].attributes["gen_ai.request.top_k"] == 7
    assert not any(one.failed for one in spans)
    assert collector.resource["service.name"] == "byline"
    for told in collector.bodies:
        assert not [word for word in (b"Geely", b"Valencia", b"candidate", b"tariffs") if word in told]
    check_measured(collector)


def check_measured(collector: Collector) -> None:
    measured: dict[str, Any] = {one.name: one for one in collector.metrics}
    assert set(measured) == {"gen_ai.client.operation.duration", "gen_ai.client.token.usage"}
    assert measured["gen_ai.client.operation.duration"].unit == "s"
    counted = {}
    for point in measured["gen_ai.client.token.usage"].histogram.data_points:
        told = {one.key: one.value.string_value for one in point.attributes}
        assert told["gen_ai.request.model"] == "scripted"
        counted[told["gen_ai.token.type"]] = point.sum
    assert counted == {"input": 400, "output": 40}
    points = measured["gen_ai.client.operation.duration"].histogram.data_points
    kinds = {one.value.string_value for p in points for one in p.attributes if one.key == "gen_ai.operation.name"}
    assert kinds == {"chat", "retrieval", "embeddings"}


def test_words_are_told_where_that_is_asked_for(own_data: Path) -> None:
    with collecting() as collector:
        ask_and_stop(own_data, collector, OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT="true")
    told = {one.name: one.attributes for one in collector.spans}
    assert told["retrieval own"]["gen_ai.retrieval.query.text"] in {QUESTION, "Geely tariffs"}
    documents = json.loads(told["retrieval own"]["gen_ai.retrieval.documents"])
    assert {"id", "score"} == set(documents[0])
    asked, replied = (json.loads(told["chat scripted"][f"gen_ai.{one}.messages"]) for one in ("input", "output"))
    assert "Geely" in asked[-1]["parts"][0]["content"]
    assert "Valencia" in replied[0]["parts"][0]["content"]


def test_without_a_collector_it_answers_and_ends(own_data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
    told = {"OTEL_EXPORTER_OTLP_ENDPOINT": nobody, "OTEL_EXPORTER_OTLP_TIMEOUT": "1", "OTEL_BSP_SCHEDULE_DELAY": "100"}
    with served(own_data, **told) as service:
        for _ in range(2):
            assert httpx.post(f"{service.address}/v1/ask", json={"question": QUESTION}, timeout=30).status_code == 200
            time.sleep(0.3)
        service.process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        service.process.wait(20)
        assert time.monotonic() - started < 15
    assert not any("Traceback" in line or "Geely" in line for line in service.log)


@pytest.mark.parametrize("environment", [{}, {"OTEL_TRACES_EXPORTER": "none"}, {"OTEL_SDK_DISABLED": "true"}])
def test_it_is_not_even_imported_unless_it_is_asked_for(own_data: Path, environment: dict[str, str]) -> None:
    program = (
        "import sys; from rag import tracing; from rag.settings import TelemetrySettings, load_settings; "
        "from rag.wiring import open_byline; tracing.start(TelemetrySettings(), 'x'); "
        f"open_byline(load_settings(data_dir={str(own_data)!r}), one_shot=True).ask({QUESTION!r}); tracing.stop(); "
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    on = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"} if "OTEL_SDK_DISABLED" in environment else {}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env=environment | on,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_an_exporter_that_does_not_exist_is_refused(own_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.command import byline

    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "zipkin")
    done = byline("serve", "--port", "0", data=own_data)
    assert done.returncode == 1
    assert "OTEL_TRACES_EXPORTER=zipkin: there is no such exporter. Choose otlp, console or none." in done.stderr
