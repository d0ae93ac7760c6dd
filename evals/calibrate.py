"""`python -m evals.calibrate DATA`: fits the reader's weights and threshold and writes `rag/calibration.json`.

DATA holds `train/qa.jsonl.gz` and `qa2.jsonl.gz`. An archive of its contexts is ingested and searched by the library
itself, then a ranking of sentences and the probability of the best one are fitted on 70 % of the contexts and judged on
the others.

With `--read` it fits how the reader model's opinion is weighed beside the words, and writes
`rag/weights/reading-full.json`, or with `BYLINE_READER=fast` the one for the fast reader alone.
Only questions over contexts that this model was not trained on are asked then. They are few, and so are the weights.
"""

from __future__ import annotations

import gzip
import json
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from evals.calibration_cases import READ_TAKEN, CalibrationCase, context_urls, make_cases, read_rows
from evals.fit import Group, Matrix, balanced_threshold, calibration_error, fit_confidence, fit_ranking
from rag.calibration import CALIBRATION_FILE, STANDS_OUT, Calibration, load_calibration, read_calibration_file
from rag.candidates import Candidate
from rag.features import FEATURES
from rag.jobs import open_ingest
from rag.judges import READ_FEATURES, ByReading, ByWords, Judge, read_features
from rag.ports import Embedder, Vectors
from rag.question import ask
from rag.reader_model import load_pair_readers
from rag.rerank import AMPLE, Reranker
from rag.scoring import PROMISING, Scored, score, stands_out
from rag.settings import load_settings
from rag.types import Hit, Query
from rag.wiring import depth_of, embedder_of, open_byline
from training.rows import is_dev

