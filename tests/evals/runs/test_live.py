from __future__ import annotations

from io import StringIO

from rich.console import Console

from evals.reply import Reply, missing
from evals.runs.live import LiveScores
from tests.evals import systems
from tests.evals.systems import CASES


def test_running_scores_count_what_came_so_far() -> None:
    paper = StringIO()
    with LiveScores(4, {case.id: case for case in CASES}, Console(file=paper, force_terminal=True, width=120)) as live:
        assert live.words() == "none asked · 0 abstained"
        live.tell(systems.oracle(CASES[0]))
        live.tell(systems.abstention(CASES[1]))
        live.tell(missing(CASES[2].id, "error", "HTTP 500"))
        live.tell(Reply(case=CASES[-1].id, unsupported="no claims"))
    assert live.words() == "33% right · 1 abstained · [red]1 failed[/red]"
    assert "4/4" in paper.getvalue()
