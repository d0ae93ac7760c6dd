"""`byline eval`: runs of gold cases, comparisons, reports. What they do is in `evals/`, imported when one runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evals.errors import BAD, EXIT_CODES, EvalError, Incomplete
from rag.cli.options import DataDir
from rag.errors import BylineError

if TYPE_CHECKING:
    pass

Gold = Annotated[list[Path] | None, typer.Argument(help="Gold files; the shipped questions unless given.")]
Corpus = Annotated[
    Path | None,
    typer.Option("--corpus", help="The articles that gold quotes; the shipped ones unless given.", show_default=False),
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="Measure answers against gold, and compare runs. " + EXIT_CODES, epilog=EXIT_CODES, no_args_is_help=True
    )
    from rag.cli.eval_gold import draft, import_gold
    from rag.cli.eval_reports import judge, metamorphic, report

    group.command("import", epilog=EXIT_CODES)(import_gold)
    for command in (run, compare, baseline, report, draft, metamorphic, judge):
        group.command(epilog=EXIT_CODES)(command)
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
    from evals.runs.choose import open_target
    from evals.runs.live import LiveScores
    from evals.runs.run import Plan
    from evals.runs.run import run as run_cases

    with exit_codes():
        _check_corpus(corpus)
        plan = Plan(out, corpus or CORPUS, repeats, concurrency, timeout, max_cost, fresh)
        cases = load_gold(gold or [SEEDS], plan.corpus)
        with ExitStack() as stack:
            target = stack.enter_context(open_target(plan, cases, url, predictions, data_dir))
            live = stack.enter_context(LiveScores(len(cases) * repeats, {case.id: case for case in cases}))
            try:
                made = run_cases(plan, cases, target, live.tell)
            except KeyboardInterrupt:
                sys.stderr.write(f"What was asked is safe in {plan.journal}; the same command goes on from there.\n")
                raise
        show_run(made, Console(), failures=failures)
        sys.stdout.write(f"Written to {out}\n")
        if made.incomplete:
            raise Incomplete(
                f"{len(made.incomplete)} of {len(cases)} cases have no score that counts.",
                remedy="Run the same command again: it asks those alone.",
            )


def _check_corpus(corpus: Path | None) -> None:
    if corpus is not None and not corpus.is_dir():
        raise EvalError(f"There is no corpus folder {corpus}.", remedy="Name one with --corpus.")


def compare(
    old: Annotated[Path, typer.Argument(metavar="BASELINE", help="A run file, or a baseline.")],
    new: Annotated[Path, typer.Argument(metavar="RUN", help="The run to judge.")],
    margin: Annotated[
        list[str] | None, typer.Option("--margin", metavar="METRIC=LOSS", help="The loss to accept; may be repeated.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", help="Compare although this differs: gold, corpus or archive.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail unless every metric is shown to be no worse.")] = False,
    json_out: Annotated[
        Path | None, typer.Option("--json", help="Write the comparison here.", show_default=False)
    ] = None,
) -> None:
    """Judge a run by its baseline: what changed, whether beyond chance, and which cases broke or were mended.

    A metric regresses when the loss is beyond chance (Holm-adjusted p below 0.05) and may be larger than its margin.
    """
    from rich.console import Console

    from evals.compare.compare import FINGERPRINTS
    from evals.compare.compare import compare as compared
    from evals.config import load_config, parse_values
    from evals.errors import NoBaseline
    from evals.report.terminal import show_comparison
    from evals.runs.record import load_run

    with exit_codes():
        if unknown := set(ignore or ()) - set(FINGERPRINTS):
            raise EvalError(
                f"--ignore {', '.join(sorted(unknown))}: no such fingerprint.", remedy=f"There are {FINGERPRINTS}."
            )
        margins = load_config(Path.cwd()).margins | parse_values(margin or (), "--margin")
        baseline_run, run_ = load_run(old, NoBaseline), load_run(new)
        told = compared(baseline_run, run_, ignore=ignore or (), margins=margins, strict=strict)
        if json_out is not None:
            json_out.write_text(told.model_dump_json(indent=1) + "\n", encoding="utf-8")
        show_comparison(told, Console())
        if told.incomplete:
            first = "; ".join(f"{case} ({why})" for case, why in list(told.incomplete.items())[:5])
            raise Incomplete(
                f"{len(told.incomplete)} cases have no score that counts: {first}.",
                remedy="Run them again before comparing.",
            )
    if told.regressions:
        names = ", ".join(f"{one.name} ({one.verdict})" for one in told.regressions)
        sys.stderr.write(f"byline eval: regression: {names}\n")
    raise typer.Exit(told.exit_code)


def baseline(
    made: Annotated[Path, typer.Argument(metavar="RUN", help="The run to keep.")],
    out: Annotated[Path, typer.Option("--out", help="Where the baseline goes.")],
) -> None:
    """Keep a run as a baseline: small, without times and texts, so that only a change of a score changes the file."""
    from evals.runs.record import baseline_of, dump, load_run, write_text

    with exit_codes():
        kept = load_run(made)
        if kept.incomplete:
            raise Incomplete(f"{made} has {len(kept.incomplete)} cases without a score.", remedy="Run them first.")
        write_text(out, dump(baseline_of(kept)))
        sys.stdout.write(f"Written to {out}\n")
