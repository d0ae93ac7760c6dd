"""An archive whose articles have addresses and dates, a service over it, and one with a scripted language model."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.serving import Service, served
from tests.command import HOSTILE, ROOT, byline
from tests.scripted_llm import ScriptedLLM, scripted

QUAKES = [
    {
        "url": "https://news.example/quake?day=1",
        "title": "Quake hits Lomar",
        "source": "news.example",
        "published": "2024-03-01",
        "text": "An earthquake struck the city of Lomar on Friday morning.\n\n"
        "The Lomar earthquake killed 12 people, the mayor said.\n\nSchools stayed closed.",
    },
    {
        "url": "https://daily.example/lomar",
        "title": "Lomar counts its dead 🕯️",
        "source": "daily.example",
        "published": "2024-03-04",
        "text": "🕯️ Rescuers ended their search in Lomar on Monday.\n\n"
        "The Lomar earthquake killed 31 people, the government said.\n\nThe army has built tents in the parks.",
    },
]


@pytest.fixture(scope="session")
def quakes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the shipped articles, a hostile one, and two that differ."""
    folder = tmp_path_factory.mktemp("programs")
    lines = folder / "quakes.jsonl"
    lines.write_text("".join(json.dumps(one) + "\n" for one in QUAKES), encoding="utf-8")
    hostile = folder / "hostile.txt"
    hostile.write_text(HOSTILE, encoding="utf-8")
    done = byline("ingest", str(ROOT / "corpus"), str(lines), str(hostile), data=folder / "data")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "data"


@pytest.fixture(scope="session")
def service(quakes: Path) -> Iterator[Service]:
    with served(quakes) as running:
        yield running


@pytest.fixture(scope="session")
def http(service: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.address, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedLLM]:
    """Told by each test what to say next."""
    with scripted() as server:
        yield server


@pytest.fixture(scope="module")
def writing_service(quakes: Path, model: ScriptedLLM, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with the scripted language model behind it."""
    wire = {
        "BYLINE_LLM": "openai:scripted",
        "BYLINE_LLM_BASE_URL": model.base_url,
        "BYLINE_LLM_RETRIES": "0",
        "BYLINE_LLM_STRUCTURED": "never",
    }
    own = shutil.copytree(quakes, tmp_path_factory.mktemp("writing") / "data")  # an archive has one service
    with served(Path(own), **wire) as running:
        yield running
