from __future__ import annotations

import subprocess
from pathlib import Path

from tests.command import ROOT
from tests.forking import TORCH, Forked

SAME_AS_TRANSFORMERS = """
import torch
from transformers import MPNetConfig, MPNetModel
from training.mpnet import Mpnet, MpnetShape

torch.manual_seed(3)
config = MPNetConfig(vocab_size=40, hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
                     max_position_embeddings=514, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
                     layer_norm_eps=1e-5, initializer_range=0.4)
theirs = MPNetModel(config, add_pooling_layer=False).eval()
ours = Mpnet(MpnetShape(2, 2, 24, 32, 40)).eval()
stored = theirs.state_dict()
ours.load_state_dict({name: stored[name] for name in ours.state_dict()})
ids = torch.randint(3, 40, (2, 300))
mask = torch.ones_like(ids).bool()
mask[1, 200:] = False
with torch.inference_mode():
    told = ours(ids, mask, ids)[0]
    wanted = theirs(input_ids=torch.where(mask, ids, 1), attention_mask=mask.long()).last_hidden_state
assert torch.allclose(told[0], wanted[0], atol=1e-5), (told[0] - wanted[0]).abs().max()
assert torch.allclose(told[1, :200], wanted[1, :200], atol=1e-5)
"""

FROZEN = """
from training.mpnet import Mpnet, MpnetShape

model = Mpnet(MpnetShape(3, 2, 24, 32, 40))
assert all(p.requires_grad for n, p in model.named_parameters() if "relative" not in n)
model.freeze(2)
trained = {n.split(".")[2] for n, p in model.named_parameters() if p.requires_grad}
assert trained == {"2"}, trained
"""

REFUSED = """
import sys
from pathlib import Path
from rag.errors import ModelError
from training.mpnet import published_mpnet

for folder, told in ((sys.argv[1], "is not the published"), (sys.argv[1] + "/none", "can't be read")):
    try:
        published_mpnet(Path(folder))
    except ModelError as error:
        assert told in str(error), error
    else:
        raise AssertionError(folder)
"""


def run(code: str, *arguments: str) -> None:
    given = {"after": TORCH, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": ROOT}
    done = Forked("-c", code, *arguments, **given).told()
    assert done.returncode == 0, done.stderr


def test_it_computes_what_transformers_computes() -> None:
    run(SAME_AS_TRANSFORMERS)


def test_frozen_layers_learn_nothing() -> None:
    run(FROZEN)


def test_other_weights_than_the_published_ones_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    run(REFUSED, str(tmp_path))
