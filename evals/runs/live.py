"""A bar with running scores on stderr while a run is under way; silent in a pipe."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from evals.gold import Case
from evals.metrics.right import is_right
from evals.reply import Reply


class LiveScores:
    """Counts of what came so far. Wrong until the end for nobody but a reader in a hurry: repeats count one by one."""

    def __init__(self, total: int, cases: Mapping[str, Case], console: Console | None = None) -> None:
        shown = console or Console(stderr=True)
        self._cases = cases
        self._counts = {"right": 0, "asked": 0, "abstained": 0, "failed": 0}
        self._bar = Progress(
            TextColumn("asking"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[scores]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=shown,
            disable=not shown.is_terminal,
        )
        self._task = self._bar.add_task("ask", total=total, scores="")

    def tell(self, reply: Reply) -> None:
        counts, case = self._counts, self._cases[reply.case]
        if reply.trouble not in (None, "refused"):
            counts["failed"] += 1
        if reply.unsupported is None:
            counts["asked"] += 1
            counts["abstained"] += reply.abstained
            right = reply.verdict == case.label if case.kind == "claim" else is_right(case, reply)
            counts["right"] += right and reply.trouble is None
        self._bar.update(self._task, advance=1, scores=self.words())

    def words(self) -> str:
        counts = self._counts
        share = f"{counts['right'] / counts['asked']:.0%} right" if counts["asked"] else "none asked"
        failed = f" · [red]{counts['failed']} failed[/red]" if counts["failed"] else ""
        return f"{share} · {counts['abstained']} abstained{failed}"

    def __enter__(self) -> LiveScores:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
