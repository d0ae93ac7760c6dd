"""A question or claim and a passage -> answer spans, answering sentences, relevance and stance, by one model.

There are two bundled readers, a fast one and one with five times the weights. Both run on onnxruntime in 8 bits;
`MODEL_CARD.md` says how they were trained. Any other goes through sentence-transformers or transformers
(`reader_any.py`).
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from tokenizers import Tokenizer

from rag.embed import bundled_dir
from rag.errors import ModelError
from rag.pair_calibration import PairCalibration, read_pair_calibration
from rag.pair_spans import apart, best_spans
from rag.pair_tokens import MPNET, Vocabulary
from rag.ports import PairReader, PairReaders
from rag.settings import BUNDLED_FULL_READER, BUNDLED_READER
from rag.types import PairReading, Stance, TokenOdds

_WEIGHTS = Path(__file__).parent / "weights"
MODEL_FILE = _WEIGHTS / "reader.onnx"
FULL_MODEL_FILE = _WEIGHTS / "reader-full.onnx.gz"  # packed, for its 8 bits hold some 6 bits of information
MAX_TOKENS = 320  # of a pair: the models were trained on pairs of up to 256 and 288; longer ones are read in windows
FIRST_TOKENS = 96  # of the question or claim; the rest of a longer one is not seen
LEAD_TOKENS = 64
SPANS = 3  # kept of each passage

_OVERLAP = 64  # tokens that neighbouring windows of a long passage share: more than two longest answers
_CLS, _SEP = "[CLS]", "[SEP]"
_REMEDY = "Install Byline again, or export the model again."

Ids = list[int]


def load_pair_readers(model: str, depth: str, threads: int) -> PairReaders:
    """The reader that `model` names, and with depth `full` the full bundled one beside it. Raises ModelError when one
    can't be had.
    """
    full = WaitingPairReader(FULL_MODEL_FILE, threads) if depth == "full" else None
    return PairReaders(load_pair_reader(model, threads), full)


class WaitingPairReader:
    """The full reader, loaded by a thread while all else is opened: to unpack it takes most of a second. The first
    call waits until it is loaded. Raises ModelError, at once where a file is missing, else at the first call.
    """

    def __init__(self, model: Path, threads: int) -> None:
        if not model.is_file():
            raise ModelError(f"The reader {model} is missing.", remedy=_REMEDY)
        self.identity = read_pair_calibration(calibration_file(model)).identity
        loading = ThreadPoolExecutor(1, thread_name_prefix="load-reader")
        self._loaded = loading.submit(_load, model, threads)
        loading.shutdown(wait=False)

    def read(self, text: str, passages: Sequence[str], leads: Sequence[str] = ()) -> list[PairReading]:
        return self._loaded.result().read(text, passages, leads)

    def read_pairs(self, pairs: Sequence[tuple[str, str]]) -> list[PairReading]:
        return self._loaded.result().read_pairs(pairs)


def load_pair_reader(model: str, threads: int) -> PairReader:
    """The reader that `model` names: a bundled one, the folder of another that `training.export` wrote, or a
    cross-encoder, extractive-QA or NLI model by name or folder.

    Raises ModelError when it can't be had.
    """
    if model in (BUNDLED_READER, BUNDLED_FULL_READER):
        return _load(MODEL_FILE if model == BUNDLED_READER else FULL_MODEL_FILE, threads)
    for name in (MODEL_FILE.name, FULL_MODEL_FILE.name):
        if (Path(model) / name).is_file():
            return _load(Path(model) / name, threads)
    from rag.reader_any import TransformersPairReader

    return TransformersPairReader.load(model, threads)


def _load(model: Path, threads: int) -> OnnxPairReader:
    return OnnxPairReader.load(model, calibration_file(model), threads)


def _unpacked(model: Path) -> bytes:
    """The file's model; what is packed is not kept beside it."""
    stored = model.read_bytes()
    return gzip.decompress(stored) if model.suffix == ".gz" else stored


def calibration_file(model: Path) -> Path:
    """Beside the model, under its name."""
    return model.with_name(model.name.partition(".")[0] + ".json")


