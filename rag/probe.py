"""Opens a Chroma folder in a child process and says what is in it: a damaged index file can end the process that opens
it, without an exception."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Probe:
    """`ids` that Chroma holds; `lost` are those of the sampled ids that its own vector no longer finds.

    `fault` says why Chroma can't be opened; then nothing is known of the rest.
    """

    ids: frozenset[int] = frozenset()
    lost: tuple[int, ...] = ()
    fault: str | None = None


def probe_chroma(folder: Path, sample: NDArray[np.int64], vectors: NDArray[np.float16]) -> Probe:
    """Look into `folder`, searching for each sampled passage by its own vector."""
    asked = json.dumps({"ids": sample.tolist(), "vectors": vectors.astype(float).tolist()})
    try:
        child = subprocess.run(
            [sys.executable, "-m", "rag.probe", str(folder)],
            input=asked,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Probe(fault=f"opening it took more than {_SECONDS} s")
    if child.returncode < 0:
        return Probe(fault=f"opening it ended the process with signal {-child.returncode}")
    if child.returncode:
        return Probe(fault=(child.stderr.strip().splitlines() or ["it can't be opened"])[-1])
    told = json.loads(child.stdout)
    return Probe(frozenset(told["ids"]), tuple(told["lost"]))


def _look(folder: Path) -> dict[str, list[int]]:
    from rag.vectors import ChromaIndex

    asked = json.load(sys.stdin)
    chroma = ChromaIndex.open(folder)
    held = chroma.ids()
    lost = [
        passage_id
        for passage_id, vector in zip(asked["ids"], asked["vectors"], strict=True)
        if passage_id in held and not _finds(chroma.search(np.asarray(vector, np.float32), 10), passage_id)
    ]
    return {"ids": sorted(held), "lost": lost}


def _finds(hits: list[tuple[int, float]], passage_id: int) -> bool:
    """The passage itself, or others just as near (copies of it)."""
    return any(i == passage_id for i, _ in hits) or (len(hits) == 10 and hits[-1][1] > 0.999)


if __name__ == "__main__":
    json.dump(_look(Path(sys.argv[1])), sys.stdout)
