"""MPNet (Song et al. 2020, arXiv:2004.09297) in torch, with the parameter names of the published checkpoint.

Plainer and faster on a CPU than the transformers one: scaled dot-product attention takes the relative position bias as
its mask. The bias stays as published, for a gradient through the mask would switch the fused kernel off.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from rag.errors import ModelError

PUBLISHED_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
"""Of `model.safetensors` of all-mpnet-base-v2, Apache-2.0."""

PLACES, BUCKETS = 514, 32
FIRST_PLACE = 2  # the position of a text's first token
FARTHEST = 128  # tokens; the bias is the same beyond
EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class MpnetShape:
    """That of MPNet-base, unless said otherwise."""

    layers: int = 12
    heads: int = 12
    hidden: int = 768
    wide: int = 3072
    words: int = 30527


def buckets(tokens: int) -> Tensor:
    """`(tokens, tokens)`: the bucket of each query-key distance, as in T5 (Raffel et al. 2020), both directions."""
    places = torch.arange(tokens)
    distance = places[:, None] - places[None, :]  # query less key
    half, exact = BUCKETS // 2, BUCKETS // 4
    size = distance.abs()
    far = exact + (torch.log(size.float().clamp(min=1) / exact) / math.log(FARTHEST / exact) * (half - exact)).long()
    return torch.where(size < exact, size, far.clamp(max=half - 1)) + half * (distance < 0).long()


class _Attention(nn.Module):
    def __init__(self, shape: MpnetShape) -> None:
        super().__init__()
        self._heads = shape.heads
        self.attn = nn.ModuleDict({name: nn.Linear(shape.hidden, shape.hidden) for name in "qkvo"})
        self.LayerNorm = nn.LayerNorm(shape.hidden, EPSILON)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        query, key, value = (self.attn[name](x).unflatten(-1, (self._heads, -1)).transpose(1, 2) for name in "qkv")
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias.to(query.dtype))
        out: Tensor = self.LayerNorm(self.attn["o"](seen.transpose(1, 2).flatten(2)) + x)
        return out


class _Dense(nn.Module):
    def __init__(self, inputs: int, outputs: int, norm: bool) -> None:
        super().__init__()
        self.dense = nn.Linear(inputs, outputs)
        if norm:
            self.LayerNorm = nn.LayerNorm(outputs, EPSILON)


class _Layer(nn.Module):
    def __init__(self, shape: MpnetShape) -> None:
        super().__init__()
        self.attention = _Attention(shape)
        self.intermediate = _Dense(shape.hidden, shape.wide, norm=False)
        self.output = _Dense(shape.wide, shape.hidden, norm=True)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        seen = self.attention(x, bias)
        wide = functional.gelu(self.intermediate.dense(seen))
        out: Tensor = self.output.LayerNorm(self.output.dense(wide) + seen)
        return out


class Mpnet(nn.Module):
    def __init__(self, shape: MpnetShape) -> None:
        super().__init__()
        self.embeddings = nn.ModuleDict(
            {
                "word_embeddings": nn.Embedding(shape.words, shape.hidden),
                "position_embeddings": nn.Embedding(PLACES, shape.hidden),
                "LayerNorm": nn.LayerNorm(shape.hidden, EPSILON),
            }
        )
        self._layers = [_Layer(shape) for _ in range(shape.layers)]
        self.encoder = nn.ModuleDict(
            {
                "layer": nn.ModuleList(self._layers),
                "relative_attention_bias": nn.Embedding(BUCKETS, shape.heads),
            }
        )
        self.encoder["relative_attention_bias"].requires_grad_(False)

    def forward(self, ids: Tensor, mask: Tensor, _types: Tensor) -> tuple[Tensor]:
        """The last layer `(pairs, tokens, hidden)`; ids and mask are `(pairs, tokens)`. There are no token types."""
        parts, tokens = self.embeddings, ids.shape[1]
        places = torch.arange(FIRST_PLACE, FIRST_PLACE + tokens, device=ids.device)
        x = parts["LayerNorm"](parts["word_embeddings"](ids) + parts["position_embeddings"](places))
        bias = self.encoder["relative_attention_bias"](buckets(tokens).to(ids.device)).permute(2, 0, 1)[None]
        bias = bias.masked_fill(~mask[:, None, None, :], -1e4)
        for layer in self._layers:
            x = layer(x, bias)
        return (x,)

    def freeze(self, layers: int) -> None:
        """Embeddings and the first `layers` layers stay as they are: a third of the cost of each is saved, and most
        of what they would learn is learnt above them.
        """
        if layers:
            self.embeddings.requires_grad_(False)
        for layer in self._layers[:layers]:
            layer.requires_grad_(False)


def published_mpnet(folder: Path) -> Mpnet:
    """all-mpnet-base-v2 from the folder of its files. Raises ModelError when they are missing or others."""
    file = folder / "model.safetensors"
    try:
        found = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"{file} can't be read: {error}.", remedy="Name the folder in [paths] encoder.") from error
    if found != PUBLISHED_SHA256:
        raise ModelError(
            f"{file} is not the published all-mpnet-base-v2: its sha256 is {found}.",
            remedy=f"Fetch the one with {PUBLISHED_SHA256}.",
        )
    model = Mpnet(MpnetShape())
    stored = load_file(file)
    model.load_state_dict({name: stored[name] for name in model.state_dict()})
    return model
