"""`python -m evals.score`: asks Byline every gold question and prints how well it did."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Annotated, Any, Protocol

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from evals.gold import Case, load_gold
from evals.measure import Estimate, Record, Scored, StoredTexts, by_tag, confusion, estimate, score, summarise
from rag.errors import BylineError, NotFound, QuestionRejected, StoreEmpty
from rag.pipeline import Asked
from rag.records import answer_record
from rag.settings import Settings, load_settings
from rag.types import Query

ROOT = Path(__file__).parents[1]
_LABELS = {
    "answered_right": "answered right, of the answerable",
    "supported": "cites a supporting sentence",
    "right_and_supported": "both",
    "short_exact_match": "short answer, exact match",
    "short_f1": "short answer, token F1",
    "abstention_precision": "abstention precision",
    "abstention_recall": "abstention recall",
    "right_overall": "right overall",
    "quotes_exact": "citations whose quote is exact",
}


class Scorable(Protocol):
    """What is scored: Byline, or a fake of it."""

    def ask(self, question: str, limits: Query | None = None) -> Asked: ...

    def article_text(self, article_id: str, version: int) -> str: ...


@dataclass(frozen=True, slots=True)
class Reply:
    """What one case got: an answer record, or why there is none; in `ms` of wall time."""

    record: Record | None
    ms: float
    error: str | None = None


def ask_all(byline: Scorable, cases: Iterable[Case]) -> list[Reply]:
    """One reply a case, in order. A refused question is a missing answer; any other error ends the run."""
    replies = []
    for case in cases:
        began = time.perf_counter()
        record, refusal = None, None
        try:
            record = answer_record(byline.ask(case.question, Query("", as_of=case.as_of)).answer)
        except QuestionRejected as error:
            refusal = str(error)
        replies.append(Reply(record, (time.perf_counter() - began) * 1000, refusal))
    return replies


def stored_texts(byline: Scorable, replies: Iterable[Reply]) -> StoredTexts:
    """The stored text of every cited article version; one that the archive lacks is left out."""
    cited = {
        (citation["article"]["id"], citation["article"]["version"])
        for reply in replies
        if reply.record is not None
        for citation in reply.record["citations"]
    }
    texts = {}
    for article_id, number in sorted(cited):
        try:
            texts[article_id, number] = byline.article_text(article_id, number)
        except NotFound:
            continue
    return texts


def score_all(byline: Scorable, cases: Sequence[Case], shown: Console) -> tuple[list[Reply], list[Scored]]:
    """Asks and scores every case, with a progress bar on `shown`."""
    replies = ask_all(byline, track(cases, description="Asking", console=shown, transient=True))
    texts = stored_texts(byline, replies)
    return replies, [score(case, reply.record, texts) for case, reply in zip(cases, replies, strict=True)]


def summary_table(scored: Sequence[Scored], replies: Sequence[Reply]) -> Table:
    table = Table("metric", "value", "95 %", "of", title=f"{len(scored)} gold questions")
    for name, one in summarise(scored).items():
        table.add_row(_LABELS[name], *_cells(one))
    table.add_row("milliseconds a question, median", f"{median(r.ms for r in replies):.1f}", "", str(len(replies)))
    return table


def confusion_table(scored: Sequence[Scored]) -> Table:
    counts = confusion(scored)
    table = Table("questions", "right", "wrong", "abstained", "no answer", title="What it did")
    for kind, label in (("answerable", "answerable"), ("unanswerable", "not answerable")):
        table.add_row(label, *(str(n) for n in counts[kind].values()))
    return table


def tag_table(scored: Sequence[Scored]) -> Table:
    table = Table("tag", "questions", "right", "95 %", "supported", "abstained", title="By tag")
    for tag, cases in by_tag(scored).items():
        overall = estimate([s.right for s in cases], [s.case.weight for s in cases])
        answerable = [s for s in cases if s.case.answerable]
        cited = f"{sum(s.supported for s in answerable)}/{len(answerable)}" if answerable else "-"
        value, interval, n = _cells(overall)
        table.add_row(tag, n, value, interval, cited, str(sum(s.abstained for s in cases)))
    return table


def failure_table(scored: Sequence[Scored], replies: Sequence[Reply]) -> Table:
    """The cases that are not right, or right without a supporting citation or with an inexact quote."""
    table = Table("case", "question", "expected", "got", "fault", title="Failures", show_lines=True)
    for one, reply in zip(scored, replies, strict=True):
        if fault := _fault(one):
            expected = " | ".join(one.case.answers) or "(abstain)"
            said = reply.error or ("(abstained)" if one.abstained else reply.record["text"] if reply.record else "")
            table.add_row(*(escape(cell) for cell in (one.case.id, one.case.question, expected, said, fault)))
    return table


def run_record(gold: Path, settings: Settings, scored: Sequence[Scored], replies: Sequence[Reply]) -> dict[str, Any]:
    """What was scored, with what, and how well, as JSON values."""
    models: dict[str, str] = next((reply.record["models"] for reply in replies if reply.record is not None), {})
    return {
        "gold": {"file": gold.name, "sha256": hashlib.sha256(gold.read_bytes()).hexdigest(), "cases": len(scored)},
        "byline": _installed_version(),
        "models": models,
        "settings": settings.model_dump(mode="json", exclude={"data_dir"}),
        "median_ms": median(reply.ms for reply in replies),
        "metrics": {name: asdict(one) for name, one in summarise(scored).items()},
        "confusion": confusion(scored),
        "tags": {tag: {n: asdict(e) for n, e in summarise(cases).items()} for tag, cases in by_tag(scored).items()},
        "cases": [_case_record(one, reply) for one, reply in zip(scored, replies, strict=True)],
    }


def _case_record(one: Scored, reply: Reply) -> dict[str, Any]:
    scores = {name: getattr(one, name) for name in Scored.__slots__ if name != "case"}
    return {
        "id": one.case.id,
        "fault": _fault(one),
        "ms": reply.ms,
        "error": reply.error,
        **scores,
        "answer": reply.record,
    }


def _fault(one: Scored) -> str | None:
    if one.missing:
        return "no answer"
    if not one.right:
        return "abstained" if one.abstained else "wrong" if one.case.answerable else "answered"
    if one.case.answerable and not one.supported:
        return "right, but cites no supporting sentence"
    return "a quote is not exact" if one.exact_quotes < one.quotes else None


def _cells(one: Estimate) -> tuple[str, str, str]:
    if not one.n:
        return "-", "", "0"
    return f"{one.value:.3f}", f"{one.low:.3f} to {one.high:.3f}", str(one.n)


def _installed_version() -> str | None:
    try:
        return version("byline")
    except PackageNotFoundError:
        return None


def main(
    gold: Annotated[Path, typer.Option(help="The gold questions.")] = ROOT / "evals" / "gold" / "seeds.jsonl",
    corpus: Annotated[Path, typer.Option(help="The files that the gold quotes are from.")] = ROOT / "corpus",
    data_dir: Annotated[Path | None, typer.Option(help="The archive to ask.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the scores here as JSON.")] = None,
    failures: Annotated[bool, typer.Option("--failures", help="List the cases that failed.")] = False,
) -> None:
    """Ask Byline every gold question and print how well it did."""
    shown = Console()
    try:
        cases = load_gold([gold], corpus)
        settings = load_settings(data_dir=data_dir)
        replies, scored = _run(settings, cases)
    except StoreEmpty as error:
        typer.echo(f"{error.message} Run `byline ingest corpus` with the same data folder first.", err=True)
        raise typer.Exit(2) from error
    except BylineError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    for table in (summary_table(scored, replies), confusion_table(scored), tag_table(scored)):
        shown.print(table)
    if failures:
        shown.print(failure_table(scored, replies))
    if json_out is not None:
        json_out.parent.mkdir(parents=True, exist_ok=True)
        json_out.write_text(json.dumps(run_record(gold, settings, scored, replies), indent=1) + "\n", encoding="utf-8")


def _run(settings: Settings, cases: Sequence[Case]) -> tuple[list[Reply], list[Scored]]:
    from rag.wiring import open_byline

    byline = open_byline(settings)
    try:
        return score_all(byline, cases, Console(stderr=True))
    finally:
        byline.close()


if __name__ == "__main__":
    typer.run(main)
