from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.prompts import PROMPTS_DIR, load_prompt


def test_every_shipped_prompt_loads() -> None:
    loaded = [load_prompt(file.stem) for file in PROMPTS_DIR.glob("*.md")]
    assert {prompt.id for prompt in loaded} >= {"abstain", "conflict", "missing-kind"}


def test_rendering_refuses_missing_and_unused_variables() -> None:
    prompt = load_prompt("abstain")
    assert "no ferry" in prompt.render(missing="no ferry")
    with pytest.raises(SettingsError, match="without missing and with unused extra"):
        prompt.render(extra="x")


def test_a_value_that_looks_like_a_variable_stays_as_it_is() -> None:
    assert "{missing} {x}" in load_prompt("abstain").render(missing="{missing} {x}")


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        ("id: p\nversion: 1\nvariables: a\n---\n{a} {b}", "without b"),
        ("id: p\nversion: 1\nvariables: a b\n---\n{a}", "unused b"),
        ("id: other\nversion: 1\nvariables:\n---\nx", "names it other"),
        ("id: p\nvariables:\n---\nx", "header"),
        ("just words", "header"),
    ],
)
def test_a_template_at_odds_with_its_header_is_refused(tmp_path: Path, stored: str, reason: str) -> None:
    (tmp_path / "p.md").write_text(stored, encoding="utf-8")
    with pytest.raises(SettingsError, match=reason):
        load_prompt("p", tmp_path)


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="absent"):
        load_prompt("absent", tmp_path)
