"""The README against the code: settings, commands, files."""

from __future__ import annotations

import re

import pytest
from typer.main import get_command

from rag.cli.app import app
from rag.settings import Settings
from tests.command import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    field = Settings.model_fields[name]
    assert field.description
    assert f"| `BYLINE_{name.upper()}` |" in README
    assert field.description in README


@pytest.mark.parametrize("name", sorted(get_command(app).commands))  # type: ignore[attr-defined]
def test_every_command_is_documented(name: str) -> None:
    assert f"`byline {name}" in README


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md"])
def test_files_that_are_named_exist(document: str) -> None:
    text = {"README.md": README, "ARCHITECTURE.md": ARCHITECTURE}[document]
    for name in re.findall(r"`((?:rag|api|evals|prompts|tests)/[\w./*]+)`", text):
        assert list(ROOT.glob(name)), name
    for name in re.findall(r"\]\(([\w./]+)\)", text):
        assert (ROOT / name).exists(), name


def test_nothing_is_left_to_fill_in() -> None:
    assert "<!--" not in README
