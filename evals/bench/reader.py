"""`python -m evals.bench.reader --data DIR`: what the reader model reaches by itself. (Over an archive: `evals.bench`.)

`DIR` holds `train/`, `verification/` and `realtimeqa-2022/`. Nothing here is seen in training: `training/rows.py` keeps
the test questions and the held-out pairs apart, and the other two are only for measuring.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from evals.bench.realtimeqa import Question, articles_file, contains, read_articles, read_questions, short_scores
from evals.bench.rows import Row, table
from evals.metrics.squad import token_f1
from evals.metrics.squad import tokens as squad_tokens
from rag.chunk import chunk
from rag.leads import lead
from rag.ports import PairReader
from rag.reader_model import load_pair_reader
from rag.sentences import sentence_spans
from rag.settings import BUNDLED_FULL_READER
from rag.terms import share, words
from rag.types import Article, PairReading
from rag.verify import Verifier
from training.rows import Asked, Pair, Rows

_PARTS = ("speed", "nli", "squad", "gold", "summedits")
_SPEED_TOKENS, _SPEED_BATCH, _SPEED_TIMES = 200, 16, 8


def squad(reader: PairReader, asked: Sequence[Asked]) -> list[Row]:
    """F1 of the best span on the answerable; and over all with the threshold that serves best, as SQuAD 2.0 reports."""
    readings = reader.read_pairs([(row.question, row.passage) for row in asked])
    f1 = np.array([best_f1(row, reading) for row, reading in zip(asked, readings, strict=True)])
    has = np.array([row.span is not None for row in asked])
    scores = np.array([reading.spans[0].score if reading.spans else -np.inf for reading in readings])
    return [
        _row("SQuAD 2.0 dev slice, F1 on the answerable", float(f1[has].mean()), int(has.sum()), 0.84, 0.88),
        _row("the same, best F1 with a threshold over all", best_threshold(scores, f1, has), len(asked), 0.72, 0.79),
    ]


def best_f1(row: Asked, reading: PairReading) -> float:
    given = squad_tokens(row.passage[reading.spans[0].start : reading.spans[0].end]) if reading.spans else []
    accepted = [tokens for tokens in map(squad_tokens, row.also) if tokens]
    return max((token_f1(given, one) for one in accepted), default=0.0) if given else 0.0


def best_threshold(scores: ArrayLike, f1: ArrayLike, answerable: ArrayLike) -> float:
    """The best mean score when every question of less than some score is left unanswered, which is right for those
    that have no answer (Rajpurkar et al. 2018)."""
    order = np.argsort(-np.asarray(scores), kind="stable")
    has = np.asarray(answerable)[order]
    gained = np.where(has, np.asarray(f1)[order], -1.0).cumsum()
    return float((np.maximum(gained.max(initial=0.0), 0.0) + (~has).sum()) / max(1, len(has)))


def inference(reader: PairReader, pairs: Sequence[Pair]) -> list[Row]:
    readings = reader.read_pairs([(row.hypothesis, row.premise) for row in pairs])
    right: dict[str, list[bool]] = defaultdict(list)
    for row, reading in zip(pairs, readings, strict=True):
        right[row.source].append(stance_of(reading) == row.stance)
    everything = [one for told in right.values() for one in told]
    rows = [_row("NLI, held-out pairs, three-way accuracy", float(np.mean(everything)), len(pairs), 0.88, 0.91)]
    targets = {"MultiNLI (subset)": (0.78, 0.83)}
    for source, told in sorted(right.items()):
        rows.append(_row(f"  {source}", float(np.mean(told)), len(told), *targets.get(source, (None, None))))
    return rows


def stance_of(reading: PairReading) -> int:
    """The likeliest stance, numbered as in `training.rows`."""
    stance = reading.stance
    return int(np.argmax([stance.supports, stance.refutes, stance.neither])) if stance else -1


def gold_passages(reader: PairReader, data: Path) -> list[Row]:
    """The quiz questions over the passage of their own articles that holds a gold string and most of their words."""
    rows = {row["id"]: row for row in read_articles(articles_file(data))}
    questions = read_questions(data)
    best: list[float] = []
    three: list[float] = []
    for question in questions:
        passages = [found for own in question.articles for found in _holding(question, rows[own])]
        if not passages:
            continue  # the string stands across two passages
        asked = _stems(question.text)
        before, text = max(passages, key=lambda found: share(asked, _stems(found[1])))
        spans = reader.read(question.text, [text], [before])[0].spans
        exact = [short_scores(question, text[span.start : span.end])[0] for span in spans]
        best.append(exact[0] if exact else 0.0)
        three.append(max(exact, default=0.0))
    return [
        _row("RealTimeQA 2022, gold passage: best span exact", float(np.mean(best)), len(best), 0.66, 0.74),
        _row("  of the best three", float(np.mean(three)), len(three)),
    ]


def _stems(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in words(text) if not word.stop)


def _holding(question: Question, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Lead and text of each passage that holds a gold string."""
    article = Article(row["id"], row["url"], row["text"], "")
    day = date.fromisoformat(row["published"][:10]) if row.get("published") else None
    before = lead(row.get("title"), row.get("source"), day)
    texts = (row["text"][passage.start : passage.end] for passage in chunk(article))
    return [(before, text) for text in texts if contains(text, question.gold)]


