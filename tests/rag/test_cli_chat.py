"""`byline chat` as a process: typed to, and read."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import PIPE

from tests.forking import Forked
from tests.rag.llm.asking import QUESTION, saying
from tests.scripted_llm import Say, scripted

VALENCIA = "Ford’s site in Valencia is the leading candidate to take part"


def chat(data: Path, *lines: str, **environment: str) -> str:
    env = {"PATH": "/usr/bin:/bin", "COLUMNS": "200", "HOME": str(data), "BYLINE_READER": "fast", **environment}
    command = ("-m", "rag.cli", "chat", "--data-dir", str(data))
    done = Forked(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=env).told("\n".join(lines) + "\n")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_a_conversation_with_its_commands(data: Path, tmp_path: Path) -> None:
    saved, notes = tmp_path / "talk.json", tmp_path / "talk.md"
    shown = chat(
        data,
        "/sources",
        QUESTION,
        "Who said that?",
        "/sources",
        "/check Geely owns Ford.",
        "/nonsense",
        f"/save {saved}",
        f"/save {notes}",
        "/save /nowhere/at/all",
        "/new",
        "What price did Ford pay for Argo AI?",
        "/quit",
        "never asked",
    )
    assert "Nothing has been answered yet." in shown
    assert f"One person said {VALENCIA}." in shown
    assert "Understood as: Who said that Ford’s site in Valencia is the leading candidate to take part?" in shown
    assert "characters 1314–1392" in shown
    assert "There is no /nonsense." in shown
    assert "can't be written" in shown
    assert "The archive does not answer this" in shown
    assert "never asked" not in shown
    records = json.loads(saved.read_text("utf-8"))
    assert [one["question"] for one in records] == [QUESTION, "Who said that?"]
    assert f"“One person said {VALENCIA}.”" in notes.read_text("utf-8")


def test_a_models_sentences_are_shown_as_drafts_and_then_judged(data: Path) -> None:
    changed = ("In 2024 the EU introduced provisional levies of as much as 47.6%.", "as much as 37.6%")
    good = ("Ford’s site in Valencia is the leading candidate, one person said.", VALENCIA)
    with scripted(Say(saying(good, changed))) as server:
        shown = chat(data, QUESTION, BYLINE_LLM="openai:scripted", BYLINE_LLM_BASE_URL=server.base_url)
    assert shown.index(good[0]) < shown.index("✓") < shown.index(changed[0]) < shown.index("✗ contradicted")
    assert "the article says up to 37.6 %" in shown
    assert "openai:scripted: 400 + 40 tokens" in shown
