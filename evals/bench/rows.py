"""A benchmark's row: what was measured, the figure, what it is compared with, and the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """`met` is None where there is no target."""

    what: str
    figure: str
    beside: str = ""
    target: str = ""
    met: bool | None = None

    def record(self) -> dict[str, Any]:
        return asdict(self)


_MET = {True: "yes", False: "NO", None: ""}


def table(title: str, rows: list[Row]) -> None:
    shown = Table(title=title, title_justify="left")
    for column in ("what", "figure", "beside", "target", "met"):
        shown.add_column(column)
    for row in rows:
        shown.add_row(row.what, row.figure, row.beside, row.target, _MET[row.met])
    Console(width=150).print(shown)


def markdown(title: str, records: Sequence[Mapping[str, Any]]) -> str:
    """A table for a README, from what `record` gave."""
    lines = [f"| {title} | figure | beside | target | met |", "|---|---|---|---|---|"]
    lines += [
        f"| {row['what'].strip()} | {row['figure']} | {row['beside']} | {row['target']} | {_MET[row['met']]} |"
        for row in records
    ]
    return "\n" + "\n".join(lines) + "\n"
