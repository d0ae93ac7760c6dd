"""A run, and a comparison, as tables in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evals.report.words import figure, interval, plural, shown, why_unscored
from evals.runs.record import RunFile

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
