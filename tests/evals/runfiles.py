"""Run files made of systems or of chance, for the tests of comparing and reporting."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evals.estimate import summarise
from evals.gold import Case
from evals.metrics import ALL, BY_NAME
from evals.reply import Reply
from evals.runs.record import Fingerprint, RunFile, TargetRecord
from evals.runs.run import run_file
from evals.runs.targets import About
from evals.scores import CaseScores, Table
from tests.evals.systems import CASES, System

PRINT = Fingerprint(gold="g", corpus="c", archive="a", repeats=1)


class Fake:
    """A target that answers by a rule, and counts how often it was asked."""

    def __init__(self, system: System, name: str = "fake") -> None:
        self.about = About("in-process", name, {"threshold": 0.3}, "a")
        self.system = system
        self.asked: list[tuple[str, int]] = []

    def reply(self, case: Case, repeat: int) -> Reply:
        self.asked.append((case.id, repeat))
        return self.system(case).model_copy(update={"repeat": repeat})


def run_of(system: System, cases: Sequence[Case] = CASES, **more: object) -> RunFile:
    replies = [system(case) for case in cases]
    made = {"when": "2026-01-02T03:04:05+00:00", "commit": "0123456789abcdef", "dirty": False}
    return run_file(PRINT, cases, replies, Fake(system)).model_copy(update={"made": made, **more})


def chance_run(right: Sequence[bool], *, per_cluster: int = 1, seed: int = 0) -> RunFile:
    """A run whose every metric is drawn at random, but for `right` and what is promised."""
    rng = np.random.default_rng(seed)
    cases = []
    for n, ok in enumerate(right):
        scores: dict[str, object] = {"right": float(ok)}
        for metric in ALL:
            if metric.group == "cost" or metric.name == "right":
                continue
            scores[metric.name] = _parts(metric.name, rng)
        cases.append(
            CaseScores(
                id=f"case-{n}",
                digest=f"d{n}",
                cluster=f"c{n // per_cluster}",
                weight=1,
                tags=("fact",),
                fault=None if ok else "wrong",
                scores=scores,  # type: ignore[arg-type]
            )
        )
    table = Table(cases)
    target = TargetRecord(kind="in-process", name="chance", settings={}, models={})
    return RunFile(fingerprint=PRINT, target=target, summary=summarise(table, [BY_NAME["right"]]), cases=tuple(cases))


def _parts(name: str, rng: np.random.Generator) -> object:
    if name in ("ece", "claims_ece", "aurc"):
        return [float(rng.random()), float(rng.integers(0, 2))]
    if name.startswith("abstention"):
        silent, empty = rng.integers(0, 2, 2).tolist()
        return [
            float(silent == empty),
            float(silent and empty),
            float(silent and not empty),
            float(empty and not silent),
        ]
    if name.startswith("claims"):
        gold, told = rng.integers(0, 4, 2).tolist()
        return [float(gold == told), float(gold), float(told)]
    metric = BY_NAME[name]
    if metric.invariant:  # kept in both runs: a promise is not a matter of chance
        return float(metric.better == "higher")
    return float(rng.integers(0, 2)) if metric.yes_no else round(float(rng.random()), 6)