@dataclass(frozen=True, slots=True)
class _Window:
    """Tokens of one pair, or of a part of a long passage: `first` before the lead, `start` before the passage.
    `offsets` are the passage tokens' characters.
    """

    pair: int
    ids: Ids
    first: int
    start: int
    offsets: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Pair:
    text: str
    passage: str
    lead: str = ""


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
        self._typed = any(one.name == "types" for one in session.get_inputs())
        cls, sep = (tokenizer.token_to_id(token) or 0 for token in (_CLS, _SEP))
        self._vocabulary = Vocabulary(cls, (sep,), sep) if self._typed else MPNET

    @classmethod
    def load(cls, model: Path, calibration: Path, threads: int) -> OnnxPairReader:
        """Raises ModelError when a file is missing, damaged, or of another model."""
        fitted = read_pair_calibration(calibration)
        words = bundled_dir()
        try:
            read = cls.of_bytes(_unpacked(model), words, fitted, threads)
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

    def read(self, text: str, passages: Sequence[str], leads: Sequence[str] = ()) -> list[PairReading]:
        before = leads or [""] * len(passages)
        return self._readings([_Pair(text, *two) for two in zip(passages, before, strict=True)])

    def read_pairs(self, pairs: Sequence[tuple[str, str]]) -> list[PairReading]:
        return self._readings([_Pair(*pair) for pair in pairs])

    def logits(self, pairs: Sequence[tuple[str, str]]) -> list[list[Told]]:
        """What the model says of each window of each pair, before calibration."""
        return self._logits([_Pair(*pair) for pair in pairs])

    def _readings(self, pairs: Sequence[_Pair]) -> list[PairReading]:
        return [_reading(told, self._calibration) for told in self._logits(pairs)]

    def _logits(self, pairs: Sequence[_Pair]) -> list[list[Told]]:
        windows = sorted(self._windows(pairs), key=lambda window: -len(window.ids))  # so that threads end together
        run = self._pool.map if self._pool and len(windows) > 1 else map
        told: list[list[Told]] = [[] for _ in pairs]
        for window, one in zip(windows, run(self._run, windows), strict=True):
            told[window.pair].append(one)
        return told

    def _windows(self, pairs: Sequence[_Pair]) -> Iterator[_Window]:
        words = self._vocabulary
        firsts = {text: words.head(ids, FIRST_TOKENS) for text, ids in self._ids([pair.text for pair in pairs])}
        leads = {text: words.shifted(ids[:LEAD_TOKENS]) for text, ids in self._ids([pair.lead for pair in pairs])}
        passages = self._tokenizer.encode_batch([pair.passage for pair in pairs], add_special_tokens=False)
        for n, (pair, passage) in enumerate(zip(pairs, passages, strict=True)):
            first, ids, offsets = firsts[pair.text], words.shifted(passage.ids), passage.offsets
            head = [*first, *leads[pair.lead]]
            room = MAX_TOKENS - len(head) - 1
            for at in range(0, max(1, len(ids) - _OVERLAP), room - _OVERLAP):
                part = slice(at, at + room)
                yield _Window(n, [*head, *ids[part], words.closing], len(first), len(head), offsets[part])
                if at + room >= len(ids):
                    break

    def _ids(self, texts: Sequence[str]) -> Iterator[tuple[str, Ids]]:
        """Each text once, with its ids."""
        once = list(dict.fromkeys(texts))
        encoded = self._tokenizer.encode_batch(once, add_special_tokens=False)
        return ((text, one.ids) for text, one in zip(once, encoded, strict=True))

    def _run(self, window: _Window) -> Told:
        """One window alone: as fast as a batch, and in 8 bits what it says then depends on no other."""
        ids = np.array([window.ids], np.int32)
        given = {"ids": ids}
        if self._typed:
            given["types"] = (np.arange(len(window.ids), dtype=np.int32) >= window.first).astype(np.int32)[None]
        spans, judged = self._session.run(["spans", "judged"], given)
        return _told(window, spans[0], judged[0])


@dataclass(frozen=True, slots=True)
class Told:
    """A window's logits: of each passage token less that of no answer, of each token's sentence (None of a model that
    was not taught it), of relevance, and of the three stances.
    """

    start: NDArray[np.float32]
    end: NDArray[np.float32]
    evidence: NDArray[np.float32] | None
    offsets: Sequence[tuple[int, int]]
    relevance: float
    stance: NDArray[np.float32]


def _told(window: _Window, spans: NDArray[np.float32], judged: NDArray[np.float32]) -> Told:
    """The logit of the first token is that of no answer."""
    inside = spans[window.start : window.start + len(window.offsets)]
    start, end = inside[:, 0] - spans[0, 0], inside[:, 1] - spans[0, 1]
    evidence = inside[:, 2] if spans.shape[1] > 2 else None
    return Told(start, end, evidence, window.offsets, float(judged[0]), judged[1:])


def _reading(windows: Sequence[Told], calibration: PairCalibration) -> PairReading:
    """Of a long passage's windows, the most relevant speaks for relevance, the most outspoken for the stance."""
    spans = apart([span for told in windows for span in best_spans(told.start, told.end, told.offsets, SPANS)], SPANS)
    stances = [calibration.stance(told.stance) for told in windows]
    supports, refutes, neither = min(stances, key=lambda stance: float(stance[2])).tolist()
    return PairReading(
        spans=tuple(replace(span, score=calibration.span(span.score)) for span in spans),
        answerable=calibration.answerable(spans[0].score) if spans else 0.0,
        relevance=calibration.relevance(max(told.relevance for told in windows)),
        stance=Stance(supports, refutes, neither),
        evidence=_evidence(windows),
    )


def _evidence(windows: Sequence[Told]) -> TokenOdds | None:
    told = [
        (offset[0], float(odds))
        for window in windows
        if window.evidence is not None
        for offset, odds in zip(window.offsets, window.evidence, strict=True)
    ]
    return TokenOdds(tuple(at for at, _ in told), tuple(odds for _, odds in told)) if told else None
