"""The same articles by the plain ingest and by as many workers of a Ray cluster as there are processors, in turns."""

from __future__ import annotations

import gzip
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

_PAIRS = 2
_LOOK_S = 0.2
_HOW = {"plain": (), "ray": ("--ray", "auto")}


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock, and of processor time of the command with all processes that it started."""

    seconds: float
    cpu_seconds: float


def on_ray(bench: Bench) -> list[Row]:
    """Whole commands; and by how much they differ from those for a tenth of the articles, which start the same."""
    write_sample(bench)
    tenth = _tenth(bench)
    whole: dict[str, list[Took]] = {name: [] for name in _HOW}
    more: dict[str, list[Took]] = {name: [] for name in _HOW}
    few = many = 0
    for _ in range(_PAIRS):
        for name in _HOW:
            start = _ingest(tenth, _empty(bench, name), name)
            few = passages_of(bench.folder / f"by-{name}")
            whole[name].append(_ingest(bench.sample, _empty(bench, name), name))
            many = passages_of(bench.folder / f"by-{name}")
            last = whole[name][-1]
            more[name].append(Took(last.seconds - start.seconds, last.cpu_seconds - start.cpu_seconds))
    return [
        _row("ingest by workers of a cluster", many, whole),
        _row("  without what it takes to start", many - few, more, target="no slower"),
        Row("  passages; processors", f"{many:,}; {os.cpu_count()}", f"{_PAIRS} pairs in turns, medians"),
    ]


def _row(what: str, passages: int, took: dict[str, list[Took]], target: str = "") -> Row:
    ours, theirs = (statistics.median(one.seconds for one in took[name]) for name in ("ray", "plain"))
    figure = f"{passages / ours:.0f} passages/s; {_seconds(took['ray'])}"
    beside = f"{passages / theirs:.0f} passages/s plain; {_seconds(took['plain'])}"
    return Row(what, figure, beside, target, ours <= theirs if target else None)


def _tenth(bench: Bench) -> Path:
    tenth = bench.folder / "tenth.jsonl.gz"
    with gzip.open(bench.sample) as rows, gzip.open(tenth, "wb", compresslevel=1) as out:
        out.writelines(list(rows)[::10])
    return tenth


def _seconds(took: list[Took]) -> str:
    wall, cpu = (statistics.median(getattr(one, name) for one in took) for name in ("seconds", "cpu_seconds"))
    return f"{wall:.1f} s, {cpu:.1f} s of processor time"


def _empty(bench: Bench, name: str) -> Path:
    """A data folder with nothing but the model's file, which is made once."""
    folder, models = bench.folder / f"by-{name}", bench.folder / "models"
    if not models.exists():
        _ingest(Path("corpus"), folder, "plain")
        shutil.copytree(folder / "models", models)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(models, folder / "models")
    return folder


def _ingest(what: Path, folder: Path, name: str) -> Took:
    """Into a data folder, in one of the ways of `_HOW`."""
    command = [sys.executable, "-m", "rag.cli", "ingest", str(what), *_HOW[name], "--data-dir", str(folder)]
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
