"""A quick look at held-out rows while a run goes on: not the test set, and no training rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from training.batches import batch, plan
from training.build import tokenizer, vocabulary
from training.config import Config
from training.encode import Encoded, encode
from training.examples import NO_ANSWER, Example
from training.model import ReaderModel
from training.rows import HELD_OUT, Rows

_PAIRS, _QUESTIONS = 500, 250  # enough to see a trend within seconds


class Dev:
    def __init__(self, config: Config) -> None:
        rows = Rows(config.paths.rows)
        pairs = [row for row in rows.pairs("dev") if row.source in HELD_OUT]
        asked = [row for row in rows.questions("dev") if not row.source.startswith("QAMR")]
        self._tokens = config.optimiser.batch_tokens
        made = [
            Example("dev", row.hypothesis, row.premise, stance=row.stance)
            for row in pairs[:: max(1, len(pairs) // _PAIRS)]
        ]
        made += [Example("dev", row.question, row.passage, row.span or NO_ANSWER) for row in asked[:_QUESTIONS]]
        self._encoded: Encoded = encode(
            made, tokenizer(), config.shape.max_tokens, config.shape.first_tokens, vocabulary(config)
        )

    def told(self, model: ReaderModel, device: torch.device) -> str:
        """Share of right stances, and of answers whose both ends are right."""
        stances: list[bool] = []
        spans: list[bool] = []
        model.eval()
        for _, rows in plan([self._encoded], self._tokens, 0):
            made = batch(self._encoded, rows)
            with torch.no_grad():
                told = model(*(torch.from_numpy(a).to(device) for a in (made.ids, made.mask, made.types)))
            span, judged = (part.float().cpu().numpy() for part in told)
            span = span[:, :, :2]
            stances += list((judged[:, 1:].argmax(1) == made.stance)[made.stance >= 0])
            spans += list(_right(np.where(made.passage[:, :, None], span, -1e4), made.start, made.end))
        model.train()
        return f"stance {_share(stances):.3f} span {_share(spans):.3f}"


def _share(right: Sequence[bool]) -> float:
    return sum(right) / max(1, len(right))


def _right(span: NDArray[np.float32], start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.bool_]:
    best = span.argmax(1)
    right: NDArray[np.bool_] = ((best[:, 0] == start) & (best[:, 1] == end))[start > 0]
    return right
