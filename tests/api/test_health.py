"""What `/healthz` and `/readyz` say of a service that can be asked and of one that can't."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import httpx

from tests.api.serving import served


def test_a_service_that_can_be_asked_is_ready(server: str) -> None:
    told = httpx.get(f"{server}/readyz", timeout=30)
    assert (told.status_code, told.json()["ready"]) == (200, True)
    parts = told.json()["parts"]
    assert {name: part["state"] for name, part in parts.items() if name not in {"reader", "vectors"}} == {
        "ledger": "readable",
        "keywords": "level",
        "language_model": "none",
        "jobs": "running",
        "service": "serving",
    }
    assert parts["vectors"]["state"] in {"chroma", "exact"}
    assert parts["reader"]["state"].startswith("byline-reader")


def test_an_empty_archive_is_alive_and_not_ready(tmp_path: Path) -> None:
    with served(tmp_path) as service:
        assert httpx.get(f"{service.address}/healthz").status_code == 200
        told = httpx.get(f"{service.address}/readyz", timeout=30)
    assert (told.status_code, told.json()["ready"]) == (503, False)
    assert told.json()["parts"]["ledger"]["state"] == "empty"
    assert "byline ingest" in told.json()["parts"]["ledger"]["reason"]


def test_a_damaged_ledger_is_told_and_is_no_failure_of_the_reply(tmp_path: Path) -> None:
    with served(tmp_path) as service:
        with sqlite3.connect(tmp_path / "ledger.sqlite3") as ledger:
            ledger.execute("drop table articles")
        ledger.close()
        told = httpx.get(f"{service.address}/readyz", timeout=30)
    assert told.status_code == 503
    assert told.json()["parts"]["ledger"]["state"] == "unreadable"
