"""llama.cpp's own server, with a tiny model that speaks nonsense: the protocol, the aborts and the checks hold with it.

`make test-llama` sets the server up and runs this; without it these tests are skipped.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from rag.events import Done, Drafted, Withdrawn
from rag.llm.model import LanguageModel
from rag.llm.opening import Connection
from rag.llm.spending import Caps, Meter, Tally
from rag.records import answer_record
from rag.settings import load_settings
from rag.wiring import open_byline
from tests.rag.llm.asking import QUESTION

PYTHON = os.environ.get("LLAMA_PYTHON")
pytestmark = pytest.mark.skipif(PYTHON is None, reason="no llama.cpp server: run `make test-llama`")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    assert PYTHON is not None
    folder = tmp_path_factory.mktemp("llama")
    subprocess.run([PYTHON, str(Path(__file__).with_name("tiny_gguf.py")), str(folder / "tiny.gguf")], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [PYTHON, "-m", "llama_cpp.server", "--model", str(folder / "tiny.gguf"), "--n_ctx", "8192"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--chat_format", "chatml-function-calling"]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        base = f"http://127.0.0.1:{port}/v1"
        try:
            _wait(f"{base}/models", server)
            yield base
        finally:
            server.terminate()


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None, "the server ended"
        try:
            if httpx.get(address, timeout=1).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


@pytest.mark.parametrize("structured", ["never", "function_calling"])
def test_nonsense_is_checked_and_quotes_stand_in(data: Path, url: str, structured: str) -> None:
    given = {"llm": "openai:tiny", "llm_base_url": url, "llm_output_tokens": 200, "llm_timeout_s": 60}
    settings = load_settings(data_dir=data, llm_structured=structured, llm_evidence_tokens=600, **given)
    with open_byline(settings, one_shot=True) as byline:
        events = list(byline.stream(QUESTION))
    done = events[-1]
    assert isinstance(done, Done)
    record = answer_record(done.asked.answer)
    (notice,) = (one["text"] for one in record["notices"])
    assert record["usage"], notice
    assert record["usage"]["output_tokens"] > 0
    if record["status"] == "answered":
        assert record["mode"] == "extractive"
        assert any(isinstance(event, Withdrawn) for event in events)
    else:
        assert "no answer" in notice
    drafted = [event.text for event in events if isinstance(event, Drafted)]
    assert not [one for one in record["removed"] if one["verdict"] == "supported"]
    print(f"\n{structured}: {len(drafted)} sentences drafted, {record['usage']}, {notice}")  # noqa: T201


def test_a_reply_streams_and_can_be_left(url: str, tmp_path: Path) -> None:
    model = LanguageModel(Connection("openai:tiny", url, output_tokens=4000, structured="never"))
    meter = Meter(Caps(10**6), Tally(tmp_path))
    pieces = model.stream([("user", "Say something.")], meter, time.monotonic() + 60)
    assert next(pieces).text
    pieces.close()
    started = time.monotonic()
    short = LanguageModel(Connection("openai:tiny", url, output_tokens=16, structured="never"))
    again = list(short.stream([("user", "And again.")], meter, time.monotonic() + 60))
    assert again[-1].finish in {"stop", "length"}
    assert time.monotonic() - started < 30
    assert meter.used.calls == 2
