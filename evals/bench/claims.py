"""Claims made of real news sentences: unchanged, reworded, with one thing changed, and about what is not there.

The sentences are drawn from the archive's own articles, which nothing was trained on. A changed one must not be found
supported, an unchanged or reworded one must; a sentence of an encyclopedia is not in the news. Who says a sentence is
measured on sentences labelled by hand, which are not part of this project.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

import numpy as np

from evals.bench.quiz import QuizClaim, quiz_claims
from evals.bench.realtimeqa import articles_file, read_articles, read_questions
from evals.bench.rewording import reworded
from evals.bench.rows import Row
from evals.bench.sections import Bench
from rag.attribute import attribute
from rag.checks.names import same_name
from rag.claims.draft import read_draft
from rag.pipeline import Byline
from rag.sentences import sentence_spans
from rag.settings import load_settings
from rag.types import Query
from rag.wiring import open_byline
from training.rows import Rows
from training.swaps import misattribute, names, negate, overstate, swap_date, swap_name, swap_number

CHANGED, SAME, ABSENT, DRAFT = 500, 250, 150, 40  # claims of each kind, and sentences of the timed draft
_DRAWN = 1_200  # sentences to make claims of: a rule does not fit each
_SEED = 7
_LEAST, _MOST = 8, 40  # words
_POINTS_BACK = re.compile(r"^(?:[“\"(]|(?:He|She|They|It|His|Her|Their|Its|This|That|These|Those|But|And|So)\b)")
_CHANGES: dict[str, Callable[[str, Sequence[str], random.Random], str | None]] = {
    "number": swap_number,
    "date": swap_date,
    "name": swap_name,
    "negation": negate,
    "modality": overstate,
    "attribution": misattribute,
}


@dataclass(frozen=True, slots=True)
class Made:
    """A claim, and how it was made: a kind of change, "same", "reworded" or "absent"."""

    text: str
    how: str


def claims(bench: Bench) -> list[Row]:
    rng = random.Random(_SEED)  # noqa: S311 - the same claims each time
    sentences = list(islice(_sentences(bench, rng), _DRAWN))
    changed, same = _changed(sentences, rng), _same(sentences, rng)
    absent = _absent(bench, rng)
    with open_byline(load_settings(data_dir=bench.archive)) as library:
        told = {made: _verdict(library, made.text) for made in [*changed, *same, *absent]}
        quiz = {
            one: _verdict(library, one.text, one.asked)
            for one in quiz_claims(read_questions(bench.data, bench.articles))
        }
        draft = " ".join(text for text, _ in sentences[-DRAFT:])
        started = time.perf_counter()
        library.check(draft)
        seconds = time.perf_counter() - started
    rows = [
        _share_row("one thing changed: not supported", changed, told, lambda v: v != "supported", 0.85),
        *_by_change(changed, told),
        _share_row("  of them, refuted", changed, told, lambda v: v == "refuted"),
        _share_row("unchanged or reworded: supported", same, told, lambda v: v == "supported", 0.80),
        _share_row("  reworded alone", [m for m in same if m.how == "reworded"], told, lambda v: v == "supported"),
        _share_row("not in the archive: not enough evidence", absent, told, _is_missing, 0.90),
        Row(f"a draft of {DRAFT} sentences", f"{seconds:.1f} s", "", "≤ 30 s (aim 12 s)", seconds <= 30),
    ]
    return rows + _quiz_rows(quiz) + _attribution(bench.folder)


def _verdict(library: Byline, text: str, as_of: date | None = None) -> str:
    """Of the draft's worst claim; a sentence that is taken for none has no evidence."""
    verdicts = {claim.verdict for claim in library.check(text, Query("", as_of=as_of)).claims}
    order = ("refuted", "disputed", "not_enough_evidence", "supported")
    return next((one for one in order if one in verdicts), "not_enough_evidence")


def _is_missing(verdict: str) -> bool:
    return verdict == "not_enough_evidence"


def _sentences(bench: Bench, rng: random.Random) -> Iterator[tuple[str, list[str]]]:
    """Sentences that stand for themselves, with the names of their articles, one an article."""
    articles = list(read_articles(articles_file(bench.data), bench.articles))
    for row in rng.sample(articles, len(articles)):
        text = row["text"]
        fit = [
            one
            for span in sentence_spans(text)
            if _LEAST <= len((one := " ".join(text[span.start : span.end].split())).split()) <= _MOST
            and one.endswith(".")
            and not _POINTS_BACK.match(one)
            and _is_claim(one)
        ]
        if fit:
            yield rng.choice(fit), [text[slice(*span)] for span in names(text)]


