"""Makes a data folder with the code of an earlier commit, to be opened by a test with today's.

    python -m tests.upgrade.make COMMIT NAME

`NAME.tar.xz` has the folder as a service of that time left it, without models, and `told.json`: what it said.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import httpx

from tests.api.serving import served
from tests.command import ROOT

HERE = Path(__file__).parent
QUESTIONS = (
    "Which Ford plant is the leading candidate to build Geely cars?",
    "What did Diess tell reporters in Washington?",
    "What did the Bishop of Ely say about beekeeping subsidies?",
)
CLAIM = "Diess said VW would take an equity stake in Ford."
LATER = "\n\nA later edition of the paper added this sentence.\n"


def made(data: Path) -> dict[str, Any]:
    """Ingest two editions, ask and check by a service, and tell what it said."""
    articles = Path(shutil.copytree(ROOT / "corpus", data.parent / "articles"))
    command("ingest", str(articles), data=data)
    first = min(articles.iterdir())
    first.write_text(first.read_text(encoding="utf-8") + LATER, encoding="utf-8")
    command("ingest", str(articles), data=data)
    key = command("keys", "add", "desk", "--scope", "write", data=data).strip()
    headers = {"Authorization": f"Bearer {key}"}
    with (
        served(data, BYLINE_REQUIRE_KEYS="true") as service,
        httpx.Client(base_url=service.address, headers=headers, timeout=120) as http,
    ):
        answers = [http.post("/v1/ask", json={"question": one}).json() for one in QUESTIONS]
        check = http.post("/v1/check", json={"text": CLAIM}).json()
        http.post("/v1/feeds", json={"url": "https://news.example/feed"}).raise_for_status()
        return {"key": key, "answers": answers, "check": check}


def command(*arguments: str, data: Path) -> str:
    told = [sys.executable, "-m", "rag.cli", *arguments, "--data-dir", str(data)]
    return subprocess.run(told, check=True, capture_output=True, text=True).stdout


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, cwd=ROOT)  # noqa: S607 - the developer's own


def pack(data: Path, told: dict[str, Any], to: Path) -> None:
    shutil.rmtree(data / "models")
    (data / "told.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    with tarfile.open(to, "w:xz", preset=9) as archive:
        archive.add(data, arcname="data", filter=_of_nobody)


def _of_nobody(one: tarfile.TarInfo) -> tarfile.TarInfo:
    one.uid = one.gid = 0
    one.uname = one.gname = ""
    return one


def main(commit: str, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        code, data = Path(folder) / "code", Path(folder) / "data"
        git("worktree", "add", "--detach", str(code), commit)
        os.environ["PYTHONPATH"] = str(code)
        os.chdir(code)
        try:
            pack(data, made(data), HERE / f"{name}.tar.xz")
        finally:
            os.chdir(ROOT)
            git("worktree", "remove", "--force", str(code))


if __name__ == "__main__":
    main(*sys.argv[1:])
