"""`byline eval`: runs of gold cases, comparisons, reports. What they do is in `evals/`, imported when one runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evals.errors import BAD, EXIT_CODES, EvalError, Incomplete
from rag.cli.options import DataDir
from rag.errors import BylineError
from rag.settings import load_settings

if TYPE_CHECKING:
    from evals.gold import Case
    from evals.runs.run import Plan
    from evals.runs.targets import Target

Gold = Annotated[list[Path] | None, typer.Argument(help="Gold files; the shipped questions unless given.")]
Corpus = Annotated[
    Path | None,
    typer.Option("--corpus", help="The articles that gold quotes; the shipped ones unless given.", show_default=False),
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="Measure answers against gold, and compare runs. " + EXIT_CODES, epilog=EXIT_CODES, no_args_is_help=True
    )
    group.command("run", epilog=EXIT_CODES)(run)
    app.add_typer(group, name="eval")


@contextmanager
def exit_codes() -> Iterator[None]:
    """A user's mistake is one message on stderr and the exit code of its kind."""
    try:
        yield
    except BylineError as error:
        sys.stderr.write(f"byline eval: {error}\n")
        raise typer.Exit(error.exit_code if isinstance(error, EvalError) else BAD) from error


def run(
    gold: Gold = None,
    out: Annotated[Path, typer.Option("--out", help="Where the run file goes.")] = Path("run.json"),
    corpus: Corpus = None,
    url: Annotated[str | None, typer.Option("--url", help="Ask this running service.", show_default=False)] = None,
    predictions: Annotated[
        Path | None, typer.Option("--predictions", help="Score these answers and ask nothing.", show_default=False)
    ] = None,
    repeats: Annotated[int, typer.Option("--repeats", min=1, help="How often each case is asked.")] = 1,
    concurrency: Annotated[int, typer.Option("--concurrency", min=1, help="Cases asked at a time.")] = 1,
    timeout: Annotated[float, typer.Option("--timeout", min=0.01, help="Seconds a case may take.")] = 60.0,
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", min=0, help="US dollars to spend at most.", show_default=False)
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Drop what an interrupted run has kept.")] = False,
    failures: Annotated[bool, typer.Option("--failures", help="List the cases that went wrong.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Ask every gold case and write what was said and how good it was. An interrupted run goes on where it stopped.

    Without --data-dir, the corpus is ingested into an archive of its own for the run.
    """
    from rich.console import Console

    from evals.gold import SEEDS, load_gold
    from evals.gold.load import CORPUS
    from evals.report.terminal import show_run
    from evals.runs.live import LiveScores
    from evals.runs.run import Plan
    from evals.runs.run import run as run_cases

    with exit_codes():
        plan = Plan(out, corpus or CORPUS, repeats, concurrency, timeout, max_cost, fresh)
        cases = load_gold(gold or [SEEDS], plan.corpus)
        with ExitStack() as stack:
            target = stack.enter_context(_target(plan, cases, url, predictions, data_dir))
            live = stack.enter_context(LiveScores(len(cases) * repeats, {case.id: case for case in cases}))
            made = run_cases(plan, cases, target, live.tell)
        show_run(made, Console(), failures=failures)
        sys.stdout.write(f"Written to {out}\n")
        if made.incomplete:
            raise Incomplete(
                f"{len(made.incomplete)} of {len(cases)} cases have no score that counts.",
                remedy="Run the same command again: it asks those alone.",
            )


@contextmanager
def _target(
    plan: Plan, cases: Sequence[Case], url: str | None, predictions: Path | None, data_dir: Path | None
) -> Iterator[Target]:
    if sum(option is not None for option in (url, predictions, data_dir)) > 1:
        raise EvalError("--url, --predictions and --data-dir exclude each other.", remedy="Give one of them.")
    if not plan.corpus.is_dir():
        raise EvalError(f"There is no corpus folder {plan.corpus}.", remedy="Name one with --corpus.")
    if predictions is not None:
        from evals.runs.predictions import Predictions

        if plan.repeats > 1:
            raise EvalError("A predictions file has one answer a case.", remedy="Leave --repeats out.")
        yield Predictions(predictions, cases, plan.corpus)
    elif url is not None:
        from evals.runs.service import Service

        service = Service(url, plan.corpus, plan.timeout_s)
        service.check()
        yield service
    else:
        from evals.runs.targets import in_process

        with in_process(load_settings(data_dir=data_dir), plan.corpus, keep=data_dir is not None) as byline:
            yield byline
