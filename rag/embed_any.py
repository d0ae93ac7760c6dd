"""Any model that sentence-transformers loads, by name or folder. The import is cheap, loading takes seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.errors import MissingExtra, ModelError
from rag.ports import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class SentenceTransformersEmbedder:
    """An Embedder over a SentenceTransformer."""

    def __init__(self, model: SentenceTransformer, name: str) -> None:
        self._model = model
        self._identity = f"{name}/{_fingerprint(model)}"

    @classmethod
    def load(cls, model: str, threads: int) -> SentenceTransformersEmbedder:
        """Raises ModelError when there is no such model, or none that can be reached."""
        try:
            import torch
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise MissingExtra(
                f"The model {model} needs sentence-transformers.", remedy="Run `pip install sentence-transformers`."
            ) from error
        torch.set_num_threads(threads)
        try:
            return cls(SentenceTransformer(model), Path(model).name)
        except Exception as error:
            reason = str(error).strip().split("\n", 1)[0]
            raise ModelError(
                f"The embedding model {model} can't be loaded: {reason}",
                remedy="Check its name; without a network, give the path of a folder that holds it.",
            ) from error

    @property
    def identity(self) -> str:
        return self._identity

    @property
    def dimensions(self) -> int:
        return int(self._model.get_embedding_dimension() or 0)

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        vectors = self._model.encode(
            list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(vectors, np.float32)


def _fingerprint(model: SentenceTransformer) -> str:
    """Of the weights themselves: a name may point at other weights tomorrow, a folder at any time."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().float().numpy().tobytes())
    return digest.hexdigest()[:16]
