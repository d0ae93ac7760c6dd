"""`python -m training.average FILE FILE... --target FILE`: the mean of several runs' weights, tensor by tensor.

Runs that go down from one checkpoint with other examples end in one basin, and their mean lies lower in it than each
of them (model soups: Wortsman et al. 2022, arXiv:2203.05482). It costs nothing at run time.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from rag.errors import BylineError, InputError
from training.export import stored_weights

Weights = Mapping[str, NDArray[np.float32]]


def average(runs: Sequence[Weights]) -> dict[str, NDArray[np.float32]]:
    """Raises InputError when they aren't of one shape."""
    first = {name: tensor.shape for name, tensor in runs[0].items()}
    if any({name: tensor.shape for name, tensor in run.items()} != first for run in runs[1:]):
        raise InputError("The weights are of different models.", remedy="Average runs of one config's [shape].")
    return {name: np.asarray(np.mean([run[name] for run in runs], axis=0), np.float32) for name in first}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.average", description=__doc__)
    parser.add_argument("weights", type=Path, nargs="+")
    parser.add_argument("--target", type=Path, required=True)
    given = parser.parse_args(arguments)
    try:
        mean = average([stored_weights(file) for file in given.weights])
    except BylineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    given.target.parent.mkdir(parents=True, exist_ok=True)
    save_file(mean, given.target)
    print(f"{given.target}: the mean of {len(given.weights)} runs")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
