"""The reader: an encoder with its heads, and its loss."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertModel

from rag.embed import bundled_dir
from training.batches import Batch
from training.config import Config, Teaching, Weights
from training.encode import UNKNOWN
from training.mpnet import MpnetShape, published_mpnet
from training.rows import NOT_SUPPORT, SUPPORT

_NEVER = -1e4  # a logit no token can come back from, and 16 bits can hold


def bundled_encoder() -> BertModel:
    """Without dropout: it costs a third of the speed on a CPU, and no example is seen twice."""
    return BertModel.from_pretrained(
        str(bundled_dir()),
        add_pooling_layer=False,
        attn_implementation="sdpa",
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )


def new_reader(config: Config) -> ReaderModel:
    """The config's encoder with fresh heads. Raises ModelError when the encoder can't be had."""
    if config.paths.encoder is None:
        bert = bundled_encoder()
        return ReaderModel(bert, bert.config.hidden_size, config.dropout)
    mpnet = published_mpnet(config.paths.encoder)
    mpnet.freeze(config.optimiser.frozen_layers)
    return ReaderModel(mpnet, MpnetShape().hidden, config.dropout)


class ReaderModel(nn.Module):
    """Over the tokens, span start and end, with the first token for no answer, and whether the token's sentence
    answers or decides; relevance and stance from the first token.
    """

    def __init__(self, encoder: nn.Module, hidden: int, dropout: float) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.span = nn.Linear(hidden, 3)
        self.pooled = nn.Linear(hidden, hidden)
        self.judge = nn.Linear(hidden, 4)

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor]:
        """Span and evidence logits `(pairs, tokens, 3)`; relevance and the three stances `(pairs, 4)`."""
        told = self.encoder(ids, mask, types)[0]
        pooled = functional.gelu(self.pooled(self.dropout(told[:, 0])))
        return self.span(told), self.judge(self.dropout(pooled))


def losses(
    model: ReaderModel, batch: Batch, device: torch.device, teaching: Teaching | None = None
) -> dict[str, Tensor]:
    """The summed loss of each head over the examples that tell it something; and, of a batch that a teacher read, how
    far it is from the teacher, by the share that the teacher's word has.
    """
    given = {name: getattr(batch, name) for name in Batch.__slots__}
    arrays = {name: _on(values, device) for name, values in given.items() if values is not None}
    spans, judged = model(arrays["ids"], arrays["mask"], arrays["types"])
    spans, judged = spans.float(), judged.float()
    evidence = _evidence_loss(spans[:, :, 2], arrays["evidence"])
    taught = _taught_losses(spans, judged, arrays, teaching.temperature) if teaching and "taught" in arrays else {}
    spans = spans.masked_fill(~arrays["passage"][:, :, None], _NEVER)
    known = arrays["start"] != UNKNOWN
    start = functional.cross_entropy(spans[known, :, 0], arrays["start"][known], reduction="sum")
    end = functional.cross_entropy(spans[known, :, 1], arrays["end"][known], reduction="sum")
    told = arrays["relevant"] != UNKNOWN
    relevance = functional.binary_cross_entropy_with_logits(
        judged[told, 0], arrays["relevant"][told].float(), reduction="sum"
    )
    stance = _stance_loss(judged[:, 1:], arrays["stance"])
    known_labels = {"span": (start + end) / 2, "relevance": relevance, "stance": stance, "evidence": evidence}
    if not taught or teaching is None:
        return known_labels
    share = teaching.share
    return {name: (1 - share) * loss + share * taught[name] for name, loss in known_labels.items()}


def _taught_losses(spans: Tensor, judged: Tensor, arrays: dict[str, Tensor], temperature: float) -> dict[str, Tensor]:
    """Cross-entropies with what the teacher says, softened; times the square of the temperature, so that the gradient
    keeps its size (Hinton et al. 2015).
    """
    scale = temperature**2
    passage, teacher = arrays["passage"], arrays["taught_spans"]
    hidden = ~passage[:, :, None]
    ours = torch.log_softmax(spans[:, :, :2].masked_fill(hidden, _NEVER) / temperature, dim=1)
    theirs = torch.softmax(teacher[:, :, :2].masked_fill(hidden, _NEVER) / temperature, dim=1)
    inside = passage.clone()
    inside[:, 0] = False  # no token of the passage
    told = functional.binary_cross_entropy_with_logits(
        spans[:, :, 2], torch.sigmoid(teacher[:, :, 2]), reduction="none"
    )
    stance = torch.softmax(arrays["taught"][:, 1:] / temperature, dim=-1)
    return {
        "span": -(theirs * ours).sum() / 2 * scale,
        "relevance": functional.binary_cross_entropy_with_logits(
            judged[:, 0], torch.sigmoid(arrays["taught"][:, 0]), reduction="sum"
        ),
        "stance": -(stance * torch.log_softmax(judged[:, 1:] / temperature, dim=-1)).sum() * scale,
        "evidence": ((told * inside).sum(1) / inside.sum(1).clamp(min=1)).sum(),
    }


def total(parts: dict[str, Tensor], weights: Weights) -> Tensor:
    return sum((getattr(weights, name) * part for name, part in parts.items()), start=torch.zeros(()))


def _evidence_loss(logits: Tensor, evidence: Tensor) -> Tensor:
    """Of each token, averaged over an example's tokens, so that long passages count no more than short ones."""
    known = (evidence != UNKNOWN).float()
    each = functional.binary_cross_entropy_with_logits(logits, (evidence == 1).float(), reduction="none")
    return ((each * known).sum(1) / known.sum(1).clamp(min=1)).sum()


def _stance_loss(logits: Tensor, stance: Tensor) -> Tensor:
    """Three-way where the label is; where it only says "no support", how likely anything else is."""
    told = torch.log_softmax(logits, dim=-1)
    three = (stance != UNKNOWN) & (stance != NOT_SUPPORT)
    two = stance == NOT_SUPPORT
    exact = functional.nll_loss(told[three], stance[three], reduction="sum")
    other = [n for n in range(3) if n != SUPPORT]
    return exact - torch.logsumexp(told[two][:, other], dim=-1).sum()


def _on(values: NDArray[np.generic], device: torch.device) -> Tensor:
    return torch.from_numpy(values).to(device)
