"""`python -m training.train --config FILE`: trains the reader, or goes on where a stopped run was."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from torch.optim import AdamW, Optimizer

from rag.errors import BylineError
from training import checkpoint
from training.batches import Rows, batch, plan
from training.build import stages, taught
from training.bundled import begin_from_bundled
from training.config import Config, Optimiser, read_config
from training.dev import Dev
from training.encode import UNKNOWN, Encoded
from training.model import ReaderModel, losses, new_reader, total
from training.schedule import rate_share

NEWEST, BEFORE_DECAY = "newest.pt", "before-decay.pt"
_TOLD_EVERY = 20  # steps
HEADS = ("span", "relevance", "stance", "evidence")


class Run:
    """One run: model, optimiser and the planned batches."""

    def __init__(self, config: Config, encoder: Callable[[Config], ReaderModel] = new_reader) -> None:
        self._config = config
        self._stages: Sequence[Encoded] = stages(config)
        self._taught = taught(config)
        self._plan = plan(self._stages, config.optimiser.batch_tokens, config.seed)
        possible = len(self._plan) // config.optimiser.accumulate
        self._steps = min(possible, config.optimiser.steps or possible)
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        _seed(config.seed)
        self._model = encoder(config).to(self._device)
        self._optimiser = _optimiser(self._model, config.optimiser)
        self._dev = Dev(config)
        self._told: dict[str, float] = defaultdict(float)
        # Batches side by side, each on one thread, beat threads inside a batch by a tenth, and by far more on a busy
        # machine: those wait for each other after every operator. A GPU takes them one by one.
        side_by_side = 1 if self._device.type == "cuda" else config.threads
        self._workers = ThreadPoolExecutor(side_by_side, initializer=torch.set_num_threads, initargs=(1,))

    def train(self) -> Path:
        """Returns the file of the trained weights."""
        work, every = self._config.paths.work, self._config.checkpoint_every
        first = self._resumed(work / NEWEST)
        decay_from = self._steps - self._config.optimiser.decay
        print(f"{self._steps} steps on {self._device} from step {first}; decay from {decay_from}", flush=True)
        for step in range(first, self._steps):
            if step == decay_from:
                self._save(work / BEFORE_DECAY, step)
            self._step(step)
            if (step + 1) % every == 0:
                self._save(work / NEWEST, step + 1)
            if (step + 1) % self._config.evaluate_every == 0 or step + 1 == self._steps:
                print(f"step {step + 1} dev {self._dev.told(self._model, self._device)}", flush=True)
        checkpoint.save_weights(self._config.paths.weights, self._model)
        return self._config.paths.weights

    def _resumed(self, file: Path) -> int:
        if not file.exists():
            self._begin()
            return 0
        return checkpoint.load(file, self._model, self._optimiser, self._config.examples_digest)

    def _begin(self) -> None:
        start = self._config.paths.start
        if start and ".onnx" in start.suffixes:
            begin_from_bundled(start, self._model)
        elif start:
            checkpoint.begin_from(start, self._model, self._optimiser)

    def _save(self, file: Path, step: int) -> None:
        position = checkpoint.Position(step, self._config.examples_digest)
        checkpoint.save(file, self._model, self._optimiser, position)

    def _step(self, step: int) -> None:
        began, set_ = time.monotonic(), self._config.optimiser
        share = rate_share(step, self._steps, set_)
        for group in self._optimiser.param_groups:
            group["lr"] = group["full"] * share
        chosen = self._plan[step * set_.accumulate : (step + 1) * set_.accumulate]
        examples = sum(len(rows) for _, rows in chosen)
        for parts in self._workers.map(lambda one: self._backward(one[0], one[1], examples), chosen):
            for name, (loss, known) in parts.items():
                self._told[name] += loss
                self._told[f"{name} of"] += known
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), set_.clip)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        self._tell(step, examples, time.monotonic() - began)

    def _backward(self, stage: int, rows: Rows, examples: int) -> dict[str, tuple[float, float]]:
        """Adds the batch's share of the step's gradient; returns each head's summed loss and what it is summed over."""
        made = batch(self._stages[stage], rows, self._taught[stage])
        with torch.autocast(self._device.type, dtype=torch.bfloat16, enabled=self._config.bfloat16):
            parts = losses(self._model, made, self._device, self._config.teaching)
        torch.autograd.backward(total(parts, self._config.weights) / examples)
        known = {
            "span": made.start,
            "relevance": made.relevant,
            "stance": made.stance,
            "evidence": made.evidence.max(1),
        }
        told = {name: (float(part.detach()), float(np.sum(known[name] != UNKNOWN))) for name, part in parts.items()}
        return told | {"tokens": (float(made.mask.sum()), 0.0)}

    def _tell(self, step: int, examples: int, seconds: float) -> None:
        self._told["seconds"] += seconds
        self._told["examples"] += examples
        if (step + 1) % _TOLD_EVERY:
            return
        told = self._told
        heads = " ".join(f"{n} {told[n] / max(1.0, told[n + ' of']):.3f}" for n in HEADS)
        speed = f"{told['seconds'] / _TOLD_EVERY:.2f} s a step, {told['tokens'] / told['seconds']:.0f} tokens/s"
        print(f"step {step + 1}/{self._steps} {heads}; {speed}", flush=True)
        self._told.clear()


def _optimiser(model: ReaderModel, chosen: Optimiser) -> Optimizer:
    groups: dict[tuple[bool, bool], list[torch.nn.Parameter]] = defaultdict(list)
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        groups[name.startswith("encoder."), parameter.ndim > 1].append(parameter)
    made = [
        {
            "params": parameters,
            "full": chosen.rate if encoder else chosen.head_rate,
            "weight_decay": chosen.weight_decay if matrix else 0.0,
        }
        for (encoder, matrix), parameters in groups.items()
    ]
    return AdamW(made, lr=chosen.rate, fused=True)


def _seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--seed", type=int, help="another than the config's, in a work folder of its own")
    given = parser.parse_args(arguments)
    try:
        config = read_config(given.config)
        if given.seed is not None:
            config = config.seeded(given.seed)
        config.paths.work.mkdir(parents=True, exist_ok=True)
        torch.set_num_threads(1)
        print(f"trained weights: {Run(config).train()}")
    except BylineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