def _is_claim(sentence: str) -> bool:
    found = read_draft(sentence)
    return len(found) == 1 and found[0].kind == "claim"


def _changed(sentences: Sequence[tuple[str, list[str]]], rng: random.Random) -> list[Made]:
    made: list[Made] = []
    for text, others in sentences:
        for how in rng.sample(list(_CHANGES), len(_CHANGES)):
            new = _CHANGES[how](text, others, rng)
            if new and new != text and not _only_renamed(text, new):
                made.append(Made(new, how))
                break
        if len(made) == CHANGED:
            break
    return made


def _only_renamed(old: str, new: str) -> bool:
    """Whether one name only gave way to another of the same thing: "Biden" to "President Biden"."""
    before = [old[slice(*span)] for span in names(old) if old[slice(*span)] not in new]
    after = [new[slice(*span)] for span in names(new) if new[slice(*span)] not in old]
    return any(same_name(a, b) for a in before for b in after)


def _same(sentences: Sequence[tuple[str, list[str]]], rng: random.Random) -> list[Made]:
    """Half of them reworded, as far as a rule fits."""
    told = [Made(text, "same") for text, _ in sentences[: SAME // 2]]
    for text, _ in sentences[SAME // 2 :]:
        new = reworded(text, rng)
        if new:
            told.append(Made(new, "reworded"))
        if len(told) == SAME:
            break
    return told


def _absent(bench: Bench, rng: random.Random) -> list[Made]:
    """Sentences of encyclopedia passages with a name; none where there are no rows."""
    folder = bench.data / "train"
    if not folder.is_dir():
        return []
    passages = sorted({row.passage for row in Rows(folder).questions("test")})
    found = []
    for passage in rng.sample(passages, len(passages)):
        spans = sentence_spans(passage)
        one = passage[slice(*rng.choice(spans))] if spans else ""
        if _LEAST <= len(one.split()) <= _MOST and names(one) and not _POINTS_BACK.match(one) and _is_claim(one):
            found.append(Made(one, "absent"))
        if len(found) == ABSENT:
            break
    return found


def _by_change(changed: Sequence[Made], told: dict[Made, str]) -> list[Row]:
    kinds: dict[str, list[Made]] = defaultdict(list)
    for made in changed:
        kinds[made.how].append(made)
    return [_share_row(f"  {how}", some, told, lambda v: v != "supported") for how, some in sorted(kinds.items())]


def _share_row(
    what: str, made: Sequence[Made], told: dict[Made, str], holds: Callable[[str], bool], floor: float | None = None
) -> Row:
    share = float(np.mean([holds(told[one]) for one in made])) if made else 0.0
    target = f"≥ {floor:.2f}" if floor else ""
    return Row(what, f"{share:.3f}", f"of {len(made)}", target, share >= floor if floor else None)


def _quiz_rows(told: Mapping[QuizClaim, str]) -> list[Row]:
    """Without floors: no one has measured them elsewhere."""
    rows = []
    for true in (True, False):
        verdicts = [verdict for claim, verdict in told.items() if claim.true is true]
        for what in ("supported", "refuted", "disputed"):
            share = float(np.mean([verdict == what for verdict in verdicts])) if verdicts else 0.0
            rows.append(
                Row(
                    f"{'true' if true else 'false'} answers of a news quiz: {what}",
                    f"{share:.3f}",
                    f"of {len(verdicts)}",
                )
            )
    return rows


def _attribution(folder: Path) -> list[Row]:
    """`attribution.jsonl` in the folder to work in: {"sentence", "before", "kind", "source"} a line, by hand."""
    file = folder / "attribution.jsonl"
    if not file.exists():
        return []
    labelled = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    right = [_attributed_right(one) for one in labelled]
    share = float(np.mean(right))
    return [Row("who says it: source and class right", f"{share:.3f}", f"of {len(right)}", "≥ 0.75", share >= 0.75)]


def _attributed_right(one: dict[str, str | None]) -> bool:
    told = attribute(str(one["sentence"]), str(one["before"] or ""))
    if told.kind != one["kind"]:
        return False
    return one["source"] is None or (told.source is not None and _same_source(told.source, one["source"]))


def _same_source(told: str, wanted: str) -> bool:
    a, b = told.lower(), wanted.lower()
    return a in b or b in a or same_name(told, wanted)
