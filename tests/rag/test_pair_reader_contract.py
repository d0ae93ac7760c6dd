"""One contract over every reader of pairs: the exported graph, and each kind of model that is named."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.errors import ModelError
from rag.pair_calibration import PairCalibration
from rag.reader_model import MODEL_FILE, OnnxPairReader, calibration_file, load_pair_reader
from rag.settings import BUNDLED_READER
from rag.types import PairReading
from tests.forking import TORCH, Forked

READERS = ("bert, 32 bits", "bert, 8 bits", "mpnet, 32 bits", "mpnet, 8 bits", "answering", "relevance", "stance")
PASSAGES = ["the ferry was late.", "a storm", "", "the harbour " * 300, "a harbour, the storm", "a [SEP] storm"]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `tiny_readers.py` makes."""
    folder = tmp_path_factory.mktemp("readers")
    command, env = ("-m", "tests.rag.tiny_readers", str(folder)), {**os.environ, "HF_HUB_OFFLINE": "1"}
    done = Forked(*command, after=TORCH, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env).told()
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = pickle.loads((folder / "made.pickle").read_bytes())  # noqa: S301 - written by the line above
    return made


@pytest.mark.parametrize("name", READERS)
def test_there_is_one_reading_for_each_passage(made: dict[str, Any], name: str) -> None:
    assert len(made[name]["readings"]) == len(PASSAGES)
    assert made[name]["pairs"] == made[name]["readings"]
    assert made[name]["none"] == []
    assert made[name]["identity"] or name.startswith(("bert", "mpnet"))


@pytest.mark.parametrize("name", READERS)
def test_spans_lie_in_the_passage_best_first_and_apart(made: dict[str, Any], name: str) -> None:
    for passage, reading in zip(PASSAGES, made[name]["readings"], strict=True):
        spans = sorted(reading.spans, key=lambda span: span.start)
        assert all(0 <= span.start < span.end <= len(passage) for span in spans)
        assert all(one.end <= other.start for one, other in pairwise(spans))
        assert [span.score for span in reading.spans] == sorted((s.score for s in reading.spans), reverse=True)


@pytest.mark.parametrize("name", READERS)
def test_probabilities_are_probabilities(made: dict[str, Any], name: str) -> None:
    for reading in made[name]["readings"]:
        for share in (reading.answerable, reading.relevance):
            assert share is None or 0.0 <= share <= 1.0
        if reading.stance:
            stance = reading.stance
            assert stance.supports + stance.refutes + stance.neither == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("name", READERS)
def test_a_passage_reads_the_same_alone(made: dict[str, Any], name: str) -> None:
    for together, alone in zip(made[name]["readings"], made[name]["alone"], strict=True):
        assert _numbers(together) == pytest.approx(_numbers(alone), abs=1e-3)


def test_a_model_has_no_opinion_on_what_it_was_not_made_for(made: dict[str, Any]) -> None:
    answers, relevance, stance = (made[name]["readings"][0] for name in ("answering", "relevance", "stance"))
    assert answers.spans
    assert answers.relevance is None
    assert answers.stance is None
    assert relevance.relevance is not None
    assert relevance.answerable is None
    assert not relevance.spans
    assert stance.stance is not None
    assert stance.relevance is None


def test_relevance_is_what_the_cross_encoder_says(made: dict[str, Any]) -> None:
    ours = [reading.relevance for reading in made["relevance"]["readings"]]
    assert ours == pytest.approx(made["cross-encoder itself"].tolist(), abs=1e-4)


@pytest.mark.parametrize("name", ["bert", "mpnet"])
def test_the_graph_says_what_torch_says(made: dict[str, Any], name: str) -> None:
    wanted = made[f"{name} logits, torch"]
    np.testing.assert_allclose(made[f"{name} logits, 32 bits"], wanted, atol=1e-4)
    np.testing.assert_allclose(made[f"{name} logits, 8 bits"], wanted, atol=0.3 * np.abs(wanted).max())


@pytest.mark.parametrize("name", READERS)
def test_a_lead_holds_no_answer_and_may_change_what_is_made_of_a_passage(made: dict[str, Any], name: str) -> None:
    for passage, reading in zip(PASSAGES, made[name]["led"], strict=True):
        assert all(0 <= span.start < span.end <= len(passage) for span in reading.spans)
    assert _numbers(made[name]["led"][0]) != pytest.approx(_numbers(made[name]["readings"][0]), abs=1e-6)


@pytest.mark.parametrize("name", ["bert, 8 bits", "mpnet, 8 bits"])
def test_the_log_odds_of_a_sentence_are_those_of_its_tokens(made: dict[str, Any], name: str) -> None:
    told = made[name]["readings"][0].evidence
    assert told.of(0, len(PASSAGES[0])) == pytest.approx(np.mean(told.odds))
    assert told.of(0, 3) == told.odds[0]
    assert told.of(500, 600) is None


def test_a_long_passage_is_read_to_its_end(made: dict[str, Any]) -> None:
    long = made["bert, 32 bits"]["readings"][3]
    assert long.spans
    assert len(PASSAGES[3].split()) > 320


def test_a_special_token_in_a_passage_is_text(made: dict[str, Any]) -> None:
    assert "[SEP]" not in made["tokens"]


def test_a_model_of_no_use_is_refused_with_a_remedy(made: dict[str, Any]) -> None:
    assert "its labels are" in made["unusable"]["moods"]
    assert "Check its name" in made["unusable"]["nowhere"]


def test_a_missing_bundled_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="Install Byline again"):
        OnnxPairReader.load(tmp_path / "none.onnx", tmp_path / "none.json", threads=1)


def _numbers(reading: PairReading) -> list[float]:
    stance = reading.stance
    told = [reading.answerable, reading.relevance, *((stance.supports, stance.refutes) if stance else ())]
    return [number for number in told if number is not None]


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A folder as `training.export` writes it."""
    for file in (MODEL_FILE, calibration_file(MODEL_FILE)):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path


def test_an_exported_reader_is_loaded_from_its_folder(exported: Path) -> None:
    assert load_pair_reader(str(exported), 1).identity == load_pair_reader(BUNDLED_READER, 1).identity


def test_an_exported_reader_with_anothers_calibration_is_refused(exported: Path) -> None:
    PairCalibration("another").write(calibration_file(exported / MODEL_FILE.name))
    with pytest.raises(ModelError, match="not of the reader beside it"):
        load_pair_reader(str(exported), 1)