def summaries(reader: PairReader, file: Path, every: int = 1) -> list[Row]:
    """SummEdits (Laban et al. 2023): a summary is consistent when no sentence of it is contradicted by the document.

    One threshold, and not a fitted one: a sentence is contradicted when an exact check says so, or when the model
    thinks it likelier that the document refutes it than that it supports it. `every`: of so many cases, one is read.
    """
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines][::every]
    verifier = Verifier(reader)
    said = [_consistent(verifier, case["summary"], case["document"]) for case in cases]
    domains: dict[str, list[int]] = defaultdict(list)
    for n, case in enumerate(cases):
        domains[case["domain"]].append(n)
    accuracies = {
        domain: balanced([said[n] for n in own], [bool(cases[n]["consistent"]) for n in own])
        for domain, own in sorted(domains.items())
    }
    mean = float(np.mean(list(accuracies.values())))
    rows = [_row("SummEdits, mean balanced accuracy at one threshold", mean, len(cases), 0.67, 0.74)]
    return rows + [_row(f"  {domain}", value, len(domains[domain])) for domain, value in accuracies.items()]


def _consistent(verifier: Verifier, summary: str, document: str) -> bool:
    sentences = [summary[span.start : span.end] for span in sentence_spans(summary)] or [summary]
    spans = sentence_spans(document)
    told = (verifier.verify_in(sentence, document, spans) for sentence in sentences)
    return all(one.verdict != "contradicted" and (one.support or 0.0) >= (one.refute or 0.0) for one in told)


def balanced(said: Sequence[bool], true: Sequence[bool]) -> float:
    told, truth = np.asarray(said), np.asarray(true)
    return float((told[truth].mean() + (~told[~truth]).mean()) / 2)


def speed(reader: PairReader) -> list[Row]:
    """Pairs of 200 tokens a second, in calls of 16."""
    from tokenizers import Tokenizer

    from rag.embed import bundled_dir

    tokenizer = Tokenizer.from_file(str(bundled_dir() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    question = "When did the council vote to delay the harbour tunnel?"
    long = "The council voted on Tuesday to delay the tunnel until an audit of its costs is finished. " * 20
    passage = long[: tokenizer.encode(long).offsets[_SPEED_TOKENS - len(tokenizer.encode(question).ids)][1]]
    reader.read(question, [passage] * _SPEED_BATCH)
    began = time.perf_counter()
    for _ in range(_SPEED_TIMES):
        reader.read(question, [passage] * _SPEED_BATCH)
    rate = _SPEED_TIMES * _SPEED_BATCH / (time.perf_counter() - began)
    return [
        Row(
            "pairs of 200 tokens a second, batches of 16",
            f"{rate:.1f}",
            "",
            "full ≥ 16 (aim 24), fast ≥ 80",
            rate >= 16,
        )
    ]


def _row(what: str, value: float, count: int, floor: float | None = None, aim: float | None = None) -> Row:
    wanted = f"≥ {floor:.2f} (aim {aim:.2f})" if floor is not None and aim is not None else ""
    return Row(what, f"{value:.3f}", f"of {count}", wanted, value >= floor if floor is not None else None)


def rows_by_model(reader: PairReader, data: Path, wanted: Mapping[str, bool], every: int = 1) -> list[Row]:
    rows = Rows(data / "train")
    made: list[Row] = []
    if wanted["squad"]:
        made += squad(reader, rows.questions("test"))
    if wanted["nli"]:
        made += inference(reader, rows.pairs("test"))
    if wanted["summedits"]:
        made += summaries(reader, data / "verification" / "summedits-dev.jsonl.gz", every)
    if wanted["gold"]:
        made += gold_passages(reader, data)
    if wanted["speed"]:
        made += speed(reader)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.bench.reader", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", default=BUNDLED_FULL_READER)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=_PARTS, nargs="*")
    parser.add_argument("--every", type=int, default=1, help="of SummEdits, one of so many cases")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    reader = load_pair_reader(given.model, given.threads)
    wanted = {name: not given.only or name in given.only for name in _PARTS}
    rows = rows_by_model(reader, given.data, wanted, given.every)
    table(f"reader {reader.identity}", rows)
    if given.out:
        given.out.write_text(json.dumps([row.record() for row in rows], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
