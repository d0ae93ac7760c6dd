"""A benchmark's row: what was measured, the figure, what it is compared with, and the target."""

from __future__ import annotations

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


def table(title: str, rows: list[Row]) -> None:
    shown = Table(title=title, title_justify="left")
    for column in ("what", "figure", "beside", "target", "met"):
        shown.add_column(column)
    for row in rows:
        shown.add_row(row.what, row.figure, row.beside, row.target, {True: "yes", False: "NO", None: ""}[row.met])
    Console(width=150).print(shown)
