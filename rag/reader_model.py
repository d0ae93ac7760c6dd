"""A question or claim and a passage -> answer spans, relevance and stance, by one small model.

The bundled reader runs on onnxruntime in 8 bits; `MODEL_CARD.md` says how it was trained. Any other goes through
sentence-transformers or transformers (`reader_any.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from tokenizers import Tokenizer

from rag.embed import bundled_dir
from rag.errors import ModelError
from rag.pair_calibration import PairCalibration, read_pair_calibration
from rag.pair_spans import apart, best_spans
from rag.ports import PairReader
from rag.settings import BUNDLED_READER
from rag.types import PairReading, Stance

MODEL_FILE = Path(__file__).parent / "weights" / "reader.onnx"
CALIBRATION_FILE = MODEL_FILE.with_suffix(".json")
MAX_TOKENS = 320  # of a pair: the model was trained on pairs of up to 256; a longer passage is read in windows
FIRST_TOKENS = 96  # of the question or claim; the rest of a longer one is not seen
SPANS = 3  # kept of each passage

_OVERLAP = 64  # tokens that neighbouring windows of a long passage share: more than two longest answers
_CLS, _SEP = "[CLS]", "[SEP]"
_REMEDY = "Install Byline again, or export the model again."

Ids = list[int]


def load_pair_reader(model: str, threads: int) -> PairReader:
    """The reader that `model` names: the bundled one, the folder of another that `training.export` wrote, or a
    cross-encoder, extractive-QA or NLI model by name or folder.

    Raises ModelError when it can't be had.
    """
    exported = MODEL_FILE if model == BUNDLED_READER else Path(model) / MODEL_FILE.name
    if exported.is_file() or model == BUNDLED_READER:
        return OnnxPairReader.load(exported, exported.with_name(CALIBRATION_FILE.name), threads)
    from rag.reader_any import TransformersPairReader

    return TransformersPairReader.load(model, threads)


@dataclass(frozen=True, slots=True)
class _Window:
    """Tokens of one pair, or of a part of a long passage. `offsets` are the passage tokens' characters."""

    pair: int
    ids: Ids
    first: int
    offsets: Sequence[tuple[int, int]]


class OnnxPairReader:
    """A PairReader over an exported model. `threads` pairs run side by side, each on one thread."""

    def __init__(
        self, session: ort.InferenceSession, tokenizer: Tokenizer, calibration: PairCalibration, threads: int
    ) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._calibration = calibration
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="read") if threads > 1 else None
        self._identity: str = session.get_modelmeta().custom_metadata_map.get("identity", "")
        self._cls, self._sep = (tokenizer.token_to_id(token) or 0 for token in (_CLS, _SEP))

    @classmethod
    def load(cls, model: Path, calibration: Path, threads: int) -> OnnxPairReader:
        """Raises ModelError when a file is missing, damaged, or of another model."""
        fitted = read_pair_calibration(calibration)
        words = bundled_dir()
        try:
            read = cls.of_bytes(model.read_bytes(), words, fitted, threads)
        except Exception as error:
            raise ModelError(f"The reader {model} can't be loaded: {error}.", remedy=_REMEDY) from error
        if fitted.identity not in ("", read.identity):
            raise ModelError(f"The calibration {calibration} is not of the reader beside it.", remedy=_REMEDY)
        return read

    @classmethod
    def of_bytes(cls, model: bytes, tokenizer_dir: Path, calibration: PairCalibration, threads: int) -> OnnxPairReader:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        tokenizer = Tokenizer.from_file(str(tokenizer_dir / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        tokenizer.encode_special_tokens = True  # "[SEP]" in an article is text, and ends nothing
        return cls(session, tokenizer, calibration, threads)

    @property
    def identity(self) -> str:
        return self._identity

    def read(self, text: str, passages: Sequence[str]) -> list[PairReading]:
        return self.read_pairs([(text, passage) for passage in passages])

    def read_pairs(self, pairs: Sequence[tuple[str, str]]) -> list[PairReading]:
        calibration = self._calibration
        return [_reading(told, calibration) for told in self.logits(pairs)]

    def logits(self, pairs: Sequence[tuple[str, str]]) -> list[list[Told]]:
        """What the model says of each window of each pair, before calibration."""
        windows = sorted(self._windows(pairs), key=lambda window: -len(window.ids))  # so that threads end together
        run = self._pool.map if self._pool and len(windows) > 1 else map
        told: list[list[Told]] = [[] for _ in pairs]
        for window, one in zip(windows, run(self._run, windows), strict=True):
            told[window.pair].append(one)
        return told

    def _windows(self, pairs: Sequence[tuple[str, str]]) -> Iterator[_Window]:
        firsts = {text: None for text, _ in pairs}
        encoded = self._tokenizer.encode_batch(list(firsts), add_special_tokens=False)
        heads = {
            text: [self._cls, *one.ids[:FIRST_TOKENS], self._sep] for text, one in zip(firsts, encoded, strict=True)
        }
        passages = self._tokenizer.encode_batch([passage for _, passage in pairs], add_special_tokens=False)
        for pair, ((text, _), passage) in enumerate(zip(pairs, passages, strict=True)):
            head, ids, offsets = heads[text], passage.ids, passage.offsets
            room = MAX_TOKENS - len(head) - 1
            for at in range(0, max(1, len(ids) - _OVERLAP), room - _OVERLAP):
                part = slice(at, at + room)
                yield _Window(pair, [*head, *ids[part], self._sep], len(head), offsets[part])
                if at + room >= len(ids):
                    break

    def _run(self, window: _Window) -> Told:
        """One window alone: as fast as a batch, and in 8 bits what it says then depends on no other."""
        ids = np.array([window.ids], np.int32)
        types = (np.arange(len(window.ids), dtype=np.int32) >= window.first).astype(np.int32)[None]
        spans, judged = self._session.run(["spans", "judged"], {"ids": ids, "types": types})
        return _told(window, spans[0], judged[0])


@dataclass(frozen=True, slots=True)
class Told:
    """A window's logits: of each passage token less that of no answer, of relevance, and of the three stances."""

    start: NDArray[np.float32]
    end: NDArray[np.float32]
    offsets: Sequence[tuple[int, int]]
    relevance: float
    stance: NDArray[np.float32]


def _told(window: _Window, spans: NDArray[np.float32], judged: NDArray[np.float32]) -> Told:
    """The logit of [CLS], the first token, is that of no answer."""
    passage = slice(window.first, window.first + len(window.offsets))
    start, end = spans[passage, 0] - spans[0, 0], spans[passage, 1] - spans[0, 1]
    return Told(start, end, window.offsets, float(judged[0]), judged[1:])


def _reading(windows: Sequence[Told], calibration: PairCalibration) -> PairReading:
    """Of a long passage's windows, the most relevant speaks for relevance, the most outspoken for the stance."""
    spans = apart([span for told in windows for span in best_spans(told.start, told.end, told.offsets, SPANS)], SPANS)
    stances = [calibration.stance(told.stance) for told in windows]
    supports, refutes, neither = min(stances, key=lambda stance: float(stance[2])).tolist()
    return PairReading(
        spans=tuple(spans),
        answerable=calibration.answerable(spans[0].score) if spans else 0.0,
        relevance=calibration.relevance(max(told.relevance for told in windows)),
        stance=Stance(supports, refutes, neither),
    )
