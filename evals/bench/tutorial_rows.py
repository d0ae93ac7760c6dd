"""Byline beside the LangChain tutorial pipeline: the same articles, the same questions, one run."""

from __future__ import annotations

import json
import sys

from evals.bench.child import run
from evals.bench.retrieval import hit_shares
from evals.bench.rows import Row
from evals.bench.sections import Bench
from evals.bench.tutorial import K

_DEPTHS = (1, K)


def tutorial(bench: Bench) -> list[Row]:
    """The tutorial's figures, Byline's hits on the same questions beside them."""
    told = run(
        [
            *(sys.executable, "-m", "evals.bench.tutorial"),
            *(str(bench.data), str(bench.articles), str(bench.folder / "tutorial")),
        ]
    )
    theirs = json.loads(told.output.splitlines()[-1])
    ours = hit_shares(bench, _DEPTHS)
    rate = theirs["chunks"] / theirs["ingest_s"]
    return [
        Row(
            "LangChain tutorial: ingest",
            f"{theirs['ingest_s']:.0f} s, {rate:.0f} chunks/s",
            f"{theirs['chunks']:,} chunks; {told.cpu_seconds:.0f} s of processor time; peak {told.peak_mb:.0f} MB",
        ),
        *(
            Row(f"LangChain tutorial: hit@{depth}", f"{theirs[f'hit@{depth}']:.3f}", f"{ours[depth]:.3f} Byline")
            for depth in _DEPTHS
        ),
        Row("LangChain tutorial: search", f"p50 {theirs['p50_ms']:.1f} ms"),
    ]
