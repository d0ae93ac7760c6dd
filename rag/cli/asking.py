"""`byline ask` and `byline search`."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import Annotated, Any

import typer

from rag.cli.batch import run_batch
from rag.cli.front import Fronted
from rag.cli.options import After, AsOf, Batch, Before, DataDir, Json, NoService, Source, limits_of
from rag.errors import InputError
from rag.settings import load_settings


def register(app: typer.Typer) -> None:
    app.command()(ask)
    app.command()(search)


def ask(
    question: Annotated[str | None, typer.Argument(help="What you want to know.")] = None,
    source: Source = None,
    after: After = None,
    before: Before = None,
    as_of: AsOf = None,
    as_json: Json = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show the ranking behind the answer.")] = False,
    batch: Batch = None,
    data_dir: DataDir = None,
    no_service: NoService = False,
) -> None:
    """Answer a question with cited quotes, or say that the archive has no answer."""
    limits = limits_of(source, after, before, as_of)
    with Fronted(load_settings(data_dir=data_dir), one_shot=batch is None, no_service=no_service) as front:
        if batch is not None:
            run_batch(batch, lambda q: front.ask(q, limits), "asking")
            return
        record = front.ask(_wanted(question, "question"), limits, explain=explain)
    if as_json:
        _print_json(record)
        return
    from rag.cli.show import show_answer, show_ranking

    show_answer(record)
    if explain:
        show_ranking(record["hits"])


def search(
    query: Annotated[str | None, typer.Argument(help="Words or a question.")] = None,
    k: Annotated[int, typer.Option("--k", min=1, max=1000, help="How many passages.")] = 10,
    source: Source = None,
    after: After = None,
    before: Before = None,
    as_of: AsOf = None,
    rerank: Annotated[bool, typer.Option(help="Let the reader model order the first passages; slower.")] = True,
    as_json: Json = False,
    batch: Batch = None,
    data_dir: DataDir = None,
    no_service: NoService = False,
) -> None:
    """Find passages, with their scores."""
    limits = replace(limits_of(source, after, before, as_of), k=k)

    def found(text: str) -> dict[str, Any]:
        told = front(lambda one: one.search(replace(limits, text=text), rerank=rerank))
        hits = [hit for hit in told["hits"] if hit["left_out"] is None]
        return {"query": text, "hits": hits, "notices": told["notices"]}

    with Fronted(load_settings(data_dir=data_dir), one_shot=batch is None, no_service=no_service) as front:
        if batch is not None:
            run_batch(batch, found, "searching")
            return
        record = found(_wanted(query, "query"))
    if as_json:
        _print_json(record)
        return
    from rag.cli.show import show_found

    show_found(record)


def _wanted(text: str | None, what: str) -> str:
    if text is None:
        raise InputError(
            f"There is no {what}.", remedy=f"Give one in quotation marks, or --batch FILE for many {what}s."
        )
    return text


def _print_json(record: dict[str, Any]) -> None:
    json.dump(record, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
