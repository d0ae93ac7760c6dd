"""`python -m training.export --config FILE --target FOLDER`: trained weights to one 8-bit ONNX file, calibrated.

The 8-bit model is compared with the 32-bit one over held-out rows, and written only if they agree.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from rag.bert_graph import Shape
from rag.embed import bundled_dir
from rag.errors import BylineError, ModelError
from rag.pair_calibration import PairCalibration
from rag.reader_model import FULL_MODEL_FILE, MODEL_FILE, OnnxPairReader, Told, calibration_file
from training.calibrate import fit, held_out
from training.config import Config, read_config
from training.graph import build
from training.mpnet import EPSILON, MpnetShape
from training.rows import Rows

# 63 and not 127: without VNNI, pairs of products saturate at 16 bits, and one file has to serve every processor.
WEIGHT_RANGE = 63
# Between 8 and 32 bits: shares of held-out pairs with the same stance, and with exactly the same answer or none. Many
# answers have a near tie, "in 1962" and "1962", so that a share of .9 costs less than a hundredth of F1.
LEAST_STANCES, LEAST_ANSWERS = 0.95, 0.85
_FAST = Shape(layers=6, heads=12, hidden=384, max_tokens=512)
_MPNET = MpnetShape()
_FULL = Shape(_MPNET.layers, _MPNET.heads, _MPNET.hidden, max_tokens=512, epsilon=EPSILON)
_COMPARED = 400  # pairs
_PACKED = ".gz"

Pairs = Sequence[tuple[str, str]]


def weights_of(file: Path) -> dict[str, NDArray[np.float32]]:
    """The trained weights under the names that the graph has. Raises ModelError when there are none."""
    return {name.removeprefix("encoder."): tensor for name, tensor in stored_weights(file).items()}


def stored_weights(file: Path) -> dict[str, NDArray[np.float32]]:
    """The trained weights as they are stored. Raises ModelError when there are none."""
    try:
        return {name: tensor.astype(np.float32) for name, tensor in load_file(file).items()}
    except (OSError, ValueError) as error:
        raise ModelError(f"{file} can't be read: {error}.", remedy="Train first: python -m training.train.") from error


def export(weights: Path, config: Config, target: Path, weight_range: int = WEIGHT_RANGE) -> str:
    """Writes the model and its calibration into `target`, and returns what was measured. Raises ModelError."""
    trained, shape = weights_of(weights), _FULL if config.paths.encoder else _FAST
    cases = held_out(Rows(config.paths.rows))
    pairs = [case.pair for case in cases]
    exact = _reader(build(trained, shape, None).SerializeToString(), config.threads)
    model = build(trained, shape, weight_range)
    identity = f"byline-reader/{hashlib.sha256(weights.read_bytes()).hexdigest()[:16]}/int8-{weight_range}"
    model.metadata_props.add(key="identity", value=identity)
    ours = _reader(model.SerializeToString(), config.threads)
    some = pairs[:: max(1, len(pairs) // _COMPARED)]
    stances, answers = agreement(exact.logits(some), ours.logits(some))
    if stances < LEAST_STANCES or answers < LEAST_ANSWERS:
        raise ModelError(
            f"The reader in 8 bits strays from its original: {stances:.3f} of stances, {answers:.3f} of answers agree.",
            remedy=f"Train it longer; {LEAST_STANCES} and {LEAST_ANSWERS} are needed.",
        )
    calibration = fit(ours, cases, identity)
    target.mkdir(parents=True, exist_ok=True)
    file = target / (FULL_MODEL_FILE if config.paths.encoder else MODEL_FILE).name
    file.write_bytes(_packed(model.SerializeToString()) if file.suffix == _PACKED else model.SerializeToString())
    calibration.write(calibration_file(file))
    return f"{identity}: 8 and 32 bits agree on {stances:.3f} of stances, {answers:.3f} of answers; {calibration}"


def _packed(model: bytes) -> bytes:
    """Huffman codes alone: weights repeat nothing, but small ones are many. No time of packing in it, for one model is
    to give one file.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS, 9, zlib.Z_HUFFMAN_ONLY)
    return packer.compress(model) + packer.flush()


def agreement(exact: Sequence[Sequence[Told]], ours: Sequence[Sequence[Told]]) -> tuple[float, float]:
    """Shares of pairs with the same stance, and with the same best first and last token or none in both."""
    stances, answers = [], []
    for one, other in zip(exact, ours, strict=True):
        stances.append(one[0].stance.argmax() == other[0].stance.argmax())
        answers.append(_best(one[0]) == _best(other[0]))
    return float(np.mean(stances)), float(np.mean(answers))


def _best(told: Told) -> tuple[int, int] | None:
    if not len(told.start) or told.start.max() + told.end.max() <= 0:
        return None
    return int(told.start.argmax()), int(told.end.argmax())


def exact_reader(weights: Path, threads: int, shape: Shape = _FAST) -> OnnxPairReader:
    """The trained weights in 32 bits, to measure with."""
    return _reader(build(weights_of(weights), shape, None).SerializeToString(), threads)


def _reader(model: bytes, threads: int) -> OnnxPairReader:
    return OnnxPairReader.of_bytes(model, bundled_dir(), PairCalibration(), threads)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.export", description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--target", type=Path, default=MODEL_FILE.parent)
    parser.add_argument("--weights", type=Path, help="instead of the config's newest")
    given = parser.parse_args(arguments)
    try:
        config = read_config(given.config)
        weights = given.weights or config.paths.weights
        print(export(weights, config, given.target))
    except BylineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
