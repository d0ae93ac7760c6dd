"""A run, and a comparison, as tables in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evals.metrics import BY_NAME
from evals.report.words import figure, interval, plural, shown, why_unscored
from evals.runs.record import RunFile

if TYPE_CHECKING:  # scipy's statistics take a second to import
    from evals.compare.compare import Comparison, MetricChange

_CASES = 25  # faults listed


def show_run(run: RunFile, console: Console, *, failures: bool = False) -> None:
    """The figures, what was done with each kind of case, and where it went wrong."""
    console.print(_figures(run))
    if run.confusion:
        told = " · ".join(f"{name} {count}" for name, count in run.confusion.items())
        console.print(Text(told, style="dim"))
    faults = [case for case in run.cases if case.fault]
    console.print(f"{plural(len(run.cases), 'case')}, {len(faults)} with a fault.")
    if failures:
        console.print(_faults(run))
    for case, reason in list(run.incomplete.items())[:_CASES]:
        console.print(Text(f"no score that counts: {case}: {reason}", style="red"), soft_wrap=True)


def _figures(run: RunFile) -> Table:
    table = Table("metric", title_justify="left")
    for column in ("value", "95 %", "of"):
        table.add_column(column, justify="right")
    for title, members in shown({**run.summary, **run.cost}):
        table.add_section()
        table.add_row(Text(title, style="bold"))
        for metric, one in members:
            name = f"  {metric.title}{' ↓' if metric.better == 'lower' else ''}"
            if one.value is None:
                table.add_row(name, Text("unscored", style="dim"), Text(why_unscored(one), style="dim"), "0")
            else:
                broken = f" ({one.errors} errors)" if one.errors else ""
                table.add_row(name, figure(metric, one.value), interval(metric, one), f"{one.n}{broken}")
    return table


def _faults(run: RunFile) -> Table:
    questions = {case.id: case for case in run.gold}
    said = {reply.case: reply for reply in run.replies}
    table = Table("case", "question", "expected", "got", "fault", title="Faults", show_lines=True)
    for case in run.cases:
        if case.fault:
            gold, reply = questions.get(case.id), said.get(case.id)
            expected = "" if gold is None else gold.label or " | ".join(gold.answers) or "(abstain)"
            got = "" if reply is None else reply.detail or reply.verdict or reply.text
            cells = (case.id, gold.question if gold else "", expected, got, case.fault)
            table.add_row(*(Text(cell) for cell in cells))
    return table


_STYLES = {"regression": "bold red", "unclear": "yellow", "better": "green", "no worse": ""}


def show_comparison(told: Comparison, console: Console) -> None:
    """Each metric in both runs and the verdict; then the cases that broke and that were mended."""
    title = f"{plural(told.compared, 'case')} in both runs"
    table = Table("metric", title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for column in ("was", "is", "gain (95 %)", "p", "shows"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for one in told.metrics:
        table.add_row(*_change_row(one))
    console.print(table)
    note = (
        "p: after Holm where a metric gates. shows: the smallest difference that this set can show. ↓: less is better."
    )
    console.print(Text(note, style="dim"))
    for name, what in told.differs.items():
        console.print(Text(f"differs: {name}: {what}", style="dim"), soft_wrap=True)
    for title, names in (("broke", "broke"), ("mended", "mended")):
        cases = [case for case in told.cases if getattr(case, names)]
        console.print(f"{plural(len(cases), 'case')} {title}:" if cases else f"No case {title}.")
        for case in cases[:_CASES]:
            line = f"  {case.id}: {case.was or 'right'} → {case.now or 'right'} ({', '.join(getattr(case, names))})"
            console.print(Text(line), soft_wrap=True)
        if len(cases) > _CASES:
            console.print(f"  … and {len(cases) - _CASES} more")


def _change_row(one: MetricChange) -> tuple[str | Text, ...]:
    metric, gates = BY_NAME[one.name], one.margin is not None
    return (
        f"{metric.title}{' ↓' if metric.better == 'lower' else ''}",
        figure(metric, one.old),
        figure(metric, one.new),
        f"{one.gain:+.3f} ({one.low:+.2f} {one.high:+.2f})",
        f"{one.p if one.holm is None else one.holm:.3f}",
        f"{one.smallest_effect:.2f}",
        Text(one.verdict if gates else "shown", style=_STYLES[one.verdict] if gates else "dim"),
    )
