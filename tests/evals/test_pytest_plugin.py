"""The plugin in a project of its own: a real pytest process beside a pyproject.toml."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.command import ROOT
from tests.evals import systems
from tests.evals.systems import CASES, QUESTIONS, corpus
from tests.forking import Forked


@pytest.fixture
def project(tmp_path: Path) -> Path:
    corpus(tmp_path / "corpus")
    (tmp_path / "gold.jsonl").write_text("".join(case.model_dump_json() + "\n" for case in CASES), encoding="utf-8")
    right = [systems.oracle(case) for case in QUESTIONS if case.id not in ("price", "toll")]
    lines: list[dict[str, Any]] = [
        {"id": r.case, "text": "" if r.abstained else r.text, "citations": [c.model_dump() for c in r.citations]}
        for r in right
    ]
    lines += [{"id": "price", "text": "[It] was free."}, {"id": "toll", "text": "Five crowns."}]
    lines += [{"id": case.id, "verdict": case.label} for case in CASES if case.kind == "claim" and case.id != "claim-0"]
    lines.append({"id": "claim-0", "text": "It is so."})
    (tmp_path / "told.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\n", encoding="utf-8")
    (tmp_path / "test_other.py").write_text("def test_it() -> None: ...\n", encoding="utf-8")
    return tmp_path


def run(project: Path, *more: str) -> subprocess.CompletedProcess[str]:
    line = ["-m", "pytest", "-p", "no:cacheprovider", "--byline-gold", "gold.jsonl"]
    line += ["--byline-corpus", "corpus", "--byline-predictions", "told.jsonl", *more]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": project, "env": environment}
    return Forked(*line, **given).told()


def test_a_wrong_case_fails_with_what_was_asked_expected_and_got(project: Path) -> None:
    done = run(project)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 failed, 12 passed, 1 skipped" in done.stdout
    assert "expected: 12 million | 12 million crowns" in done.stdout
    assert "got:      [It] was free." in done.stdout


def test_thresholds_decide_where_there_are_any(project: Path) -> None:
    told = "[tool.byline.eval.thresholds]\nright = 0.7\nlatency_p50 = 500\n"
    (project / "pyproject.toml").write_text(told, encoding="utf-8")
    done = run(project)
    assert "2 xfailed" in done.stdout, done.stdout + done.stderr
    assert "1 failed" in done.stdout
    assert "Time, median has no score, and its threshold is 500" in done.stdout
    (project / "pyproject.toml").write_text("[tool.byline.eval.thresholds]\nright = 0.9\n", encoding="utf-8")
    assert "Right is 0.800, beyond its threshold of 0.9 (10 cases)" in run(project).stdout


def test_cases_can_be_chosen_by_tag(project: Path) -> None:
    assert "1 passed" in run(project, "-k", "near-miss").stdout


def test_gold_or_settings_that_cannot_be_used_end_the_session(project: Path) -> None:
    (project / "gold.jsonl").write_text('{"id": "x"}\n', encoding="utf-8")
    done = run(project)
    assert done.returncode == 4
    assert "gold.jsonl:1: kind: Field required" in done.stderr
    (project / "gold.jsonl").write_text(QUESTIONS[0].model_dump_json(), encoding="utf-8")
    (project / "pyproject.toml").write_text("[tool.byline.eval.thresholds]\nrihgt = 0.9\n", encoding="utf-8")
    done = run(project)
    assert (done.returncode, "no metric rihgt" in done.stderr) == (4, True)


def test_predictions_that_lack_a_case_fail_it(project: Path) -> None:
    told = (project / "told.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (project / "told.jsonl").write_text("".join(told[1:]), encoding="utf-8")
    (project / "pyproject.toml").write_text("[tool.byline.eval.thresholds]\nright = 0.1\n", encoding="utf-8")
    done = run(project)
    assert done.returncode == 1
    assert "told.jsonl has no prediction for it" in done.stdout
