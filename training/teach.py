"""`python -m training.teach --config FILE`: what the full reader says of every example of a config, for a smaller model
to learn from (Hinton et al. 2015, arXiv:1503.02531).

Goes on where it stopped. `training.train` uses what it finds; of a stage that was not labelled it learns the known
labels alone.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime as ort

from rag.errors import BylineError, ModelError
from rag.pair_tokens import BERT, MPNET
from rag.reader_model import FULL_MODEL_FILE
from training.build import stage_files, stages, taught_file
from training.config import Config, read_config
from training.encode import Encoded, Halves, Taught

_PART = 2_000  # examples between two savings


class Teacher:
    """The full reader, over examples that are written in BERT's ids."""

    def __init__(self, model: bytes, threads: int) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._threads = threads

    @classmethod
    def bundled(cls, threads: int) -> Teacher:
        """Raises ModelError where the full reader is not there."""
        try:
            return cls(gzip.decompress(FULL_MODEL_FILE.read_bytes()), threads)
        except OSError as error:
            raise ModelError(f"The teacher can't be read: {error}.", remedy="Train the full reader first.") from error

    def teach(self, encoded: Encoded, rows: Sequence[int]) -> Taught:
        """Of the examples `rows`, in their order."""
        with ThreadPoolExecutor(self._threads) as pool:
            told = list(pool.map(lambda row: self._one(encoded, row), rows))
        if not told:
            return Taught(np.zeros((0, 3), np.float16), np.zeros((0, 4), np.float16))
        return Taught(np.concatenate([spans for spans, _ in told]), np.stack([judged for _, judged in told]))

    def _one(self, encoded: Encoded, row: int) -> tuple[Halves, Halves]:
        ids = encoded.ids[encoded.offsets[row] : encoded.offsets[row + 1]].astype(np.int32)
        first, passage = int(encoded.first[row]), int(encoded.first[row] + encoded.lead[row])
        asked = ids[1 : first - len(BERT.between)] + MPNET.shift
        read = ids[first:-1] + MPNET.shift
        given = np.array([[MPNET.opening, *asked, *MPNET.between, *read, MPNET.closing]], np.int32)
        spans, judged = self._session.run(["spans", "judged"], {"ids": given})
        told = np.zeros((len(ids), 3), np.float16)
        told[0] = spans[0, 0]
        told[passage:-1] = spans[0, len(given[0]) - 1 - (len(ids) - 1 - passage) : -1]
        return told, judged[0].astype(np.float16)


def teach(config: Config, teacher: Teacher) -> None:
    """Labels every stage of the config."""
    for file, encoded in zip(stage_files(config), stages(config), strict=True):
        if not taught_file(file).exists():
            _teach_stage(file, encoded, teacher)


def _teach_stage(file: Path, encoded: Encoded, teacher: Teacher) -> None:
    parts = []
    began = time.monotonic()
    for start in range(0, len(encoded), _PART):
        part = file.with_name(f"{file.stem}-taught-{start}.npz")
        if not part.exists():
            _save(part, teacher.teach(encoded, range(start, min(len(encoded), start + _PART))))
            print(f"{file.stem}: {start + _PART} of {len(encoded)}, {time.monotonic() - began:.0f} s", flush=True)
        parts.append(part)
    told = [Taught.load(part) for part in parts]
    whole = Taught(np.concatenate([one.spans for one in told]), np.concatenate([one.judged for one in told]))
    _save(taught_file(file), whole)
    for part in parts:
        part.unlink()


def _save(file: Path, taught: Taught) -> None:
    partial = file.with_suffix(".partial.npz")
    np.savez(partial, spans=taught.spans, judged=taught.judged)
    partial.replace(file)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.teach", description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    given = parser.parse_args(arguments)
    try:
        config = read_config(given.config)
        teach(config, Teacher.bundled(config.threads))
    except BylineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
