"""`python -m tests.training.train_tiny CONFIG`: the real training command with a tiny encoder."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from transformers import BertConfig, BertModel

from training.config import Config, read_config
from training.model import ReaderModel
from training.train import Run


def tiny_reader(chosen: Config) -> ReaderModel:
    config = BertConfig(
        hidden_size=24,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    return ReaderModel(BertModel(config, add_pooling_layer=False), config.hidden_size, chosen.dropout)


if __name__ == "__main__":
    torch.set_num_threads(1)
    chosen = read_config(Path(sys.argv[1]))
    chosen.paths.work.mkdir(parents=True, exist_ok=True)
    Run(chosen, tiny_reader).train()
