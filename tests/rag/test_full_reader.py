"""The two bundled readers together: the full one has the last word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.ports import PairReaders
from rag.reader_model import WaitingPairReader, load_pair_readers
from rag.settings import BUNDLED_FULL_READER, BUNDLED_READER, Settings
from rag.wiring import depth_of
from tests.command import byline

PASSAGE = (
    "Ida Quist sued Orsa Lines on Monday. The ferry company owns four ships. It denies that any of them is unsafe."
)


@pytest.fixture(scope="module")
def readers() -> PairReaders:
    return load_pair_readers(BUNDLED_READER, "full", threads=1)


def test_the_full_reader_finds_the_answer_and_its_sentence(readers: PairReaders) -> None:
    assert readers.full is readers.best
    (reading,) = readers.best.read("Who sued the ferry company?", [PASSAGE], ["A lawsuit (AP, 2 March 2026). "])
    best = reading.spans[0]
    assert PASSAGE[best.start : best.end] == "Ida Quist"
    assert reading.evidence is not None
    first, second = (reading.evidence.of(at, PASSAGE.index(".", at)) for at in (0, PASSAGE.index("The ferry")))
    assert first is not None
    assert second is not None
    assert first > second


@pytest.mark.parametrize(
    ("claim", "supported"),
    [
        ("Orsa Lines was sued by Ida Quist.", True),
        ("Orsa Lines sued Ida Quist.", False),
        ("Orsa Lines has four ships.", True),
        ("Orsa Lines says that its ships are unsafe.", False),
    ],
)
def test_the_full_reader_tells_who_did_it(readers: PairReaders, claim: str, supported: bool) -> None:
    stance = readers.best.read_pairs([(claim, PASSAGE)])[0].stance
    assert stance is not None
    assert (stance.supports > 0.5) is supported


def test_it_is_named_before_it_is_loaded_and_a_missing_one_is_told_at_once(
    readers: PairReaders, tmp_path: Path
) -> None:
    assert " + byline-reader/" in readers.identity
    with pytest.raises(ModelError, match="is missing"):
        WaitingPairReader(tmp_path / "reader-full.onnx.gz", 1)


def test_a_named_model_reads_by_itself(tmp_path: Path) -> None:
    assert depth_of(Settings(data_dir=tmp_path, reader="full")) == "full"
    assert depth_of(Settings(data_dir=tmp_path, reader="fast")) == "fast"
    assert depth_of(Settings(data_dir=tmp_path, reader="full", reader_model=BUNDLED_FULL_READER)) == "fast"


def test_an_answer_names_both(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYLINE_READER", "full")
    told = byline("ask", "Who retired as lighthouse keeper of Grimsay?", "--json", data=data)
    assert " + " in json.loads(told.stdout)["models"]["reader"]
