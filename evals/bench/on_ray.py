"""The same articles by the plain ingest and by as many workers of a Ray cluster as there are processors, in turns."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from evals.bench.rows import Row
from evals.bench.sections import Bench, passages_of, write_sample
from rag.exits import SOME_REJECTED

_PAIRS = 3
_LOOK_S = 0.2
_HOW = {"plain": (), "ray": ("--ray", "auto")}


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock, and of processor time of the command with all processes that it started."""

    seconds: float
    cpu_seconds: float


def on_ray(bench: Bench) -> list[Row]:
    """Whole commands, and what is left of them without what they take when nothing is new."""
    write_sample(bench)
    whole: dict[str, list[Took]] = {name: [] for name in _HOW}
    again: dict[str, list[Took]] = {name: [] for name in _HOW}
    passages = 0
    for _ in range(_PAIRS):
        for name, more in _HOW.items():
            folder = _empty(bench, name)
            whole[name].append(_ingest(bench.sample, folder, *more))
            again[name].append(_ingest(bench.sample, folder, *more))
            passages = passages_of(folder)
    return [
        _row("whole command", passages, whole),
        _row(
            "  without starting and looking",
            passages,
            {name: [_less(a, b) for a, b in zip(whole[name], again[name], strict=True)] for name in _HOW},
            target="no slower",
        ),
        Row("  starting and looking", _seconds(again["ray"]), f"{_seconds(again['plain'])} plain"),
        Row("  passages; processors", f"{passages:,}; {os.cpu_count()}", f"{_PAIRS} pairs in turns, medians"),
    ]


def _row(what: str, passages: int, took: dict[str, list[Took]], target: str = "") -> Row:
    ours, theirs = (statistics.median(one.seconds for one in took[name]) for name in ("ray", "plain"))
    figure = f"{passages / ours:.0f} passages/s; {_seconds(took['ray'])}"
    beside = f"{passages / theirs:.0f} passages/s plain; {_seconds(took['plain'])}"
    return Row(f"ingest by workers of a cluster, {what}", figure, beside, target, ours <= theirs if target else None)


def _seconds(took: list[Took]) -> str:
    wall, cpu = (statistics.median(getattr(one, name) for one in took) for name in ("seconds", "cpu_seconds"))
    return f"{wall:.1f} s, {cpu:.1f} s of processor time"


def _less(one: Took, other: Took) -> Took:
    return Took(one.seconds - other.seconds, one.cpu_seconds - other.cpu_seconds)


def _empty(bench: Bench, name: str) -> Path:
    """A data folder with nothing but the model's file, which is made once."""
    folder, models = bench.folder / f"by-{name}", bench.folder / "models"
    if not models.exists():
        _ingest(Path("corpus"), folder)
        shutil.copytree(folder / "models", models)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(models, folder / "models")
    return folder


def _ingest(what: Path, folder: Path, *more: str) -> Took:
    command = [sys.executable, "-m", "rag.cli", "ingest", str(what), *more, "--data-dir", str(folder), "--no-service"]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
        ended, seen = threading.Event(), dict[tuple[int, float], float]()
        looking = threading.Thread(target=_look, args=(psutil.Process(child.pid), seen, ended))
        looking.start()
        child.wait()
        ended.set()
        looking.join()
    if child.returncode not in (0, SOME_REJECTED):
        raise subprocess.CalledProcessError(child.returncode, command)
    return Took(time.perf_counter() - started, sum(seen.values()))


def _look(root: psutil.Process, seen: dict[tuple[int, float], float], ended: threading.Event) -> None:
    """Note the processor time of a process and all below it until it ends: the kernel forgets of those that are killed,
    as Ray does with its own.
    """
    while not ended.wait(_LOOK_S):
        with suppress(psutil.NoSuchProcess):
            for one in (root, *root.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    spent = one.cpu_times()
                    seen[one.pid, one.create_time()] = spent.user + spent.system
