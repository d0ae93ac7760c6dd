"""`byline eval import` and `byline eval draft`."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rag.cli.evals import exit_codes

_SHOWN = 20


class Format(StrEnum):
    squad = "squad"
    beir = "beir"
    csv = "csv"


def import_gold(
    form: Annotated[Format, typer.Argument(metavar="FORMAT", help="squad (JSON), beir (a folder with qrels) or csv.")],
    path: Annotated[Path, typer.Argument(help="The file, or the folder for beir.")],
    out: Annotated[Path, typer.Option("--out", help="The gold file to write.")],
    corpus: Annotated[Path, typer.Option("--corpus", help="The folder for the articles that it quotes.")],
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Cases at most.", show_default=False)] = None,
) -> None:
    """Make gold and its corpus from another format. What can't become a sound case is left out and told."""
    from evals.errors import EvalError
    from evals.gold.importing import FORMATS
    from evals.gold.load import load_gold

    with exit_codes():
        told = FORMATS[form.value](path, limit)
        if not told.cases:
            reasons = "; ".join(told.left_out[:3]) or "it is empty"
            raise EvalError(f"{path} gives no case: {reasons}.", remedy="Correct it, or name another format.")
        told.write(out, corpus)
        load_gold([out], corpus)
        for reason in told.left_out[:_SHOWN]:
            sys.stderr.write(f"left out: {reason}\n")
        if len(told.left_out) > _SHOWN:
            sys.stderr.write(f"… and {len(told.left_out) - _SHOWN} more\n")
        sys.stdout.write(f"{len(told.cases)} cases in {out}, {len(told.articles)} articles in {corpus}\n")


def draft(
    article: Annotated[Path, typer.Argument(help="A text file of the corpus.")],
    out: Annotated[Path, typer.Option("--out", help="The gold file to write the drafts to; it is added to.")],
    limit: Annotated[int, typer.Option("--limit", min=1, help="Cases at most.")] = 20,
) -> None:
    """Propose cases from an article. They are drafts: reword each, then set its status to accepted."""
    from evals.gold.drafting import draft as drafts
    from evals.gold.imported import line

    with exit_codes():
        told = drafts(article, limit)
        with out.open("a", encoding="utf-8") as file:
            file.writelines(line(case) + "\n" for case in told)
        sys.stdout.write(f"{len(told)} drafts in {out}. None counts until its status is accepted.\n")
