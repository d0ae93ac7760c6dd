"""`byline eval report`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from rag.cli.evals import Corpus, Gold, exit_codes
from rag.settings import load_settings


def _file(name: str, words: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, metavar="FILE", help=words, show_default=False)
    return option


def report(
    made: Annotated[Path, typer.Argument(metavar="RUN", help="A run file.")],
    baseline: Annotated[Path | None, _file("--baseline", "Show what changed against this run or baseline.")] = None,
    html: Annotated[Path | None, _file("--html", "One page that needs no network.")] = None,
    markdown: Annotated[Path | None, _file("--markdown", "A summary for a pull request.")] = None,
    junit: Annotated[Path | None, _file("--junit", "JUnit XML for a CI server.")] = None,
    jsonl: Annotated[Path | None, _file("--jsonl", "A JSON record a case.")] = None,
    corpus: Corpus = None,
    failures: Annotated[bool, typer.Option("--failures", help="List the cases that went wrong.")] = False,
) -> None:
    """Show a run in the terminal, and write it for people and machines."""
    from rich.console import Console

    from evals.config import load_config
    from evals.errors import NoBaseline
    from evals.gold.load import CORPUS
    from evals.report import machines
    from evals.report.page import page
    from evals.report.terminal import show_comparison, show_run
    from evals.runs.record import load_run, write_text

    with exit_codes():
        run = load_run(made)
        old = load_run(baseline, NoBaseline) if baseline else None
        comparison = None
        if old is not None:
            from evals.compare.compare import compare

            comparison = compare(old, run, margins=load_config(Path.cwd()).margins)
        written: dict[Path | None, Callable[[], str]] = {
            html: lambda: page(run, corpus or CORPUS, old, comparison),
            markdown: lambda: machines.markdown(run, comparison),
            junit: lambda: machines.junit(run, comparison),
            jsonl: lambda: machines.jsonl(run),
        }
        for path, text in written.items():
            if path is not None:
                write_text(path, text())
                sys.stdout.write(f"Written to {path}\n")
        show_run(run, Console(), failures=failures)
        if comparison:
            show_comparison(comparison, Console())


def metamorphic(gold: Gold = None, corpus: Corpus = None) -> None:
    """Ask answered cases again in other words, in another order, among other articles, with orders, on other days.

    Shows the share of answers that keep, or flip, as they should.
    """
    from rich.console import Console
    from rich.table import Table

    from evals.gold import SEEDS, load_gold
    from evals.gold.load import CORPUS
    from evals.metamorphic.check import run_checks
    from evals.report.words import why_unscored
    from evals.runs.targets import in_process

    with exit_codes():
        place = corpus or CORPUS
        cases = load_gold(gold or [SEEDS], place)
        settings = load_settings()
        table = Table("check", "share", "95 %", "of", "broke in")
        for told in run_checks(cases, place, lambda folder: in_process(settings, folder, keep=False)):
            one = told.estimate
            if one.value is None:
                table.add_row(told.check.title, "unscored", why_unscored(one), "0", "")
                continue
            broke = ", ".join(told.broke[:4]) + (" …" if len(told.broke) > 4 else "")
            table.add_row(told.check.title, f"{one.value:.3f}", f"{one.low:.3f} to {one.high:.3f}", str(one.n), broke)
        Console().print(table)


def judge(
    made: Annotated[Path, typer.Argument(metavar="RUN", help="A run file.")],
    model: Annotated[str, typer.Option("--model", help="As LangChain names it: provider:model.")],
    labels: Annotated[
        Path | None, _file("--labels", 'People\'s labels, {"id", "label": right|partly|wrong} a line.')
    ] = None,
) -> None:
    """Ask an LLM what it thinks of the answers. Advisory: it gates nothing, and its agreement with people is shown."""
    from evals.judge import judge_run, load_labels, open_judge
    from evals.runs.record import load_run

    with exit_codes():
        run = load_run(made)
        told = judge_run(run, open_judge(model), load_labels(labels) if labels else {})
        one = told.share
        if one.value is None:
            sys.stdout.write(f"{told.name} graded nothing: {one.unscored or 'the run has no answers'}\n")
            return
        reach = f"95 % {one.low:.3f} to {one.high:.3f}"
        sys.stdout.write(f"{told.name}: {one.value:.3f} right ({reach}), {one.n} answers; {told.words}\n")
        for opinion in told.opinions:
            if opinion.grade is None:
                sys.stdout.write(f"no grade: {opinion.case}: {opinion.reason}\n")