HITS = 10
_FITTED = 0.7
_NONE = Calibration(FEATURES, (0.0,) * len(FEATURES), (0.0,) * (len(FEATURES) + 1), 0.0, 0.0)
_START = Calibration(READ_FEATURES, (1.0,) * len(READ_FEATURES), (0.0,) * (len(READ_FEATURES) + 1), 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Fitting:
    """What is fitted: the features, their values of a candidate, and how candidates are found before that."""

    features: tuple[str, ...]
    values: Callable[[Scored], tuple[float, ...]]
    judge: Judge
    rerank: Callable[[str, Sequence[Hit]], Sequence[Hit]]
    hits: int


def _by_words() -> Fitting:
    return Fitting(FEATURES, lambda one: one.values, ByWords(_NONE), lambda _, hits: hits, HITS)


def _by_reading() -> Fitting:
    settings = load_settings()
    words = load_calibration(FEATURES)
    readers = load_pair_readers(settings.reader_model, depth_of(settings), settings.threads)
    rerank = Reranker(readers, settings.read_passages, AMPLE)
    values = lambda one: read_features(one.candidate, one.values, words)  # noqa: E731
    return Fitting(READ_FEATURES, values, ByReading(words, _START), rerank, settings.read_passages)


class Remembering:
    """An embedder that embeds each text once: the sentences of an archive come up again and again."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}
        self.identity = embedder.identity
        self.dimensions = embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known |= dict(zip(new, self._embedder.embed(new), strict=True))
        return np.stack([self._known[text] for text in texts])


@dataclass(frozen=True, slots=True)
class Told:
    """A case with the candidates that were found for it."""

    case: CalibrationCase
    group: Group
    candidates: tuple[Candidate, ...]

    @property
    def fitted(self) -> bool:
        """By context, so that no context is on both sides."""
        return zlib.crc32(self.case.url.encode()) % 100 < 100 * _FITTED


def main(
    data: Annotated[Path, typer.Argument(help="The folder that holds train/qa.jsonl.gz.")],
    work: Annotated[Path | None, typer.Option(help="Keep the archive of contexts here, and use it again.")] = None,
    seed: int = 7,
    read: Annotated[bool, typer.Option("--read", help="Fit how the reader model's opinion is weighed.")] = False,
    out: Annotated[Path | None, typer.Option(help="Where to, if not where the reader looks for it.")] = None,
) -> None:
    """Fit the reader's weights and threshold."""
    rows = read_rows(data, ("qa", "qa2") if read else ("qa",))
    fitting = _by_reading() if read else _by_words()
    # What is fitted by words looks too good on its own contexts to be weighed there against the reader model.
    cases = make_cases(rows, seed, of=is_dev, more=READ_TAKEN) if read else make_cases(rows, seed, of=_is_train)
    with tempfile.TemporaryDirectory() as temporary:
        folder = work or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "archive").exists():
            _ingest(rows, folder)
        told = _ask_all(cases, folder, fitting)
    fitted = _fit(told, fitting.features) | {"data": _described(rows, cases, seed)}
    out = out or (read_calibration_file(depth_of(load_settings())) if read else CALIBRATION_FILE)
    out.write_text(json.dumps(fitted, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    typer.echo(json.dumps(fitted["scores"], indent=1))


def _is_train(context: str) -> bool:
    return not is_dev(context)


def _ingest(rows: Sequence[dict[str, Any]], folder: Path) -> None:
    file = folder / "contexts.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        for context, url in context_urls(rows).items():
            lines.write(json.dumps({"id": url, "url": url, "text": context}) + "\n")
    with open_ingest(load_settings(data_dir=folder / "archive"), [file]) as job:
        job.run(lambda _: None)


def _ask_all(cases: Sequence[CalibrationCase], folder: Path, fitting: Fitting) -> list[Told]:
    settings = load_settings(data_dir=folder / "archive")
    embedder = Remembering(embedder_of(settings))
    told = []
    with open_byline(settings) as library, typer.progressbar(cases, label="questions") as shown:
        for case in shown:
            hits = [
                hit
                for hit in library.search(Query(case.question, k=fitting.hits + 2), rerank=False)
                if hit.left_out is None
            ]
            if case.kind == "hidden":
                hits = [hit for hit in hits if hit.article.url != case.url]
            hits = list(fitting.rerank(case.question, hits[: fitting.hits]))
            scored = score(ask(case.question), hits, embedder, fitting.judge, PROMISING)
            if scored:
                told.append(Told(case, _group(case, scored, fitting), tuple(one.candidate for one in scored)))
    return told


def _group(case: CalibrationCase, scored: Sequence[Scored], fitting: Fitting) -> Group:
    answers = [
        case.kind == "answerable"
        and one.candidate.hit.article.url == case.url
        and any(answer.lower() in one.candidate.text.lower() for answer in case.answers)
        for one in scored
    ]
    return Group(np.array([fitting.values(one) for one in scored]), np.array(answers))


def _fit(told: Sequence[Told], features: Sequence[str]) -> dict[str, Any]:
    fitted, kept = [t for t in told if t.fitted], [t for t in told if not t.fitted]
    ranking = fit_ranking([t.group for t in fitted])
    values, right, kinds = _best(fitted, ranking)
    coefficients, bias = fit_confidence(values, right, _weights(kinds))
    probability, found, kept_kinds = _judged(kept, ranking, coefficients, bias)
    threshold = balanced_threshold(
        probability[kept_kinds == "answerable"],
        [probability[kept_kinds == kind] for kind in ("unanswerable", "hidden", "swapped")],
    )
    return {
        "ranking": dict(zip(features, ranking.round(4).tolist(), strict=True)),
        "confidence": dict(zip((*features, STANDS_OUT), coefficients.round(4).tolist(), strict=True)),
        "bias": round(bias, 4),
        "threshold": round(threshold, 2),
        "scores": _scores(probability, found, kept_kinds, threshold),
    }


def _judged(
    kept: Sequence[Told], ranking: Matrix, coefficients: Matrix, bias: float
) -> tuple[Matrix, NDArray[np.bool_], NDArray[np.str_]]:
    values, right, kinds = _best(kept, ranking)
    return 1.0 / (1.0 + np.exp(-(values @ coefficients + bias))), right, kinds


def _best(told: Sequence[Told], ranking: Matrix) -> tuple[Matrix, NDArray[np.bool_], NDArray[np.str_]]:
    """Of each case its best candidate's features and how it stands out, whether that answers, and the case's kind."""
    ranks = [t.group.values @ ranking for t in told]
    best = [int(np.argmax(rank)) for rank in ranks]
    values = np.array(
        [
            [*t.group.values[n], stands_out(t.candidates, rank.tolist())[n]]
            for t, n, rank in zip(told, best, ranks, strict=True)
        ]
    )
    right = np.array([bool(t.group.answers[n]) for t, n in zip(told, best, strict=True)])
    return values, right, np.array([t.case.kind for t in told])


def _weights(kinds: NDArray[np.str_]) -> Matrix:
    """Answerable and unanswerable cases weigh the same in sum, and so does each kind of the latter."""
    many = Counter(kinds.tolist())
    others = len(many) - 1
    return np.array([1 / many[k] if k == "answerable" else 1 / (others * many[k]) for k in kinds.tolist()]) * len(kinds)


def _scores(probability: Matrix, right: NDArray[np.bool_], kinds: NDArray[np.str_], threshold: float) -> dict[str, Any]:
    """On the contexts that were kept back."""
    answered = probability >= threshold
    order = np.argsort(-probability)
    risk = {
        f"{share:.1f}": round(float(1 - right[order][: max(1, int(share * len(order)))].mean()), 3)
        for share in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
    }
    return {
        "best_sentence_answers": round(float(right[kinds == "answerable"].mean()), 3),
        "answered": {str(kind): round(float(answered[kinds == kind].mean()), 3) for kind in np.unique(kinds)},
        "right_when_answered": round(float(right[answered].mean()), 3),
        "calibration_error": round(calibration_error(probability, right), 3),
        "risk_at_coverage": risk,
        "cases": {str(kind): int((kinds == kind).sum()) for kind in np.unique(kinds)},
    }


def _described(rows: Sequence[dict[str, Any]], cases: Sequence[CalibrationCase], seed: int) -> dict[str, Any]:
    licences = {row["source"]: row["licence"] for row in rows}
    used = Counter(case.source for case in cases)
    return {
        "seed": seed,
        "cases": dict(sorted(Counter(case.kind for case in cases).items())),
        "sources": [{"source": s, "licence": licences[s], "cases": n} for s, n in sorted(used.items())],
    }


if __name__ == "__main__":
    typer.run(main)
