"""A tiny full reader teaches: what it says stands at the tokens of the one that learns."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.command import ROOT
from tests.forking import TORCH, Forked

TINY = """
import sys
from pathlib import Path
import numpy as np
import torch
from rag.bert_graph import Shape
from rag.embed import bundled_dir
from rag.pair_calibration import PairCalibration
from rag.reader_model import OnnxPairReader
from training.build import tokenizer
from training.encode import Taught, encode
from training.examples import Example
from training.graph import build
from training.model import ReaderModel
from training.mpnet import EPSILON, Mpnet, MpnetShape

torch.manual_seed(5)
folder = Path(sys.argv[1])
shape = Shape(layers=2, heads=2, hidden=32, max_tokens=512, epsilon=EPSILON)

def tiny():
    model = ReaderModel(Mpnet(MpnetShape(2, 2, 32, 64)), 32, 0.0)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return model.eval()

def weights_of(model):
    return {name.removeprefix("encoder."): tensor.numpy() for name, tensor in model.state_dict().items()}

def reader_of(graph):
    return OnnxPairReader.of_bytes(graph, bundled_dir(), PairCalibration(), 1)
"""

ALIGNED = """
from training.teach import Teacher
graph = build(weights_of(tiny()), shape, None).SerializeToString()
examples = [
    Example("x", "Who waited?", "Captain Voss waited in the harbour.", lead="A storm (AP). "),
    Example("x", "Voss slept.", "It was late."),
]
encoded = encode(examples, tokenizer(), 64, 24)
taught = Teacher(graph, 2).teach(encoded, range(2))
assert taught.spans.shape == (len(encoded.ids), 3)
for n, one in enumerate(examples):
    asked = type("P", (), {"text": one.first, "passage": one.passage, "lead": one.lead})()
    told = reader_of(graph)._logits([asked])[0][0]
    rows = taught.spans[encoded.offsets[n] : encoded.offsets[n + 1]].astype(np.float32)
    at = encoded.first[n] + encoded.lead[n]
    np.testing.assert_allclose(rows[at:-1, 0] - rows[0, 0], told.start, atol=0.02)
    np.testing.assert_allclose(rows[at:-1, 2], told.evidence, atol=0.02)
    assert not rows[1:at].any()
    np.testing.assert_allclose(taught.judged[n, 1:], told.stance, atol=0.02)
"""

RESUMED = """
from tests.training.rows_folder import write_rows
from tests.training.test_build import CONFIG
from training import teach as teaching
from training.build import stage_files, taught
from training.config import read_config
from training.train import Run
from tests.training.train_tiny import tiny_reader

write_rows(folder / "rows")
file = folder / "config.toml"
recipes = "pairs = 40, mined_questions = 20"
file.write_text(CONFIG.format(rows=folder / "rows", work=folder / "work", recipes=recipes))
config = read_config(file)
graph = build(weights_of(tiny()), shape, None).SerializeToString()
teaching._PART = 16

class Stops(teaching.Teacher):
    asked = 0
    def teach(self, encoded, rows):
        Stops.asked += len(rows)
        if Stops.asked > 32 and not Stops.again:
            raise KeyboardInterrupt
        return super().teach(encoded, rows)

Stops.again = False
try:
    teaching.teach(config, Stops(graph, 1))
except KeyboardInterrupt:
    pass
assert taught(config) == [None]
Stops.again, Stops.asked = True, 0
teaching.teach(config, Stops(graph, 1))
assert Stops.asked == 60 - 32, Stops.asked
(told,) = taught(config)
assert told.judged.shape == (60, 4)
assert not list(stage_files(config)[0].parent.glob("*-taught-*"))
Run(config, tiny_reader).train()
assert config.paths.weights.exists()
"""

BEGUN = """
import gzip
from training.bundled import begin_from_bundled
first = tiny()
graph = build(weights_of(first), shape, 127).SerializeToString()
file = folder / "reader-full.onnx.gz"
file.write_bytes(gzip.compress(graph))
other = tiny()
other.encoder.encoder["relative_attention_bias"].weight.data.copy_(
    first.encoder.encoder["relative_attention_bias"].weight.data)
begin_from_bundled(file, other)
again = build(weights_of(other), shape, None).SerializeToString()
exact = build(weights_of(first), shape, None).SerializeToString()
pairs = [("Who waited?", "Captain Voss waited in the harbour.")]
one, two = (reader_of(graph).logits(pairs)[0][0] for graph in (again, exact))
np.testing.assert_allclose(one.start, two.start, atol=0.1 * np.abs(two.start).max())
np.testing.assert_allclose(one.stance, two.stance, atol=0.1 * np.abs(two.stance).max())
"""


@pytest.mark.parametrize("code", [ALIGNED, RESUMED, BEGUN], ids=["aligned", "resumed", "begun"])
def test_teaching(tmp_path: Path, code: str) -> None:
    given = {"after": TORCH, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": ROOT}
    done = Forked("-c", TINY + code, str(tmp_path), **given).told()
    assert done.returncode == 0, done.stderr
