"""A bundled reader's weights back from its 8 bits, to train on from them."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from google.protobuf.message import DecodeError
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor

from rag.errors import ModelError
from training.graph import MPNET_NAMES
from training.model import ReaderModel
from training.mpnet import FIRST_PLACE, Mpnet

_PLACES = "embeddings.position_embeddings.weight"
_KINDS = {"kinds": "embeddings.token_type_embeddings.weight"}
_HEADS = ("span", "pooled", "judge")


def begin_from_bundled(file: Path, model: ReaderModel) -> None:
    """Gives `model` the weights of an exported reader. What the file lacks stays as it is: the third row of a span head
    that was never taught it, and MPNet's bias by distance, which is never trained.

    Raises ModelError when the file can't be read or is of another model.
    """
    full = isinstance(model.encoder, Mpnet)
    try:
        packed = file.read_bytes()
        graph = onnx.load_from_string(gzip.decompress(packed) if file.suffix == ".gz" else packed).graph
        stored = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
        weights = model.state_dict()
        for name, tensor in _unpacked(stored).items():
            first = FIRST_PLACE if full and name == _PLACES else 0
            weights[_name_of(name, full)][first : first + len(tensor)] = tensor
        model.load_state_dict(weights)
    except (OSError, EOFError, KeyError, RuntimeError, ValueError, DecodeError) as error:
        raise ModelError(
            f"The reader {file} can't be started from: {error}.", remedy="Name an exported reader."
        ) from error


def _name_of(name: str, full: bool) -> str:
    """In the model, of a name in the graph."""
    if name.split(".")[0] in _HEADS:
        return name
    if full:
        for ours, theirs in MPNET_NAMES:
            name = name.replace(theirs, ours)
    return f"encoder.{name}"


def _unpacked(stored: dict[str, NDArray[Any]]) -> dict[str, Tensor]:
    """Tensors by the names that the graph has."""
    told: dict[str, NDArray[Any]] = {
        "embeddings.word_embeddings.weight": stored["words"] * stored["word_scales"],
        _PLACES: stored["places"],
    }
    for name, values in stored.items():
        if name in _KINDS:
            told[_KINDS[name]] = values
        elif name.endswith(".ints"):
            layer = name.removesuffix(".ints")
            told[layer + ".weight"] = (values * stored[layer + ".scale"]).T
        elif name.split(".")[0] in _HEADS and name.endswith(".weight"):
            told[name] = values.T
        elif name.endswith((".weight", ".bias")):
            told[name] = values
    return {name: torch.from_numpy(np.array(values, np.float32)) for name, values in told.items()}
