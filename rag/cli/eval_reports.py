"""`byline eval report`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from rag.cli.evals import Corpus, exit_codes


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
