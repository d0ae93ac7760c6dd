"""Any cross-encoder, extractive-QA or NLI model, by name or folder. The import is cheap, loading takes seconds.

What a model can tell is read off its config: a question-answering head gives spans; a classifier with one output gives
relevance; one whose labels name entailment gives the stance. What it can't tell stays None.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.errors import MissingExtra, ModelError
from rag.pair_calibration import PairCalibration
from rag.pair_spans import best_spans
from rag.types import PairReading, Stance

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

SPANS = 3
_BATCH = 16
_PLAIN = PairCalibration(answerable_slope=0.22)  # what the bundled fast reader's logits are calibrated with
_LABELS = {"entail": "supports", "support": "supports", "contradict": "refutes", "refute": "refutes"}


@dataclass(frozen=True, slots=True)
class _Part:
    """A loaded model with what reads a batch of pairs through it."""

    model: nn.Module
    read: Callable[[Sequence[tuple[str, str]]], list[PairReading]]


class TransformersPairReader:
    """A PairReader over a model that transformers loads."""

    def __init__(self, part: _Part, name: str) -> None:
        self._part = part
        self._identity = f"{name}/{_fingerprint(part.model)}"

    @classmethod
    def load(cls, model: str, threads: int) -> TransformersPairReader:
        """Raises ModelError when there is no such model, none that can be reached, or none that reads pairs."""
        try:
            import torch
            from transformers import AutoConfig
        except ImportError as error:
            raise MissingExtra(
                f"The reader {model} needs sentence-transformers.", remedy="Run `pip install sentence-transformers`."
            ) from error
        torch.set_num_threads(threads)
        try:
            config = AutoConfig.from_pretrained(model)
            part = _answering(model) if _is_answering(config) else _classifying(model, config)
        except ModelError:
            raise
        except Exception as error:
            reason = str(error).strip().split("\n", 1)[0]
            raise ModelError(
                f"The reader {model} can't be loaded: {reason}",
                remedy="Check its name; without a network, give the path of a folder that holds it.",
            ) from error
        return cls(part, Path(model).name)

    @property
    def identity(self) -> str:
        return self._identity

    def read(self, text: str, passages: Sequence[str], leads: Sequence[str] = ()) -> list[PairReading]:
        before = leads or [""] * len(passages)
        led = [(text, lead + passage) for lead, passage in zip(before, passages, strict=True)]
        return [_without_lead(one, len(lead)) for one, lead in zip(self.read_pairs(led), before, strict=True)]

    def read_pairs(self, pairs: Sequence[tuple[str, str]]) -> list[PairReading]:
        return [one for at in range(0, len(pairs), _BATCH) for one in self._part.read(pairs[at : at + _BATCH])]


def _without_lead(reading: PairReading, lead: int) -> PairReading:
    spans = (replace(span, start=span.start - lead, end=span.end - lead) for span in reading.spans)
    return replace(reading, spans=tuple(span for span in spans if span.start >= 0))


def _is_answering(config: Any) -> bool:
    return any("QuestionAnswering" in name for name in config.architectures or ())


def _classifying(model: str, config: Any) -> _Part:
    from sentence_transformers import CrossEncoder

    cross = CrossEncoder(model)
    if config.num_labels == 1:
        return _Part(cross.model, lambda pairs: _relevance(cross, pairs))
    places = _stances(config.id2label)
    if places is None:
        labels = ", ".join(str(label) for label in config.id2label.values())
        raise ModelError(
            f"The reader {model} can't be used: its labels are {labels}.",
            remedy="Name a model with one output (relevance), a question-answering head, or a label for entailment.",
        )
    return _Part(cross.model, lambda pairs: _judged(cross, pairs, places))


def _relevance(cross: Any, pairs: Sequence[tuple[str, str]]) -> list[PairReading]:
    import torch

    scores = cross.predict(list(pairs), activation_fn=torch.nn.Sigmoid(), show_progress_bar=False)
    return [PairReading(relevance=float(score)) for score in scores]


def _judged(cross: Any, pairs: Sequence[tuple[str, str]], places: Mapping[int, str]) -> list[PairReading]:
    """An NLI model reads the premise first: here the passage."""
    import torch

    turned = [(passage, text) for text, passage in pairs]
    shares = cross.predict(turned, activation_fn=torch.nn.Softmax(dim=-1), show_progress_bar=False)
    readings = []
    for row in np.asarray(shares, np.float64):
        told = {"supports": 0.0, "refutes": 0.0, "neither": 0.0}
        for place, share in enumerate(row):
            told[places[place]] += float(share)
        readings.append(PairReading(stance=Stance(**told)))
    return readings


def _stances(labels: Mapping[int, str]) -> dict[int, str] | None:
    """Which stance each output stands for; None unless exactly one of them is support."""
    places = {int(n): _stance_of(str(label).lower()) for n, label in labels.items()}
    return places if list(places.values()).count("supports") == 1 else None


def _stance_of(label: str) -> str:
    if label.startswith(("not", "non")):
        return "neither"
    return next((stance for part, stance in _LABELS.items() if part in label), "neither")


def _answering(model: str) -> _Part:
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    loaded = AutoModelForQuestionAnswering.from_pretrained(model).eval()
    tokenizer = AutoTokenizer.from_pretrained(model)
    return _Part(loaded, lambda pairs: _answers(loaded, tokenizer, pairs))


def _answers(model: Any, tokenizer: Any, pairs: Sequence[tuple[str, str]]) -> list[PairReading]:
    """As trained on SQuAD 2.0: the first token stands for no answer."""
    import torch

    encoded = tokenizer(
        [text for text, _ in pairs],
        [passage for _, passage in pairs],
        return_offsets_mapping=True,
        padding=True,
        truncation="only_second",
        max_length=min(tokenizer.model_max_length, model.config.max_position_embeddings),
        return_tensors="pt",
    )
    offsets = encoded.pop("offset_mapping").tolist()
    with torch.inference_mode():
        told = model(**encoded)
    start, end = told.start_logits.float().numpy(), told.end_logits.float().numpy()
    readings = []
    for row in range(len(pairs)):
        inside = [n for n, part in enumerate(encoded.sequence_ids(row)) if part == 1]
        places = [tuple(offsets[row][n]) for n in inside]
        spans = best_spans(start[row, inside] - start[row, 0], end[row, inside] - end[row, 0], places, SPANS)
        answerable = _PLAIN.answerable(spans[0].score) if spans else 0.0
        told_spans = tuple(replace(span, score=_PLAIN.span(span.score)) for span in spans)
        readings.append(PairReading(spans=told_spans, answerable=answerable))
    return readings


def _fingerprint(model: nn.Module) -> str:
    """Of the weights themselves: a name may point at other weights tomorrow, a folder at any time."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().float().numpy().tobytes())
    return digest.hexdigest()[:16]
